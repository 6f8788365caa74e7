//! Who calls: the API key in the `Authorization` header.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{Method, Request};
use tidings_domain::audit::{Origin, Short};
use tidings_service::{Caller, ServiceError};

use crate::admission::admit;
use crate::app::REQUEST_ID;
use crate::pacing::pace;
use crate::problem::Problem;
use crate::{Api, RemoteAddress, is_caught};

/// Stands in a request's extensions where the program itself calls and has no key: it vouches for the caller. No
/// request from outside can have one.
#[derive(Debug, Clone, Copy)]
pub struct Vouched(pub Caller);

/// A handler that takes this is for callers with a valid key only.
pub(crate) struct Authenticated(pub(crate) Caller);

impl FromRequestParts<Arc<Api>> for Authenticated {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, Problem> {
        if let Some(Vouched(caller)) = parts.extensions.get() {
            return Ok(Self(*caller));
        }
        let token = parts
            .headers
            .get(AUTHORIZATION)
            .and_then(|value| bearer(value.as_bytes()))
            .ok_or(ServiceError::Unauthorized)?;
        let caller = api.service.authenticate(token).await?;
        pace(api, caller)?;
        admit(api, parts, caller).await?;
        Ok(Self(Caller {
            origin: origin(parts),
            ..caller
        }))
    }
}

/// Somebody who does not say who they are, for handlers that ask nobody.
pub(crate) struct Visitor(pub(crate) Origin);

impl FromRequestParts<Arc<Api>> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Api>) -> Result<Self, Infallible> {
        Ok(Self(origin(parts)))
    }
}

/// Whether it matters from where a request came: it is caught by an inbox, or it may change something that
/// the audit log tells of. Messages are not, and most requests are messages.
pub fn asks_who_is_there<B>(request: &Request<B>) -> bool {
    let path = request.uri().path();
    let may_change = !matches!(*request.method(), Method::GET | Method::HEAD);
    is_caught(path) || (may_change && !path.trim_end_matches('/').ends_with("/msg"))
}

/// From where a request came, for the audit log.
pub(crate) fn origin(parts: &Parts) -> Origin {
    let text = |name: &str| {
        parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let remote = parts.extensions.get::<RemoteAddress>();
    Origin {
        address: remote.map(|remote| remote.0.ip()),
        request_id: Short::new(
            text(REQUEST_ID)
                .or_else(|| text("svix-req-id"))
                .unwrap_or_default(),
        ),
        user_agent: Short::new(text("user-agent").unwrap_or_default()),
    }
}

/// The token of `Bearer <token>`; the scheme in any case.
fn bearer(value: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(value).ok()?;
    let (scheme, token) = text.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim_matches(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_may_be_written_in_any_case() {
        assert_eq!(bearer(b"Bearer abc"), Some("abc"));
        assert_eq!(bearer(b"bearer  abc"), Some("abc"));
        assert_eq!(bearer(b"Basic abc"), None);
        assert_eq!(bearer(b"abc"), None);
        assert_eq!(bearer(b"Bearer \xff"), None);
    }
}
