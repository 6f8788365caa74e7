//! `/in/{token}`: what anybody sends to an inbox, and what the inbox answers.
//!
//! What an inbox answers is a stranger's page on the server's own origin, so browsers are told to run
//! nothing of it and to let it have no part in that origin.

use std::net::SocketAddr;

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use http::header::{CONTENT_SECURITY_POLICY, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderName, HeaderValue, Request, StatusCode};
use tidings_domain::inbox::{BODY_BYTES_MAX, CATCHING_PATH, CannedAnswer};
use tidings_service::inboxes::IncomingRequest;

use crate::Api;
use crate::body::read;
use crate::problem::Problem;

/// Who is at the other end of the connection. Whoever serves connections adds it to requests of
/// [`is_caught`].
#[derive(Debug, Clone, Copy)]
pub struct RemoteAddress(pub SocketAddr);

/// Marks an answer that is an inbox's own and goes out as it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Canned;

/// Whether a request is for an inbox.
pub fn is_caught(path: &str) -> bool {
    path.starts_with(CATCHING_PATH)
}

pub(crate) async fn catch(api: &Api, request: Request<Body>) -> Response {
    match answer(api, request).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn answer(api: &Api, request: Request<Body>) -> Result<Response, Problem> {
    if api.settings.answers_health_only {
        return Err(Problem::only_delivers());
    }
    let (parts, body) = request.into_parts();
    let behind = parts.uri.path().strip_prefix(CATCHING_PATH);
    let behind = behind.unwrap_or_default();
    let (token, path) = behind.split_at(behind.find('/').unwrap_or(behind.len()));
    let inbox = api.service.inbox_at(token).await?;
    let body = read(&parts.headers, body, BODY_BYTES_MAX).await?;
    let headers = parts.headers.iter();
    let headers = headers.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
    let remote = parts.extensions.get::<RemoteAddress>();
    let caught = IncomingRequest {
        method: parts.method.to_string(),
        path: path.to_owned(),
        query: parts.uri.query().map(str::to_owned),
        headers: headers.collect(),
        body: body.into(),
        remote: remote.map_or_else(String::new, |remote| remote.0.to_string()),
    };
    Ok(match api.service.catch(inbox, caught).await? {
        Some(answer) => canned(answer),
        None => canned(CannedAnswer {
            status: 500,
            body: b"this inbox was told to fail now and then".to_vec(),
            ..CannedAnswer::default()
        }),
    })
}

fn canned(answer: CannedAnswer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    for (name, value) in answer.headers {
        // What was checked when it was saved is a header.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.append(name, value);
        }
    }
    for (name, value) in [
        (
            CONTENT_SECURITY_POLICY,
            "sandbox; default-src 'none'; style-src 'unsafe-inline'",
        ),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response.extensions_mut().insert(Canned);
    response
}
