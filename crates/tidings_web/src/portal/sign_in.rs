//! Signing in by a single-use link, and out.
//!
//! The code is behind the `#` of the link, which browsers send to nobody; the script puts it into the form of this page.
//! Without a script, the link can be pasted into it. Opening the page uses nothing up, so whatever looks at links ahead of
//! their reader does no harm.

use askama::Template;
use axum::extract::FromRequest as _;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};

use super::Portal;
use super::visitor::{SESSION_COOKIE, Visitor};
use crate::embedding::cookie_scope;
use crate::errors::Fault;
use crate::form::Posted;
use crate::origin::origin;
use crate::page::{Page, render};

#[derive(Template)]
#[template(path = "portal/sign_in.html")]
struct SignIn {
    page: Page,
    has_wrong_link: bool,
}

/// Asks for the link.
pub(crate) async fn show(page: Page) -> Response {
    let template = SignIn {
        page,
        has_wrong_link: false,
    };
    render(StatusCode::OK, &template)
}

/// Takes the link for a session.
pub(crate) async fn open(
    State(portal): State<Portal>,
    request: Request,
) -> Result<Response, Fault> {
    let (parts, body) = request.into_parts();
    let page = Page::new(&parts.headers, parts.uri.path());
    let origin = origin(&parts);
    let headers = parts.headers.clone();
    let form = Posted::from_request(Request::from_parts(parts, body), &()).await?;
    let code = code_of(form.line("key"));
    if code.is_empty() {
        let template = SignIn {
            page,
            has_wrong_link: true,
        };
        return Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &template));
    }
    let opened = portal.service.open_session(code, origin).await;
    let opened = opened.map_err(|error| match Fault::from(error) {
        Fault::Broken => Fault::Broken,
        Fault::Busy => Fault::Busy,
        _ => Fault::Used,
    })?;
    let age = (opened.session.expires_at - portal.service.now()).max(0) / 1_000;
    let token = opened.token.text();
    Ok(go(&headers, "/portal/accounts", token, age))
}

/// Ends the session.
pub(crate) async fn close(
    State(portal): State<Portal>,
    request: Request,
) -> Result<Response, Fault> {
    let (mut parts, body) = request.into_parts();
    let headers = parts.headers.clone();
    let visitor = Visitor::from_request_parts(&mut parts, &portal).await?;
    let form = Posted::from_request(Request::from_parts(parts, body), &()).await?;
    if !visitor.has_sent(&form) {
        return Err(Fault::Elsewhere);
    }
    portal.service.end_session(visitor.caller).await?;
    Ok(go(&headers, "/portal/login", "", 0))
}

/// What is behind the `#key=` of a pasted link, or the code itself.
fn code_of(pasted: &str) -> &str {
    pasted.rsplit_once("key=").map_or(pasted, |(_, code)| code)
}

/// Leads on, with this as the cookie of the session for so many seconds.
fn go(headers: &HeaderMap, to: &'static str, token: &str, age: i64) -> Response {
    let scope = cookie_scope(headers);
    let cookie = format!("{SESSION_COOKIE}={token}; Path=/portal; Max-Age={age}; HttpOnly{scope}");
    let mut response = (StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response();
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_may_be_pasted_whole_or_in_part() {
        assert_eq!(code_of("https://a.test/portal/login#key=abc"), "abc");
        assert_eq!(code_of("#key=abc"), "abc");
        assert_eq!(code_of("abc"), "abc");
    }
}
