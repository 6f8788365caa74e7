//! Filters of endpoints: read as they are written, and tried out at `/app/{app}/filter/try`.

use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tidings_domain::ids::MessageId;
use tidings_service::FieldProblem;
use tidings_service::filters::{FilterTrial, Tried};
use tidings_service::payload::Payload;

use crate::ApiState;
use crate::auth::Authenticated;
use crate::body::JsonBody;
use crate::fields::{Fields, Given};
use crate::pagination::json;
use crate::problem::Problem;
use crate::shapes::{self, object};
use crate::time;

/// The parts that keep their bytes.
#[derive(Default, Deserialize)]
struct Raw<'a> {
    #[serde(borrow)]
    filter: Option<&'a RawValue>,
    #[serde(borrow)]
    payload: Option<&'a RawValue>,
}

/// The filter, as it is written: its numbers keep their digits, and a key that comes twice is seen.
pub(crate) fn read_filter(fields: &mut Fields, body: &JsonBody) -> Given<String> {
    match fields.value("filter") {
        Given::Absent => Given::Absent,
        Given::Null => Given::Null,
        Given::Value(_) => match raw(fields, body).filter {
            Some(filter) => Given::Value(filter.get().to_owned()),
            None => Given::Absent,
        },
    }
}

fn raw<'a>(fields: &mut Fields, body: &'a JsonBody) -> Raw<'a> {
    let text = body.text().unwrap_or_default();
    serde_json::from_str(text).unwrap_or_else(|error| {
        fields.refuse(FieldProblem::at(&["body"], error.to_string()));
        Raw::default()
    })
}

#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TriedOut {
    message_id: Option<MessageId>,
    event_type: Option<String>,
    timestamp: Option<String>,
    matches: bool,
    decided_by: String,
}

impl From<Tried> for TriedOut {
    fn from(tried: Tried) -> Self {
        let message = tried.message.as_ref();
        Self {
            message_id: message.map(|message| message.id),
            timestamp: message.map(|message| time::format(message.accepted_at)),
            event_type: tried.message.map(|message| message.event_type),
            matches: tried.is_match,
            decided_by: tried.decided_by,
        }
    }
}

#[derive(JsonSchema, Serialize)]
#[schemars(rename = "TriedListOut")]
pub(crate) struct TriedList {
    data: Vec<TriedOut>,
}

/// What [`try_filter`] reads.
pub(crate) fn trial_in(_: &mut SchemaGenerator) -> Schema {
    object()
        .must(
            "filter",
            "The filter; see docs/filters.md.",
            shapes::anything(),
        )
        .may(
            "payload",
            "What it is tried on; the latest messages if there is none.",
            shapes::some_object(),
        )
        .may(
            "eventType",
            "The event type of those messages.",
            shapes::event_type(),
        )
        .done()
}

pub(crate) async fn try_filter(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(app): Path<String>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields()?;
    let filter = read_filter(&mut fields, &body).or_none();
    if filter.is_none() {
        let missing = FieldProblem::body("filter", "field required");
        fields.refuse(missing.of_kind("value_error.missing"));
    }
    let event_type = fields.text("eventType").or_none();
    let payload = match fields.value("payload") {
        Given::Value(_) => read_payload(&mut fields, &body),
        Given::Absent | Given::Null => None,
    };
    fields.finish()?;
    let trial = FilterTrial {
        filter: filter.unwrap_or_default(),
        payload,
        event_type,
    };
    let tried = api.service.try_filter(caller, &app, trial).await?;
    let data = tried.into_iter().map(TriedOut::from).collect();
    Ok(json(StatusCode::OK, &TriedList { data }))
}

fn read_payload(fields: &mut Fields, body: &JsonBody) -> Option<Payload> {
    let text = raw(fields, body).payload?.get();
    let payload = Payload::parse(&Bytes::copy_from_slice(text.as_bytes()));
    let payload = payload.ok().flatten();
    if payload.is_none() {
        let wrong = FieldProblem::body("payload", "must be a JSON object");
        fields.refuse(wrong.of_kind("type_error.dict"));
    }
    payload
}
