//! `/operational-webhook/endpoint`: endpoints that are told what the server does itself.
//!
//! They have fewer fields than others: no channels, no filter, no order.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use tidings_domain::application::Metadata;
use tidings_domain::endpoint::Endpoint;
use tidings_domain::ids::EndpointId;
use tidings_service::endpoints::{EndpointDraft, HeadersChange};
use tidings_service::operational::ITS_APPLICATION;
use tidings_store::Order;

use crate::ApiState;
use crate::applications::{RATE, placed};
use crate::attempts::{list_of_attempts, read_attempt_filter};
use crate::auth::Authenticated;
use crate::body::JsonBody;
use crate::endpoint_headers::{EndpointHeadersOut, read_headers};
use crate::endpoint_secrets::{EndpointSecretOut, read_rotation};
use crate::endpoints::{TYPES, none_if_empty};
use crate::fields::Fields;
use crate::pagination::{json, list_of, newest_first, page_query};
use crate::problem::Problem;
use crate::query::Query;
use crate::shapes::{self, object};
use crate::time;
use tidings_service::limits::DESCRIPTION_BYTES_MAX;

/// An operational endpoint.
#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OperationalEndpointOut {
    id: EndpointId,
    uid: Option<String>,
    url: String,
    description: String,
    disabled: bool,
    /// Why and since when Tidings itself has switched it off.
    disabled_reason: Option<&'static str>,
    disabled_at: Option<String>,
    event_types: Option<Vec<String>>,
    filter_types: Option<Vec<String>>,
    throttle_rate: Option<u32>,
    rate_limit: Option<u32>,
    metadata: Metadata,
    created_at: String,
    updated_at: String,
}

impl From<Endpoint> for OperationalEndpointOut {
    fn from(endpoint: Endpoint) -> Self {
        let disabled = endpoint.is_off();
        let switched_off = endpoint.state.disabled;
        let event_types = none_if_empty(endpoint.event_types);
        Self {
            id: endpoint.id,
            uid: endpoint.uid,
            url: endpoint.url,
            description: endpoint.description,
            disabled,
            disabled_reason: switched_off.map(|(reason, _)| reason.as_str()),
            disabled_at: switched_off.map(|(_, at)| time::format(at)),
            filter_types: event_types.clone(),
            event_types,
            throttle_rate: endpoint.throttle_rate,
            rate_limit: endpoint.throttle_rate,
            metadata: endpoint.metadata,
            created_at: time::format(endpoint.created_at),
            updated_at: time::format(endpoint.updated_at),
        }
    }
}

fn read_draft(fields: &mut Fields) -> EndpointDraft {
    EndpointDraft {
        url: fields.required_text("url"),
        description: fields.text("description").or_none().unwrap_or_default(),
        uid: fields.text("uid").or_none(),
        is_disabled: fields.flag("disabled").or_none().unwrap_or_default(),
        event_types: fields
            .either(TYPES, Fields::list)
            .or_none()
            .unwrap_or_default(),
        throttle_rate: fields.either(RATE, Fields::number).or_none(),
        metadata: fields.map("metadata").or_none().unwrap_or_default(),
        headers: fields.map("headers").or_none(),
        secret: fields.text("secret").or_none(),
        ..EndpointDraft::default()
    }
}

/// What [`read_draft`] reads.
pub(crate) fn operational_endpoint_in(_: &mut SchemaGenerator) -> Schema {
    object()
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
        )
        .may("uid", "The product's own id of it.", shapes::uid())
        .may(
            "eventTypes",
            "The event types that it wants, or groups of them such as `invoice.*`; all if empty.",
            shapes::event_types(),
        )
        .also("filterTypes", "eventTypes")
        .may("throttleRate", "Most requests a second.", shapes::count())
        .also("rateLimit", "throttleRate")
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
        .may(
            "secret",
            "What requests are signed with; one is made up if there is none.",
            shapes::text(),
        )
        .done()
}

pub(crate) async fn list_operational_endpoints(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    query: Query,
) -> Result<Response, Problem> {
    let page = page_query(&query, Order::Descending)?;
    let listed = api.service.operational_endpoints(caller, &page).await?;
    Ok(list_of::<_, OperationalEndpointOut>(listed))
}

pub(crate) async fn create_operational_endpoint(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields()?;
    let draft = read_draft(&mut fields);
    fields.finish()?;
    let dedup = body.dedup(&api, caller)?;
    let made = api
        .service
        .create_operational_endpoint(caller, draft, dedup)
        .await?;
    let out = OperationalEndpointOut::from(made);
    Ok(json(StatusCode::CREATED, &out))
}

pub(crate) async fn get_operational_endpoint(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(endpoint): Path<String>,
) -> Result<Response, Problem> {
    let caller = caller.operational();
    let found = api
        .service
        .endpoint(caller, ITS_APPLICATION, &endpoint)
        .await?;
    Ok(json(StatusCode::OK, &OperationalEndpointOut::from(found)))
}

pub(crate) async fn put_operational_endpoint(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(endpoint): Path<String>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields()?;
    let draft = read_draft(&mut fields);
    fields.finish()?;
    let put = api
        .service
        .put_operational_endpoint(caller, &endpoint, draft)
        .await?;
    Ok(placed::<_, OperationalEndpointOut>(put))
}

pub(crate) async fn delete_operational_endpoint(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(endpoint): Path<String>,
) -> Result<StatusCode, Problem> {
    api.service
        .delete_endpoint(caller.operational(), ITS_APPLICATION, &endpoint)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn get_operational_endpoint_secret(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(endpoint): Path<String>,
) -> Result<Response, Problem> {
    let caller = caller.operational();
    let key = api
        .service
        .secret(caller, ITS_APPLICATION, &endpoint)
        .await?;
    Ok(json(StatusCode::OK, &EndpointSecretOut { key: &key }))
}

/// Answers 200 with the new key, as for other endpoints: clients that expect nothing ignore the body.
pub(crate) async fn rotate_operational_endpoint_secret(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(endpoint): Path<String>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields_or_none()?;
    let rotation = read_rotation(&mut fields);
    fields.finish()?;
    let dedup = body.dedup(&api, caller)?;
    let caller = caller.operational();
    let key = api
        .service
        .rotate_secret(caller, ITS_APPLICATION, &endpoint, rotation, dedup)
        .await?;
    Ok(json(StatusCode::OK, &EndpointSecretOut { key: &key }))
}

pub(crate) async fn get_operational_endpoint_headers(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(endpoint): Path<String>,
) -> Result<Response, Problem> {
    let caller = caller.operational();
    let shown = api
        .service
        .headers(caller, ITS_APPLICATION, &endpoint)
        .await?;
    Ok(json(StatusCode::OK, &EndpointHeadersOut::from(shown)))
}

pub(crate) async fn put_operational_endpoint_headers(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(endpoint): Path<String>,
    body: JsonBody,
) -> Result<StatusCode, Problem> {
    let mut fields = body.fields()?;
    let headers = read_headers(&mut fields);
    fields.finish()?;
    let change = HeadersChange::Replace(headers);
    api.service
        .change_headers(caller.operational(), ITS_APPLICATION, &endpoint, change)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn list_operational_attempts(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(endpoint): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    let (filter, shown) = read_attempt_filter(&query)?;
    let page = newest_first(&query)?;
    let listed = api
        .service
        .operational_attempts(caller, &endpoint, &filter, &page)
        .await?;
    Ok(list_of_attempts(&listed, shown))
}
