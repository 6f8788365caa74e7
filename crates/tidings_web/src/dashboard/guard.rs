//! The guard before every page of the dashboard: it lets members pass, and no form but one that their session was given.
//!
//! Nobody loses what they typed. Whoever sends a form when the session has ended signs in right there, and whoever has
//! signed in anew meanwhile is asked once more; both are shown that it is all still there.

use askama::Template;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{HeaderName, ORIGIN};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::member::Member;
use super::{Dashboard, sign_in};
use crate::errors::Fault;
use crate::form::{FORM_BYTES_MAX, Posted};
use crate::page::{Page, render};

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Lets a member pass.
pub(super) async fn guard(
    State(dashboard): State<Dashboard>,
    request: Request,
    next: Next,
) -> Result<Response, Fault> {
    let (mut parts, body) = request.into_parts();
    let found = Member::find(&parts, &dashboard).await?;
    let address = address(&parts.uri);
    if [Method::GET, Method::HEAD].contains(&parts.method) {
        let Some(member) = found else {
            let to = format!("{}?{}", sign_in::ADDRESS, sign_in::way_back(&address));
            return Ok(Redirect::to(&to).into_response());
        };
        parts.extensions.insert(member);
        let response = next.run(Request::from_parts(parts, body)).await;
        return Ok(in_words_of_ours(response));
    }
    let bytes = to_bytes(body, FORM_BYTES_MAX).await;
    let bytes = bytes.map_err(|_| Fault::TooLarge)?;
    let form = Posted::parse(&bytes);
    let Some(member) = found else {
        let page = Page::new(&parts.headers, parts.uri.path());
        return sign_in::ask_with_form(&dashboard, page, &address, &form).await;
    };
    if !member.has_sent(&form) {
        if !is_from_here(&parts.headers) {
            return Err(Fault::Elsewhere);
        }
        return Ok(ask_again(
            member.page.clone(),
            address,
            form.kept(),
            member.form_token(),
            false,
        ));
    }
    parts.extensions.insert(member);
    let request = Request::from_parts(parts, Body::from(bytes));
    Ok(in_words_of_ours(next.run(request).await))
}

/// The address of a page with what comes behind the `?`.
fn address(uri: &Uri) -> String {
    let address = uri.path_and_query();
    address.map_or_else(|| uri.path().to_owned(), ToString::to_string)
}

/// Whether the browser says that one of our pages sent it. A browser that says nothing may have been made to.
fn is_from_here(headers: &HeaderMap) -> bool {
    // What comes from elsewhere was refused before.
    headers.contains_key(FETCH_SITE) || headers.contains_key(ORIGIN)
}

/// Some faults are told in words of the portal, which is for somebody else.
fn in_words_of_ours(mut response: Response) -> Response {
    let own = match response.extensions().get::<Fault>() {
        Some(Fault::Refused) => Fault::Changed,
        Some(Fault::NotAllowed) => Fault::Role,
        _ => return response,
    };
    response.extensions_mut().insert(own);
    response
}

#[derive(Template)]
#[template(path = "dashboard/again.html")]
struct Again {
    page: Page,
    to: String,
    fields: Vec<(String, String)>,
    token: String,
    /// Whether it was here that somebody has just signed in.
    is_back: bool,
}

/// Shows that what was typed is still there, with the button that sends it.
pub(super) fn ask_again(
    page: Page,
    to: String,
    fields: Vec<(String, String)>,
    token: String,
    is_back: bool,
) -> Response {
    let template = Again {
        page,
        to,
        fields,
        token,
        is_back,
    };
    let status = if is_back {
        StatusCode::OK
    } else {
        StatusCode::CONFLICT
    };
    render(status, &template)
}
