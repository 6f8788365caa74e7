//! `/api/webhooks` and `/api/hooks`: the endpoints of one application, for its API users.
//!
//! The form of requests, answers and errors is that of the contact centre whose clients call this; it
//! differs from the rest of the API on purpose. docs/rest-hooks.md describes it.

mod auth;
mod read;
mod refusal;
mod wording;
mod zapier;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use tidings_domain::event_type::text_for;
use tidings_service::ServiceError;
use tidings_service::hooks::{Hook, MASK};

use self::auth::ApiUserAuth;
use self::read::read_hook;
use self::refusal::Failure;
use crate::body::JsonBody;
use crate::pagination::json;
use crate::{Api, ApiState};

pub(crate) use refusal::{language_of, shape};

/// The five keys of a hook, and no other.
#[derive(Serialize)]
struct HookOut<'a> {
    id: i64,
    actions: &'a [String],
    subscription_url: &'a str,
    http_auth_user: &'a str,
    http_auth_password: &'a str,
}

impl<'a> HookOut<'a> {
    fn masked(hook: &'a Hook) -> Self {
        Self::with_password(hook, if hook.has_password { MASK } else { "" })
    }

    fn with_password(hook: &'a Hook, password: &'a str) -> Self {
        Self {
            id: hook.number,
            actions: &hook.actions,
            subscription_url: &hook.subscription_url,
            http_auth_user: &hook.http_auth_user,
            http_auth_password: password,
        }
    }
}

/// A published event type, in the caller's language.
#[derive(Serialize)]
struct ActionOut<'a> {
    action: &'a str,
    label: &'a str,
    description: &'a str,
}

/// Whether the answer to a request for this path has the form of this module.
pub(crate) fn is_hook_path(path: &str) -> bool {
    ["/api/webhooks", "/api/hooks"].iter().any(|own| {
        path.strip_prefix(own)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

pub(crate) fn routes() -> Router<Arc<Api>> {
    Router::new()
        .route("/api/webhooks", get(list_hooks).post(create_hook))
        .route("/api/webhooks/actions", get(list_actions))
        .route(
            "/api/webhooks/{id}",
            get(get_hook).put(put_hook).delete(delete_hook),
        )
        .merge(zapier::routes())
}

/// The number in a path; what is no number names no hook.
fn number(id: &str) -> Result<i64, Failure> {
    id.parse()
        .map_err(|_| ServiceError::NotFound { what: "hook" }.into())
}

async fn create_hook(
    State(api): ApiState,
    ApiUserAuth(user): ApiUserAuth,
    body: JsonBody,
) -> Result<Response, Failure> {
    let draft = read_hook(&body)?;
    let password = draft.http_auth_password.clone().unwrap_or_default();
    let made = api.service.create_hook(user, draft).await?;
    // 200 and not 201: clients of this interface take nothing else for success.
    Ok(json(
        StatusCode::OK,
        &HookOut::with_password(&made, &password),
    ))
}

async fn list_hooks(
    State(api): ApiState,
    ApiUserAuth(user): ApiUserAuth,
) -> Result<Response, Failure> {
    let hooks = api.service.hooks(user).await?;
    let out: Vec<HookOut<'_>> = hooks.iter().map(HookOut::masked).collect();
    Ok(json(StatusCode::OK, &out))
}

async fn get_hook(
    State(api): ApiState,
    ApiUserAuth(user): ApiUserAuth,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let hook = api.service.hook(user, number(&id)?).await?;
    Ok(json(StatusCode::OK, &HookOut::masked(&hook)))
}

async fn put_hook(
    State(api): ApiState,
    ApiUserAuth(user): ApiUserAuth,
    Path(id): Path<String>,
    body: JsonBody,
) -> Result<Response, Failure> {
    let number = number(&id)?;
    let draft = read_hook(&body)?;
    let hook = api.service.put_hook(user, number, draft).await?;
    Ok(json(StatusCode::OK, &HookOut::masked(&hook)))
}

async fn delete_hook(
    State(api): ApiState,
    ApiUserAuth(user): ApiUserAuth,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    api.service.delete_hook(user, number(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn list_actions(
    State(api): ApiState,
    ApiUserAuth(user): ApiUserAuth,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let language = language_of(&headers);
    let event_types = api.service.actions(user).await?;
    let actions = event_types.iter().map(|event_type| {
        let wording = &event_type.wording;
        ActionOut {
            action: &event_type.name,
            label: text_for(&wording.labels, language).unwrap_or(&event_type.name),
            description: text_for(&wording.descriptions, language)
                .unwrap_or(&event_type.description),
        }
    });
    Ok(json(StatusCode::OK, &actions.collect::<Vec<_>>()))
}

#[cfg(test)]
mod tests {
    use super::is_hook_path;

    #[test]
    fn only_paths_of_hooks_have_errors_of_this_form() {
        for yes in ["/api/webhooks", "/api/webhooks/1/x", "/api/hooks/sample/a"] {
            assert!(is_hook_path(yes), "{yes}");
        }
        for no in [
            "/api",
            "/api/webhookssss",
            "/api/v1/app",
            "/api/v1/webhooks",
        ] {
            assert!(!is_hook_path(no), "{no}");
        }
    }
}
