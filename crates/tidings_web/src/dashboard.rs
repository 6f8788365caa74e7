//! The dashboard: where the people of an environment look after it.
//!
//! A member signs in with an address and a password; `guard` lets nobody else pass, and everything is done by the use cases
//! of the service, as the caller that the member is. Each file here is one page, or one that belongs to it. A page that can
//! be gone to from the side is a row in `navigation`.

mod audit_log;
mod guard;
mod inboxes;
mod join;
mod key_page;
mod keys;
mod member;
mod member_page;
mod members;
mod navigation;
mod once;
mod paging;
mod set_up;
mod settings;
mod sign_in;
mod you;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::response::Redirect;
use axum::routing::{get, post};
use tidings_service::Service;

use crate::Settings;

/// Below which address it lies.
pub(crate) const FOLDER: &str = "/dashboard";

/// What the pages of the dashboard work with.
#[derive(Clone)]
pub(crate) struct Dashboard {
    pub(crate) service: Arc<Service>,
    pub(crate) settings: Settings,
}

/// The dashboard as a router.
pub(crate) fn router(dashboard: Dashboard) -> Router {
    let outside = Router::new()
        .route(
            "/dashboard/sign-in",
            get(sign_in::show).post(sign_in::enter),
        )
        .route("/dashboard/set-up", get(set_up::show).post(set_up::begin))
        .route("/dashboard/join", get(join::show).post(join::accept));
    let guarded = from_fn_with_state(dashboard.clone(), guard::guard);
    let inside = inside()
        .merge(inboxes::router(&dashboard))
        .route_layer(guarded);
    outside.merge(inside).with_state(dashboard)
}

/// The pages of those who are signed in.
fn inside() -> Router<Dashboard> {
    let start = || std::future::ready(Redirect::to(navigation::START));
    Router::new()
        .route(FOLDER, get(start))
        .route("/dashboard/sign-out", post(sign_in::leave))
        .route("/dashboard/you", get(you::show))
        .route("/dashboard/you/sessions", post(you::end_all))
        .route("/dashboard/you/sessions/{session}", post(you::end_one))
        .route("/dashboard/you/password", post(you::change_password))
        .merge(administration())
}

/// The pages of those who administer the environment.
fn administration() -> Router<Dashboard> {
    Router::new()
        .route(
            "/dashboard/members",
            get(members::show).post(members::invite),
        )
        .route("/dashboard/members/new", get(members::show_new))
        .route(
            "/dashboard/members/{id}",
            get(member_page::show).post(member_page::change),
        )
        .route(
            "/dashboard/members/{id}/invitation",
            post(member_page::invite_again),
        )
        .route(
            "/dashboard/members/{id}/sessions",
            post(member_page::end_sessions),
        )
        .route(
            "/dashboard/members/{id}/remove",
            get(member_page::ask_remove).post(member_page::remove),
        )
        .route("/dashboard/keys", get(keys::show).post(keys::create))
        .route("/dashboard/keys/new", get(keys::show_new))
        .route(
            "/dashboard/keys/{id}",
            get(key_page::show).post(key_page::change),
        )
        .route("/dashboard/keys/{id}/rotate", post(key_page::rotate))
        .route(
            "/dashboard/keys/{id}/revoke",
            get(key_page::ask_revoke).post(key_page::revoke),
        )
        .route("/dashboard/audit-log", get(audit_log::show))
        .route("/dashboard/settings", get(settings::show))
}
