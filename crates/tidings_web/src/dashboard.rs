//! The dashboard: where the people of an environment look after it.
//!
//! A member signs in with an address and a password; `guard` lets nobody else pass, and everything is done by the use cases
//! of the service, as the caller that the member is. Each file here is one page, or one that belongs to it. A page that can
//! be gone to from the side is a row in `navigation`.

mod application;
mod application_form;
mod applications;
mod audit_log;
mod catalogues;
mod event_type_form;
mod event_types;
mod guard;
mod inboxes;
mod jobs;
mod join;
mod key_page;
mod keys;
mod member;
mod member_page;
mod members;
mod message;
mod messages;
mod navigation;
mod once;
mod operational;
mod overview;
mod plans;
mod search;
mod set_up;
mod settings;
mod sign_in;
mod sign_on;
mod theme_form;
mod wrong;
mod you;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::response::Redirect;
use axum::routing::{get, post};
use tidings_domain::language::Language;
use tidings_service::Service;

use crate::Settings;
use crate::live::Live;

/// Below which address it lies.
pub(crate) const FOLDER: &str = "/dashboard";

/// What the pages of the dashboard work with.
#[derive(Clone)]
pub(crate) struct Dashboard {
    pub(crate) service: Arc<Service>,
    pub(crate) settings: Settings,
    overviews: Arc<Shown>,
    job_lists: Arc<Shown>,
}

/// A part of a page that is live, for each environment and language.
type Shown = Live<(i64, Language)>;

impl Dashboard {
    /// Nobody watches yet.
    pub(crate) fn new(service: Arc<Service>, settings: Settings) -> Self {
        Self {
            overviews: Live::new(service.closing()),
            job_lists: Live::new(service.closing()),
            service,
            settings,
        }
    }
}

/// The dashboard as a router.
pub(crate) fn router(dashboard: Dashboard) -> Router {
    let outside = Router::new()
        .route(
            "/dashboard/sign-in",
            get(sign_in::show).post(sign_in::enter),
        )
        .route("/dashboard/set-up", get(set_up::show).post(set_up::begin))
        .route("/dashboard/join", get(join::show).post(join::accept))
        .route("/dashboard/sign-on", get(sign_on::begin))
        .route("/dashboard/sign-on/back", get(sign_on::finish));
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
        .route("/dashboard/overview", get(overview::show))
        .route("/dashboard/live", get(overview::watch))
        .route("/dashboard/search", get(search::show))
        .merge(applications())
        .merge(catalogue())
        .merge(operations())
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
        .route(
            "/dashboard/settings/theme",
            get(theme_form::show).post(theme_form::save),
        )
}

/// The customers of the product, and what was sent to them.
fn applications() -> Router<Dashboard> {
    Router::new()
        .route(
            "/dashboard/applications",
            get(applications::show).post(application_form::create),
        )
        .route(
            "/dashboard/applications/new",
            get(application_form::show_new),
        )
        .route("/dashboard/applications/{app}", get(application::show))
        .route(
            "/dashboard/applications/{app}/update",
            get(application_form::show_update).post(application_form::update),
        )
        .route(
            "/dashboard/applications/{app}/remove",
            get(application::ask_remove).post(application::remove),
        )
        .route(
            "/dashboard/applications/{app}/portal",
            post(application::open_portal),
        )
        .route(
            "/dashboard/applications/{app}/messages",
            get(messages::show),
        )
        .route(
            "/dashboard/applications/{app}/messages/{message}",
            get(message::show),
        )
        .route(
            "/dashboard/applications/{app}/messages/{message}/resend",
            post(message::resend),
        )
        .route(
            "/dashboard/applications/{app}/messages/{message}/{attempt}",
            get(message::show_attempt),
        )
}

/// What the service offers.
fn catalogue() -> Router<Dashboard> {
    Router::new()
        .route(
            "/dashboard/event-types",
            get(event_types::show).post(event_type_form::create),
        )
        .route("/dashboard/event-types/new", get(event_type_form::show_new))
        .route("/dashboard/event-types/{name}", get(event_types::show_one))
        .route(
            "/dashboard/event-types/{name}/update",
            get(event_type_form::show_update).post(event_type_form::update),
        )
        .route(
            "/dashboard/event-types/{name}/archive",
            post(event_types::archive),
        )
        .route(
            "/dashboard/event-types/{name}/drift",
            post(event_types::forget_drift),
        )
        .route("/dashboard/catalogues", get(catalogues::show))
        .route("/dashboard/catalogues/{name}", post(catalogues::import))
        .route("/dashboard/plans", get(plans::show).post(plans::put))
}

/// What goes on behind requests, and who is told of it.
fn operations() -> Router<Dashboard> {
    Router::new()
        .route(
            "/dashboard/operational",
            get(operational::show).post(operational::create),
        )
        .route("/dashboard/operational/new", get(operational::show_new))
        .route(
            "/dashboard/operational/{webhook}",
            get(operational::show_one),
        )
        .route(
            "/dashboard/operational/{webhook}/update",
            get(operational::show_update).post(operational::update),
        )
        .route(
            "/dashboard/operational/{webhook}/remove",
            get(operational::ask_remove).post(operational::remove),
        )
        .route(
            "/dashboard/operational/{webhook}/secret",
            post(operational::rotate),
        )
        .route("/dashboard/jobs", get(jobs::show))
        .route("/dashboard/jobs/live", get(jobs::watch))
        .route("/dashboard/jobs/{job}", get(jobs::show_one))
        .route("/dashboard/jobs/{job}/cancel", post(jobs::cancel))
}
