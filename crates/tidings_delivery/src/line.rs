//! Endpoints that keep the order: the first in line goes out, and everybody else waits for its outcome.
//!
//! Nothing is remembered of a line but who of it is in memory. Who is next is read from the store each time,
//! after the outcome before it is on disk. So a restart, another owner, a resend or a cancellation need no
//! care here: the line is what the store says.

use std::sync::Arc;

use tidings_domain::clock::Millis;
use tidings_domain::delivery::IN_LINE;
use tidings_store::{Creditor, StoreError};

use crate::dispatcher::{Before, ROWS_AT_ONCE, note_pause, take_rows};
use crate::lane::{Lane, Taken};
use crate::shared::Shared;

/// Notes every endpoint for which something waits in line.
pub(crate) async fn read_all(shared: &Arc<Shared>) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let creditors = shared.store.lines(after, ROWS_AT_ONCE).await?;
        let now = shared.clock.now_ms();
        for creditor in &creditors {
            shared.lane(*creditor).note_line(true);
            shared.due.note(*creditor, now);
        }
        if creditors.len() < ROWS_AT_ONCE {
            return Ok(());
        }
        after = creditors.last().copied();
    }
}

/// Takes what is due beside the line, and the first in line if nobody of it is in memory.
pub(crate) async fn take(
    shared: &Arc<Shared>,
    lane: &Arc<Lane>,
    now: Millis,
) -> Result<usize, StoreError> {
    let creditor = lane.creditor;
    let before = Before::look(shared, lane);
    let due = shared.store.due_beside_line(creditor, now, before.limit);
    let beside = take_rows(shared, lane, due.await?, &before, now);
    Ok(beside + take_first(shared, lane, now).await?)
}

async fn take_first(
    shared: &Arc<Shared>,
    lane: &Arc<Lane>,
    now: Millis,
) -> Result<usize, StoreError> {
    if lane.has_first() {
        return Ok(0); // whoever leaves the lane asks for the next
    }
    let creditor = lane.creditor;
    let journal = shared.store.journal(creditor.slot);
    let first = shared.store.line(creditor, 1).await?.pop();
    lane.note_line(first.is_some());
    let Some(first) = first.filter(|_| shared.store.owns(creditor.slot)) else {
        return Ok(0);
    };
    if first.due_at > now && first.due_at != IN_LINE {
        shared.due.note(creditor, first.due_at);
        return Ok(0);
    }
    match lane.take_row(shared, first, journal, true) {
        Taken::Done => return Ok(1),
        Taken::Already => {}
        Taken::Resting { until } => shared.due.note(creditor, until),
        Taken::NoRoom { is_empty } => note_pause(shared, lane, is_empty, now),
    }
    Ok(0)
}

/// The endpoint keeps no order any more: what waits in line goes as it likes.
pub(crate) async fn leave(shared: &Shared, creditor: Creditor) -> Result<(), StoreError> {
    while shared.store.leave_line(creditor, ROWS_AT_ONCE).await? == ROWS_AT_ONCE {
        tokio::task::yield_now().await;
    }
    if let Some(lane) = shared.known_lane(creditor.endpoint) {
        lane.note_line(false);
    }
    Ok(())
}
