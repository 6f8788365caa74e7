//! Inboxes for people: addresses that catch requests, what came in at them, how two of them differ, and what is answered.
//!
//! Members see them; developers and those above make and change them, as over the API. Each file here is one page, or
//! what one is made of.

mod answers;
mod bodies;
mod comparison;
mod desk;
mod difference;
mod list;
mod reader;
mod replay;
mod request;
mod row;
mod watching;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use tidings_service::Service;

use self::replay::Replays;
use self::watching::Watched;
use super::Dashboard;
use crate::live::Live;

/// Below which address they lie.
pub(crate) const FOLDER: &str = "/dashboard/inboxes";

/// What the pages of inboxes work with.
#[derive(Clone)]
pub(super) struct Inboxes {
    dashboard: Dashboard,
    live: Arc<Live<Watched>>,
    replays: Arc<Replays>,
}

impl Inboxes {
    fn service(&self) -> &Arc<Service> {
        &self.dashboard.service
    }
}

/// The pages of inboxes as a router.
pub(super) fn router(dashboard: &Dashboard) -> Router<Dashboard> {
    let inboxes = Inboxes {
        dashboard: dashboard.clone(),
        live: Live::new(dashboard.service.closing()),
        replays: Arc::default(),
    };
    let at = |rest: &str| format!("{FOLDER}/{{inbox}}{rest}");
    Router::new()
        .route(FOLDER, get(list::show).post(list::create))
        .route(&at(""), get(desk::show))
        .route(&at("/live"), get(watching::watch))
        .route(
            &at("/requests/{request}/live"),
            get(watching::watch_at_request),
        )
        .route(&at("/answers"), get(answers::show).post(answers::save))
        .route(&at("/answers/quick"), post(answers::choose))
        .route(&at("/empty"), get(list::ask_empty).post(list::empty))
        .route(&at("/remove"), get(list::ask_remove).post(list::remove))
        .route(&at("/requests/{request}"), get(request::show))
        .route(&at("/requests/{request}/body"), get(request::download))
        .route(&at("/requests/{request}/compare"), get(comparison::show))
        .route(&at("/requests/{request}/remove"), post(request::remove))
        .route(
            &at("/requests/{request}/replay"),
            get(replay::show).post(replay::send),
        )
        .with_state(inboxes)
}
