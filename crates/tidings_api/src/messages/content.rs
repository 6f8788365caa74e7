//! Payloads and answers that are taken away, and whether anybody would get a message.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::json as json_value;
use tidings_service::payload::JsonText;

use crate::ApiState;
use crate::auth::Authenticated;
use crate::body::JsonBody;
use crate::fields::Fields;
use crate::pagination::json;
use crate::problem::Problem;

pub(crate) async fn expunge_message(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, msg)): Path<(String, String)>,
) -> Result<Response, Problem> {
    api.service.expunge_message(caller, &app, &msg).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(crate) async fn expunge_attempt(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, msg, attempt)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    api.service
        .expunge_attempt(caller, &app, (&msg, &attempt))
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Needs no idempotency key: what is gone stays gone.
pub(crate) async fn bulk_expunge_messages(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(app): Path<String>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = Fields::parse(JsonText::check(&body.bytes)?)?;
    let ids = fields.list("ids").or_none().unwrap_or_default();
    fields.finish()?;
    let expunged = api.service.expunge_messages(caller, &app, ids).await?;
    let results: BTreeMap<String, &str> = expunged
        .into_iter()
        .map(|(id, was_there)| (id, if was_there { "expunged" } else { "not-found" }))
        .collect();
    Ok(json(StatusCode::OK, &json_value!({ "results": results })))
}

pub(crate) async fn precheck_message(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(app): Path<String>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = Fields::parse(JsonText::check(&body.bytes)?)?;
    let event_type = fields.required_text("eventType");
    let channels = fields.list("channels").or_none().unwrap_or_default();
    fields.finish()?;
    let active = api
        .service
        .has_receiver(caller, &app, &event_type, &channels)
        .await?;
    Ok(json(StatusCode::OK, &json_value!({ "active": active })))
}
