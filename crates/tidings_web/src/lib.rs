//! Pages for people, in six languages: written by the server, without a script that they could not do without.
//!
//! `page` is what every page needs, `texts` what is said on it, `formats` how numbers and times are written, `assets`
//! what it refers to, `around` what surrounds it. The look is in `static/`, the words in `locales/`.

mod around;
mod assets;
mod docs;
mod errors;
mod formats;
mod page;
mod texts;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::get;

use errors::{Fault, show_error};
use page::{Page, render};

/// What the pages must know.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Whether `http://` and loopback targets are allowed; the first page says so.
    pub is_dev: bool,
    /// The OpenAPI document of the API, of which its documentation is made.
    pub open_api: &'static str,
}

const LANDING: &str = "/";

/// Whether a request is for one of the pages.
pub fn is_page(method: &Method, path: &str) -> bool {
    let is_read = method == Method::GET || method == Method::HEAD;
    is_read && (path == LANDING || path.starts_with(assets::FOLDER) || docs::is_page(path))
}

/// The pages as a router, for requests that are for one.
pub fn router(settings: Settings) -> Router {
    Router::new()
        .route(LANDING, get(show_landing))
        .route("/static/{name}", get(assets::show))
        .fallback(show_missing)
        .with_state(settings)
        .merge(docs::router(settings.open_api))
        .layer(axum::middleware::from_fn(around::around))
}

#[derive(Template)]
#[template(path = "landing.html")]
struct Landing {
    page: Page,
    is_dev: bool,
    version: &'static str,
}

/// Where a browser lands, with the way to everything else.
async fn show_landing(State(settings): State<Settings>, page: Page) -> Response {
    let template = Landing {
        page,
        is_dev: settings.is_dev,
        version: env!("CARGO_PKG_VERSION"),
    };
    render(StatusCode::OK, &template)
}

async fn show_missing(page: Page) -> Response {
    show_error(page, Fault::Missing)
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod words;
