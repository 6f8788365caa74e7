//! From where a request for a page came, for the audit log.

use std::net::SocketAddr;

use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use tidings_domain::audit::{Origin, Short};

/// From where a request came; whoever serves connections notes it on requests for pages.
#[derive(Debug, Clone, Copy)]
pub struct RemoteAddress(pub SocketAddr);

/// From where a request came, for the audit log.
pub(crate) fn origin(parts: &Parts) -> Origin {
    let remote = parts.extensions.get::<RemoteAddress>();
    Origin {
        address: remote.map(|remote| remote.0.ip()),
        request_id: Short::new(""),
        user_agent: Short::new(user_agent(&parts.headers)),
    }
}

fn user_agent(headers: &HeaderMap) -> &str {
    let agent = headers.get(USER_AGENT);
    agent
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}
