//! What happens every so often: caches learn of changes, what waits too long is written down, what is
//! owed to nobody is canceled, old idempotency keys go, and so do payloads whose own time is up and what
//! inboxes have kept long enough.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tidings_domain::clock::Millis;
use tidings_domain::delivery::PendingReason;
use tidings_domain::inbox::KEPT_FOR_MS;
use tidings_domain::job;
use tidings_domain::message::Message;
use tidings_domain::session;
use tidings_store::{Hold, Owed, StoreError};
use tokio_util::sync::CancellationToken;

use crate::lane::{Lane, Work};
use crate::shared::Shared;

/// Configuration changes made by other processes are noticed this often.
const REFRESH_EVERY: Duration = Duration::from_millis(500);
/// Lanes are looked through this often, or twice within the time that a delivery may wait in one.
const LANES_EVERY_MAX: Duration = Duration::from_secs(5);
/// What is owed to nobody, or for too long, is looked for this often.
const STALE_EVERY: Duration = Duration::from_mins(1);
/// How many deliveries are canceled in one commit.
const CANCEL_AT_ONCE: usize = 1_000;
/// How many payloads are taken away in one commit, each with what is owed of it.
const EXPIRE_AT_ONCE: usize = 100;
/// How many rows of records of deleted applications are removed in one commit.
const RECORDS_AT_ONCE: usize = 1_000;
/// How many jobs that have ended are removed in one commit.
const JOBS_AT_ONCE: usize = 1_000;
/// How many portal sessions that have ended are removed in one commit.
const SESSIONS_AT_ONCE: usize = 1_000;
/// How many idempotency keys are looked at in one commit.
const SWEEP_AT_ONCE: usize = 1_000;
/// While at least so many of them have run out, the sweep goes on, but for so many commits at most. So
/// it keeps up with 10,000 keys a second and does next to nothing where there are few.
const SWEEP_WORTH_IT: usize = SWEEP_AT_ONCE / 10;
const SWEEPS_COUNT_MAX: usize = 250;

/// Runs until told to stop.
pub(crate) async fn run(shared: Arc<Shared>, stop: CancellationToken) {
    let (mut lanes_at, mut stale_at) = (Instant::now(), Instant::now());
    let lanes_every = (shared.settings.queued_for_max / 2).min(LANES_EVERY_MAX);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = shared.changed.notified() => {}
            () = tokio::time::sleep(REFRESH_EVERY) => {}
        }
        log(shared.directory.refresh().await);
        if lanes_at.elapsed() >= lanes_every {
            lanes_at = Instant::now();
            log(spill(
                &shared,
                shared.settings.queued_for_max,
                PendingReason::Spilled,
            )
            .await);
            shared.forget_idle_lanes();
            shared.rates.forget_idle();
            log(sweep(&shared).await);
            log(expire_payloads(&shared).await);
        }
        if stale_at.elapsed() >= STALE_EVERY {
            stale_at = Instant::now();
            log(cancel_stale(&shared).await);
            log(sweep_records(&shared).await);
            log(sweep_inboxes(&shared).await);
            log(sweep_jobs(&shared).await);
            log(sweep_sessions(&shared).await);
        }
    }
}

fn log(result: Result<(), StoreError>) {
    if let Err(error) = result {
        tracing::warn!("Upkeep could not do its work, it will be tried again: {error}");
    }
}

/// Cancels what is owed to endpoints that are off or for too long, a part at a time.
pub(crate) async fn cancel_stale(shared: &Shared) -> Result<(), StoreError> {
    while shared
        .store
        .cancel_stale(shared.clock.now_ms(), CANCEL_AT_ONCE)
        .await?
        == CANCEL_AT_ONCE
    {
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// Removes what is left of the records of deleted applications.
async fn sweep_records(shared: &Shared) -> Result<(), StoreError> {
    while shared.store.sweep_records(RECORDS_AT_ONCE).await? > 0 {
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// Takes away payloads that were to be kept for less long than their messages.
async fn expire_payloads(shared: &Shared) -> Result<(), StoreError> {
    while !shared.is_draining() {
        let now = shared.clock.now_ms();
        if shared.store.expire_payloads(now, EXPIRE_AT_ONCE).await? < EXPIRE_AT_ONCE {
            break;
        }
        tokio::task::yield_now().await;
    }
    Ok(())
}

async fn sweep(shared: &Shared) -> Result<(), StoreError> {
    for _ in 0..SWEEPS_COUNT_MAX {
        let now = shared.clock.now_ms();
        if shared.store.sweep_dedup(now, SWEEP_AT_ONCE).await? < SWEEP_WORTH_IT {
            break;
        }
    }
    Ok(())
}

/// Removes what inboxes have kept for long enough, a part at a time.
async fn sweep_inboxes(shared: &Shared) -> Result<(), StoreError> {
    let before = shared.clock.now_ms() - KEPT_FOR_MS;
    while !shared.is_draining() && shared.store.sweep_inboxes(before).await? > 0 {
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// Removes portal sessions that have ended long enough ago, a part at a time.
async fn sweep_sessions(shared: &Shared) -> Result<(), StoreError> {
    let before = shared.clock.now_ms() - session::ENDED_KEPT_FOR_MS;
    while shared
        .store
        .sweep_sessions(before, SESSIONS_AT_ONCE)
        .await?
        == SESSIONS_AT_ONCE
    {
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// Removes jobs that have ended long enough ago, a part at a time.
async fn sweep_jobs(shared: &Shared) -> Result<(), StoreError> {
    let before = shared.clock.now_ms() - job::KEPT_FOR_MS;
    while shared.store.sweep_jobs(before, JOBS_AT_ONCE).await? == JOBS_AT_ONCE {
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// Writes down what has waited in memory for so long, so that the journal's mark can move on.
pub(crate) async fn spill(
    shared: &Arc<Shared>,
    older_than: Duration,
    reason: PendingReason,
) -> Result<(), StoreError> {
    let mut result = Ok(());
    for lane in shared.all_lanes() {
        if let Err(error) = spill_from(shared, &lane, older_than, reason).await {
            result = Err(error);
        }
    }
    result
}

/// Writes down everything that waits in one lane.
pub(crate) async fn spill_lane(shared: &Arc<Shared>, lane: &Arc<Lane>) -> Result<(), StoreError> {
    spill_from(shared, lane, Duration::ZERO, PendingReason::Spilled).await
}

async fn spill_from(
    shared: &Arc<Shared>,
    lane: &Arc<Lane>,
    older_than: Duration,
    reason: PendingReason,
) -> Result<(), StoreError> {
    let now = shared.clock.now_ms();
    let works = lane.take_queued(older_than);
    if works.is_empty() {
        return Ok(());
    }
    let deliveries = works
        .iter()
        .map(|work| owed_of(work, lane, now, reason))
        .collect();
    if let Err(error) = shared.store.owe(deliveries).await {
        // Still only in memory: back to the lane, for the next time.
        for work in works {
            lane.push(shared, work);
        }
        return Err(error);
    }
    drop(works);
    shared.due.note(lane.creditor, now);
    Ok(())
}

fn owed_of(work: &Work, lane: &Lane, now: Millis, reason: PendingReason) -> Owed {
    Owed {
        message: work.message_key(),
        endpoint: lane.creditor.endpoint,
        due_at: now,
        reason,
        hold: work.hold(),
    }
}

pub(crate) fn owed(message: &Message, endpoint: i64, due_at: Millis, hold: Hold) -> Owed {
    Owed {
        message: message.key(),
        endpoint,
        due_at,
        reason: PendingReason::Spilled,
        hold,
    }
}
