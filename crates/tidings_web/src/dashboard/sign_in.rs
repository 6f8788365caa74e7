//! Signing in with an address and a password, and out.
//!
//! What somebody learns from a try that fails is that it failed. Afterwards they are where they wanted to go, if that is a
//! page of the dashboard; a form that was under way is still there.

use std::time::Duration;

use askama::Template;
use axum::extract::{FromRequest as _, RawQuery, Request, State};
use axum::http::header::{LOCATION, RETRY_AFTER, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use tidings_service::ServiceError;
use tidings_service::members::{Credentials, SignedIn};
use zeroize::Zeroizing;

use super::guard::ask_again;
use super::member::{Member, SESSION_COOKIE};
use super::{Dashboard, FOLDER};
use crate::around::is_secure;
use crate::errors::Fault;
use crate::form::{self, Posted};
use crate::origin::origin;
use crate::page::{Page, render};

/// Where one signs in.
pub(super) const ADDRESS: &str = "/dashboard/sign-in";
/// The field of where one wants to go.
pub(super) const TO: &str = "to";
/// The field of a form that was under way, as it was sent.
const KEPT: &str = "kept";

/// Why somebody is not signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The address or the password is wrong.
    Wrong,
    /// There were too many tries; how long to wait.
    TooFast(Duration),
    /// The provider knows them, and nobody here is them.
    NotKnown,
    /// They come back from the provider to another browser than the one that has gone, or too late.
    Elsewhere,
    /// The provider does not answer as it should.
    NoProvider,
}

#[derive(Template)]
#[template(path = "dashboard/sign_in.html")]
struct SignIn {
    page: Page,
    email: String,
    environment: String,
    to: String,
    kept: String,
    refusal: Option<Refusal>,
    /// Whether there is nobody yet who could.
    is_new: bool,
    has_sign_on: bool,
}

impl SignIn {
    fn has_wrong(&self) -> bool {
        self.refusal == Some(Refusal::Wrong)
    }

    /// What is said of a way through the provider that led nowhere.
    fn sign_on_text(&self) -> Option<&'static str> {
        match self.refusal {
            Some(Refusal::NotKnown) => Some("sign-on-unknown"),
            Some(Refusal::Elsewhere) => Some("sign-on-elsewhere"),
            Some(Refusal::NoProvider) => Some("sign-on-down"),
            _ => None,
        }
    }

    /// The way to the provider.
    fn way_on(&self) -> String {
        format!("/dashboard/sign-on?{}", way_back(&self.to))
    }

    /// What is said of having to wait.
    fn wait(&self) -> Option<String> {
        let Some(Refusal::TooFast(wait)) = self.refusal else {
            return None;
        };
        Some(say_wait(&self.page, wait))
    }
}

/// What is said of having to wait after too many tries.
pub(super) fn say_wait(page: &Page, wait: Duration) -> String {
    let seconds = wait.as_secs().max(1);
    if seconds < 60 {
        page.say_of("staff-wait-seconds", "count", seconds)
    } else {
        let minutes = seconds.div_ceil(60);
        page.say_of("staff-wait-minutes", "count", minutes)
    }
}

/// Asks who it is.
pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Response, Fault> {
    let query = Posted::parse(query.unwrap_or_default().as_bytes());
    let to = local(query.one(TO));
    let (parts, _) = request.into_parts();
    if Member::find(&parts, &dashboard).await?.is_some() {
        return Ok(Redirect::to(&to).into_response());
    }
    let template = SignIn {
        environment: query.line("environment").to_owned(),
        to,
        is_new: dashboard.service.set_up_code().await?.is_some(),
        ..SignIn::of(&dashboard, Page::new(&parts.headers, parts.uri.path()))
    };
    Ok(render(StatusCode::OK, &template))
}

impl SignIn {
    fn of(dashboard: &Dashboard, page: Page) -> Self {
        Self {
            has_sign_on: dashboard.service.has_single_sign_on(),
            page,
            email: String::new(),
            environment: String::new(),
            to: String::new(),
            kept: String::new(),
            refusal: None,
            is_new: false,
        }
    }
}

/// Asks whoever has sent a form that came too late.
pub(super) async fn ask_with_form(
    dashboard: &Dashboard,
    page: Page,
    to: &str,
    form: &Posted,
) -> Result<Response, Fault> {
    let template = SignIn {
        to: local(to),
        kept: form::written(&form.kept()),
        is_new: dashboard.service.set_up_code().await?.is_some(),
        ..SignIn::of(dashboard, page)
    };
    Ok(render(StatusCode::UNAUTHORIZED, &template))
}

/// Signs somebody in.
pub(super) async fn enter(
    State(dashboard): State<Dashboard>,
    request: Request,
) -> Result<Response, Fault> {
    let (parts, body) = request.into_parts();
    let page = Page::new(&parts.headers, parts.uri.path());
    let (origin, headers) = (origin(&parts), parts.headers.clone());
    let form = Posted::from_request(Request::from_parts(parts, body), &()).await?;
    let environment = form.line("environment");
    let credentials = Credentials {
        environment: (!environment.is_empty()).then(|| environment.to_owned()),
        email: form.line("email").to_owned(),
        password: Zeroizing::new(form.one("password").to_owned()),
    };
    let to = local(form.one(TO));
    let refusal = match dashboard.service.sign_in(credentials, origin).await {
        Ok(signed_in) => {
            let kept = Posted::parse(form.one(KEPT).as_bytes()).kept();
            return Ok(welcome(&dashboard, &headers, page, (to, kept), &signed_in));
        }
        Err(ServiceError::NotSignedIn) => Refusal::Wrong,
        Err(ServiceError::TooFast { retry_after, .. }) => Refusal::TooFast(retry_after),
        Err(other) => return Err(other.into()),
    };
    let template = SignIn {
        email: form.line("email").to_owned(),
        environment: environment.to_owned(),
        to,
        kept: form.one(KEPT).to_owned(),
        refusal: Some(refusal),
        ..SignIn::of(&dashboard, page)
    };
    Ok(match refusal {
        Refusal::TooFast(wait) => {
            let mut response = render(StatusCode::TOO_MANY_REQUESTS, &template);
            let seconds = HeaderValue::from(wait.as_secs().max(1));
            response.headers_mut().insert(RETRY_AFTER, seconds);
            response
        }
        _ => render(StatusCode::UNAUTHORIZED, &template),
    })
}

/// Says why the way through the provider led nowhere, and asks anew.
pub(super) fn refuse(dashboard: &Dashboard, page: Page, to: String, refusal: Refusal) -> Response {
    let template = SignIn {
        to,
        refusal: Some(refusal),
        ..SignIn::of(dashboard, page)
    };
    let status = match refusal {
        Refusal::NoProvider => StatusCode::BAD_GATEWAY,
        _ => StatusCode::UNAUTHORIZED,
    };
    render(status, &template)
}

/// Leads somebody who has just signed in to where they wanted to go, or shows the form that they had under way.
fn welcome(
    dashboard: &Dashboard,
    headers: &HeaderMap,
    page: Page,
    (to, kept): (String, Vec<(String, String)>),
    signed_in: &SignedIn,
) -> Response {
    let response = if kept.is_empty() {
        Redirect::to(&to).into_response()
    } else {
        ask_again(page, to, kept, form::token(&signed_in.token), true)
    };
    with_session(dashboard, headers, response, signed_in)
}

/// The same answer with the cookie of a new session.
pub(super) fn with_session(
    dashboard: &Dashboard,
    headers: &HeaderMap,
    response: Response,
    signed_in: &SignedIn,
) -> Response {
    let age = (signed_in.session.ends_at - dashboard.service.now()).max(0) / 1_000;
    with_cookie(headers, response, &signed_in.token, age)
}

fn with_cookie(headers: &HeaderMap, mut response: Response, token: &str, age: i64) -> Response {
    let secure = if is_secure(headers) { "; Secure" } else { "" };
    let cookie = format!(
        "{SESSION_COOKIE}={token}; Path={FOLDER}; Max-Age={age}; HttpOnly; SameSite=Lax{secure}"
    );
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// Signs the member out, here.
pub(super) async fn leave(
    State(dashboard): State<Dashboard>,
    member: Member,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    dashboard.service.sign_out(member.session_token()).await?;
    Ok(left(&headers))
}

/// What somebody gets who is signed out: the way in, and no cookie.
pub(super) fn left(headers: &HeaderMap) -> Response {
    let response = (StatusCode::SEE_OTHER, [(LOCATION, ADDRESS)]).into_response();
    with_cookie(headers, response, "", 0)
}

/// Says in an address where to go afterwards.
pub(super) fn way_back(to: &str) -> String {
    form::written(&[(TO.to_owned(), to.to_owned())])
}

/// Where somebody wants to go, if it is a page of the dashboard; else where that begins.
pub(super) fn local(to: &str) -> String {
    let below = to.strip_prefix(FOLDER);
    let is_below = below.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
    let is_plain = to
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let is_in = to.starts_with(ADDRESS);
    if is_below && is_plain && !is_in {
        to.to_owned()
    } else {
        FOLDER.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_away_from_the_dashboard() {
        for own in ["/dashboard", "/dashboard/keys?page=2&a=%2F", "/dashboard?x"] {
            assert_eq!(local(own), own);
        }
        for foreign in [
            "",
            "//evil.test",
            "https://evil.test/dashboard",
            "/\\evil.test",
            "/dashboard\\@evil.test",
            "/dashboards",
            "/portal/login",
            "/dashboard/a\r\nx: y",
            "javascript:alert(1)",
            "/dashboard/sign-in?to=/dashboard",
        ] {
            assert_eq!(local(foreign), FOLDER, "{foreign:?}");
        }
    }

    #[test]
    fn the_way_back_is_one_field() {
        let query = way_back("/dashboard/keys?page=2&x=y");
        let query = Posted::parse(query.as_bytes());
        assert_eq!(query.one(TO), "/dashboard/keys?page=2&x=y");
    }
}
