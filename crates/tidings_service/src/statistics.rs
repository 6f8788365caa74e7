//! Statistics of usage, found out by jobs: what applications have sent, and of which event types.

use tidings_domain::clock::Millis;
use tidings_domain::job::usage::APPLICATION_ROWS_MAX;
use tidings_domain::job::{Job, JobKind, JobOrder, RUNNING_MAX};
use tidings_store::{Dedup, NewJob};

use crate::audit::Touched;
use crate::error::{FieldProblem, Problems, ServiceError};
use crate::{Caller, Service};

/// How far back event types are counted if nothing else is said: 30 days.
const EVENT_TYPES_FOR_MS: Millis = 30 * 24 * 60 * 60 * 1000;

/// Whose usage is wanted, and of which span.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsageDraft {
    /// Messages accepted at or after.
    pub since: Millis,
    /// Messages accepted before.
    pub until: Millis,
    /// Only these applications, by id or uid; empty means all.
    pub applications: Vec<String>,
}

/// A job that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct UsageStarted {
    /// The job.
    pub job: Job,
    /// The names that stand for no application.
    pub unresolved: Vec<String>,
}

impl Service {
    /// Asks for what applications have sent in a span of time.
    pub async fn application_usage(
        &self,
        caller: Caller,
        draft: UsageDraft,
        dedup: Option<Dedup>,
    ) -> Result<UsageStarted, ServiceError> {
        let now = self.now();
        let mut problems = check_span(draft.since, Some(draft.until), now);
        if draft.applications.len() > APPLICATION_ROWS_MAX {
            let msg = format!("may have at most {APPLICATION_ROWS_MAX}; ask for the others apart");
            problems.push(FieldProblem::body("appIds", msg));
        }
        problems.finish()?;
        let (mut found, mut unresolved) = (Vec::new(), Vec::new());
        for name in draft.applications {
            match self.bare_application(caller, &name).await {
                Ok(application) => found.push(application.id.seq()),
                Err(ServiceError::NotFound { .. }) => unresolved.push(name),
                Err(error) => return Err(error),
            }
        }
        if found.is_empty() && !unresolved.is_empty() {
            let msg = "names no application that is there";
            return Err(ServiceError::invalid(FieldProblem::body("appIds", msg)));
        }
        found.sort_unstable();
        found.dedup();
        let order = JobOrder {
            since: draft.since,
            until: draft.until.min(now + 1),
            applications: Some(found).filter(|found| !found.is_empty()),
            ..JobOrder::default()
        };
        let job = self.find_out(caller, JobKind::ApplicationStats, order, dedup);
        Ok(UsageStarted {
            job: job.await?,
            unresolved,
        })
    }

    /// Asks for how many messages of each event type there were in a span of time: the last 30 days, if it is
    /// not given.
    pub async fn event_type_usage(
        &self,
        caller: Caller,
        (since, until): (Option<Millis>, Option<Millis>),
    ) -> Result<Job, ServiceError> {
        let now = self.now();
        let end = until.map_or(now + 1, |until| until.min(now + 1));
        let since = since.unwrap_or(end - EVENT_TYPES_FOR_MS);
        check_span(since, until, now).finish()?;
        let order = JobOrder {
            since,
            until: end,
            ..JobOrder::default()
        };
        self.find_out(caller, JobKind::EventTypeStats, order, None)
            .await
    }

    async fn find_out(
        &self,
        caller: Caller,
        kind: JobKind,
        order: JobOrder,
        dedup: Option<Dedup>,
    ) -> Result<Job, ServiceError> {
        let new = NewJob {
            environment: caller.environment,
            application: 0,
            endpoint: 0,
            kind,
            order,
            running_max: RUNNING_MAX,
            created_at: self.now(),
            seq: self.entropy.id_tail(),
            tail: self.entropy.id_tail(),
        };
        self.create_job(caller, Touched::new(), (new, dedup)).await
    }
}

fn check_span(since: Millis, until: Option<Millis>, now: Millis) -> Problems {
    let mut problems = Problems::default();
    if since > now {
        let msg = "lies in the future, and no message has come since then";
        problems.push(FieldProblem::body("since", msg));
    }
    if until.is_some_and(|until| until <= since) {
        problems.push(FieldProblem::body("until", "must come after `since`"));
    }
    problems
}
