//! Whether an operation is done for its caller: the one place where that is decided.
//!
//! Who holds an API key is asked for its role, who acts in one application for a capability and for that
//! application: to them, another one answers as one that is not there.

use axum::extract::{FromRequestParts as _, MatchedPath, RawPathParams};
use http::Method;
use http::request::Parts;
use tidings_domain::access::{Access, Principal, Role};
use tidings_service::{Caller, ServiceError};

use crate::Api;
use crate::operations;
use crate::problem::Problem;

/// Refuses what the caller may not do.
pub(crate) async fn admit(api: &Api, parts: &mut Parts, caller: Caller) -> Result<(), Problem> {
    if let Principal::Environment(role) = caller.principal
        && role >= Role::Developer
        && is_message(&parts.method, parts.uri.path())
    {
        return Ok(());
    }
    let matched = parts.extensions.get::<MatchedPath>();
    let access = access_of(&parts.method, matched.map_or("", MatchedPath::as_str));
    if let Err(denied) = caller.principal.admit(access) {
        return Err(ServiceError::Forbidden {
            code: "forbidden",
            detail: denied.to_string(),
        }
        .into());
    }
    if let Principal::Application(..) = caller.principal
        && let Ok(params) = RawPathParams::from_request_parts(parts, &()).await
        && let Some((_, name)) = params.iter().find(|(key, _)| *key == "app")
    {
        Box::pin(api.service.application(caller, name)).await?;
    }
    Ok(())
}

/// Most requests make a message, and what that takes is known without looking it up.
fn is_message(method: &Method, path: &str) -> bool {
    *method == Method::POST && path.starts_with("/api/v1/app/") && path.ends_with("/msg")
}

/// What an operation asks of its caller. A route that is in no table would ask for the most there is.
fn access_of(method: &Method, matched_path: &str) -> Access {
    let operation = operations::find(method, matched_path);
    operation.map_or(Access::Environment(Role::Owner), |one| one.access)
}
