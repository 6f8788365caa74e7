//! `/inbox/{inbox}/request/{request}/replay`: a caught request, sent on.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use tidings_domain::delivery::Exchange;

use crate::ApiState;
use crate::auth::Authenticated;
use crate::body::JsonBody;
use crate::pagination::json;
use crate::problem::Problem;
use crate::shapes::{self, object};

#[derive(JsonSchema, Serialize)]
#[schemars(rename = "InboxReplayOut")]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReplayOut {
    url: String,
    /// The status of the answer; none if there was no answer.
    response_status_code: Option<u16>,
    /// The beginning of the answer's body.
    response: String,
    /// Why it failed, if it did.
    error: Option<&'static str>,
    duration_ms: f64,
}

impl From<Exchange> for ReplayOut {
    fn from(exchange: Exchange) -> Self {
        Self {
            response_status_code: exchange.status,
            response: String::from_utf8_lossy(&exchange.response).into_owned(),
            error: exchange.error.map(|error| error.public().as_str()),
            duration_ms: f64::from(exchange.phases.total_us()) / 1000.0,
            url: exchange.url,
        }
    }
}

/// What [`replay_request`] reads.
pub(crate) fn replay_in(_: &mut SchemaGenerator) -> Schema {
    object()
        .must("url", "Where the request goes.", shapes::text())
        .done()
}

pub(crate) async fn replay_request(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((inbox, request)): Path<(String, String)>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields()?;
    let url = fields.required_text("url");
    fields.finish()?;
    let at = (inbox.as_str(), request.as_str());
    let sent = api.service.replay_inbox_request(caller, at, &url).await?;
    Ok(json(StatusCode::OK, &ReplayOut::from(sent)))
}
