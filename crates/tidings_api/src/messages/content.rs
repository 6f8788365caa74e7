//! Payloads and answers that are taken away, and whether anybody would get a message.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::json as json_value;
use tidings_service::payload::JsonText;

use crate::ApiState;
use crate::auth::Authenticated;
use crate::body::JsonBody;
use crate::fields::Fields;
use crate::pagination::json;
use crate::problem::Problem;
use crate::shapes::{self, object};

/// What [`bulk_expunge_messages`] reads.
pub(crate) fn bulk_expunge_in(_: &mut SchemaGenerator) -> Schema {
    object()
        .may(
            "ids",
            "The ids or event ids of the messages.",
            shapes::list(shapes::text()),
        )
        .done()
}

/// What it answers.
pub(crate) fn bulk_expunge_out(_: &mut SchemaGenerator) -> Schema {
    let results = json_schema!({"type": "object", "additionalProperties": {"enum": ["expunged", "not-found"]}});
    object()
        .must("results", "What became of each.", results)
        .done()
}

/// What [`precheck_message`] reads.
pub(crate) fn precheck_in(_: &mut SchemaGenerator) -> Schema {
    object()
        .must("eventType", "What would happen.", shapes::event_type())
        .may(
            "channels",
            "The channels that it would go to.",
            shapes::channels(),
        )
        .done()
}

/// What it answers.
pub(crate) fn precheck_out(_: &mut SchemaGenerator) -> Schema {
    object()
        .must("active", "Whether anybody would get it.", shapes::flag())
        .done()
}

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
