//! `/app/{app}/destination`: endpoints that keep the order and polling endpoints, in the form of newer clients.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use tidings_domain::application::Metadata;
use tidings_domain::ids::EndpointId;
use tidings_service::FieldProblem;
use tidings_service::destinations::{
    Destination, DestinationChange, DestinationDraft, DestinationKind, NOT_OF_POLLING,
};
use tidings_service::endpoints::{EndpointChange, EndpointDraft};
use tidings_service::polling::PollingDraft;
use tidings_store::Order;

use crate::ApiState;
use crate::applications::placed;
use crate::auth::Authenticated;
use crate::body::JsonBody;
use crate::endpoint_headers::EndpointHeadersOut;
use crate::endpoint_secrets::{EndpointSecretOut, read_rotation};
use crate::fields::{Fields, Given};
use crate::pagination::{json, list_of, page_query};
use crate::problem::Problem;
use crate::query::Query;
use crate::shapes::{self, Object, object};
use crate::time;
use tidings_service::limits::{BATCH_SIZE_MAX, BATCH_WAIT_SECS_MAX};

const FIFO_ENDPOINT: &str = "fifoEndpoint";
const POLLING_ENDPOINT: &str = "pollingEndpoint";
/// Kinds of the contract that are not there yet.
const NOT_YET: [&str; 15] = [
    "amazonS3",
    "azureBlobStorage",
    "bigQuery",
    "clickhouse",
    "elasticSearch",
    "eventBridge",
    "googleCloudPubSub",
    "googleCloudStorage",
    "otelTracing",
    "postgres",
    "rabbitMq",
    "redshift",
    "snowflake",
    "sns",
    "sqs",
];

#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DestinationOut {
    id: EndpointId,
    uid: Option<String>,
    status: &'static str,
    /// Clients want one. What is owed is kept with the endpoint, so there is no place in a stream to name.
    current_iterator: &'static str,
    failure_reason: Option<&'static str>,
    created_at: String,
    updated_at: String,
    batch_size: u32,
    max_wait_secs: u32,
    event_types: Vec<String>,
    channels: Vec<String>,
    next_retry_at: Option<String>,
    metadata: Metadata,
    #[serde(rename = "type")]
    kind: &'static str,
    config: ConfigOut,
}

/// Of a polling endpoint there is nothing.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "DestinationConfigOut")]
pub(crate) struct ConfigOut {
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<EndpointHeadersOut>,
}

impl From<Destination> for DestinationOut {
    fn from(destination: Destination) -> Self {
        let is_fifo = destination.kind == DestinationKind::Fifo;
        let endpoint = destination.endpoint;
        let status = match () {
            () if endpoint.is_off() => "disabled",
            () if destination.is_paused => "paused",
            () if endpoint.state.failures_count > 0 => "retrying",
            () => "enabled",
        };
        Self {
            id: endpoint.id,
            uid: endpoint.uid,
            status,
            current_iterator: "",
            failure_reason: endpoint.state.disabled.map(|(why, _)| why.as_str()),
            created_at: time::format(endpoint.created_at),
            updated_at: time::format(endpoint.updated_at),
            batch_size: endpoint.batch_size.unwrap_or(1),
            max_wait_secs: endpoint.max_wait_secs.unwrap_or(0),
            event_types: endpoint.event_types,
            channels: endpoint.channels,
            next_retry_at: None,
            metadata: endpoint.metadata,
            kind: if is_fifo {
                FIFO_ENDPOINT
            } else {
                POLLING_ENDPOINT
            },
            config: ConfigOut {
                url: is_fifo.then_some(endpoint.url),
                headers: is_fifo.then(|| destination.headers.into()),
            },
        }
    }
}

/// Refuses every kind but those that are there.
fn read_kind(fields: &mut Fields, is_required: bool) -> Result<Option<DestinationKind>, Problem> {
    match fields.text("type") {
        Given::Value(kind) if kind == FIFO_ENDPOINT => return Ok(Some(DestinationKind::Fifo)),
        Given::Value(kind) if kind == POLLING_ENDPOINT => {
            return Ok(Some(DestinationKind::Polling));
        }
        Given::Value(kind) if NOT_YET.contains(&kind.as_str()) => {
            let what = format!("destinations of the type `{kind}`");
            return Err(Problem::not_there_yet(&what));
        }
        Given::Value(_) => {
            let msg = "must be a type of destination, such as `fifoEndpoint` or `pollingEndpoint`";
            fields.refuse(FieldProblem::body("type", msg).of_kind("value_error.const"));
        }
        Given::Absent | Given::Null if is_required => {
            let missing = FieldProblem::body("type", "field required");
            fields.refuse(missing.of_kind("value_error.missing"));
        }
        Given::Absent | Given::Null => {}
    }
    Ok(None)
}

const STATUSES: [&str; 2] = ["enabled", "disabled"];

fn read_status(fields: &mut Fields) -> Given<bool> {
    fields.word("status", "must be enabled or disabled", |word| match word {
        "enabled" => Some(false),
        "disabled" => Some(true),
        _ => None,
    })
}

fn read_draft(fields: &mut Fields) -> Result<DestinationDraft, Problem> {
    let kind = read_kind(fields, true)?;
    if kind == Some(DestinationKind::Polling) {
        return Ok(DestinationDraft::Polling(read_polling(fields)));
    }
    let config = fields.object("config").or_none().unwrap_or_default();
    let (url, headers, secret) = fields.within("config", config, |fields| {
        let url = fields.required_text("url");
        let headers = fields.map("headers").or_none();
        (url, headers, fields.text("key").or_none())
    });
    let draft = EndpointDraft {
        url,
        uid: fields.text("uid").or_none(),
        is_disabled: read_status(fields).or_none().unwrap_or_default(),
        event_types: fields.list("eventTypes").or_none().unwrap_or_default(),
        channels: fields.list("channels").or_none().unwrap_or_default(),
        is_fifo: true,
        batch_size: fields.number("batchSize").or_none(),
        max_wait_secs: fields.number("maxWaitSecs").or_none(),
        metadata: fields.map("metadata").or_none().unwrap_or_default(),
        headers,
        secret,
        ..EndpointDraft::default()
    };
    Ok(DestinationDraft::Fifo(Box::new(draft)))
}

/// A polling endpoint has nothing that is about sending.
fn read_polling(fields: &mut Fields) -> PollingDraft {
    let config = fields.object("config").or_none().unwrap_or_default();
    fields.within("config", config, |fields| {
        for name in ["url", "headers", "key"] {
            refuse_given(fields, name);
        }
    });
    for name in ["batchSize", "maxWaitSecs"] {
        refuse_given(fields, name);
    }
    PollingDraft {
        uid: fields.text("uid").or_none(),
        is_disabled: read_status(fields).or_none().unwrap_or_default(),
        event_types: fields.list("eventTypes").or_none().unwrap_or_default(),
        channels: fields.list("channels").or_none().unwrap_or_default(),
        metadata: fields.map("metadata").or_none().unwrap_or_default(),
        ..PollingDraft::default()
    }
}

fn refuse_given(fields: &mut Fields, name: &str) {
    if let Given::Value(_) = fields.value(name) {
        fields.refuse(FieldProblem::body(name, NOT_OF_POLLING));
    }
}

/// The kinds that are there.
const KINDS: [&str; 2] = [FIFO_ENDPOINT, POLLING_ENDPOINT];

/// What [`read_draft`] reads.
pub(crate) fn destination_in(_: &mut SchemaGenerator) -> Schema {
    let config = object()
        .can(
            "url",
            "Where requests go; a `fifoEndpoint` must have it, and only it may.",
            shapes::text(),
        )
        .may(
            "headers",
            "Headers that each request gets.",
            shapes::texts_by_name(),
        )
        .may(
            "key",
            "What requests are signed with; one is made up if there is none.",
            shapes::text(),
        );
    let fields = object()
        .must("type", "Its kind; others get 501.", shapes::word(&KINDS))
        .may("config", "Where it sends.", config.done())
        .may(
            "status",
            "Whether it gets anything.",
            shapes::word(&STATUSES),
        );
    wanted_fields(fields).done()
}

/// What [`read_change`] reads.
pub(crate) fn destination_patch(_: &mut SchemaGenerator) -> Schema {
    let config = object().can("url", "Where requests go.", shapes::text());
    let fields = object()
        .may(
            "type",
            "Its kind, which stays as it is.",
            shapes::word(&KINDS),
        )
        .may("config", "Where it sends.", config.done())
        .can(
            "status",
            "Whether it gets anything.",
            shapes::word(&STATUSES),
        );
    wanted_fields(fields).done()
}

fn wanted_fields(fields: Object) -> Object {
    let (batch_max, wait_max) = (BATCH_SIZE_MAX.into(), BATCH_WAIT_SECS_MAX.into());
    fields
        .may("uid", "The product's own id of it.", shapes::uid())
        .may(
            "eventTypes",
            "The event types that it wants; all if empty.",
            shapes::event_types(),
        )
        .may(
            "channels",
            "The channels that it listens to; all if empty.",
            shapes::channels(),
        )
        .may(
            "batchSize",
            "Most messages in one request.",
            shapes::number(1, batch_max),
        )
        .may(
            "maxWaitSecs",
            "How long a request waits to be filled.",
            shapes::number(0, wait_max),
        )
        .may(
            "metadata",
            "Texts of the product's own.",
            shapes::texts_by_name(),
        )
}

fn read_change(fields: &mut Fields) -> Result<DestinationChange, Problem> {
    let kind = read_kind(fields, false)?;
    let config = fields.object("config").or_none().unwrap_or_default();
    let url = fields.within("config", config, |fields| {
        let url = fields.text("url");
        fields.changed("url", url)
    });
    let status = read_status(fields);
    let change = EndpointChange {
        url,
        uid: fields.text("uid").change(),
        is_disabled: fields.changed("status", status),
        event_types: fields.list("eventTypes").change_or_default(),
        channels: fields.list("channels").change_or_default(),
        batch_size: fields.number("batchSize").change(),
        max_wait_secs: fields.number("maxWaitSecs").change(),
        metadata: fields.map("metadata").change_or_default(),
        ..EndpointChange::default()
    };
    Ok(DestinationChange { kind, change })
}

pub(crate) async fn list_destinations(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(app): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    let page = page_query(&query, Order::Descending)?;
    let listed = api.service.destinations(caller, &app, &page).await?;
    Ok(list_of::<_, DestinationOut>(listed))
}

pub(crate) async fn create_destination(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(app): Path<String>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields()?;
    let draft = read_draft(&mut fields)?;
    fields.finish()?;
    let dedup = body.dedup(&api, caller)?;
    let made = api.service.create_destination(caller, &app, draft, dedup);
    let made = DestinationOut::from(made.await?);
    Ok(json(StatusCode::CREATED, &made))
}

pub(crate) async fn get_destination(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, destination)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let found = api.service.destination(caller, &app, &destination).await?;
    Ok(json(StatusCode::OK, &DestinationOut::from(found)))
}

pub(crate) async fn put_destination(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, destination)): Path<(String, String)>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields()?;
    let draft = read_draft(&mut fields)?;
    fields.finish()?;
    let put = api
        .service
        .put_destination(caller, &app, &destination, draft);
    Ok(placed::<_, DestinationOut>(put.await?))
}

pub(crate) async fn patch_destination(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, destination)): Path<(String, String)>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields()?;
    let change = read_change(&mut fields)?;
    fields.finish()?;
    let changed = api
        .service
        .patch_destination(caller, &app, &destination, change);
    Ok(json(StatusCode::OK, &DestinationOut::from(changed.await?)))
}

pub(crate) async fn delete_destination(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, destination)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let deleted = api.service.delete_destination(caller, &app, &destination);
    deleted.await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn rotate_destination_secret(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, destination)): Path<(String, String)>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields_or_none()?;
    let rotation = read_rotation(&mut fields);
    fields.finish()?;
    let dedup = body.dedup(&api, caller)?;
    let key = api
        .service
        .rotate_destination_secret(caller, &app, &destination, rotation, dedup)
        .await?;
    Ok(json(StatusCode::OK, &EndpointSecretOut { key: &key }))
}
