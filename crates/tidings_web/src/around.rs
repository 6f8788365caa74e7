//! What surrounds every page: the choice of language and theme, the refusal of what other sites send in somebody's name,
//! and the headers that tell a browser what a page may do.

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, LOCATION, ORIGIN, REFERRER_POLICY, SET_COOKIE,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tidings_domain::language::Language;

use crate::embedding::{Embedding, cookie_scope};
use crate::errors::{Fault, show_error};
use crate::page::{LANGUAGE_COOKIE, Page, THEME_COOKIE, Theme};

/// Nothing but our own files, no script or style within a page. Who may hold it in a frame comes behind that.
pub(crate) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    form-action 'self'; base-uri 'none'";
/// A choice holds for a year.
const CHOICE_SECS: u32 = 31_536_000;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

pub(crate) async fn around(
    State(embedding): State<Embedding>,
    request: Request,
    next: Next,
) -> Response {
    let policy = embedding.policy(request.uri().path()).clone();
    let page = Page::new(request.headers(), request.uri().path());
    let is_read = [Method::GET, Method::HEAD].contains(request.method());
    let mut response = if is_read {
        match choice(request.uri(), request.headers()) {
            Some(response) => response,
            None => next.run(request).await,
        }
    } else if comes_from_elsewhere(request.headers()) {
        Fault::Elsewhere.into_response()
    } else {
        next.run(request).await
    };
    if let Some(fault) = response.extensions().get::<Fault>().copied() {
        response = show_error(page, fault);
    }
    let headers = response.headers_mut();
    let fixed = [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Not `no-referrer`: a form would then not say which site it is from.
        (REFERRER_POLICY, "same-origin"),
        (OPENER_POLICY, "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(policy);
    let private = HeaderValue::from_static("no-store");
    headers.entry(CACHE_CONTROL).or_insert(private);
    response
}

/// Whether another site makes the browser send this.
fn comes_from_elsewhere(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(FETCH_SITE) {
        return !["same-origin", "none"].contains(&site);
    }
    // A browser too old for that says at least whose form it is. What says neither is no browser.
    let Some(origin) = text(ORIGIN) else {
        return false;
    };
    let host = origin.split_once("://").map(|(_, host)| host);
    host.is_none() || host != text(HOST)
}

/// Whether the browser came by HTTPS, as far as the proxy in front says so.
pub(crate) fn is_secure(headers: &HeaderMap) -> bool {
    let proto = headers.get(FORWARDED_PROTO);
    proto.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"https"))
}

/// Remembers what `?lang=` and `?theme=` say, and goes on to the page without them.
fn choice(uri: &Uri, headers: &HeaderMap) -> Option<Response> {
    let query = uri.query()?;
    let (mut kept, mut cookies) = (Vec::new(), Vec::new());
    for pair in query.split('&') {
        let chosen = match pair.split_once('=') {
            Some(("lang", code)) => {
                Language::from_code(code).map(|language| (LANGUAGE_COOKIE, Some(language.code())))
            }
            Some(("theme", "system")) => Some((THEME_COOKIE, None)),
            Some(("theme", name)) => {
                Theme::parse(name).map(|theme| (THEME_COOKIE, Some(theme.as_str())))
            }
            _ => None,
        };
        match chosen {
            Some(chosen) => cookies.push(chosen),
            None => kept.push(pair),
        }
    }
    if cookies.is_empty() {
        return None;
    }
    let query = if kept.is_empty() {
        String::new()
    } else {
        format!("?{}", kept.join("&"))
    };
    // One slash at the beginning: two would name another server.
    let path = uri.path().trim_start_matches('/');
    let location = HeaderValue::from_str(&format!("/{path}{query}")).ok()?;
    let mut response = (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response();
    for (name, value) in cookies {
        let age = if value.is_some() { CHOICE_SECS } else { 0 };
        let value = value.unwrap_or_default();
        let scope = cookie_scope(headers);
        let cookie = format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly{scope}");
        let cookie = HeaderValue::from_str(&cookie).ok()?;
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Some(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter().map(|(name, value)| {
            let name: HeaderName = name.parse().unwrap();
            (name, HeaderValue::from_static(value))
        });
        pairs.collect()
    }

    #[test]
    fn what_another_site_sends_is_known() {
        let is_foreign = |pairs: &[_]| comes_from_elsewhere(&headers(pairs));
        assert!(is_foreign(&[("sec-fetch-site", "cross-site")]));
        assert!(is_foreign(&[("sec-fetch-site", "same-site")]));
        assert!(!is_foreign(&[("sec-fetch-site", "same-origin")]));
        assert!(!is_foreign(&[("sec-fetch-site", "none")]));
        assert!(is_foreign(&[
            ("host", "a.test"),
            ("origin", "https://b.test")
        ]));
        assert!(is_foreign(&[("host", "a.test"), ("origin", "null")]));
        assert!(!is_foreign(&[
            ("host", "a.test"),
            ("origin", "https://a.test")
        ]));
    }

    #[test]
    fn a_choice_is_remembered_and_leaves_the_address() {
        let uri: Uri = "/a?lang=fi&q=x&theme=dark".parse().unwrap();
        let response = choice(&uri, &headers(&[("x-forwarded-proto", "https")])).unwrap();
        assert_eq!(response.headers()[LOCATION], "/a?q=x");
        let set = response.headers().get_all(SET_COOKIE).into_iter();
        let set: Vec<_> = set.map(|value| value.to_str().unwrap()).collect();
        assert!(set[0].starts_with("tidings_lang=fi; ") && set[0].ends_with("; Secure"));
        assert!(set[1].starts_with("tidings_theme=dark; "));
    }

    #[test]
    fn an_unknown_choice_is_none_and_no_choice_leads_elsewhere() {
        for query in ["/?lang=xx", "/?theme=pink", "/?language=fi", "/"] {
            assert!(choice(&query.parse().unwrap(), &HeaderMap::new()).is_none());
        }
        let uri: Uri = "//evil.test/?lang=de".parse().unwrap();
        let response = choice(&uri, &HeaderMap::new()).unwrap();
        assert_eq!(response.headers()[LOCATION], "/evil.test/");
    }
}
