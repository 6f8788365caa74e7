//! Jobs: asked for, looked at, stopped. What goes on with them is delivery's.

use tidings_domain::access::Principal;
use tidings_domain::audit::Action;
use tidings_domain::clock::Millis;
use tidings_domain::delivery::DeliveryState;
use tidings_domain::ids::JobId;
use tidings_domain::job::{Job, JobKind, JobOrder, JobState, RECOVER_FOR_MAX_MS, RUNNING_MAX};
use tidings_domain::names::check_event_type_name;
use tidings_store::target::Target;
use tidings_store::{Dedup, JobCreated, ListJobs, NewJob};

use crate::audit::Touched;
use crate::endpoints::check_channels;
use crate::error::{FieldProblem, Problems, ServiceError};
use crate::limits::{ENDPOINT_EVENT_TYPES_MAX, TAG_BYTES_MAX};
use crate::pages::wrong_iterator;
use crate::{Caller, Listed, PageQuery, Service};

const NOT_FOUND: ServiceError = ServiceError::NotFound {
    what: "background task",
};

/// Which messages an endpoint is to get again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReplayDraft {
    /// Messages accepted at or after.
    pub since: Millis,
    /// Messages accepted before; now, if not given.
    pub until: Option<Millis>,
    /// Whether it is only to be counted.
    pub is_dry_run: bool,
    /// Only these types; empty means all.
    pub event_types: Vec<String>,
    /// Only those on this channel.
    pub channel: Option<String>,
    /// Only those with this tag.
    pub tag: Option<String>,
    /// Only deliveries in one of these states; empty means all.
    pub states: Vec<DeliveryState>,
    /// Only those whose latest attempt was answered so: from the first up to, but without, the second.
    pub status_between: Option<(u16, u16)>,
}

impl ReplayDraft {
    fn check(&self, kind: JobKind, now: Millis) -> Result<(), ServiceError> {
        let mut problems = Problems::default();
        if self.since > now {
            let msg = "lies in the future, and no message has come since then";
            problems.push(FieldProblem::body("since", msg));
        } else if kind == JobKind::Recover && self.since < now - RECOVER_FOR_MAX_MS {
            let msg = "may be at most 14 days ago";
            problems.push(FieldProblem::body("since", msg));
        }
        if self.until.is_some_and(|until| until <= self.since) {
            problems.push(FieldProblem::body("until", "must come after `since`"));
        }
        if self.event_types.len() > ENDPOINT_EVENT_TYPES_MAX {
            let msg = format!("may have at most {ENDPOINT_EVENT_TYPES_MAX}");
            problems.push(FieldProblem::body("eventTypes", msg));
        }
        for name in &self.event_types {
            problems.check("eventTypes", check_event_type_name(name));
        }
        if let Some(channel) = &self.channel {
            let since = problems.count();
            check_channels(std::slice::from_ref(channel), &mut problems);
            problems.rename(since, "channel");
        }
        if let Some(tag) = &self.tag
            && !(1..=TAG_BYTES_MAX).contains(&tag.len())
        {
            let msg = format!("has 1 to {TAG_BYTES_MAX} bytes");
            problems.push(FieldProblem::body("tag", msg));
        }
        problems.finish()
    }

    fn order(self, target: &Target, now: Millis) -> JobOrder {
        JobOrder {
            since: self.since,
            until: self.until.map_or(now, |until| until.min(now)),
            is_dry_run: self.is_dry_run,
            application_id: Some(target.application.to_string()),
            endpoint_id: Some(target.endpoint.id.to_string()),
            event_types: self.event_types,
            channel: self.channel,
            tag: self.tag,
            states: self.states,
            status_between: self.status_between,
            applications: None,
        }
    }
}

/// What a list of jobs is filtered by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// Only those that stand so; empty means all.
    pub states: Vec<JobState>,
    /// Only those that do this.
    pub kind: Option<JobKind>,
}

impl Service {
    /// Asks for messages to be sent again to an endpoint.
    pub async fn replay(
        &self,
        caller: Caller,
        (application, endpoint): (&str, &str),
        kind: JobKind,
        draft: ReplayDraft,
        dedup: Option<Dedup>,
    ) -> Result<Job, ServiceError> {
        let (view, target) = self.target(caller, application, endpoint).await?;
        // The messages of this very millisecond have come by then.
        let now = self.now() + 1;
        draft.check(kind, now)?;
        if target.endpoint.is_off() {
            return Err(ServiceError::Refused {
                code: "endpoint_disabled",
                detail: "the endpoint is disabled; enable it first".to_owned(),
            });
        }
        self.check_has_webhooks(caller, application).await?;
        let new = NewJob {
            environment: caller.environment,
            application: view.ordinal(),
            endpoint: target.ordinal(),
            kind,
            order: draft.order(&target, now),
            running_max: RUNNING_MAX,
            created_at: now - 1,
            seq: self.entropy.id_tail(),
            tail: self.entropy.id_tail(),
        };
        let touched = Touched::of(view.application.id);
        self.create_job(caller, touched, (new, dedup)).await
    }

    /// Asks for the payloads of all messages that an application has by now to be taken away.
    pub async fn expunge_all(
        &self,
        caller: Caller,
        application: &str,
        dedup: Option<Dedup>,
    ) -> Result<Job, ServiceError> {
        let view = self.view(caller, application).await?;
        let now = self.now();
        let new = NewJob {
            environment: caller.environment,
            application: view.ordinal(),
            endpoint: 0,
            kind: JobKind::Purge,
            order: JobOrder {
                until: now + 1,
                application_id: Some(view.application.id.to_string()),
                ..JobOrder::default()
            },
            running_max: RUNNING_MAX,
            created_at: now,
            seq: self.entropy.id_tail(),
            tail: self.entropy.id_tail(),
        };
        let touched = Touched::of(view.application.id);
        self.create_job(caller, touched, (new, dedup)).await
    }

    pub(crate) async fn create_job(
        &self,
        caller: Caller,
        touched: Touched,
        (new, dedup): (NewJob, Option<Dedup>),
    ) -> Result<Job, ServiceError> {
        let store = self
            .noting(caller, Action::BackgroundTaskCreate, touched)
            .await?;
        match store.create_job(new, dedup).await? {
            JobCreated::Done(job) | JobCreated::Replayed(Some(job)) => Ok(job),
            JobCreated::Replayed(None) => Err(NOT_FOUND),
            JobCreated::KeyReused => Err(ServiceError::key_reused()),
            JobCreated::TooMany => Err(ServiceError::Conflict {
                code: "too_many_tasks",
                detail: format!(
                    "{RUNNING_MAX} background tasks are running here already; wait for one to end, or cancel one"
                ),
            }),
        }
    }

    /// The job of this id. Who acts in one application is shown those of that application.
    pub async fn job(&self, caller: Caller, id: &str) -> Result<Job, ServiceError> {
        let id = id.parse().map_err(|_| NOT_FOUND)?;
        let found = self.store.job(caller.environment, id).await?;
        let own = own_application(caller);
        let is_shown = |job: &Job| own.is_none_or(|own| job.application == own);
        found.filter(is_shown).ok_or(NOT_FOUND)
    }

    /// One page of the jobs of an environment, or of the application in which the caller acts.
    pub async fn jobs(
        &self,
        caller: Caller,
        filter: JobFilter,
        query: &PageQuery,
    ) -> Result<Listed<Job>, ServiceError> {
        let after: Option<JobId> = match &query.cursor {
            None => None,
            Some(cursor) => Some(cursor.id.parse().map_err(|_| wrong_iterator())?),
        };
        let list = ListJobs {
            environment: caller.environment,
            application: own_application(caller),
            order: query.reading_order(),
            after,
            limit: query.limit + 1,
            states: filter.states,
            kind: filter.kind,
        };
        let jobs = self.store.jobs(list).await?;
        Ok(query.finish(jobs, |job| job.id.to_string()))
    }

    /// Stops a job; one that was stopped before stays so. Who acts in one application may stop what it could have
    /// asked for: what sends again.
    pub async fn cancel_job(&self, caller: Caller, id: &str) -> Result<Job, ServiceError> {
        let known = self.job(caller, id).await?;
        if own_application(caller).is_some() && known.endpoint == 0 {
            return Err(ServiceError::Forbidden {
                code: "forbidden",
                detail: "this background task is the product's; it takes an API key of the environment to cancel it"
                    .to_owned(),
            });
        }
        let id = known.id;
        let store = match known.state {
            JobState::Running => {
                let action = Action::BackgroundTaskCancel;
                self.noting(caller, action, Touched::new()).await?
            }
            _ => self.store.clone(), // nothing will change
        };
        let canceled = store.cancel_job(caller.environment, id, self.now()).await?;
        let job = canceled.ok_or(NOT_FOUND)?;
        if job.state == JobState::Canceled {
            return Ok(job);
        }
        Err(ServiceError::Conflict {
            code: "task_ended",
            detail: format!("the background task has {} already", job.state.as_str()),
        })
    }
}

/// The application in which the caller acts, by number, if it is one only.
fn own_application(caller: Caller) -> Option<i64> {
    match caller.principal {
        Principal::Environment(_) => None,
        Principal::Application(ordinal, _) => Some(ordinal),
    }
}
