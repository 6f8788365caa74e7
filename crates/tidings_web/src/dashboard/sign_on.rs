//! Single sign-on: the way to the identity provider, and back.
//!
//! What must be the same on the way back is in a cookie of the browser that has gone: whoever is sent back without it has
//! begun elsewhere, or somebody else has begun in their name.

use axum::extract::{RawQuery, Request, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse as _, Redirect, Response};
use tidings_service::ServiceError;
use tidings_service::single_sign_on::ReturnedSignOn;
use zeroize::Zeroizing;

use super::Dashboard;
use super::sign_in::{Refusal, TO, local, refuse, with_session};
use crate::around::is_secure;
use crate::errors::Fault;
use crate::form::{self, Posted};
use crate::origin::origin;
use crate::page::{Page, cookie};

const FOLDER: &str = "/dashboard/sign-on";
const COOKIE: &str = "tidings_sign_on";
/// As long as somebody may take at the provider.
const COOKIE_SECS: u32 = 600;

/// Sends the browser to the provider.
pub(super) async fn begin(
    State(dashboard): State<Dashboard>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Response, Fault> {
    let query = Posted::parse(query.unwrap_or_default().as_bytes());
    let (parts, _) = request.into_parts();
    let begun = match dashboard.service.begin_sign_on().await {
        Ok(begun) => begun,
        Err(ServiceError::Unavailable { .. }) => {
            let page = Page::new(&parts.headers, parts.uri.path());
            return Ok(refuse(
                &dashboard,
                page,
                local(query.one(TO)),
                Refusal::NoProvider,
            ));
        }
        Err(other) => return Err(other.into()),
    };
    let kept = form::written(&[
        ("state".to_owned(), begun.state.to_string()),
        ("nonce".to_owned(), begun.nonce.to_string()),
        ("verifier".to_owned(), begun.verifier.to_string()),
        (TO.to_owned(), local(query.one(TO))),
    ]);
    let response = Redirect::to(&begun.url).into_response();
    Ok(with_kept(&parts.headers, response, &kept, COOKIE_SECS))
}

fn with_kept(headers: &HeaderMap, mut response: Response, kept: &str, age: u32) -> Response {
    let secure = if is_secure(headers) { "; Secure" } else { "" };
    let cookie =
        format!("{COOKIE}={kept}; Path={FOLDER}; Max-Age={age}; HttpOnly; SameSite=Lax{secure}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// Takes whoever comes back.
pub(super) async fn finish(
    State(dashboard): State<Dashboard>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Response, Fault> {
    let query = Posted::parse(query.unwrap_or_default().as_bytes());
    let (parts, _) = request.into_parts();
    let page = Page::new(&parts.headers, parts.uri.path());
    let kept = cookie(&parts.headers, COOKIE).unwrap_or_default();
    let kept = Posted::parse(kept.as_bytes());
    let to = local(kept.one(TO));
    let (state, code) = (kept.one("state"), query.one("code"));
    let response = if state.is_empty() || state != query.one("state") {
        refuse(&dashboard, page, to, Refusal::Elsewhere)
    } else if code.is_empty() {
        // The provider says in `error` why not: somebody has declined, as a rule.
        refuse(&dashboard, page, to, Refusal::NotKnown)
    } else {
        let secret = |text: &str| Zeroizing::new(text.to_owned());
        let returned = ReturnedSignOn {
            code: secret(code),
            nonce: secret(kept.one("nonce")),
            verifier: secret(kept.one("verifier")),
        };
        match dashboard
            .service
            .finish_sign_on(returned, origin(&parts))
            .await
        {
            Ok(signed_in) => {
                let response = Redirect::to(&to).into_response();
                with_session(&dashboard, &parts.headers, response, &signed_in)
            }
            Err(ServiceError::NotSignedIn) => refuse(&dashboard, page, to, Refusal::NotKnown),
            Err(ServiceError::Unavailable { source: None, .. }) => {
                refuse(&dashboard, page, to, Refusal::NoProvider)
            }
            Err(other) => return Err(other.into()),
        }
    };
    // It has served its turn, however that went.
    Ok(with_kept(&parts.headers, response, "", 0))
}
