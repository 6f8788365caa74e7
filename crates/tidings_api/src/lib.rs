//! The HTTP API under `/api/v1`, compatible with Svix clients.
//!
//! Handlers turn HTTP into use cases of [`tidings_service`] and their answers into JSON; they decide
//! nothing. Everything around a handler (request ids, caught panics, the form of errors) happens in
//! one place, [`app::App`], since each layer would cost every message a little.

pub mod app;

mod api_users;
mod applications;
mod aside;
mod attempts;
mod audit_log;
mod auth;
mod boards;
mod body;
mod catalogs;
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
mod jobs;
mod messages;
mod operational_webhooks;
mod pagination;
mod plans;
mod polling;
mod problem;
mod query;
mod records;
mod retry_policies;
mod time;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::routing::{delete, get, post};
use tidings_service::Service;

pub use app::App;
pub use auth::asks_who_is_there;
pub use inboxes::catching::{RemoteAddress, is_caught};

/// Whole paths, since nested routers rewrite the URI of every request.
macro_rules! v1 {
    ($path:literal) => {
        concat!("/api/v1", $path)
    };
}

/// What an operator may change about the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Most bytes of a request's body.
    pub body_bytes_max: usize,
    /// Whether nothing but health checks is answered.
    pub answers_health_only: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            body_bytes_max: 1024 * 1024,
            answers_health_only: false,
        }
    }
}

/// What handlers share.
pub(crate) struct Api {
    pub(crate) service: Arc<Service>,
    pub(crate) settings: Settings,
}

pub(crate) type ApiState = State<Arc<Api>>;

/// The whole API as a service for a hyper server. It answers every path; what is not the API's gets
/// a 404 in JSON.
pub fn app(service: Arc<Service>, settings: Settings) -> App {
    let api = Arc::new(Api { service, settings });
    let routes = if settings.answers_health_only {
        let others = async || problem::Problem::only_delivers();
        health_routes().fallback(others).with_state(api.clone())
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
    Router::new()
        .merge(health_routes())
        .merge(application_routes())
        .merge(api_user_routes())
        .merge(hooks::routes())
        .merge(endpoint_routes())
        .merge(endpoint_stats_routes())
        .merge(plan_routes())
        .merge(event_type_routes())
        .merge(environment_routes())
        .merge(destination_routes())
        .merge(catalog_routes())
        .merge(message_routes())
        .merge(polling_routes())
        .merge(record_routes())
        .merge(inbox_routes())
        .merge(job_routes())
        .merge(board_routes())
        .merge(operational_routes())
        .route(v1!("/feed"), get(feed::watch_attempts))
        .route(v1!("/audit-log"), get(audit_log::list_audit_log))
        .with_state(api)
}

fn health_routes() -> Router<Arc<Api>> {
    Router::new()
        .route(v1!("/health"), get(health::get_health))
        .route(v1!("/health/ping"), get(health::get_health))
        .route(v1!("/health/ready"), get(health::get_ready))
}

fn application_routes() -> Router<Arc<Api>> {
    Router::new()
        .route(
            v1!("/app"),
            get(applications::list_applications).post(applications::create_application),
        )
        .route(
            v1!("/app/{app}"),
            get(applications::get_application)
                .put(applications::put_application)
                .patch(applications::patch_application)
                .delete(applications::delete_application),
        )
}

fn plan_routes() -> Router<Arc<Api>> {
    Router::new()
        .route(v1!("/plan"), get(plans::list_plans).put(plans::put_plans))
        .route(v1!("/app/{app}/plan"), get(plans::get_application_plan))
}

fn api_user_routes() -> Router<Arc<Api>> {
    Router::new()
        .route(
            v1!("/app/{app}/api-user"),
            get(api_users::list_api_users).post(api_users::create_api_user),
        )
        .route(
            v1!("/app/{app}/api-user/{id}"),
            get(api_users::get_api_user).delete(api_users::revoke_api_user),
        )
        .route(
            v1!("/app/{app}/api-user/{id}/password"),
            post(api_users::replace_api_user_password),
        )
}

fn endpoint_routes() -> Router<Arc<Api>> {
    Router::new()
        .route(
            v1!("/app/{app}/endpoint"),
            get(endpoints::list_endpoints).post(endpoints::create_endpoint),
        )
        .route(
            v1!("/app/{app}/endpoint/{endpoint}"),
            get(endpoints::get_endpoint)
                .put(endpoints::put_endpoint)
                .patch(endpoints::patch_endpoint)
                .delete(endpoints::delete_endpoint),
        )
        .route(
            v1!("/app/{app}/endpoint/{endpoint}/headers"),
            get(endpoint_headers::get_endpoint_headers)
                .put(endpoint_headers::put_endpoint_headers)
                .patch(endpoint_headers::patch_endpoint_headers),
        )
        .route(
            v1!("/app/{app}/endpoint/{endpoint}/credentials"),
            get(endpoint_credentials::get_endpoint_credentials)
                .put(endpoint_credentials::put_endpoint_credentials)
                .patch(endpoint_credentials::patch_endpoint_credentials)
                .delete(endpoint_credentials::delete_endpoint_credentials),
        )
        .route(
            v1!("/app/{app}/endpoint/{endpoint}/secret"),
            get(endpoint_secrets::get_endpoint_secret),
        )
        .route(
            v1!("/app/{app}/endpoint/{endpoint}/secret/rotate"),
            post(endpoint_secrets::rotate_endpoint_secret),
        )
        .route(
            v1!("/app/{app}/endpoint/{endpoint}/send-example"),
            post(examples::send_example),
        )
        .route(
            v1!("/app/{app}/endpoint/{endpoint}/test"),
            post(examples::test_endpoint),
        )
        .route(v1!("/app/{app}/filter/try"), post(filters::try_filter))
        .route(
            v1!("/app/{app}/endpoint/{endpoint}/msg"),
            get(deliveries::list_endpoint_messages),
        )
}

fn endpoint_stats_routes() -> Router<Arc<Api>> {
    Router::new()
        .route(
            v1!("/app/{app}/endpoint/{endpoint}/stats"),
            get(endpoint_stats::get_endpoint_stats),
        )
        .route(
            v1!("/app/{app}/endpoint/{endpoint}/attempt-stats"),
            get(endpoint_stats::get_endpoint_attempt_stats),
        )
}

fn event_type_routes() -> Router<Arc<Api>> {
    Router::new()
        .route(
            v1!("/event-type"),
            get(event_types::list_event_types).post(event_types::create_event_type),
        )
        .route(
            v1!("/event-type/import/openapi"),
            post(event_types::open_api::import_open_api),
        )
        .route(
            // Names may contain slashes.
            v1!("/event-type/{*name}"),
            get(event_types::get_event_type)
                .put(event_types::put_event_type)
                .patch(event_types::patch_event_type)
                .delete(event_types::delete_event_type),
        )
}

fn destination_routes() -> Router<Arc<Api>> {
    Router::new()
        .route(
            v1!("/app/{app}/destination"),
            get(destinations::list_destinations).post(destinations::create_destination),
        )
        .route(
            v1!("/app/{app}/destination/{destination}"),
            get(destinations::get_destination)
                .put(destinations::put_destination)
                .patch(destinations::patch_destination)
                .delete(destinations::delete_destination),
        )
        .route(
            v1!("/app/{app}/destination/{destination}/secret/rotate"),
            post(destinations::rotate_destination_secret),
        )
        .route(
            v1!("/app/{app}/destination/{destination}/transformation"),
            get(destinations::transformation).patch(destinations::transformation),
        )
}

fn environment_routes() -> Router<Arc<Api>> {
    Router::new()
        .route(
            v1!("/environment/export"),
            post(environment::export_environment),
        )
        .route(
            v1!("/environment/import"),
            post(environment::import_environment),
        )
}

fn catalog_routes() -> Router<Arc<Api>> {
    Router::new()
        .route(v1!("/catalog"), get(catalogs::list_catalogs))
        .route(v1!("/catalog/import"), post(catalogs::import_catalog))
        .route(v1!("/catalog/{name}"), get(catalogs::get_catalog))
}

fn record_routes() -> Router<Arc<Api>> {
    Router::new()
        .route(v1!("/app/{app}/record/{type}"), get(records::list_records))
        .route(
            v1!("/app/{app}/record/{type}/{id}"),
            get(records::get_record)
                .put(records::put_record)
                .delete(records::delete_record)
                .post(records::import_records),
        )
        .route(
            v1!("/app/{app}/record/{type}/{id}/history"),
            get(records::list_record_changes),
        )
}

fn message_routes() -> Router<Arc<Api>> {
    Router::new()
        .route(
            v1!("/app/{app}/msg"),
            get(messages::list_messages).post(messages::create_message),
        )
        .route(
            v1!("/app/{app}/msg/bulk-expunge"),
            post(messages::bulk_expunge_messages),
        )
        .route(
            v1!("/app/{app}/msg/precheck/active"),
            post(messages::precheck_message),
        )
        .route(v1!("/app/{app}/msg/{msg}"), get(messages::get_message))
        .route(
            v1!("/app/{app}/msg/{msg}/content"),
            delete(messages::expunge_message),
        )
        .route(
            v1!("/app/{app}/msg/{msg}/attempt"),
            get(attempts::list_message_attempts),
        )
        .route(
            v1!("/app/{app}/msg/{msg}/endpoint/{endpoint}/attempt"),
            get(attempts::list_delivery_attempts),
        )
        .route(
            v1!("/app/{app}/msg/{msg}/attempt/{attempt}/content"),
            delete(messages::expunge_attempt),
        )
        .route(
            v1!("/app/{app}/msg/{msg}/endpoint"),
            get(deliveries::list_message_endpoints),
        )
        .route(
            v1!("/app/{app}/msg/{msg}/endpoint/{endpoint}/resend"),
            post(deliveries::resend_message),
        )
        .route(
            v1!("/app/{app}/msg/{msg}/attempt/{attempt}"),
            get(attempts::get_attempt),
        )
        .route(
            v1!("/app/{app}/attempt/msg/{msg}"),
            get(attempts::list_message_attempts),
        )
        .route(
            v1!("/app/{app}/attempt/endpoint/{endpoint}"),
            get(attempts::list_endpoint_attempts),
        )
}

fn polling_routes() -> Router<Arc<Api>> {
    Router::new()
        .route(
            v1!("/app/{app}/poller"),
            get(polling::list_polling_endpoints).post(polling::create_polling_endpoint),
        )
        .route(
            v1!("/app/{app}/poller/{sink}"),
            get(polling::poll).delete(polling::delete_polling_endpoint),
        )
        .route(
            v1!("/app/{app}/poller/{sink}/consumer/{consumer}"),
            get(polling::poll_consumer),
        )
        .route(
            v1!("/app/{app}/poller/{sink}/consumer/{consumer}/seek"),
            post(polling::seek_consumer),
        )
}

fn board_routes() -> Router<Arc<Api>> {
    Router::new()
        .route(
            v1!("/app/{app}/board"),
            get(boards::list_boards).post(boards::create_board),
        )
        .route(
            v1!("/app/{app}/board/{board}"),
            get(boards::get_board)
                .patch(boards::patch_board)
                .delete(boards::delete_board),
        )
        .route(
            v1!("/app/{app}/button"),
            get(boards::buttons::list_buttons).post(boards::buttons::create_button),
        )
        .route(
            v1!("/app/{app}/button/{button}"),
            get(boards::buttons::get_button)
                .patch(boards::buttons::patch_button)
                .delete(boards::buttons::delete_button),
        )
        .route(
            v1!("/app/{app}/button/{button}/secret"),
            get(boards::buttons::get_button_secret),
        )
        .route(
            v1!("/app/{app}/button/{button}/press"),
            post(boards::press::press_button),
        )
}

fn operational_routes() -> Router<Arc<Api>> {
    Router::new()
        .route(
            v1!("/operational-webhook/endpoint"),
            get(operational_webhooks::list_operational_endpoints)
                .post(operational_webhooks::create_operational_endpoint),
        )
        .route(
            v1!("/operational-webhook/endpoint/{endpoint}"),
            get(operational_webhooks::get_operational_endpoint)
                .put(operational_webhooks::put_operational_endpoint)
                .delete(operational_webhooks::delete_operational_endpoint),
        )
        .route(
            v1!("/operational-webhook/endpoint/{endpoint}/secret"),
            get(operational_webhooks::get_operational_endpoint_secret),
        )
        .route(
            v1!("/operational-webhook/endpoint/{endpoint}/secret/rotate"),
            post(operational_webhooks::rotate_operational_endpoint_secret),
        )
        .route(
            v1!("/operational-webhook/endpoint/{endpoint}/headers"),
            get(operational_webhooks::get_operational_endpoint_headers)
                .put(operational_webhooks::put_operational_endpoint_headers),
        )
        .route(
            v1!("/operational-webhook/endpoint/{endpoint}/attempt"),
            get(operational_webhooks::list_operational_attempts),
        )
}

fn job_routes() -> Router<Arc<Api>> {
    Router::new()
        .route(v1!("/background-task"), get(jobs::list_background_tasks))
        .route(v1!("/background-task/{id}"), get(jobs::get_background_task))
        .route(
            v1!("/background-task/{id}/cancel"),
            post(jobs::cancel_background_task),
        )
        .route(
            v1!("/app/{app}/endpoint/{endpoint}/recover"),
            post(jobs::recover_endpoint),
        )
        .route(
            v1!("/app/{app}/endpoint/{endpoint}/replay-missing"),
            post(jobs::replay_missing),
        )
        .route(
            v1!("/app/{app}/endpoint/{endpoint}/bulk-replay"),
            post(jobs::bulk_replay),
        )
        .route(
            v1!("/app/{app}/msg/expunge-all-contents"),
            post(jobs::expunge_all_contents),
        )
}

fn inbox_routes() -> Router<Arc<Api>> {
    Router::new()
        .route(
            v1!("/inbox"),
            get(inboxes::list_inboxes).post(inboxes::create_inbox),
        )
        .route(
            v1!("/inbox/{inbox}"),
            get(inboxes::get_inbox)
                .patch(inboxes::patch_inbox)
                .delete(inboxes::delete_inbox),
        )
        .route(
            v1!("/inbox/{inbox}/request"),
            get(inboxes::requests::list_requests).delete(inboxes::requests::delete_requests),
        )
        .route(
            v1!("/inbox/{inbox}/request/{request}"),
            get(inboxes::requests::get_request).delete(inboxes::requests::delete_request),
        )
        .route(
            v1!("/inbox/{inbox}/feed"),
            get(inboxes::requests::watch_requests),
        )
}
