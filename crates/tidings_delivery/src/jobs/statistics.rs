//! Jobs that find something out: how much applications have sent, and of which event types.
//!
//! First the applications are counted, then the messages of each are read in their order. A step reads a
//! bounded number of messages, and what it has found out is written along with the place that it has
//! reached, so that nothing is counted twice whoever goes on.

use tidings_domain::application::Application;
use tidings_domain::ids::{IdParts, MessageId};
use tidings_domain::job::usage::{Counts, Usage};
use tidings_domain::job::{Job, JobKind, JobState, Phase, STEP_MESSAGES_MAX};
use tidings_store::{CountDeliveries, ListMessages, Order, PageRequest, SCAN_ROWS_MAX, StoreError};

use super::{Stepped, advance};
use crate::shared::Shared;

/// After so many messages a step ends.
const MESSAGES_MAX: usize = 2_000;
/// Messages for so many endpoints together are looked up at a time.
const DELIVERIES_MAX: usize = 5_000;
/// How many applications a step sees to at most.
const APPLICATIONS_MAX: usize = 50;
/// How many applications are counted in a step.
const COUNTED_MAX: usize = 1_000;

pub(super) async fn step(shared: &Shared, job: Job) -> Result<Stepped, StoreError> {
    match job.progress.phase {
        Phase::Counting => count(shared, job).await,
        Phase::Working => work(shared, job).await,
    }
}

/// Counts applications; there may be more of them by the time that they are read.
async fn count(shared: &Shared, mut job: Job) -> Result<Stepped, StoreError> {
    let mut usage = job.progress.usage.take().unwrap_or_default();
    let (counted, is_done) = if let Some(asked) = &job.order.applications {
        (asked.len(), true)
    } else {
        let found = listed(shared, &job, usage.application, COUNTED_MAX).await?;
        if let Some(last) = found.last() {
            usage.application = last.id.seq();
        }
        (found.len(), found.len() < COUNTED_MAX)
    };
    job.progress.matched += counted as u64;
    let mut state = JobState::Running;
    if is_done && job.progress.matched == 0 {
        state = JobState::Finished;
    } else if is_done {
        usage.application = 0;
        job.progress.begin_working(shared.clock.now_ms());
    }
    job.progress.usage = Some(usage);
    advance(shared, job, state, Vec::new()).await
}

async fn listed(
    shared: &Shared,
    job: &Job,
    after: i64,
    limit: usize,
) -> Result<Vec<Application>, StoreError> {
    let page = PageRequest {
        order: Order::Ascending,
        after: Some(after),
        limit,
    };
    shared.store.applications(job.environment, page).await
}

/// The next applications by number; none in the place of one that is gone.
async fn upcoming(
    shared: &Shared,
    job: &Job,
    after: i64,
) -> Result<Vec<(i64, Option<Application>)>, StoreError> {
    let Some(asked) = &job.order.applications else {
        let found = listed(shared, job, after, APPLICATIONS_MAX).await?;
        let found = found.into_iter();
        return Ok(found.map(|row| (row.id.seq(), Some(row))).collect());
    };
    let mut found = Vec::new();
    let left = asked.iter().filter(|ordinal| **ordinal > after);
    for &ordinal in left.take(APPLICATIONS_MAX) {
        let row = shared.store.application_by_ordinal(ordinal).await?;
        found.push((ordinal, row));
    }
    Ok(found)
}

/// Reads on where the last step has ended.
async fn work(shared: &Shared, mut job: Job) -> Result<Stepped, StoreError> {
    let mut usage = job.progress.usage.take().unwrap_or_default();
    // The application that it is within comes first, if it is still there.
    let within = job.progress.place().is_some();
    let after = usage.application - i64::from(within);
    let applications = upcoming(shared, &job, after).await?;
    let mut is_done = applications.len() < APPLICATIONS_MAX;
    let mut left = MESSAGES_MAX;
    for (ordinal, application) in applications {
        if left == 0 {
            is_done = false;
            break;
        }
        if usage.application != ordinal {
            usage.application = ordinal;
            usage.current = Counts::default();
            job.progress.cursor = None;
        }
        let Some(application) = application else {
            job.progress.sent += 1;
            continue;
        };
        while left > 0 {
            let read = read(shared, &mut job, &mut usage).await?;
            left = left.saturating_sub(read);
            if job.progress.cursor.is_none() {
                usage.close_application(application.id.to_string(), application.uid.clone());
                job.progress.sent += 1;
                break;
            }
        }
        is_done &= job.progress.cursor.is_none();
    }
    job.progress.usage = Some(usage);
    let state = if is_done {
        JobState::Finished
    } else {
        JobState::Running
    };
    advance(shared, job, state, Vec::new()).await
}

/// Reads some messages of the application that it is at, and moves the place. Gives how many messages that
/// was as good as.
async fn read(shared: &Shared, job: &mut Job, usage: &mut Usage) -> Result<usize, StoreError> {
    let list = ListMessages {
        application: usage.application,
        order: Order::Ascending,
        after: job.progress.place().map(MessageId::parts),
        limit: STEP_MESSAGES_MAX,
        read_max: SCAN_ROWS_MAX,
        channel: None,
        tag: None,
        event_types: Vec::new(),
        from: Some(job.order.since),
        to: Some(job.order.until),
        with_payload: false,
    };
    let page = shared.store.messages(list).await?;
    let (mut next, mut messages) = (page.next, page.rows);
    // Those outside of the span have been read as well, as many as one read may.
    let mut read = if messages.is_empty() && next.is_some() {
        MESSAGES_MAX
    } else {
        messages.len()
    };
    if job.kind == JobKind::EventTypeStats {
        for message in &messages {
            usage.add_event_type(&message.event_type, message.id.at_ms());
        }
    } else {
        let mut targets = 0;
        let fits = messages.iter().take_while(|message| {
            let is_room = targets < DELIVERIES_MAX;
            targets += message.targets.len();
            is_room
        });
        let fits = fits.count();
        if fits < messages.len() {
            messages.truncate(fits);
            next = messages.last().map(|message| message.id.parts());
            read = MESSAGES_MAX;
        }
        let of = CountDeliveries {
            application: usage.application,
            messages: messages.iter().map(|message| message.id).collect(),
        };
        let counts = shared.store.delivery_counts(of).await?;
        usage.current.success += counts.success;
        usage.current.fail += counts.fail;
        usage.current.attempts += counts.attempts;
    }
    usage.current.messages += messages.len() as u64;
    job.progress.read += messages.len() as u64;
    let place = next.map(|place: IdParts| MessageId::from_parts(place).to_string());
    job.progress.cursor = place;
    Ok(read)
}
