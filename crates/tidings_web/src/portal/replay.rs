//! Sending again: what failed, what was never sent, or everything, since a point of time. It is counted first, then
//! begun, and can be stopped; whoever looks sees how far it has come.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use tidings_domain::access::Capability;
use tidings_domain::clock::Millis;
use tidings_domain::job::{Job, JobKind, JobState, Phase};
use tidings_service::ServiceError;
use tidings_service::jobs::ReplayDraft;

use super::Portal;
use super::visitor::{Account, Visitor, once};
use super::webhooks::Webhook;
use crate::errors::Fault;
use crate::form::Posted;
use crate::page::{Page, render};

const HOUR_MS: Millis = 60 * 60 * 1_000;
/// How far back there is to choose from, in hours. The last is a little less than what the service allows, so that it
/// still holds when the form comes.
const SPANS: [(&str, Millis); 5] = [
    ("1", HOUR_MS),
    ("6", 6 * HOUR_MS),
    ("24", 24 * HOUR_MS),
    ("72", 72 * HOUR_MS),
    ("336", 336 * HOUR_MS - 10 * 60 * 1_000),
];
/// What can be sent again: the value in the form, what the service calls it, and the texts.
const WHAT: [(&str, JobKind, &str, &str); 3] = [
    (
        "failed",
        JobKind::Recover,
        "replay-failed",
        "replay-failed-is",
    ),
    (
        "missing",
        JobKind::ReplayMissing,
        "replay-missing",
        "replay-missing-is",
    ),
    ("all", JobKind::BulkReplay, "replay-all", "replay-all-is"),
];

#[derive(Template)]
#[template(path = "portal/replay.html")]
struct Ask {
    page: Page,
    token: String,
    once: String,
    account: Account,
    tab: &'static str,
    webhook: Webhook,
    what: [(&'static str, JobKind, &'static str, &'static str); 3],
    /// Values in the form, and what they are called.
    spans: [(&'static str, String); 5],
}

/// A span in hours or days.
fn span(page: &Page, ms: Millis) -> String {
    let hours = u64::try_from((ms + HOUR_MS - 1) / HOUR_MS).unwrap_or(0);
    if hours <= 24 {
        page.say_of("span-hours", "count", hours)
    } else {
        page.say_of("span-days", "count", hours / 24)
    }
}

/// How a job stands, for people.
struct Standing {
    id: String,
    /// What is sent again.
    what: &'static str,
    since: Millis,
    state: JobState,
    /// Whether it only counts.
    is_count: bool,
    /// Whether it counts still.
    is_counting: bool,
    /// In percent.
    share: u32,
    matched: u64,
    sent: u64,
    skipped: u64,
}

#[derive(Template)]
#[template(path = "portal/task.html")]
struct Progress {
    page: Page,
    token: String,
    once: String,
    account: Account,
    tab: &'static str,
    webhook: Webhook,
    task: Standing,
    may_send: bool,
}

impl Standing {
    fn of(job: &Job) -> Self {
        let known = WHAT.iter().find(|(_, kind, _, _)| *kind == job.kind);
        let share = job.data()["progress"].as_f64().unwrap_or_default();
        let progress = &job.progress;
        Self {
            id: job.id.to_string(),
            what: known.map_or("replay-all", |(_, _, text, _)| text),
            since: job.order.since,
            state: job.state,
            is_count: job.order.is_dry_run,
            is_counting: progress.phase == Phase::Counting,
            share: percent(share),
            matched: progress.matched,
            sent: progress.sent,
            skipped: progress.skipped.total(),
        }
    }

    fn is_running(&self) -> bool {
        self.state == JobState::Running
    }

    fn has_failed(&self) -> bool {
        self.state == JobState::Failed
    }

    fn is_canceled(&self) -> bool {
        self.state == JobState::Canceled
    }
}

/// A share in whole percent, and never 100 before the end.
fn percent(share: f64) -> u32 {
    let found = (0..=100_u32).rev();
    let mut found = found.filter(|percent| f64::from(*percent) <= share * 100.0);
    found.next().unwrap_or(0)
}

/// The account, if requests may be sent in it.
async fn sending(portal: &Portal, visitor: &Visitor, app: &str) -> Result<Account, Fault> {
    let account = visitor.account(portal, app).await?;
    visitor.check(Capability::CreateAttempts)?;
    if account.is_paused {
        return Err(Fault::NoPlan);
    }
    Ok(account)
}

async fn find_webhook(
    portal: &Portal,
    visitor: &Visitor,
    account: &Account,
    id: &str,
) -> Result<Webhook, Fault> {
    let endpoint = portal.service.endpoint(visitor.caller, &account.id, id);
    Ok(Webhook::of(&endpoint.await?))
}

/// The job of this id, if it is about this webhook.
async fn find_job(
    portal: &Portal,
    visitor: &Visitor,
    (account, webhook): (&Account, &Webhook),
    id: &str,
) -> Result<Job, Fault> {
    let job = portal.service.job(visitor.caller, id).await?;
    let is_own = job.order.application_id.as_ref() == Some(&account.id)
        && job.order.endpoint_id.as_ref() == Some(&webhook.id);
    if is_own { Ok(job) } else { Err(Fault::Missing) }
}

/// Asks what is to be sent again.
pub(crate) async fn ask(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path((app, id)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let account = sending(&portal, &visitor, &app).await?;
    let template = Ask {
        token: visitor.form_token(),
        once: once(&portal),
        webhook: find_webhook(&portal, &visitor, &account, &id).await?,
        account,
        tab: "webhooks",
        what: WHAT,
        spans: SPANS.map(|(value, ms)| (value, span(&visitor.page, ms))),
        page: visitor.page,
    };
    Ok(render(StatusCode::OK, &template))
}

/// Counts what is asked for, and sends nothing; or sends again what was counted.
pub(crate) async fn begin(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path((app, id)): Path<(String, String)>,
    form: Posted,
) -> Result<Response, Fault> {
    let account = sending(&portal, &visitor, &app).await?;
    if !visitor.has_sent(&form) {
        return Err(Fault::Elsewhere);
    }
    let webhook = find_webhook(&portal, &visitor, &account, &id).await?;
    let (kind, draft) = match form.one("counted") {
        "" => asked(&form, portal.service.now())?,
        counted => {
            let at = (&account, &webhook);
            let job = find_job(&portal, &visitor, at, counted).await?;
            let draft = ReplayDraft {
                since: job.order.since,
                until: Some(job.order.until),
                ..ReplayDraft::default()
            };
            (job.kind, draft)
        }
    };
    let dedup = visitor.dedup(&portal, &form)?;
    let at = (account.id.as_str(), webhook.id.as_str());
    let begun = portal
        .service
        .replay(visitor.caller, at, kind, draft, dedup);
    let job = begun.await?;
    Ok(to_task(&account, &webhook, &job.id.to_string()))
}

fn asked(form: &Posted, now: Millis) -> Result<(JobKind, ReplayDraft), Fault> {
    let what = form.one("what");
    let kind = WHAT.iter().find(|(value, _, _, _)| *value == what);
    let span = SPANS.iter().find(|(value, _)| *value == form.one("since"));
    // The page offers no others.
    let (kind, span) = kind.zip(span).ok_or(Fault::Missing)?;
    let draft = ReplayDraft {
        since: now - span.1,
        is_dry_run: true,
        ..ReplayDraft::default()
    };
    Ok((kind.1, draft))
}

/// How it stands.
pub(crate) async fn show(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path((app, id, task)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let account = visitor.account(&portal, &app).await?;
    let webhook = find_webhook(&portal, &visitor, &account, &id).await?;
    let job = find_job(&portal, &visitor, (&account, &webhook), &task).await?;
    let template = Progress {
        token: visitor.form_token(),
        once: once(&portal),
        may_send: visitor.may(Capability::CreateAttempts) && !account.is_paused,
        account,
        tab: "webhooks",
        webhook,
        task: Standing::of(&job),
        page: visitor.page,
    };
    Ok(render(StatusCode::OK, &template))
}

/// Stops it. What is on its way already arrives.
pub(crate) async fn cancel(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path((app, id, task)): Path<(String, String, String)>,
    form: Posted,
) -> Result<Response, Fault> {
    let account = sending(&portal, &visitor, &app).await?;
    if !visitor.has_sent(&form) {
        return Err(Fault::Elsewhere);
    }
    let webhook = find_webhook(&portal, &visitor, &account, &id).await?;
    let job = find_job(&portal, &visitor, (&account, &webhook), &task).await?;
    let job = job.id.to_string();
    match portal.service.cancel_job(visitor.caller, &job).await {
        // One that has ended meanwhile says so on its page.
        Ok(_) | Err(ServiceError::Conflict { .. }) => Ok(to_task(&account, &webhook, &job)),
        Err(error) => Err(error.into()),
    }
}

fn to_task(account: &Account, webhook: &Webhook, task: &str) -> Response {
    let to = format!(
        "/portal/{}/webhooks/{}/tasks/{task}",
        account.id, webhook.id
    );
    Redirect::to(&to).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_100_percent_only_at_the_end() {
        assert_eq!(percent(0.0), 0);
        assert_eq!(percent(0.999), 99);
        assert_eq!(percent(1.0), 100);
    }

    #[test]
    fn only_what_the_page_offers_is_counted() {
        let asked = |text: &str| asked(&Posted::parse(text.as_bytes()), 10 * HOUR_MS);
        let (kind, draft) = asked("what=failed&since=6").unwrap();
        assert_eq!((kind, draft.since), (JobKind::Recover, 4 * HOUR_MS));
        assert!(draft.is_dry_run);
        assert!(asked("what=purge&since=6").is_err());
        assert!(asked("what=all&since=1000").is_err());
    }
}
