//! `/app/{app}/endpoint/{endpoint}/stats` and `attempt-stats`: what became of the deliveries, in figures.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use tidings_service::endpoints::StatsSpan;

use crate::ApiState;
use crate::auth::Authenticated;
use crate::pagination::json;
use crate::problem::Problem;
use crate::query::Query;

#[derive(JsonSchema, Serialize)]
pub(crate) struct EndpointStatsOut {
    success: u64,
    pending: u64,
    sending: u64,
    fail: u64,
    canceled: u64,
}

#[derive(JsonSchema, Serialize)]
pub(crate) struct EndpointAttemptStatsOut {
    success: u64,
    fail: u64,
    canceled: u64,
}

fn read_span(query: &Query) -> Result<StatsSpan, Problem> {
    Ok(StatsSpan {
        since: query.instant("since")?,
        until: query.instant("until")?,
    })
}

pub(crate) async fn get_endpoint_stats(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((application, endpoint)): Path<(String, String)>,
    query: Query,
) -> Result<Response, Problem> {
    let span = read_span(&query)?;
    let stats = api
        .service
        .endpoint_stats(caller, &application, &endpoint, span)
        .await?;
    let out = EndpointStatsOut {
        success: stats.success,
        pending: stats.pending,
        sending: stats.sending,
        fail: stats.fail,
        canceled: stats.canceled,
    };
    Ok(json(StatusCode::OK, &out))
}

pub(crate) async fn get_endpoint_attempt_stats(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((application, endpoint)): Path<(String, String)>,
    query: Query,
) -> Result<Response, Problem> {
    let span = read_span(&query)?;
    let stats = api
        .service
        .endpoint_attempt_stats(caller, &application, &endpoint, span)
        .await?;
    let out = EndpointAttemptStatsOut {
        success: stats.success,
        fail: stats.fail,
        canceled: stats.canceled,
    };
    Ok(json(StatusCode::OK, &out))
}
