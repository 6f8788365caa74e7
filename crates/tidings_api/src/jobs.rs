//! `/background-task`, and what starts one: recovering, replaying.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::Value;
use tidings_domain::clock::Millis;
use tidings_domain::delivery::DeliveryState;
use tidings_domain::ids::JobId;
use tidings_domain::job::{Job, JobKind, JobState};
use tidings_domain::names::CHANNEL_BYTES_MAX;
use tidings_service::FieldProblem;
use tidings_service::jobs::{JobFilter, ReplayDraft};
use tidings_store::Order;

use crate::ApiState;
use crate::attempts::MessageStatus;
use crate::auth::Authenticated;
use crate::body::JsonBody;
use crate::fields::Fields;
use crate::pagination::{json, list, page_query};
use crate::problem::Problem;
use crate::query::{Query, wrong};
use crate::shapes::{self, Object, object};
use crate::time;
use tidings_service::limits::TAG_BYTES_MAX;

/// What starting a job answers.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "BackgroundTaskStartedOut")]
#[serde(rename_all = "camelCase")]
pub(crate) struct StartedOut {
    id: JobId,
    status: &'static str,
    task: &'static str,
    updated_at: String,
}

impl From<&Job> for StartedOut {
    fn from(job: &Job) -> Self {
        Self {
            id: job.id,
            status: job.state.status(),
            task: job.kind.as_str(),
            updated_at: time::format(job.updated_at),
        }
    }
}

#[derive(JsonSchema, Serialize)]
pub(crate) struct BackgroundTaskOut {
    #[serde(flatten)]
    head: StartedOut,
    data: Value,
}

impl From<&Job> for BackgroundTaskOut {
    fn from(job: &Job) -> Self {
        Self {
            head: job.into(),
            data: job.data(),
        }
    }
}

pub(crate) async fn list_background_tasks(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    query: Query,
) -> Result<Response, Problem> {
    let states = match query.text("status") {
        None => Vec::new(),
        Some("running") => vec![JobState::Running],
        Some("finished") => vec![JobState::Finished],
        Some("failed") => vec![JobState::Failed, JobState::Canceled],
        Some(_) => return Err(wrong("status", "must be running, finished or failed")),
    };
    let page = page_query(&query, Order::Descending)?;
    let kind = query.text("task");
    // Kinds that are never there are known to clients all the same.
    let is_elsewhere = kind.is_some_and(|kind| ELSEWHERE.contains(&kind));
    let kind = kind.and_then(JobKind::parse);
    if query.text("task").is_some() && kind.is_none() && !is_elsewhere {
        return Err(wrong("task", "is no kind of background task"));
    }
    let mut listed = api
        .service
        .jobs(caller, JobFilter { states, kind }, &page)
        .await?;
    if is_elsewhere {
        listed = tidings_service::Listed::empty();
    }
    let rows = listed.rows.iter().map(BackgroundTaskOut::from).collect();
    Ok(list(&listed, rows))
}

/// What the contract names and Tidings does in other ways.
const ELSEWHERE: [&str; 2] = ["message.broadcast", "sdk.generate"];

pub(crate) async fn get_background_task(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let job = api.service.job(caller, &id).await?;
    Ok(json(StatusCode::OK, &BackgroundTaskOut::from(&job)))
}

pub(crate) async fn cancel_background_task(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let job = api.service.cancel_job(caller, &id).await?;
    Ok(json(StatusCode::OK, &BackgroundTaskOut::from(&job)))
}

pub(crate) async fn recover_endpoint(
    api: ApiState,
    caller: Authenticated,
    at: Path<(String, String)>,
    query: Query,
    body: JsonBody,
) -> Result<Response, Problem> {
    replay(api, caller, at, &query, &body, JobKind::Recover).await
}

pub(crate) async fn replay_missing(
    api: ApiState,
    caller: Authenticated,
    at: Path<(String, String)>,
    query: Query,
    body: JsonBody,
) -> Result<Response, Problem> {
    replay(api, caller, at, &query, &body, JobKind::ReplayMissing).await
}

pub(crate) async fn bulk_replay(
    api: ApiState,
    caller: Authenticated,
    at: Path<(String, String)>,
    query: Query,
    body: JsonBody,
) -> Result<Response, Problem> {
    replay(api, caller, at, &query, &body, JobKind::BulkReplay).await
}

pub(crate) async fn expunge_all_contents(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(app): Path<String>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let dedup = body.dedup(&api, caller)?;
    let job = api.service.expunge_all(caller, &app, dedup).await?;
    Ok(json(StatusCode::ACCEPTED, &StartedOut::from(&job)))
}

fn replay_fields() -> Object {
    object()
        .must("since", "From when on.", shapes::instant())
        .may(
            "until",
            "Until when; now if there is nothing.",
            shapes::instant(),
        )
        .may(
            "dryRun",
            "Whether messages are only counted.",
            shapes::flag(),
        )
}

/// What [`recover_endpoint`] and [`replay_missing`] read.
pub(crate) fn replay_in(_: &mut SchemaGenerator) -> Schema {
    replay_fields().done()
}

/// What [`bulk_replay`] reads.
pub(crate) fn bulk_replay_in(_: &mut SchemaGenerator) -> Schema {
    replay_fields()
        .may(
            "eventTypes",
            "Only messages of these types.",
            shapes::event_types(),
        )
        .may(
            "channel",
            "Only messages of this channel.",
            shapes::short(CHANNEL_BYTES_MAX),
        )
        .may(
            "tag",
            "Only messages with this tag.",
            shapes::short(TAG_BYTES_MAX),
        )
        .may(
            "status",
            "Only deliveries with this status.",
            shapes::number(0, 4),
        )
        .may(
            "statusCodeClass",
            "Only where the answer had a status of this hundred.",
            json_schema!({"type": "integer", "enum": [0, 100, 200, 300, 400, 500]}),
        )
        .done()
}

async fn replay(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, endpoint)): Path<(String, String)>,
    query: &Query,
    body: &JsonBody,
    kind: JobKind,
) -> Result<Response, Problem> {
    let mut fields = body.fields()?;
    let mut draft = ReplayDraft {
        since: required_instant(&mut fields, "since"),
        until: instant(&mut fields, "until"),
        is_dry_run: fields.flag("dryRun").or_none().unwrap_or(false),
        ..ReplayDraft::default()
    };
    if kind == JobKind::BulkReplay {
        read_filters(&mut fields, &mut draft);
    }
    fields.finish()?;
    draft.is_dry_run |= query.flag("dryRun", false)? || query.flag("dry_run", false)?;
    let dedup = body.dedup(&api, caller)?;
    let at = (app.as_str(), endpoint.as_str());
    let job = api.service.replay(caller, at, kind, draft, dedup).await?;
    Ok(json(StatusCode::ACCEPTED, &StartedOut::from(&job)))
}

fn read_filters(fields: &mut Fields, draft: &mut ReplayDraft) {
    draft.event_types = fields.list("eventTypes").or_none().unwrap_or_default();
    draft.channel = fields.text("channel").or_none();
    draft.tag = fields.text("tag").or_none();
    if let Some(status) = fields.number("status").or_none() {
        draft.states = states(status);
        if draft.states.is_empty() {
            let msg = "must lie between 0 and 4";
            fields.refuse(FieldProblem::body("status", msg));
        }
    }
    if let Some(class) = fields.number("statusCodeClass").or_none() {
        match class {
            0 => draft.status_between = Some((0, 100)),
            100 | 200 | 300 | 400 | 500 => {
                let from = u16::try_from(class).unwrap_or_default();
                draft.status_between = Some((from, from + 100));
            }
            _ => {
                let msg = "must be 0, 100, 200, 300, 400 or 500";
                fields.refuse(FieldProblem::body("statusCodeClass", msg));
            }
        }
    }
}

/// The states that a number stands for. One that is canceled is no failed one here, since both have a
/// number.
fn states(status: u32) -> Vec<DeliveryState> {
    let all = [
        DeliveryState::Delivered,
        DeliveryState::Pending,
        DeliveryState::Failed,
        DeliveryState::Sending,
        DeliveryState::Canceled,
    ];
    let is_so = |state: &DeliveryState| u32::from(MessageStatus::from(*state).number()) == status;
    all.into_iter().filter(is_so).collect()
}

pub(crate) fn instant(fields: &mut Fields, name: &str) -> Option<Millis> {
    let text = fields.text(name).or_none()?;
    let parsed = time::parse(&text);
    if parsed.is_none() {
        fields.refuse(FieldProblem::body(name, time::EXPECTED));
    }
    parsed
}

pub(crate) fn required_instant(fields: &mut Fields, name: &str) -> Millis {
    let text = fields.required_text(name);
    let parsed = time::parse(&text);
    if parsed.is_none() && !text.is_empty() {
        fields.refuse(FieldProblem::body(name, time::EXPECTED));
    }
    parsed.unwrap_or_default()
}
