//! Pages for people. So far one: where a browser lands, with the way to everything else.

use axum::Router;
use axum::http::Method;
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

const LANDING: &str = "/";
const LANDING_STYLE: &str = "/static/landing.css";

const POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const STYLE: &str = include_str!("../static/landing.css");
const PAGE: &str = include_str!("../templates/landing.html");
const DEV_NOTICE: &str = "<p class=\"notice\" role=\"status\">Development mode: <code>http://</code> and loopback targets are allowed. Not for production.</p>";

/// Whether a request is for one of the pages.
pub fn is_page(method: &Method, path: &str) -> bool {
    (method == Method::GET || method == Method::HEAD) && [LANDING, LANDING_STYLE].contains(&path)
}

/// The pages as a router, for requests that are for one.
pub fn router(settings: Settings) -> Router {
    let notice = if settings.is_dev { DEV_NOTICE } else { "" };
    let page = PAGE
        .replace("{notice}", notice)
        .replace("{version}", env!("CARGO_PKG_VERSION"));
    Router::new()
        .route(
            LANDING,
            get(move || std::future::ready(show_landing(page.clone()))),
        )
        .route(LANDING_STYLE, get(show_style))
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

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::{HeaderMap, Request, StatusCode};
    use http_body_util::BodyExt as _;
    use tower_service::Service as _;

    use super::*;

    async fn get_page(path: &str, is_dev: bool) -> (StatusCode, HeaderMap, String) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = router(Settings { is_dev }).call(request).await.unwrap();
        let (head, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        (
            head.status,
            head.headers,
            String::from_utf8(body.to_vec()).unwrap(),
        )
    }

    #[tokio::test]
    async fn the_page_says_so_in_development_mode_and_only_then() {
        let (status, _, page) = get_page("/", true).await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("Development mode"));
        let (_, _, page) = get_page("/", false).await;
        assert!(!page.contains("Development mode"));
        assert!(page.contains(concat!("Tidings ", env!("CARGO_PKG_VERSION"))));
        assert!(!page.contains("{notice}") && !page.contains("{version}"));
    }

    #[tokio::test]
    async fn the_page_may_run_no_scripts_and_cannot_be_framed() {
        let (_, headers, page) = get_page("/", true).await;
        let policy = headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
        assert_eq!(headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(headers[REFERRER_POLICY], "no-referrer");
        assert!(
            headers[CONTENT_TYPE]
                .to_str()
                .unwrap()
                .starts_with("text/html")
        );
        for inline in ["<script", "style=", "<style", "onclick"] {
            assert!(!page.contains(inline), "{inline} would be blocked");
        }
    }

    #[tokio::test]
    async fn what_the_page_refers_to_is_there() {
        let (_, _, page) = get_page("/", false).await;
        assert!(page.contains("href=\"/static/landing.css\""));
        let (status, headers, style) = get_page("/static/landing.css", false).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(headers[CONTENT_TYPE], "text/css; charset=utf-8");
        assert!(style.contains("color-scheme: light dark"));
    }

    #[test]
    fn everything_else_is_no_page() {
        assert!(is_page(&Method::GET, "/") && is_page(&Method::HEAD, "/static/landing.css"));
        for path in [
            "",
            "/static/",
            "/static/../Cargo.toml",
            "/index.html",
            "/api/v1/app",
        ] {
            assert!(!is_page(&Method::GET, path), "{path}");
        }
        assert!(!is_page(&Method::POST, "/"));
    }
}
