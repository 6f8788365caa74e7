//! The pages that need nobody to be signed in, as a browser gets them.

use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, LOCATION,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use tidings_domain::language::Language;
use tower_service::Service as _;

use super::*;

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
    bytes: usize,
}

async fn ask(method: Method, path: &str, headers: &[(&str, &str)], is_dev: bool) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).unwrap();
    let settings = Settings {
        is_dev,
        open_api: "",
    };
    let mut pages = surrounded(for_anybody(settings), &[]);
    let response = pages.call(request).await.unwrap();
    let (head, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Answer {
        status: head.status,
        headers: head.headers,
        text: String::from_utf8_lossy(&body).into_owned(),
        bytes: body.len(),
    }
}

async fn get_page(path: &str, headers: &[(&str, &str)]) -> Answer {
    ask(Method::GET, path, headers, false).await
}

/// What a page refers to below `/static/`.
fn assets_of(page: &str) -> Vec<String> {
    let mut found: Vec<String> = page
        .split('"')
        .filter(|part| part.starts_with(assets::FOLDER))
        .map(|part| part.split('#').next().unwrap_or(part).to_owned())
        .collect();
    found.sort();
    found.dedup();
    found
}

#[tokio::test]
async fn the_page_says_so_in_development_mode_and_only_then() {
    let page = ask(Method::GET, "/", &[], true).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("Development mode"));
    let page = get_page("/", &[]).await;
    assert!(!page.text.contains("Development mode"));
    let version = concat!("Tidings ", env!("CARGO_PKG_VERSION"));
    assert!(page.text.contains(version));
}

#[tokio::test]
async fn a_page_is_in_the_language_of_its_reader() {
    for language in Language::ALL {
        let page = get_page("/", &[("accept-language", language.code())]).await;
        let lang = format!("<html lang=\"{}\"", language.code());
        assert!(page.text.contains(&lang), "{}", page.text);
        let title = texts::say(language, "landing-title");
        assert!(page.text.contains(&title), "{title}");
    }
}

#[tokio::test]
async fn a_choice_leads_back_to_the_page_and_holds() {
    let chosen = get_page("/?lang=fi&theme=dark", &[]).await;
    assert_eq!(chosen.status, StatusCode::SEE_OTHER);
    assert_eq!(chosen.headers[LOCATION], "/");
    let cookies = chosen.headers.get_all("set-cookie").into_iter();
    let cookies: Vec<&str> = cookies
        .filter_map(|cookie| cookie.to_str().unwrap().split(';').next())
        .collect();
    let page = get_page("/", &[("cookie", &cookies.join("; "))]).await;
    assert!(page.text.contains("<html lang=\"fi\" data-theme=\"dark\">"));
}

#[tokio::test]
async fn a_page_may_run_nothing_of_its_own_and_cannot_be_framed() {
    for path in ["/", "/nowhere"] {
        let page = get_page(path, &[]).await;
        let policy = page.headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'"));
        assert!(policy.ends_with("; frame-ancestors 'none'") && !policy.contains("unsafe"));
        assert_eq!(page.headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(page.headers["referrer-policy"], "same-origin");
        assert_eq!(page.headers[CACHE_CONTROL], "no-store");
        let kind = page.headers[CONTENT_TYPE].to_str().unwrap();
        assert!(kind.starts_with("text/html"));
        for inline in ["<script>", " style=", "<style", " onclick", "javascript:"] {
            assert!(!page.text.contains(inline), "{inline} would be blocked");
        }
    }
}

#[tokio::test]
async fn what_a_page_refers_to_is_there_for_ever() {
    let page = get_page("/", &[]).await;
    let assets = assets_of(&page.text);
    assert!(assets.len() >= 4, "{assets:?}");
    for path in assets {
        let asset = get_page(&path, &[]).await;
        assert_eq!(asset.status, StatusCode::OK, "{path}");
        let cache = asset.headers[CACHE_CONTROL].to_str().unwrap();
        assert!(cache.contains("immutable"));
        let tag = asset.headers[ETAG].to_str().unwrap();
        let again = get_page(&path, &[("if-none-match", tag)]).await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED);
        assert_eq!(again.bytes, 0);
    }
    let missing = get_page("/static/tidings-000000000000.css", &[]).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_first_page_weighs_less_than_100_kb_with_all_that_it_needs() {
    let page = get_page("/", &[]).await;
    let mut bytes = assets::pack(page.text.as_bytes()).len();
    for path in assets_of(&page.text) {
        let asset = get_page(&path, &[("accept-encoding", "gzip, br")]).await;
        assert_eq!(asset.headers[CONTENT_ENCODING], "gzip");
        bytes += asset.bytes;
    }
    assert!((1_000..100_000).contains(&bytes), "{bytes}");
}

#[tokio::test]
async fn what_is_not_there_says_so_on_a_page() {
    let page = get_page("/nowhere", &[("accept-language", "de")]).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.text.contains("Hier ist nichts"));
}

#[tokio::test]
async fn what_another_site_sends_is_refused_on_a_page() {
    let headers = [("sec-fetch-site", "cross-site"), ("accept-language", "it")];
    let page = ask(Method::POST, "/", &headers, false).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.text.contains("Questo è arrivato da un altro sito"));
}

#[test]
fn everything_else_is_no_page() {
    assert!(is_page(&Method::GET, "/") && is_page(&Method::HEAD, "/static/a.css"));
    assert!(is_page(&Method::POST, "/portal/login") && is_page(&Method::GET, "/portal"));
    assert!(is_page(&Method::POST, "/dashboard/sign-in") && is_page(&Method::GET, "/dashboard"));
    for path in [
        "",
        "/index.html",
        "/api/v1/app",
        "/in/abc",
        "/portals",
        "/dashboards",
    ] {
        assert!(!is_page(&Method::GET, path), "{path}");
    }
    assert!(!is_page(&Method::POST, "/"));
}
