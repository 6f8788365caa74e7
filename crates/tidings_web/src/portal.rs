//! The portal: where a customer of the product manages the webhooks of an account.
//!
//! A single-use link opens a session, whose token is in a cookie; everything is done by the use cases of the service, as the
//! caller that the session is. Each file here is one page, or one that belongs to it.

mod accounts;
pub(crate) mod attempt;
pub(crate) mod attempts;
mod board;
mod boards;
mod button_fields;
mod button_form;
mod buttons;
mod catalogue;
mod charts;
mod form_auth;
mod form_fields;
mod help;
mod log;
mod replay;
mod secret;
mod settings;
mod sign_in;
mod theme;
mod tree;
mod visitor;
mod webhook;
mod webhook_form;
pub(crate) mod webhooks;

use std::sync::Arc;

use axum::Router;
use axum::response::Redirect;
use axum::routing::{get, post};
use tidings_service::Service;

use crate::Settings;

/// Below which address it lies.
pub(crate) const FOLDER: &str = "/portal";

/// What the pages of the portal work with.
#[derive(Clone)]
pub(crate) struct Portal {
    pub(crate) service: Arc<Service>,
    pub(crate) settings: Settings,
}

/// The portal as a router.
pub(crate) fn router(portal: Portal) -> Router {
    let start = || std::future::ready(Redirect::to("/portal/accounts"));
    Router::new()
        .route(FOLDER, get(start))
        .route("/portal/login", get(sign_in::show).post(sign_in::open))
        .route("/portal/logout", post(sign_in::close))
        .route("/portal/accounts", get(accounts::show))
        .route("/portal/theme.css", get(theme::show_style))
        .route("/portal/logo", get(theme::show_logo))
        .route("/portal/{app}", get(accounts::enter))
        .route(
            "/portal/{app}/webhooks",
            get(webhooks::show).post(webhook_form::create),
        )
        .route("/portal/{app}/webhooks/new", get(webhook_form::show_new))
        .route("/portal/{app}/webhooks/{webhook}", get(webhook::show))
        .route(
            "/portal/{app}/webhooks/{webhook}/update",
            get(webhook_form::show_update).post(webhook_form::update),
        )
        .route(
            "/portal/{app}/webhooks/{webhook}/remove",
            get(webhook::ask_remove).post(webhook::remove),
        )
        .route("/portal/{app}/webhooks/{webhook}/test", post(webhook::test))
        .route(
            "/portal/{app}/webhooks/{webhook}/secret",
            get(secret::show).post(secret::rotate),
        )
        .route("/portal/{app}/log", get(log::show))
        .route("/portal/{app}/log/{message}/{attempt}", get(attempt::show))
        .route(
            "/portal/{app}/log/{message}/{attempt}/redeliver",
            post(attempt::redeliver),
        )
        .route("/portal/{app}/events", get(catalogue::show))
        .route("/portal/{app}/events/{name}", get(catalogue::show_one))
        .route("/portal/{app}/settings", get(settings::show))
        .route("/portal/{app}/help", get(help::show))
        .merge(sending_again())
        .merge(boards())
        .with_state(portal)
}

/// What a webhook is to get again.
fn sending_again() -> Router<Portal> {
    Router::new()
        .route(
            "/portal/{app}/webhooks/{webhook}/replay",
            get(replay::ask).post(replay::begin),
        )
        .route(
            "/portal/{app}/webhooks/{webhook}/tasks/{task}",
            get(replay::show),
        )
        .route(
            "/portal/{app}/webhooks/{webhook}/tasks/{task}/cancel",
            post(replay::cancel),
        )
}

/// Boards of buttons: in use, and in hand.
fn boards() -> Router<Portal> {
    Router::new()
        .route("/portal/{app}/buttons", get(buttons::show))
        .route(
            "/portal/{app}/buttons/new",
            get(button_form::show_new).post(button_form::create),
        )
        .route("/portal/{app}/buttons/{button}", post(buttons::press))
        .route(
            "/portal/{app}/buttons/{button}/update",
            get(button_form::show_update).post(button_form::update),
        )
        .route(
            "/portal/{app}/buttons/{button}/remove",
            get(button_form::ask_remove).post(button_form::remove),
        )
        .route("/portal/{app}/boards", get(boards::show))
        .route(
            "/portal/{app}/boards/new",
            get(boards::show_new).post(boards::create),
        )
        .route(
            "/portal/{app}/boards/{board}/update",
            get(boards::show_update).post(boards::update),
        )
        .route(
            "/portal/{app}/boards/{board}/remove",
            get(boards::ask_remove).post(boards::remove),
        )
}
