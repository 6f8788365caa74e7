//! Brings what is owed back into memory when it is due.
//!
//! The loop takes no input but the clock and the store: hand-overs and settlements only make it look
//! sooner. The rows stay where they are until their settlement clears or moves them.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tidings_domain::clock::Millis;
use tidings_domain::message::MessageKey;
use tidings_store::{Creditor, Due, StoreError};
use tokio_util::sync::CancellationToken;

use crate::lane::{Lane, Taken};
use crate::line;
use crate::shared::Shared;

/// How many endpoints are looked at before the loop looks at the clock again.
const ENDPOINTS_AT_ONCE: usize = 64;
/// How many rows are read at once.
pub(crate) const ROWS_AT_ONCE: usize = 256;
/// What was missed, a fallback finds: every endpoint that is owed something is read again so often.
const READ_ALL_EVERY: Duration = Duration::from_mins(1);
/// And so often where other nodes owe what this one is to send: they tell, but may not be heard.
const READ_ALL_OF_OTHERS_EVERY: Duration = Duration::from_secs(5);

/// An endpoint whose application's plan has no webhooks is looked at again so often, in memory only.
const PAUSED_LOOK_EVERY_MS: Millis = 5_000;

/// What one round did.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Round {
    pub(crate) endpoints: usize,
    pub(crate) rows: usize,
}

/// Runs until told to stop.
pub(crate) async fn run(shared: Arc<Shared>, stop: CancellationToken) {
    loop {
        if let Err(error) = read_all(&shared).await {
            tracing::warn!("What is owed could not be read, it will be tried again: {error}");
        }
        let read_again = tokio::time::sleep(read_all_every(&shared));
        tokio::pin!(read_again);
        loop {
            tick(&shared).await;
            tokio::select! {
                () = stop.cancelled() => return,
                () = &mut read_again => break,
                () = shared.gained.notified() => break,
                () = shared.due.sooner() => {}
                () = tokio::time::sleep(until_next(&shared)) => {}
            }
        }
    }
}

fn read_all_every(shared: &Shared) -> Duration {
    match shared.nodes_count.load(Ordering::Relaxed) {
        0 | 1 => READ_ALL_EVERY,
        _ => READ_ALL_OF_OTHERS_EVERY,
    }
}

fn until_next(shared: &Shared) -> Duration {
    let wait = |next_at: Millis| next_at.saturating_sub(shared.clock.now_ms()).max(0);
    let wait_ms = shared.due.next_at().map_or(60_000, wait).min(60_000);
    Duration::from_millis(wait_ms.unsigned_abs())
}

/// Learns from the store which endpoints are owed something.
async fn read_all(shared: &Arc<Shared>) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let creditors = shared.store.due_endpoints(after, ROWS_AT_ONCE).await?;
        let Some((last, _)) = creditors.last() else {
            return line::read_all(shared).await;
        };
        after = Some(*last);
        for (creditor, due_at) in creditors {
            shared.due.note(creditor, due_at);
        }
    }
}

/// One round: takes what is due into the lanes, as far as there is room.
pub(crate) async fn tick(shared: &Arc<Shared>) -> Round {
    let mut round = Round::default();
    loop {
        let now = shared.clock.now_ms();
        let due = shared.due.take_due(now, ENDPOINTS_AT_ONCE);
        if due.is_empty() || shared.is_draining() {
            return round;
        }
        round.endpoints += due.len();
        for creditor in due {
            if !shared.store.owns(creditor.slot) {
                continue; // another node sees to it by now
            }
            let result = if creditor.is_fan_out() {
                expand(shared, creditor, now).await
            } else {
                take(shared, creditor, now).await
            };
            match result {
                Ok(rows) => round.rows += rows,
                Err(error) => {
                    tracing::warn!(
                        "What is due could not be read, it will be tried again: {error}"
                    );
                    shared.due.note(creditor, now + 1_000);
                }
            }
        }
    }
}

async fn take(shared: &Arc<Shared>, creditor: Creditor, now: Millis) -> Result<usize, StoreError> {
    let target = shared.directory.target(creditor.endpoint).await?;
    if target.as_ref().is_some_and(|target| target.is_paused) {
        if let Some(lane) = shared.known_lane(creditor.endpoint) {
            lane.note_backlog(false); // what waits is not waiting for room
        }
        shared.due.note(creditor, now + PAUSED_LOOK_EVERY_MS);
        return Ok(0);
    }
    let lane = shared.lane(creditor);
    if let Some(target) = target.filter(|target| target.endpoint.is_fifo) {
        return line::take(shared, &lane, &target.endpoint, now).await;
    }
    if lane.has_line() {
        line::leave(shared, creditor).await?;
    }
    let before = Before::look(shared, &lane);
    let due = shared.store.due(creditor, now, before.limit).await?;
    Ok(take_rows(shared, &lane, due, &before, now))
}

/// What was so before a read.
pub(crate) struct Before {
    pub(crate) journal: u16,
    /// Rows that were in memory may be settled during the read; what was read is older.
    taken: HashSet<MessageKey>,
    /// How many rows to read.
    pub(crate) limit: usize,
}

impl Before {
    pub(crate) fn look(shared: &Shared, lane: &Lane) -> Self {
        let taken = lane.taken();
        Self {
            journal: shared.store.journal(lane.creditor.slot),
            limit: taken.len() + ROWS_AT_ONCE,
            taken,
        }
    }
}

/// Takes rows that are due into a lane, as far as there is room.
pub(crate) fn take_rows(
    shared: &Arc<Shared>,
    lane: &Arc<Lane>,
    due: Due,
    before: &Before,
    now: Millis,
) -> usize {
    let creditor = lane.creditor;
    let is_full_page = due.rows.len() == before.limit;
    let (mut taken, mut rests, mut is_full) = (0, false, false);
    if !shared.store.owns(creditor.slot) {
        lane.note_backlog(false);
        return 0; // it was given away during the read
    }
    for row in due.rows {
        if before.taken.contains(&row.message) {
            continue;
        }
        match lane.take_row(shared, row, before.journal, None) {
            Taken::Done => taken += 1,
            Taken::Already => {}
            Taken::Resting { until } => {
                shared.due.note(creditor, until);
                // And on to the next row: a person may have asked for one of the others.
                rests = true;
            }
            Taken::NoRoom { is_empty } => {
                is_full = true;
                note_pause(shared, lane, is_empty, now);
                break;
            }
        }
    }
    lane.note_backlog(is_full || (is_full_page && !rests));
    if is_full_page && taken > 0 && !rests {
        shared.due.note(creditor, now);
    } else if let Some(next_at) = due.next_at {
        shared.due.note(creditor, next_at);
    }
    taken
}

/// Somebody who leaves a lane asks for more; from an empty one nobody will.
pub(crate) fn note_pause(shared: &Shared, lane: &Lane, is_empty: bool, now: Millis) {
    if is_empty {
        shared.due.note(lane.creditor, now + 1_000);
    }
}

async fn expand(
    shared: &Arc<Shared>,
    creditor: Creditor,
    now: Millis,
) -> Result<usize, StoreError> {
    let due = shared.store.due(creditor, now, ROWS_AT_ONCE).await?;
    let mut expanded = 0;
    for row in &due.rows {
        let mut is_done = false;
        while !is_done {
            let endpoints;
            (endpoints, is_done) = shared.store.expand_fan_out(row.message, now).await?;
            expanded += endpoints.len();
        }
    }
    if due.rows.len() == ROWS_AT_ONCE {
        shared.due.note(creditor, now);
    }
    Ok(expanded)
}
