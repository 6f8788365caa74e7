//! Pages for people. So far one: where a browser lands, with the way to everything else.

use axum::Router;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{Html, IntoResponse};
use axum::routing::get;

/// What the pages must know.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Whether `http://` and loopback targets are allowed; every page says so.
    pub is_dev: bool,
}

const POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const STYLE: &str = include_str!("../static/landing.css");
const PAGE: &str = include_str!("../templates/landing.html");
const DEV_NOTICE: &str = "<p class=\"notice\" role=\"status\">Development mode: <code>http://</code> and loopback targets are allowed. Not for production.</p>";

/// The pages as a router.
pub fn router(settings: Settings) -> Router {
    let notice = if settings.is_dev { DEV_NOTICE } else { "" };
    let page = PAGE
        .replace("{notice}", notice)
        .replace("{version}", env!("CARGO_PKG_VERSION"));
    Router::new()
        .route(
            "/",
            get(move || std::future::ready(show_landing(page.clone()))),
        )
        .route("/static/landing.css", get(show_style))
}

fn show_landing(page: String) -> impl IntoResponse {
    let headers = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
    ];
    (headers, Html(page))
}

async fn show_style() -> impl IntoResponse {
    (
        [
            (CONTENT_TYPE, "text/css; charset=utf-8"),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ],
        STYLE,
    )
}
