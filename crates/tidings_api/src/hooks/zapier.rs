//! `/api/hooks`: REST hooks as Zapier and its like use them: one event and one URL for each subscription,
//! and a sample of what will come.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{delete, get, post};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value};
use tidings_service::hooks::{HookDraft, HookProblem};

use super::auth::ApiUserAuth;
use super::read::read_object;
use super::refusal::Failure;
use super::{delete_hook, get_hook};
use crate::body::JsonBody;
use crate::pagination::json;
use crate::{Api, ApiState};

#[derive(Serialize)]
struct SubscriptionOut<'a> {
    id: i64,
    event: &'a str,
    target_url: &'a str,
}

pub(super) fn routes() -> Router<Arc<Api>> {
    Router::new()
        .route("/api/hooks", post(subscribe))
        .route("/api/hooks/{id}", delete(delete_hook).get(get_hook))
        // Names may contain slashes.
        .route("/api/hooks/sample/{*event}", get(sample))
}

async fn subscribe(
    State(api): ApiState,
    ApiUserAuth(user): ApiUserAuth,
    body: JsonBody,
) -> Result<Response, Failure> {
    let mut map = read_object(&body)?;
    let mut problems = Vec::new();
    let event = text(&mut map, &["event"]);
    let url = text(&mut map, &["target_url", "hookUrl"]);
    if event.is_none() {
        problems.push(HookProblem::EventMissing);
    }
    if url.is_none() {
        problems.push(HookProblem::TargetMissing);
    }
    let (Some(event), Some(url)) = (event, url) else {
        return Err(Failure::problems(problems));
    };
    let draft = HookDraft {
        actions: vec![event.clone()],
        subscription_url: url,
        ..HookDraft::default()
    };
    let made = api.service.create_hook(user, draft).await?;
    let out = SubscriptionOut {
        id: made.number,
        event: &event,
        target_url: &made.subscription_url,
    };
    Ok(json(StatusCode::CREATED, &out))
}

/// The first of these fields that is a text.
fn text(map: &mut Map<String, Value>, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| match map.remove(*name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    })
}

/// A list of what a receiver would get, byte for byte; empty if the event has no sample.
async fn sample(
    State(api): ApiState,
    ApiUserAuth(user): ApiUserAuth,
    Path(event): Path<String>,
) -> Result<Response, Failure> {
    let sample = api.service.hook_sample(user, &event).await?;
    let mut body = vec![b'['];
    if let Some(sample) = sample {
        body.extend_from_slice(sample.as_bytes());
    }
    body.push(b']');
    let mut response = Response::new(Body::from(body));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    Ok(response)
}
