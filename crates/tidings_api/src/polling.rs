//! `/app/{app}/poller`: polling endpoints, from which messages are read.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::json as json_value;
use tidings_domain::endpoint::Endpoint;
use tidings_domain::ids::EndpointId;
use tidings_domain::message::Message;
use tidings_domain::names::{CHANNEL_BYTES_MAX, NAME_BYTES_MAX};
use tidings_service::FieldProblem;
use tidings_service::limits::{DESCRIPTION_BYTES_MAX, PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX};
use tidings_service::payload::JsonText;
use tidings_service::polling::{PollQuery, PolledPage, PollingChange, PollingDraft, Reading};
use tidings_store::Order;

use crate::ApiState;
use crate::auth::Authenticated;
use crate::body::JsonBody;
use crate::fields::Fields;
use crate::filters::read_filter;
use crate::messages::MessageOut;
use crate::pagination::{json, list_of, page_query};
use crate::problem::Problem;
use crate::query::{Query, wrong};
use crate::shapes::{self, Object, object};
use crate::time;

/// Longest iterator that is looked at, in bytes.
const ITERATOR_BYTES_MAX: usize = 300;

#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PollingEndpointOut {
    id: EndpointId,
    uid: Option<String>,
    description: String,
    disabled: bool,
    event_types: Vec<String>,
    channels: Vec<String>,
    filter: Option<serde_json::Value>,
    metadata: BTreeMap<String, String>,
    created_at: String,
    updated_at: String,
}

impl From<Endpoint> for PollingEndpointOut {
    fn from(endpoint: Endpoint) -> Self {
        let filter = endpoint.filter.as_deref();
        Self {
            id: endpoint.id,
            uid: endpoint.uid,
            description: endpoint.description,
            disabled: endpoint.is_disabled,
            event_types: endpoint.event_types,
            channels: endpoint.channels,
            filter: filter.and_then(|filter| serde_json::from_str(filter).ok()),
            metadata: endpoint.metadata,
            created_at: time::format(endpoint.created_at),
            updated_at: time::format(endpoint.updated_at),
        }
    }
}

/// A message and its own headers, which would be those of a request.
#[derive(JsonSchema, Serialize)]
pub(crate) struct PolledMessageOut<'a> {
    #[serde(flatten)]
    message: MessageOut<'a>,
    headers: Option<BTreeMap<&'a str, &'a str>>,
}

impl<'a> From<&'a Message> for PolledMessageOut<'a> {
    fn from(message: &'a Message) -> Self {
        let options = message.options.as_deref();
        let headers = options.filter(|options| !options.headers.is_empty());
        Self {
            message: MessageOut::of(message, true),
            headers: headers.map(|options| {
                let pairs = options.headers.iter();
                pairs.map(|(name, value)| (&**name, &**value)).collect()
            }),
        }
    }
}

fn page_out(page: &PolledPage) -> Response {
    let data: Vec<PolledMessageOut<'_>> = page.messages.iter().map(Into::into).collect();
    json(
        StatusCode::OK,
        &json_value!({ "data": data, "iterator": page.iterator, "done": page.is_done }),
    )
}

fn read_query(query: &Query) -> Result<PollQuery, Problem> {
    let limit = match query.number("limit")? {
        None => PAGE_ROWS_DEFAULT,
        Some(limit) => usize::try_from(limit).unwrap_or(usize::MAX),
    };
    if !(1..=PAGE_ROWS_MAX).contains(&limit) {
        return Err(wrong("limit", "must lie between 1 and 250"));
    }
    Ok(PollQuery {
        limit,
        iterator: query.short_text("iterator", ITERATOR_BYTES_MAX)?,
        ..PollQuery::default()
    })
}

/// What [`create_polling_endpoint`] reads.
pub(crate) fn polling_endpoint_in(_: &mut SchemaGenerator) -> Schema {
    polling_endpoint(Object::may)
}

/// What [`patch_polling_endpoint`] reads.
pub(crate) fn polling_endpoint_patch(_: &mut SchemaGenerator) -> Schema {
    polling_endpoint(Object::can)
}

/// The fields of both. What is always there is described by `plain`: in a change it is not `null`.
fn polling_endpoint(plain: fn(Object, &'static str, &str, Schema) -> Object) -> Schema {
    let object = object().may("uid", "The product's own id of it.", shapes::uid());
    let description = shapes::short(DESCRIPTION_BYTES_MAX);
    let object = plain(object, "description", "What people say of it.", description);
    let about = "Whether nothing can be read for now.";
    plain(object, "disabled", about, shapes::flag())
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
            "filter",
            "The payloads that it wants; see docs/filters.md.",
            shapes::anything(),
        )
        .may(
            "metadata",
            "Texts of the product's own.",
            shapes::texts_by_name(),
        )
        .done()
}

/// A page of messages.
pub(crate) fn polled_out(generator: &mut SchemaGenerator) -> Schema {
    let messages = shapes::list(generator.subschema_for::<PolledMessageOut<'_>>());
    object()
        .must("data", "The messages.", messages)
        .must("iterator", "Where to read on.", shapes::text())
        .must(
            "done",
            "Whether there is nothing more for now.",
            shapes::flag(),
        )
        .done()
}

/// What [`seek_consumer`] reads.
pub(crate) fn seek_in(_: &mut SchemaGenerator) -> Schema {
    object()
        .must(
            "after",
            "The instant from which on it reads.",
            shapes::instant(),
        )
        .done()
}

/// What it answers.
pub(crate) fn seek_out(_: &mut SchemaGenerator) -> Schema {
    object()
        .must("iterator", "Where it reads on.", shapes::text())
        .done()
}

pub(crate) async fn create_polling_endpoint(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(app): Path<String>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let dedup = body.dedup(&api, caller)?;
    let mut fields = Fields::parse(JsonText::check(&body.bytes)?)?;
    let draft = PollingDraft {
        uid: fields.text("uid").or_none(),
        description: fields.text("description").or_none().unwrap_or_default(),
        is_disabled: fields.flag("disabled").or_none().unwrap_or_default(),
        event_types: fields.list("eventTypes").or_none().unwrap_or_default(),
        channels: fields.list("channels").or_none().unwrap_or_default(),
        filter: fields
            .value("filter")
            .or_none()
            .map(|filter| filter.to_string()),
        metadata: fields.map("metadata").or_none().unwrap_or_default(),
    };
    fields.finish()?;
    let made = api
        .service
        .create_polling_endpoint(caller, &app, draft, dedup)
        .await?;
    Ok(json(StatusCode::CREATED, &PollingEndpointOut::from(made)))
}

pub(crate) async fn list_polling_endpoints(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(app): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    let page = page_query(&query, Order::Descending)?;
    let listed = api.service.polling_endpoints(caller, &app, &page).await?;
    Ok(list_of::<Endpoint, PollingEndpointOut>(listed))
}

pub(crate) async fn patch_polling_endpoint(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, sink)): Path<(String, String)>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = Fields::parse(JsonText::check(&body.bytes)?)?;
    let (description, disabled) = (fields.text("description"), fields.flag("disabled"));
    let change = PollingChange {
        uid: fields.text("uid").change(),
        description: fields.changed("description", description),
        is_disabled: fields.changed("disabled", disabled),
        event_types: fields.list("eventTypes").change_or_default(),
        channels: fields.list("channels").change_or_default(),
        filter: read_filter(&mut fields, &body).change(),
        metadata: fields.map("metadata").change_or_default(),
    };
    fields.finish()?;
    let of = Reading {
        application: &app,
        endpoint: &sink,
    };
    let changed = api
        .service
        .patch_polling_endpoint(caller, of, change)
        .await?;
    Ok(json(StatusCode::OK, &PollingEndpointOut::from(changed)))
}

pub(crate) async fn delete_polling_endpoint(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, sink)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let of = Reading {
        application: &app,
        endpoint: &sink,
    };
    api.service.delete_polling_endpoint(caller, of).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(crate) async fn poll(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, sink)): Path<(String, String)>,
    query: Query,
) -> Result<Response, Problem> {
    let polled = PollQuery {
        after: query.instant("after")?,
        event_type: query.short_text("event_type", NAME_BYTES_MAX)?,
        channel: query.short_text("channel", CHANNEL_BYTES_MAX)?,
        ..read_query(&query)?
    };
    let of = Reading {
        application: &app,
        endpoint: &sink,
    };
    let page = api.service.poll(caller, of, polled).await?;
    Ok(page_out(&page))
}

pub(crate) async fn poll_consumer(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, sink, consumer)): Path<(String, String, String)>,
    query: Query,
) -> Result<Response, Problem> {
    let polled = read_query(&query)?;
    let of = Reading {
        application: &app,
        endpoint: &sink,
    };
    let page = api
        .service
        .poll_consumer(caller, of, &consumer, polled)
        .await?;
    Ok(page_out(&page))
}

/// Needs no idempotency key: the second time it goes to the same place.
pub(crate) async fn seek_consumer(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, sink, consumer)): Path<(String, String, String)>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = Fields::parse(JsonText::check(&body.bytes)?)?;
    let text = fields.required_text("after");
    fields.finish()?;
    let after = time::parse(&text)
        .ok_or_else(|| Problem::field(FieldProblem::body("after", time::EXPECTED)))?;
    let of = Reading {
        application: &app,
        endpoint: &sink,
    };
    let iterator = api
        .service
        .seek_consumer(caller, of, &consumer, after)
        .await?;
    Ok(json(StatusCode::OK, &json_value!({ "iterator": iterator })))
}
