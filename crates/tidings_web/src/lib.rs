//! Pages for people, in six languages: written by the server, without a script that they could not do without.
//!
//! `page` is what every page needs, `texts` what is said on it, `formats` how numbers and times are written, `assets`
//! what it refers to, `paging` how lists go on, `around` what surrounds it; `chart` draws, and `live` keeps parts of pages up to date. `portal` is for
//! customers, `dashboard` for those who run it. The look is in `static/`, the words in `locales/`.

mod around;
mod assets;
mod chart;
mod code;
mod dashboard;
mod docs;
mod embedding;
mod errors;
mod form;
mod formats;
mod live;
mod origin;
mod page;
mod paging;
mod portal;
mod texts;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::get;
use tidings_service::Service;

use dashboard::Dashboard;
use embedding::Embedding;
use errors::Fault;
use page::{Page, render};
use portal::Portal;

pub use origin::RemoteAddress;

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
    for folder in [portal::FOLDER, dashboard::FOLDER] {
        if let Some(below) = path.strip_prefix(folder) {
            return below.is_empty() || below.starts_with('/');
        }
    }
    let is_read = method == Method::GET || method == Method::HEAD;
    is_read
        && (path == LANDING
            || path.starts_with(assets::FOLDER)
            || path == assets::ELEMENT
            || docs::is_page(path))
}

/// The pages as a router, for requests that are for one. `portal_origins` may hold the portal in a frame.
pub fn router(settings: Settings, portal_origins: &[String], service: Arc<Service>) -> Router {
    let dashboard = dashboard::router(Dashboard::new(service.clone(), settings));
    let portal = portal::router(Portal { service, settings });
    let pages = for_anybody(settings).merge(portal).merge(dashboard);
    surrounded(pages, portal_origins)
}

/// The pages that need nobody to be signed in.
fn for_anybody(settings: Settings) -> Router {
    Router::new()
        .route(LANDING, get(show_landing))
        .route("/static/{name}", get(assets::show))
        .route(assets::ELEMENT, get(assets::show_element))
        .with_state(settings)
        .merge(docs::router(settings.open_api))
}

fn surrounded(pages: Router, portal_origins: &[String]) -> Router {
    let embedding = Embedding::new(around::POLICY, portal_origins);
    pages
        .fallback(async || Fault::Missing)
        .method_not_allowed_fallback(async || Fault::Missing)
        .layer(from_fn_with_state(embedding, around::around))
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

#[cfg(test)]
mod tests;
#[cfg(test)]
mod words;
