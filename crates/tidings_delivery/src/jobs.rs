//! Goes on with the jobs in this node's slots, a step of each in turn.
//!
//! A step reads some messages and writes, in one transaction, what is owed of them and how far the job
//! has come. So whoever goes on, after a crash or on another node, begins where the last step ended. The
//! loop takes no orders: a new job only makes it look sooner.

mod statistics;

use std::sync::Arc;
use std::time::Duration;

use tidings_domain::ids::MessageId;
use tidings_domain::job::{Job, JobKind, JobState, Phase, STEP_MESSAGES_MAX, Verdict, judge};
use tidings_domain::message::MessageKey;
use tidings_domain::operational::OperationalEventType;
use tidings_store::target::Target;
use tidings_store::{
    Advanced, Candidate, Creditor, JobStep, ListCandidates, Page, StoreError, faults,
};
use tokio_util::sync::CancellationToken;

use crate::shared::Shared;

/// How often jobs are looked for that nobody told of, and those that wait are looked at again.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How many jobs go on at a time, a step each.
const JOBS_AT_ONCE: usize = 64;
/// How many payloads are taken away in one commit: few enough that those in the same commit do not notice.
const PURGED_AT_ONCE: usize = 100;

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stepped {
    /// The job came on.
    On,
    /// It has to wait.
    Waits,
}

/// Runs until told to stop.
pub(crate) async fn run(shared: Arc<Shared>, stop: CancellationToken) {
    loop {
        let has_come_on = match round(&shared, &stop).await {
            Ok(has_come_on) => has_come_on,
            Err(error) => {
                tracing::warn!("Jobs could not go on, it will be tried again: {error}");
                false
            }
        };
        if stop.is_cancelled() {
            return;
        }
        if has_come_on {
            tokio::task::yield_now().await;
            continue;
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = shared.asked.notified() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

/// A step of each job. True if one came on.
async fn round(shared: &Shared, stop: &CancellationToken) -> Result<bool, StoreError> {
    let mut has_come_on = false;
    for job in shared.store.running_jobs(JOBS_AT_ONCE).await? {
        if stop.is_cancelled() {
            break;
        }
        has_come_on |= step(shared, job).await? == Stepped::On;
    }
    Ok(has_come_on)
}

async fn step(shared: &Shared, job: Job) -> Result<Stepped, StoreError> {
    match job.kind {
        JobKind::ReplayMissing | JobKind::Recover | JobKind::BulkReplay => {
            replay(shared, job).await
        }
        JobKind::Purge => purge(shared, job).await,
        JobKind::ApplicationStats | JobKind::EventTypeStats => statistics::step(shared, job).await,
    }
}

/// A step of a job that sends messages again.
async fn replay(shared: &Shared, job: Job) -> Result<Stepped, StoreError> {
    let Some(target) = shared.directory.target(job.endpoint).await? else {
        return fail(shared, job, "endpoint_deleted").await;
    };
    if target.endpoint.is_off() {
        return fail(shared, job, "endpoint_disabled").await;
    }
    let is_sending = job.progress.phase == Phase::Working;
    let mut limit = STEP_MESSAGES_MAX;
    if is_sending {
        let (room, waits_for) = room(shared, &job, &target).await?;
        if room == 0 {
            return wait(shared, job, waits_for).await;
        }
        limit = limit.min(room);
    }
    let page = read(shared, &job, Some(&target), limit).await?;
    come_on(shared, job, Some(&target), page).await
}

/// A step of a job that takes payloads away.
async fn purge(shared: &Shared, job: Job) -> Result<Stepped, StoreError> {
    let limit = match job.progress.phase {
        Phase::Counting => STEP_MESSAGES_MAX,
        Phase::Working => PURGED_AT_ONCE,
    };
    let page = read(shared, &job, None, limit).await?;
    come_on(shared, job, None, page).await
}

/// Does to the messages of a page what the job is for.
async fn come_on(
    shared: &Shared,
    mut job: Job,
    target: Option<&Target>,
    page: Page<Candidate>,
) -> Result<Stepped, StoreError> {
    let is_working = job.progress.phase == Phase::Working;
    let messages = look(&mut job, target, &page);
    job.progress.waits_for = None;
    let place = page.next.map(MessageId::from_parts);
    job.progress.cursor = place.map(|place| place.to_string());
    let mut state = JobState::Running;
    if page.next.is_none() {
        if is_working || job.order.is_dry_run || job.progress.matched == 0 {
            state = JobState::Finished;
        } else {
            job.progress.begin_working(shared.clock.now_ms());
        }
    }
    advance(shared, job, state, messages).await
}

/// How many deliveries may be owed now, and what for it has to wait if there is room for none.
async fn room(
    shared: &Shared,
    job: &Job,
    target: &Target,
) -> Result<(usize, &'static str), StoreError> {
    if target.is_paused {
        return Ok((0, "plan"));
    }
    let creditor = Creditor {
        slot: shared.store.slot_of(job.application),
        endpoint: job.endpoint,
    };
    let most = shared.settings.replay_pending_max;
    let owed = shared.store.replays_owed(creditor, most).await?;
    Ok((most.saturating_sub(owed), "deliveries"))
}

async fn read(
    shared: &Shared,
    job: &Job,
    target: Option<&Target>,
    limit: usize,
) -> Result<Page<Candidate>, StoreError> {
    let list = ListCandidates {
        application: job.application,
        endpoint: job.endpoint,
        after: job.progress.place().map(MessageId::parts),
        from: job.order.since,
        to: job.order.until,
        limit,
        with_payload: job.kind == JobKind::ReplayMissing
            && target.is_some_and(|target| target.filter.is_some()),
    };
    shared.store.candidates(list).await
}

/// Counts what was read. Gives what is to be sent, if the job is at that.
fn look(job: &mut Job, target: Option<&Target>, page: &Page<Candidate>) -> Vec<MessageKey> {
    let is_sending = job.progress.phase == Phase::Working;
    let mut messages = Vec::new();
    for candidate in &page.rows {
        job.progress.read += 1;
        let verdict = verdict(job, target, candidate);
        if verdict == Verdict::Other {
            continue;
        }
        let progress = &mut job.progress;
        if !is_sending {
            progress.matched += 1;
        }
        match verdict {
            Verdict::Send if is_sending => {
                progress.sent += 1;
                messages.push(candidate.message.key());
            }
            Verdict::Send | Verdict::Other => {}
            Verdict::Owed => progress.skipped.owed += 1,
            Verdict::Expunged => progress.skipped.expunged += 1,
            Verdict::Poison => progress.skipped.poison += 1,
        }
    }
    messages
}

fn verdict(job: &Job, target: Option<&Target>, candidate: &Candidate) -> Verdict {
    let (order, message) = (&job.order, &candidate.message);
    let has = |words: &[String], wanted: &Option<String>| {
        wanted.as_ref().is_none_or(|wanted| words.contains(wanted))
    };
    let is_about = (order.event_types.is_empty()
        || order.event_types.contains(&message.event_type))
        && has(&message.channels, &order.channel)
        && has(&message.tags, &order.tag);
    // What was made for one endpoint is missed by nobody else.
    let is_of_another = job.kind == JobKind::ReplayMissing && message.is_aside();
    if !is_about || is_of_another {
        return Verdict::Other;
    }
    let trace = candidate.trace.as_ref();
    judge(job.kind, order, trace, candidate.has_payload, || {
        target.is_some_and(|target| target.wants(message))
    })
}

/// Notes what a job waits for, once.
async fn wait(shared: &Shared, mut job: Job, waits_for: &str) -> Result<Stepped, StoreError> {
    if job.progress.waits_for.as_deref() != Some(waits_for) {
        job.progress.waits_for = Some(waits_for.to_owned());
        advance(shared, job, JobState::Running, Vec::new()).await?;
    }
    Ok(Stepped::Waits)
}

async fn fail(shared: &Shared, mut job: Job, why: &str) -> Result<Stepped, StoreError> {
    job.progress.error = Some(why.to_owned());
    advance(shared, job, JobState::Failed, Vec::new()).await
}

async fn advance(
    shared: &Shared,
    job: Job,
    state: JobState,
    messages: Vec<MessageKey>,
) -> Result<Stepped, StoreError> {
    let id = job.id;
    let is_told = state != JobState::Running && {
        let told = shared.directory.told_events(job.environment).await?;
        told.contains(OperationalEventType::BackgroundTaskFinished)
    };
    let step = JobStep {
        job,
        state,
        messages,
        is_told,
        now: shared.clock.now_ms(),
    };
    let advanced = shared.store.advance_job(step).await?;
    if let Advanced::Done(job) = &advanced
        && job.finished_at.is_some()
    {
        tracing::info!(
            job.id = %id,
            "The job {} has ended: {}",
            job.kind.as_str(),
            job.state.as_str()
        );
    }
    faults::pass(faults::AFTER_JOB_STEP);
    Ok(match advanced {
        Advanced::Done(_) => Stepped::On,
        Advanced::Changed => Stepped::Waits, // and it is read again
    })
}
