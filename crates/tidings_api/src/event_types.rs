//! `/event-type`: the catalogue.

pub(crate) mod drift;
pub(crate) mod extras;
pub(crate) mod open_api;

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tidings_domain::event_type::{EventType, EventTypePatch};
use tidings_domain::language::Texts;
use tidings_domain::names::NAME_BYTES_MAX;
use tidings_domain::sample::Sample;
use tidings_service::event_types::{EventTypeDraft, Removal};
use tidings_store::Order;

use crate::ApiState;
use crate::applications::placed;
use crate::auth::Authenticated;
use crate::body::JsonBody;
use crate::endpoints::none_if_empty;
use crate::fields::{Fields, Given};
use crate::pagination::{json, list_of, page_query};
use crate::problem::Problem;
use crate::query::Query;
use crate::shapes::{self, Object, object};
use crate::time;
use tidings_service::limits::DESCRIPTION_BYTES_MAX;

use self::drift::{DriftOut, read_forgetting};
use self::extras::read_extras;

/// An event type; also a part of other answers.
#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EventTypeOut {
    name: String,
    description: String,
    archived: bool,
    deprecated: bool,
    schemas: Option<Value>,
    group_name: Option<String>,
    /// The first of `feature_flags`, for clients that know only one.
    feature_flag: Option<String>,
    feature_flags: Option<Vec<String>>,
    created_at: String,
    updated_at: String,
    // What follows is not part of the Svix API.
    #[schemars(with = "BTreeMap<String, String>")]
    labels: Texts,
    #[schemars(with = "BTreeMap<String, String>")]
    descriptions: Texts,
    #[schemars(with = "BTreeMap<String, String>")]
    group_labels: Texts,
    sample: Option<Box<RawValue>>,
    sample_refresh: Option<BTreeMap<String, String>>,
    schema_policy: &'static str,
    schema_drift: Option<DriftOut>,
}

impl From<EventType> for EventTypeOut {
    fn from(event_type: EventType) -> Self {
        Self {
            name: event_type.name,
            description: event_type.description,
            archived: event_type.is_archived,
            deprecated: event_type.is_deprecated,
            schemas: event_type.schemas,
            group_name: event_type.group_name,
            feature_flag: event_type.feature_flags.first().cloned(),
            feature_flags: none_if_empty(event_type.feature_flags),
            created_at: time::format(event_type.created_at),
            updated_at: time::format(event_type.updated_at),
            labels: event_type.wording.labels,
            descriptions: event_type.wording.descriptions,
            group_labels: event_type.wording.group_labels,
            sample_refresh: event_type.sample.as_ref().map(Sample::rules),
            sample: event_type.sample.as_ref().and_then(as_it_is),
            schema_policy: event_type.schema_policy.name(),
            schema_drift: event_type.drift.map(DriftOut::from),
        }
    }
}

/// The flags under either name: a list, or a single one.
fn read_flags(fields: &mut Fields) -> Given<Vec<String>> {
    let single = match fields.text("featureFlag") {
        Given::Absent => Given::Absent,
        Given::Null => Given::Null,
        Given::Value(flag) => Given::Value(vec![flag]),
    };
    match fields.list("featureFlags") {
        Given::Absent => single,
        list => list,
    }
}

/// A sample's own text, so that order and numbers stay as they were written.
fn as_it_is(sample: &Sample) -> Option<Box<RawValue>> {
    RawValue::from_string(sample.json().to_owned()).ok()
}

pub(crate) fn read_draft(fields: &mut Fields, text: &str, name: Option<String>) -> EventTypeDraft {
    EventTypeDraft {
        name: name.unwrap_or_else(|| fields.required_text("name")),
        description: fields.required_text("description"),
        is_archived: fields.flag("archived").or_none().unwrap_or_default(),
        is_deprecated: fields.flag("deprecated").or_none().unwrap_or_default(),
        schemas: fields.value("schemas").or_none(),
        group_name: fields.text("groupName").or_none(),
        feature_flags: read_flags(fields).or_none().unwrap_or_default(),
        extras: read_extras(fields, text),
    }
}

/// What [`read_draft`] reads.
pub(crate) fn event_type_in(_: &mut SchemaGenerator) -> Schema {
    upsert_fields()
        .must("name", "Its name.", shapes::event_type())
        .done()
}

/// The same where the path names it.
pub(crate) fn event_type_upsert(_: &mut SchemaGenerator) -> Schema {
    upsert_fields().done()
}

fn upsert_fields() -> Object {
    let fields = object()
        .must(
            "description",
            "What it means.",
            shapes::short(DESCRIPTION_BYTES_MAX),
        )
        .may("archived", "Whether it is out of use.", shapes::flag())
        .may(
            "deprecated",
            "Whether it should not be used any more.",
            shapes::flag(),
        );
    extra_fields(fields)
}

/// What [`read_patch`] reads.
pub(crate) fn event_type_patch(_: &mut SchemaGenerator) -> Schema {
    let fields = object()
        .can(
            "description",
            "What it means.",
            shapes::short(DESCRIPTION_BYTES_MAX),
        )
        .can("archived", "Whether it is out of use.", shapes::flag())
        .can(
            "deprecated",
            "Whether it should not be used any more.",
            shapes::flag(),
        )
        .can(
            "schemaDrift",
            "`null` forgets what was seen.",
            json_schema!({"type": "null"}),
        );
    extra_fields(fields).done()
}

fn extra_fields(fields: Object) -> Object {
    fields
        .may(
            "schemas",
            "JSON Schemas of payloads, by version.",
            shapes::some_object(),
        )
        .may(
            "groupName",
            "The group that it is shown in.",
            shapes::short(NAME_BYTES_MAX),
        )
        .may(
            "featureFlags",
            "Who may see it.",
            shapes::list(shapes::text()),
        )
        .may(
            "featureFlag",
            "The older way to name one flag.",
            shapes::text(),
        )
        .may(
            "labels",
            "What people call it, by language.",
            shapes::texts_by_name(),
        )
        .may(
            "descriptions",
            "What it means, by language.",
            shapes::texts_by_name(),
        )
        .may(
            "groupLabels",
            "What people call its group, by language.",
            shapes::texts_by_name(),
        )
        .may("sample", "A payload as an example.", shapes::anything())
        .may(
            "sampleRefresh",
            "What is made anew each time the sample is sent, by JSON pointer.",
            shapes::texts_by_name(),
        )
        .may(
            "schemaPolicy",
            "What happens to payloads that do not fit.",
            shapes::word(&["off", "warn", "refuse"]),
        )
}

fn read_patch(fields: &mut Fields, text: &str) -> EventTypePatch {
    let extras = read_extras(fields, text);
    let description = fields.text("description");
    let (archived, deprecated) = (fields.flag("archived"), fields.flag("deprecated"));
    EventTypePatch {
        description: fields.changed("description", description),
        is_archived: fields.changed("archived", archived),
        is_deprecated: fields.changed("deprecated", deprecated),
        schemas: fields.value("schemas").change(),
        group_name: fields.text("groupName").change(),
        feature_flags: read_flags(fields).change_or_default(),
        labels: extras.labels,
        descriptions: extras.descriptions,
        group_labels: extras.group_labels,
        sample: extras.sample,
        schema_policy: extras.schema_policy,
        forgets_drift: read_forgetting(fields),
    }
}

pub(crate) async fn list_event_types(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    query: Query,
) -> Result<Response, Problem> {
    let page = page_query(&query, Order::Ascending)?;
    let with_archived = query.flag("include_archived", false)?;
    let with_content = query.flag("with_content", false)?;
    let mut listed = api
        .service
        .event_types(caller, &page, with_archived)
        .await?;
    if !with_content {
        for event_type in &mut listed.rows {
            event_type.schemas = None;
            event_type.sample = None;
            event_type.drift = None;
        }
    }
    Ok(list_of::<_, EventTypeOut>(listed))
}

pub(crate) async fn create_event_type(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields()?;
    let draft = read_draft(&mut fields, body.text()?, None);
    fields.finish()?;
    let dedup = body.dedup(&api, caller)?;
    let made = api.service.create_event_type(caller, draft, dedup).await?;
    Ok(json(StatusCode::CREATED, &EventTypeOut::from(made)))
}

pub(crate) async fn get_event_type(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let found = api.service.event_type(caller, &name).await?;
    Ok(json(StatusCode::OK, &EventTypeOut::from(found)))
}

pub(crate) async fn put_event_type(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(name): Path<String>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields()?;
    let draft = read_draft(&mut fields, body.text()?, Some(name));
    fields.finish()?;
    let put = api.service.put_event_type(caller, draft).await?;
    Ok(placed::<_, EventTypeOut>(put))
}

pub(crate) async fn patch_event_type(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(name): Path<String>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields()?;
    let patch = read_patch(&mut fields, body.text()?);
    fields.finish()?;
    let changed = api.service.patch_event_type(caller, &name, patch).await?;
    Ok(json(StatusCode::OK, &EventTypeOut::from(changed)))
}

pub(crate) async fn delete_event_type(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(name): Path<String>,
    query: Query,
) -> Result<StatusCode, Problem> {
    let removal = if query.flag("expunge", false)? {
        Removal::Expunge
    } else {
        Removal::Archive
    };
    api.service
        .remove_event_type(caller, &name, removal)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
