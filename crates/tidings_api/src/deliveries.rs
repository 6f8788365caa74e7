//! Deliveries: the endpoints of a message, the messages of an endpoint, and resending.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json as json_value;
use tidings_domain::delivery::DeliveryState;
use tidings_domain::endpoint::Endpoint;
use tidings_domain::message::Message;
use tidings_service::deliveries::Delivery;
use tidings_store::Order;

use crate::ApiState;
use crate::attempts::MessageStatus;
use crate::auth::Authenticated;
use crate::body::JsonBody;
use crate::endpoints::EndpointOut;
use crate::messages::{MessageOut, read_filter};
use crate::pagination::{json, list, newest_first, page_query};
use crate::problem::Problem;
use crate::query::Query;
use crate::time;

/// The endpoint or the message, and beside its own fields what became of the delivery.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "Delivery_{T}")]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeliveryOut<T> {
    #[serde(flatten)]
    of: T,
    status: u8,
    status_text: &'static str,
    next_attempt: Option<String>,
}

impl<T> DeliveryOut<T> {
    fn new<D>(delivery: &Delivery<D>, of: T, expanded: bool) -> Self {
        let status = MessageStatus::from(delivery.state).known_to(expanded);
        Self {
            of,
            status: status.number(),
            status_text: status.text(),
            next_attempt: delivery.next_at.map(time::format),
        }
    }
}

/// The states that are shown as a status.
fn states(status: MessageStatus, expanded: bool) -> Vec<DeliveryState> {
    [
        DeliveryState::Pending,
        DeliveryState::Sending,
        DeliveryState::Delivered,
        DeliveryState::Failed,
        DeliveryState::Canceled,
    ]
    .into_iter()
    .filter(|state| MessageStatus::from(*state).known_to(expanded) == status)
    .collect()
}

pub(crate) async fn list_message_endpoints(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, msg)): Path<(String, String)>,
    query: Query,
) -> Result<Response, Problem> {
    let page = page_query(&query, Order::Ascending)?;
    // The contract has no such parameter here and always gives all states.
    let expanded = query.flag("expanded_statuses", true)?;
    let listed = api
        .service
        .deliveries_of_message(caller, &app, &msg, &page)
        .await?;
    let rows = listed.rows.iter().map(|delivery: &Delivery<Endpoint>| {
        DeliveryOut::new(delivery, EndpointOut::from(delivery.of.clone()), expanded)
    });
    Ok(list(&listed, rows.collect()))
}

pub(crate) async fn list_endpoint_messages(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, endpoint)): Path<(String, String)>,
    query: Query,
) -> Result<Response, Problem> {
    let (filter, page) = (read_filter(&query)?, newest_first(&query)?);
    let expanded = query.flag("expanded_statuses", false)?;
    let states = MessageStatus::read(&query)?.map(|status| states(status, expanded));
    let listed = api
        .service
        .messages_of_endpoint(caller, (&app, &endpoint), states.as_deref(), &filter, &page)
        .await?;
    let rows = listed.rows.iter().map(|delivery: &Delivery<Message>| {
        let message = MessageOut::of(&delivery.of, filter.with_content);
        DeliveryOut::new(delivery, message, expanded)
    });
    Ok(list(&listed, rows.collect()))
}

/// Answers with an empty object: clients read a body.
pub(crate) async fn resend_message(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, msg, endpoint)): Path<(String, String, String)>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let dedup = body.dedup(&api, caller)?;
    api.service
        .resend(caller, &app, &msg, &endpoint, dedup)
        .await?;
    Ok(json(StatusCode::ACCEPTED, &json_value!({})))
}
