//! `/app/{app}/endpoint/{endpoint}/send-example` and `/test`: what an endpoint gets, and how it answers.

use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use http::StatusCode;
use schemars::{Schema, SchemaGenerator};
use serde::Deserialize;
use serde_json::value::RawValue;
use tidings_domain::record::{TEST, notice};
use tidings_service::FieldProblem;
use tidings_service::examples::{ExampleDraft, TestDraft};
use tidings_service::payload::Payload;

use crate::ApiState;
use crate::attempts::one_attempt;
use crate::auth::Authenticated;
use crate::body::JsonBody;
use crate::fields::{Fields, Given};
use crate::messages::MessageOut;
use crate::pagination::json;
use crate::problem::Problem;
use crate::shapes;

/// What [`send_example`] reads.
pub(crate) fn example_in(_: &mut SchemaGenerator) -> Schema {
    shapes::object()
        .must(
            "eventType",
            "The event type whose example is sent.",
            shapes::event_type(),
        )
        .may(
            "exampleIndex",
            "Which of the examples, from 0 on.",
            shapes::count(),
        )
        .done()
}

/// What [`test_endpoint`] reads.
pub(crate) fn test_in(_: &mut SchemaGenerator) -> Schema {
    shapes::object()
        .may(
            "eventType",
            "The event type that is sent.",
            shapes::event_type(),
        )
        .may(
            "payload",
            "The payload; the sample of the event type if there is none.",
            shapes::some_object(),
        )
        .may(
            "user",
            "Sends what a contact centre sends for this user.",
            shapes::text(),
        )
        .may(
            "entityType",
            "Sends the change of a record of this type.",
            shapes::text(),
        )
        .may(
            "entityId",
            "The id of that record, a text or a number.",
            shapes::anything(),
        )
        .may("result", "That record.", shapes::some_object())
        .done()
}

pub(crate) async fn send_example(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, endpoint)): Path<(String, String)>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields()?;
    let draft = ExampleDraft {
        event_type: fields.required_text("eventType"),
        index: read_index(&mut fields),
    };
    fields.finish()?;
    let dedup = body.dedup(&api, caller)?;
    let at = (app.as_str(), endpoint.as_str());
    let message = api.service.send_example(caller, at, draft, dedup);
    Ok(json(
        StatusCode::OK,
        &MessageOut::of(&*message.await?, true),
    ))
}

fn read_index(fields: &mut Fields) -> usize {
    let index = fields.number("exampleIndex").or_none().unwrap_or_default();
    usize::try_from(index).unwrap_or(usize::MAX)
}

/// Answers when the endpoint has, with the attempt.
pub(crate) async fn test_endpoint(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, endpoint)): Path<(String, String)>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields_or_none()?;
    let draft = read_draft(&mut fields, &body)?;
    fields.finish()?;
    let at = (app.as_str(), endpoint.as_str());
    let tested = api.service.test_endpoint(caller, at, draft).await?;
    Ok(one_attempt(&tested))
}

/// The parts that keep their bytes.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw<'a> {
    #[serde(borrow)]
    payload: Option<&'a RawValue>,
    #[serde(borrow)]
    entity_id: Option<&'a RawValue>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
}

fn read_draft(fields: &mut Fields, body: &JsonBody) -> Result<TestDraft, Problem> {
    let event_type = fields.text("eventType").or_none();
    let entity_type = fields.text("entityType").or_none();
    let raw = if body.bytes.is_empty() {
        Raw::default()
    } else {
        serde_json::from_str(body.text()?)
            .map_err(|error| Problem::malformed(format!("the body is not usable: {error}")))?
    };
    let has_payload = matches!(fields.value("payload"), Given::Value(_));
    if let Some(user) = fields.text("user").or_none() {
        if has_payload || event_type.is_some() || entity_type.is_some() {
            let msg =
                "stands for itself: `payload`, `eventType` and `entityType` do not go with it";
            fields.refuse(FieldProblem::body("user", msg));
        }
        let user = Some(user);
        return Ok(TestDraft {
            user,
            ..TestDraft::default()
        });
    }
    let Some(entity_type) = entity_type else {
        let payload = raw.payload.filter(|_| has_payload);
        return Ok(TestDraft {
            event_type,
            payload: payload.and_then(|payload| {
                let payload = Bytes::copy_from_slice(payload.get().as_bytes());
                object(fields, "payload", &payload)
            }),
            user: None,
        });
    };
    if has_payload || event_type.is_some() {
        let msg = "stands for itself: `payload` and `eventType` do not go with it";
        fields.refuse(FieldProblem::body("entityType", msg));
        return Ok(TestDraft::default());
    }
    Ok(TestDraft {
        payload: record_body(fields, &entity_type, &raw),
        event_type: Some(format!("{entity_type}.{TEST}")),
        user: None,
    })
}

/// `{entity_id, entity_type, action_type, result}`, the body of changes of records, in this order.
fn record_body(fields: &mut Fields, entity_type: &str, raw: &Raw<'_>) -> Option<Payload> {
    let id = raw.entity_id.map(RawValue::get);
    let Some(id) = id.filter(|id| !id.starts_with(['{', '[', 't', 'f'])) else {
        let msg = "must be the record's id, a number or a string";
        fields.refuse(FieldProblem::body("entityId", msg));
        return None;
    };
    let result = raw.result.map(RawValue::get);
    if let Some(result) = result
        && !result.starts_with('{')
    {
        fields.refuse(FieldProblem::body(
            "result",
            "must be the record, an object",
        ));
        return None;
    }
    let body = notice(entity_type, id, TEST, result.map(str::as_bytes));
    object(fields, "result", &body.unwrap_or_default())
}

fn object(fields: &mut Fields, name: &str, json: &Bytes) -> Option<Payload> {
    if let Ok(Some(payload)) = Payload::parse(json) {
        return Some(payload);
    }
    fields.refuse(FieldProblem::body(name, "must be a JSON object"));
    None
}
