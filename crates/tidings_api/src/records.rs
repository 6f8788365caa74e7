//! `/app/{app}/record`: records.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;
use tidings_domain::ids::MessageId;
use tidings_service::payload::Payload;
use tidings_service::records::RecordOutcome;
use tidings_service::{FieldProblem, ServiceError};
use tidings_store::{Order, RecordChange, RecordHead};

use crate::ApiState;
use crate::auth::Authenticated;
use crate::body::{JsonBody, LinesBody};
use crate::pagination::{json, json_text, list_of, newest_first, page_query};
use crate::problem::Problem;
use crate::query::Query;
use crate::time;

/// What a path names: an application, a type, an id.
type RecordPath = Path<(String, String, String)>;

/// The word in the place of an id that stands for an import.
const IMPORT: &str = "import";

#[derive(JsonSchema, Serialize)]
#[schemars(rename = "RecordOutcomeOut")]
#[serde(rename_all = "camelCase")]
pub(crate) struct OutcomeOut {
    action: &'static str,
    message_id: Option<MessageId>,
}

impl From<RecordOutcome> for OutcomeOut {
    fn from(outcome: RecordOutcome) -> Self {
        match outcome {
            RecordOutcome::Changed(action, message) => Self {
                action: action.as_str(),
                message_id: Some(message),
            },
            RecordOutcome::Unchanged => Self {
                action: "none",
                message_id: None,
            },
        }
    }
}

#[derive(JsonSchema, Serialize)]
#[schemars(rename = "RecordHeadOut")]
#[serde(rename_all = "camelCase")]
pub(crate) struct HeadOut {
    id: String,
    entity_id: Box<RawValue>,
    version: i64,
    created_at: String,
    updated_at: String,
}

impl From<RecordHead> for HeadOut {
    fn from(head: RecordHead) -> Self {
        let as_text = || serde_json::value::to_raw_value(&head.id);
        let entity_id = RawValue::from_string(head.entity_id).or_else(|_| as_text());
        Self {
            entity_id: entity_id.unwrap_or_else(|_| RawValue::NULL.to_owned()),
            id: head.id,
            version: head.version,
            created_at: time::format(head.created_at),
            updated_at: time::format(head.updated_at),
        }
    }
}

#[derive(JsonSchema, Serialize)]
#[schemars(rename = "RecordChangeOut")]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChangeOut {
    version: i64,
    action: &'static str,
    timestamp: String,
    message_id: MessageId,
}

impl From<RecordChange> for ChangeOut {
    fn from(change: RecordChange) -> Self {
        Self {
            version: change.version,
            action: change.action.as_str(),
            timestamp: time::format(change.changed_at),
            message_id: change.message,
        }
    }
}

#[derive(JsonSchema, Serialize)]
#[schemars(rename = "RecordImportOut")]
pub(crate) struct ImportOut {
    data: Vec<ImportedOut>,
}

#[derive(JsonSchema, Serialize)]
#[schemars(rename = "RecordImportedOut")]
pub(crate) struct ImportedOut {
    id: Option<String>,
    #[serde(flatten)]
    outcome: Option<OutcomeOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<serde_json::Value>,
}

pub(crate) async fn put_record(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, entity_type, id)): RecordPath,
    body: JsonBody,
) -> Result<Response, Problem> {
    let Some(record) = Payload::parse(&body.bytes)? else {
        let problem = FieldProblem::at(&["body"], "must be a JSON object");
        return Err(Problem::field(problem.of_kind("type_error.object")));
    };
    let dedup = body.dedup(&api, caller)?;
    let put = api
        .service
        .put_record(caller, &app, (&entity_type, &id), record, dedup);
    Ok(json(StatusCode::OK, &OutcomeOut::from(put.await?)))
}

pub(crate) async fn delete_record(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, entity_type, id)): RecordPath,
    body: JsonBody,
) -> Result<Response, Problem> {
    let dedup = body.dedup(&api, caller)?;
    let deleted = api
        .service
        .delete_record(caller, &app, (&entity_type, &id), dedup);
    Ok(json(StatusCode::OK, &OutcomeOut::from(deleted.await?)))
}

/// The record itself, byte for byte.
pub(crate) async fn get_record(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, entity_type, id)): RecordPath,
) -> Result<Response, Problem> {
    let found = api
        .service
        .record(caller, &app, (&entity_type, &id))
        .await?;
    Ok(json_text(StatusCode::OK, found.body))
}

pub(crate) async fn list_records(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, entity_type)): Path<(String, String)>,
    query: Query,
) -> Result<Response, Problem> {
    let page = page_query(&query, Order::Ascending)?;
    let listed = api.service.records(caller, &app, &entity_type, &page);
    Ok(list_of::<_, HeadOut>(listed.await?))
}

pub(crate) async fn list_record_changes(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, entity_type, id)): RecordPath,
    query: Query,
) -> Result<Response, Problem> {
    let page = newest_first(&query)?;
    let listed = api
        .service
        .record_changes(caller, &app, (&entity_type, &id), &page);
    Ok(list_of::<_, ChangeOut>(listed.await?))
}

/// In the place of an id, since a record may be called `import` as well.
pub(crate) async fn import_records(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, entity_type, id)): RecordPath,
    body: LinesBody,
) -> Result<Response, Problem> {
    if id != IMPORT {
        return Err(ServiceError::NotFound {
            what: "operation on a record",
        }
        .into());
    }
    let body = body.0;
    let dedup = body.dedup(&api, caller)?;
    let imported = api
        .service
        .import_records(caller, &app, &entity_type, &body.bytes, dedup)
        .await?;
    let data = imported.into_iter().map(|one| {
        let (outcome, error) = match one.outcome {
            Ok(outcome) => (Some(outcome.into()), None),
            Err(error) => (None, Some(Problem::from(error).to_value())),
        };
        ImportedOut {
            id: one.id,
            outcome,
            error,
        }
    });
    let data = data.collect();
    Ok(json(StatusCode::OK, &ImportOut { data }))
}
