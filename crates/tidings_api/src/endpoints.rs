//! `/app/{app}/endpoint`: endpoints.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::value::RawValue;
use tidings_domain::application::Metadata;
use tidings_domain::body_format::BodyFormat;
use tidings_domain::endpoint::Endpoint;
use tidings_domain::ids::EndpointId;
use tidings_domain::retry::policy::{RetryPolicy, WrittenPolicy};
use tidings_service::endpoints::{
    CoSignatureChange, CredentialsChange, EndpointChange, EndpointDraft,
};
use tidings_store::Order;

use crate::ApiState;
use crate::applications::{RATE, placed, read_rate_change};
use crate::auth::Authenticated;
use crate::body::JsonBody;
use crate::co_signatures::{CoSignatureOut, co_signature_in, read_co_signature};
use crate::endpoint_credentials::{credentials_in, nested_credentials};
use crate::fields::{Fields, Given};
use crate::filters::read_filter;
use crate::pagination::{json, list_of, page_query};
use crate::problem::Problem;
use crate::query::Query;
use crate::retry_policies::{read_retry_policy, retry_policy_in};
use crate::shapes::{self, Object, object};
use crate::time;
use tidings_service::limits::{BATCH_SIZE_MAX, BATCH_WAIT_SECS_MAX, DESCRIPTION_BYTES_MAX};

/// Both names of the same list; the first is today's.
pub(crate) const TYPES: [&str; 2] = ["eventTypes", "filterTypes"];

/// An endpoint; also a part of other answers.
#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EndpointOut {
    id: EndpointId,
    uid: Option<String>,
    url: String,
    /// Older clients want one; it means nothing.
    version: u32,
    description: String,
    disabled: bool,
    /// Why and since when Tidings itself has switched it off.
    disabled_reason: Option<&'static str>,
    disabled_at: Option<String>,
    event_types: Option<Vec<String>>,
    filter_types: Option<Vec<String>>,
    channels: Option<Vec<String>>,
    /// The payloads that it wants, as it was given; the contract has none.
    filter: Option<Box<RawValue>>,
    throttle_rate: Option<u32>,
    rate_limit: Option<u32>,
    fifo: bool,
    batch_size: Option<u32>,
    max_wait_secs: Option<u32>,
    /// When it is tried again; the contract has none.
    #[schemars(with = "Option<WrittenPolicy>")]
    retry_policy: Option<Box<RetryPolicy>>,
    /// One more signature that it gets; the contract has none.
    co_signature: Option<CoSignatureOut>,
    /// In which form it gets its events; the contract knows one only.
    format: &'static str,
    metadata: Metadata,
    created_at: String,
    updated_at: String,
}

impl From<Endpoint> for EndpointOut {
    fn from(endpoint: Endpoint) -> Self {
        let disabled = endpoint.is_off();
        let switched_off = endpoint.state.disabled;
        let event_types = none_if_empty(endpoint.event_types);
        Self {
            id: endpoint.id,
            uid: endpoint.uid,
            url: endpoint.url,
            version: endpoint.version.max(1),
            description: endpoint.description,
            disabled,
            disabled_reason: switched_off.map(|(reason, _)| reason.as_str()),
            disabled_at: switched_off.map(|(_, at)| time::format(at)),
            filter_types: event_types.clone(),
            event_types,
            channels: none_if_empty(endpoint.channels),
            filter: endpoint
                .filter
                .and_then(|filter| RawValue::from_string(filter).ok()),
            throttle_rate: endpoint.throttle_rate,
            rate_limit: endpoint.throttle_rate,
            fifo: endpoint.is_fifo,
            batch_size: endpoint.batch_size,
            max_wait_secs: endpoint.max_wait_secs,
            retry_policy: endpoint.retry_policy,
            co_signature: endpoint.co_signature.as_deref().map(CoSignatureOut::from),
            format: endpoint.format.as_str(),
            metadata: endpoint.metadata,
            created_at: time::format(endpoint.created_at),
            updated_at: time::format(endpoint.updated_at),
        }
    }
}

/// An empty list means no filter, which the contract writes as `null`.
pub(crate) fn none_if_empty(list: Vec<String>) -> Option<Vec<String>> {
    Some(list).filter(|list| !list.is_empty())
}

fn read_format(fields: &mut Fields) -> Given<BodyFormat> {
    let wanted = "must be json, envelope, form, xml, cloudevents or cloudevents-binary";
    fields.word("format", wanted, BodyFormat::parse)
}

fn read_draft(fields: &mut Fields, body: &JsonBody) -> EndpointDraft {
    EndpointDraft {
        url: fields.required_text("url"),
        description: fields.text("description").or_none().unwrap_or_default(),
        uid: fields.text("uid").or_none(),
        is_disabled: fields.flag("disabled").or_none().unwrap_or_default(),
        event_types: fields
            .either(TYPES, Fields::list)
            .or_none()
            .unwrap_or_default(),
        channels: fields.list("channels").or_none().unwrap_or_default(),
        filter: read_filter(fields, body).or_none(),
        throttle_rate: fields.either(RATE, Fields::number).or_none(),
        is_fifo: fields.flag("fifo").or_none().unwrap_or_default(),
        batch_size: fields.number("batchSize").or_none(),
        max_wait_secs: fields.number("maxWaitSecs").or_none(),
        retry_policy: read_retry_policy(fields).or_none(),
        format: read_format(fields).or_none().unwrap_or_default(),
        metadata: fields.map("metadata").or_none().unwrap_or_default(),
        headers: fields.map("headers").or_none(),
        credentials: nested_credentials(fields).or_none(),
        secret: fields.text("secret").or_none(),
        co_signature: read_co_signature(fields).or_none(),
    }
}

/// The forms that [`read_format`] knows.
const FORMATS: [&str; 6] = [
    "json",
    "envelope",
    "form",
    "xml",
    "cloudevents",
    "cloudevents-binary",
];

/// What [`read_draft`] reads.
pub(crate) fn endpoint_in(generator: &mut SchemaGenerator) -> Schema {
    let fields = object()
        .must("url", "Where requests go.", shapes::text())
        .may(
            "description",
            "What people say of it.",
            shapes::short(DESCRIPTION_BYTES_MAX),
        )
        .may(
            "disabled",
            "Whether it gets nothing for now.",
            shapes::flag(),
        );
    how_fields(which_fields(fields), generator)
        .may(
            "secret",
            "What requests are signed with; one is made up if there is none.",
            shapes::text(),
        )
        .done()
}

/// What [`read_change`] reads.
pub(crate) fn endpoint_patch(generator: &mut SchemaGenerator) -> Schema {
    let fields = object()
        .can("url", "Where requests go.", shapes::text())
        .can(
            "description",
            "What people say of it.",
            shapes::short(DESCRIPTION_BYTES_MAX),
        )
        .can(
            "disabled",
            "Whether it gets nothing for now.",
            shapes::flag(),
        );
    how_fields(which_fields(fields), generator).done()
}

/// Which messages it gets.
fn which_fields(fields: Object) -> Object {
    let event_types =
        "The event types that it wants, or groups of them such as `invoice.*`; all if empty.";
    fields
        .may("uid", "The product's own id of it.", shapes::uid())
        .may("eventTypes", event_types, shapes::event_types())
        .also("filterTypes", "eventTypes")
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
}

/// How it gets them.
fn how_fields(fields: Object, generator: &mut SchemaGenerator) -> Object {
    let credentials = "What the receiver wants to see before it takes a request.";
    let (batch_max, wait_max) = (BATCH_SIZE_MAX.into(), BATCH_WAIT_SECS_MAX.into());
    fields
        .may("throttleRate", "Most requests a second.", shapes::count())
        .also("rateLimit", "throttleRate")
        .may(
            "fifo",
            "Whether it gets its messages one after the other, in order.",
            shapes::flag(),
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
            "format",
            "The form that bodies go out in.",
            shapes::word(&FORMATS),
        )
        .may(
            "metadata",
            "Texts of the product's own.",
            shapes::texts_by_name(),
        )
        .may(
            "headers",
            "Headers that each request gets.",
            shapes::texts_by_name(),
        )
        .may("credentials", credentials, credentials_in(generator))
        .may(
            "retryPolicy",
            "When it is tried again, if not as everybody is.",
            retry_policy_in(),
        )
        .may(
            "coSignature",
            "One more signature that it gets.",
            co_signature_in(),
        )
}

fn read_change(fields: &mut Fields, body: &JsonBody) -> EndpointChange {
    let (url, description) = (fields.text("url"), fields.text("description"));
    let disabled = fields.flag("disabled");
    EndpointChange {
        url: fields.changed("url", url),
        description: fields.changed("description", description),
        is_disabled: fields.changed("disabled", disabled),
        uid: fields.text("uid").change(),
        event_types: fields.either(TYPES, Fields::list).change_or_default(),
        channels: fields.list("channels").change_or_default(),
        filter: read_filter(fields, body).change(),
        throttle_rate: read_rate_change(fields).change(),
        is_fifo: fields.flag("fifo").change_or_default(),
        batch_size: fields.number("batchSize").change(),
        max_wait_secs: fields.number("maxWaitSecs").change(),
        retry_policy: read_retry_policy(fields).change(),
        format: read_format(fields).change_or_default(),
        metadata: fields.map("metadata").change_or_default(),
        headers: fields.map("headers").change_or_default(),
        keeps_hidden_headers: false,
        credentials: match nested_credentials(fields) {
            Given::Absent => None,
            Given::Null => Some(CredentialsChange::Remove),
            Given::Value(draft) => Some(CredentialsChange::Merge(draft)),
        },
        co_signature: match read_co_signature(fields) {
            Given::Absent => None,
            Given::Null => Some(CoSignatureChange::Remove),
            Given::Value(draft) => Some(CoSignatureChange::Merge(draft)),
        },
    }
}

pub(crate) async fn list_endpoints(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(app): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    let page = page_query(&query, Order::Descending)?;
    let listed = api.service.endpoints(caller, &app, &page).await?;
    Ok(list_of::<_, EndpointOut>(listed))
}

pub(crate) async fn create_endpoint(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(app): Path<String>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields()?;
    let draft = read_draft(&mut fields, &body);
    fields.finish()?;
    let dedup = body.dedup(&api, caller)?;
    let made = api
        .service
        .create_endpoint(caller, &app, draft, dedup)
        .await?;
    Ok(json(StatusCode::CREATED, &EndpointOut::from(made)))
}

pub(crate) async fn get_endpoint(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, endpoint)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let found = api.service.endpoint(caller, &app, &endpoint).await?;
    Ok(json(StatusCode::OK, &EndpointOut::from(found)))
}

pub(crate) async fn put_endpoint(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, endpoint)): Path<(String, String)>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields()?;
    let draft = read_draft(&mut fields, &body);
    fields.finish()?;
    let put = api
        .service
        .put_endpoint(caller, &app, &endpoint, draft)
        .await?;
    Ok(placed::<_, EndpointOut>(put))
}

pub(crate) async fn patch_endpoint(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, endpoint)): Path<(String, String)>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields()?;
    let change = read_change(&mut fields, &body);
    fields.finish()?;
    let changed = api
        .service
        .patch_endpoint(caller, &app, &endpoint, change)
        .await?;
    Ok(json(StatusCode::OK, &EndpointOut::from(changed)))
}

pub(crate) async fn delete_endpoint(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, endpoint)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    api.service.delete_endpoint(caller, &app, &endpoint).await?;
    Ok(StatusCode::NO_CONTENT)
}
