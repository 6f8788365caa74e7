//! Jobs: work that goes on behind a request. The list follows how far they come.

use std::time::Duration;

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use tidings_domain::access::Role;
use tidings_domain::clock::Millis;
use tidings_domain::job::{Job, JobKind, JobState};
use tidings_domain::language::Language;
use tidings_service::jobs::JobFilter;
use tidings_service::{Caller, PageQuery};
use tidings_store::Order;

use super::Dashboard;
use super::member::{Member, Shell};
use crate::code;
use crate::errors::Fault;
use crate::form::Posted;
use crate::formats;
use crate::live::Publisher;
use crate::page::{Page, render};
use crate::paging::{Paging, ROWS_MAX, asked};

/// How often the list is read anew while somebody watches.
const EVERY: Duration = Duration::from_secs(1);

/// A job, as the list shows it.
struct Row {
    id: String,
    /// The name of what it does.
    kind: &'static str,
    tone: &'static str,
    state: &'static str,
    /// How much of it is done, of a thousand.
    share: u32,
    percent: String,
    /// Messages that it is about, once that is known, and those that it has seen to.
    all: Option<String>,
    done: String,
    created_at: Millis,
    is_running: bool,
}

#[derive(Template)]
#[template(path = "dashboard/jobs.html")]
struct Show {
    page: Page,
    shell: Shell,
    rows: Vec<Row>,
    paging: Paging,
    /// Whether this is the first page, which is live.
    is_live: bool,
}

#[derive(Template)]
#[template(path = "dashboard/jobs_live.html")]
struct Fragment {
    page: Page,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "dashboard/job.html")]
struct ShowOne {
    page: Page,
    shell: Shell,
    row: Row,
    data: askama::filters::Safe<String>,
    error: String,
    may_cancel: bool,
}

fn kind_text(kind: JobKind) -> &'static str {
    match kind {
        JobKind::ReplayMissing => "job-replay-missing",
        JobKind::Recover => "job-recover",
        JobKind::BulkReplay => "job-bulk-replay",
        JobKind::Purge => "job-purge",
        JobKind::ApplicationStats => "job-application-stats",
        JobKind::EventTypeStats => "job-event-type-stats",
    }
}

impl Row {
    fn of(job: &Job, language: Language) -> Self {
        let (tone, state) = match job.state {
            JobState::Running => ("info", "job-running"),
            JobState::Finished => ("ok", "job-finished"),
            JobState::Failed => ("bad", "job-failed"),
            JobState::Canceled => ("idle", "result-canceled"),
        };
        let data = job.data();
        let number = |name: &str| data.get(name).and_then(serde_json::Value::as_i64);
        let thousandths = data["progress"].as_f64().unwrap_or(0.0) * 1_000.0;
        let share: u32 = format!("{thousandths:.0}").parse().unwrap_or(0);
        let all = number("total").or_else(|| number("applicationsTotal"));
        let done = number("sent").or_else(|| number("applicationsDone"));
        let done = done.unwrap_or(0) + number("skipped").unwrap_or(0);
        Self {
            id: job.id.to_string(),
            kind: kind_text(job.kind),
            tone,
            state,
            share,
            percent: formats::percent(language, u64::from(share), 1_000),
            all: all.map(|all| formats::number(language, all)),
            done: formats::number(language, done),
            created_at: job.created_at,
            is_running: job.state == JobState::Running,
        }
    }
}

/// The list.
pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let query = Posted::parse(query.unwrap_or_default().as_bytes());
    let asked = asked(&query, ROWS_MAX, Order::Descending);
    let listed = dashboard
        .service
        .jobs(member.caller, JobFilter::default(), &asked)
        .await?;
    let language = member.page.language;
    let template = Show {
        rows: listed
            .rows
            .iter()
            .map(|job| Row::of(job, language))
            .collect(),
        paging: Paging::of(&listed, &query, &[]),
        is_live: query.line("page").is_empty(),
        shell: member.shell(),
        page: member.page,
    };
    Ok(render(StatusCode::OK, &template))
}

/// The stream of its first page.
pub(super) async fn watch(
    State(dashboard): State<Dashboard>,
    member: Member,
) -> Result<Response, Fault> {
    let key = (member.caller.environment, member.page.language);
    let (own, page) = (dashboard.clone(), member.page.clone());
    let source = move |publisher| follow(own, member.caller, page, publisher);
    let may_watch = member.still_signed_in(&dashboard);
    dashboard.job_lists.watch(key, source, may_watch)
}

async fn follow(dashboard: Dashboard, caller: Caller, page: Page, publisher: Publisher) {
    let newest = PageQuery {
        limit: ROWS_MAX,
        cursor: None,
        order: Order::Descending,
    };
    loop {
        match dashboard
            .service
            .jobs(caller, JobFilter::default(), &newest)
            .await
        {
            Ok(listed) => {
                let rows = listed.rows.iter();
                let template = Fragment {
                    rows: rows.map(|job| Row::of(job, page.language)).collect(),
                    page: page.clone(),
                };
                match template.render() {
                    Ok(html) => publisher.publish(&html),
                    Err(error) => tracing::error!("The list of jobs could not be written: {error}"),
                }
            }
            Err(error) => tracing::warn!("The list of jobs is a little old: {error}"),
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// One job.
pub(super) async fn show_one(
    State(dashboard): State<Dashboard>,
    member: Member,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let job = dashboard.service.job(member.caller, &id).await?;
    let template = ShowOne {
        row: Row::of(&job, member.page.language),
        data: code::lines(&job.data().to_string()),
        error: job.progress.error.clone().unwrap_or_default(),
        may_cancel: job.state == JobState::Running && member.may(Role::Developer),
        shell: member.shell(),
        page: member.page,
    };
    Ok(render(StatusCode::OK, &template))
}

/// Stops it.
pub(super) async fn cancel(
    State(dashboard): State<Dashboard>,
    member: Member,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    member.check(Role::Developer)?;
    let job = dashboard.service.cancel_job(member.caller, &id).await?;
    Ok(Redirect::to(&format!("/dashboard/jobs/{}", job.id)).into_response())
}
