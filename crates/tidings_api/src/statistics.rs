//! `/stats/usage`: statistics, which background tasks find out.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use tidings_service::statistics::{UsageDraft, UsageStarted};

use crate::ApiState;
use crate::auth::Authenticated;
use crate::body::JsonBody;
use crate::jobs::{StartedOut, instant, required_instant};
use crate::pagination::json;
use crate::problem::Problem;
use crate::shapes::{self, object};

#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UsageStartedOut {
    #[serde(flatten)]
    task: StartedOut,
    unresolved_app_ids: Vec<String>,
}

impl From<UsageStarted> for UsageStartedOut {
    fn from(started: UsageStarted) -> Self {
        Self {
            task: StartedOut::from(&started.job),
            unresolved_app_ids: started.unresolved,
        }
    }
}

/// What [`count_application_usage`] reads.
pub(crate) fn application_usage_in(_: &mut SchemaGenerator) -> Schema {
    object()
        .must("since", "From when on.", shapes::instant())
        .must("until", "Until when.", shapes::instant())
        .may(
            "appIds",
            "The ids or uids of the applications; all if empty.",
            shapes::list(shapes::text()),
        )
        .done()
}

/// What [`count_event_type_usage`] reads.
pub(crate) fn event_type_usage_in(_: &mut SchemaGenerator) -> Schema {
    object()
        .may("since", "From when on.", shapes::instant())
        .may("until", "Until when.", shapes::instant())
        .done()
}

pub(crate) async fn count_application_usage(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields()?;
    let draft = UsageDraft {
        since: required_instant(&mut fields, "since"),
        until: required_instant(&mut fields, "until"),
        applications: fields.list("appIds").or_none().unwrap_or_default(),
    };
    fields.finish()?;
    let dedup = body.dedup(&api, caller)?;
    let started = api.service.application_usage(caller, draft, dedup).await?;
    let started = UsageStartedOut::from(started);
    Ok(json(StatusCode::ACCEPTED, &started))
}

/// The span is no part of the Svix API.
pub(crate) async fn count_event_type_usage(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields_or_none()?;
    let span = (instant(&mut fields, "since"), instant(&mut fields, "until"));
    fields.finish()?;
    let job = api.service.event_type_usage(caller, span).await?;
    Ok(json(StatusCode::ACCEPTED, &StartedOut::from(&job)))
}
