//! The HTTP API under `/api/v1`, compatible with Svix clients.
//!
//! Handlers turn HTTP into use cases of [`tidings_service`] and their answers into JSON; they decide
//! nothing. Everything around a handler (request ids, caught panics, the form of errors) happens in
//! one place, [`app::App`], since each layer would cost every message a little.

/// Whole paths, since nested routers rewrite the URI of every request.
macro_rules! v1 {
    ($path:literal) => {
        concat!("/api/v1", $path)
    };
}

pub mod app;
pub mod open_api;
pub mod operations;

mod admission;
mod api_keys;
mod api_users;
mod applications;
mod aside;
mod attempts;
mod audit_log;
mod auth;
mod boards;
mod body;
mod catalogs;
mod co_signatures;
mod deliveries;
mod destinations;
mod endpoint_credentials;
mod endpoint_headers;
mod endpoint_secrets;
mod endpoint_stats;
mod endpoints;
mod environment;
mod event_types;
mod examples;
mod feed;
mod fields;
mod filters;
mod health;
mod hooks;
mod inboxes;
mod integrations;
mod jobs;
mod members;
mod messages;
mod operational_webhooks;
mod pacing;
mod pagination;
mod plans;
mod polling;
mod portal_access;
mod problem;
mod query;
mod records;
mod retry_policies;
mod shapes;
mod statistics;
mod themes;
mod time;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use tidings_service::Service;

pub use app::App;
pub use auth::{Vouched, asks_who_is_there};
pub use inboxes::catching::{RemoteAddress, is_caught};

/// What an operator may change about the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Most bytes of a request's body.
    pub body_bytes_max: usize,
    /// Whether nothing but health checks is answered.
    pub answers_health_only: bool,
    /// Requests a second that each caller may make, unless it has a limit of its own.
    pub rate_limit: Option<u32>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            body_bytes_max: 1024 * 1024,
            answers_health_only: false,
            rate_limit: None,
        }
    }
}

/// What handlers share.
pub(crate) struct Api {
    pub(crate) service: Arc<Service>,
    pub(crate) settings: Settings,
    pub(crate) paces: pacing::Paces,
}

pub(crate) type ApiState = State<Arc<Api>>;

/// The whole API as a service for a hyper server. It answers every path; what is not the API's gets
/// a 404 in JSON.
pub fn app(service: Arc<Service>, settings: Settings) -> App {
    let api = Arc::new(Api {
        service,
        settings,
        paces: pacing::Paces::default(),
    });
    let routes = if settings.answers_health_only {
        let others = async || problem::Problem::only_delivers();
        operations::health_router()
            .fallback(others)
            .with_state(api.clone())
    } else {
        routes(api.clone())
    };
    App::new(routes, api)
}

/// The whole API as a router, to add other routes to; what they do not match is the API's.
pub fn router(service: Arc<Service>, settings: Settings) -> Router {
    Router::new().fallback_service(app(service, settings))
}

fn routes(api: Arc<Api>) -> Router {
    operations::router().merge(hooks::routes()).with_state(api)
}
