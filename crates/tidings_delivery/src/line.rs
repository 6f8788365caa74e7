//! Endpoints that keep the order: the first in line goes out, and everybody else waits for its outcome.
//!
//! Nothing is remembered of a line but who of it is in memory. Who is next is read from the store each time,
//! after the outcome before it is on disk. So a restart, another owner, a resend or a cancellation need no
//! care here: the line is what the store says.

use std::sync::Arc;

use tidings_domain::clock::Millis;
use tidings_domain::delivery::{IN_LINE, Pending};
use tidings_domain::endpoint::Endpoint;
use tidings_store::{Creditor, StoreError};

use crate::dispatcher::{Before, ROWS_AT_ONCE, note_pause, take_rows};
use crate::lane::{Lane, Taken};
use crate::shared::Shared;

/// A line that waits for a full batch is read so often, however many join it.
const READ_EVERY_MS: Millis = 100;

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
    endpoint: &Endpoint,
    now: Millis,
) -> Result<usize, StoreError> {
    let creditor = lane.creditor;
    let before = Before::look(shared, lane);
    let due = shared.store.due_beside_line(creditor, now, before.limit);
    let beside = take_rows(shared, lane, due.await?, &before, now);
    Ok(beside + take_first(shared, lane, endpoint, now).await?)
}

async fn take_first(
    shared: &Arc<Shared>,
    lane: &Arc<Lane>,
    endpoint: &Endpoint,
    now: Millis,
) -> Result<usize, StoreError> {
    if lane.has_first() {
        return Ok(0); // whoever leaves the lane asks for the next
    }
    let creditor = lane.creditor;
    if now < lane.is_read_until() {
        shared.due.note(creditor, lane.is_read_until());
        return Ok(0);
    }
    let journal = shared.store.journal(creditor.slot);
    let size = endpoint.batch_size.filter(|_| endpoint.has_batches());
    let size = usize::try_from(size.unwrap_or(1)).unwrap_or(1);
    let waiting = shared.store.line(creditor, size).await?;
    lane.note_line(!waiting.is_empty());
    if !shared.store.owns(creditor.slot) {
        return Ok(0);
    }
    let wait_ms = Millis::from(endpoint.max_wait_secs.unwrap_or(0)) * 1_000;
    let mut batch = match batch_of(waiting, size, wait_ms, now) {
        Batch::Nobody => return Ok(0),
        Batch::At(due_at) => {
            shared.due.note(creditor, due_at);
            return Ok(0);
        }
        Batch::Fills { until } => {
            lane.note_read_until(until.min(now + READ_EVERY_MS));
            shared.due.note(creditor, until);
            return Ok(0);
        }
        Batch::Now(batch) => batch.into_iter(),
    };
    let Some(first) = batch.next() else {
        return Ok(0);
    };
    match lane.take_row(shared, first, journal, Some(batch.collect())) {
        Taken::Done => return Ok(1),
        Taken::Already => {}
        Taken::Resting { until } => shared.due.note(creditor, until),
        Taken::NoRoom { is_empty } => note_pause(shared, lane, is_empty, now),
    }
    Ok(0)
}

/// What to do about those who are first in line.
#[derive(Debug, PartialEq, Eq)]
enum Batch {
    Nobody,
    /// They are to be tried again then.
    At(Millis),
    /// There may come more.
    Fills {
        until: Millis,
    },
    /// They go out, in one request.
    Now(Vec<Pending>),
}

/// Who goes out together: those that wait, up to the size of a batch; or those that failed together. One that a
/// node may have died of goes alone.
fn batch_of(mut waiting: Vec<Pending>, size: usize, wait_ms: Millis, now: Millis) -> Batch {
    let Some(first) = waiting.first() else {
        return Batch::Nobody;
    };
    let due_at = first.due_at;
    if due_at > now && due_at != IN_LINE {
        return Batch::At(due_at);
    }
    if first.recoveries_count > 0 {
        waiting.truncate(1);
        return Batch::Now(waiting);
    }
    let until = first.message.id.at_ms() + wait_ms;
    let is_together = |row: &&Pending| row.due_at == due_at && row.recoveries_count == 0;
    let together = waiting.iter().take_while(is_together).count();
    let may_grow = due_at == IN_LINE && together == waiting.len() && together < size;
    if may_grow && now < until {
        return Batch::Fills { until };
    }
    waiting.truncate(together);
    Batch::Now(waiting)
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

#[cfg(test)]
mod tests {
    use tidings_domain::delivery::{PendingReason, Trigger};
    use tidings_domain::ids::MessageId;
    use tidings_domain::message::MessageKey;

    use super::*;

    const NOW: Millis = 1_700_000_000_000;

    /// Rows that were accepted one millisecond after another.
    fn rows(due: &[Millis]) -> Vec<Pending> {
        let row = |(number, due_at): (i64, &Millis)| Pending {
            message: MessageKey {
                application: 1,
                id: MessageId::new(NOW + number, 0, number, 1),
            },
            endpoint: 1,
            due_at: *due_at,
            attempts_count: 0,
            reason: PendingReason::Line,
            trigger: Trigger::Scheduled,
            version: 1,
            recoveries_count: 0,
        };
        (0..).zip(due).map(row).collect()
    }

    #[test]
    fn without_batches_the_first_goes_alone_as_soon_as_it_is_due() {
        let waiting = rows(&[IN_LINE]);
        assert_eq!(batch_of(waiting.clone(), 1, 0, NOW), Batch::Now(waiting));
        let retried = rows(&[NOW + 5]);
        assert_eq!(batch_of(retried.clone(), 1, 0, NOW), Batch::At(NOW + 5));
        assert_eq!(
            batch_of(retried.clone(), 1, 0, NOW + 5),
            Batch::Now(retried)
        );
        assert_eq!(batch_of(Vec::new(), 1, 0, NOW), Batch::Nobody);
    }

    #[test]
    fn a_batch_waits_for_more_until_it_is_full_or_its_first_has_waited() {
        let until = NOW + 2_000;
        let waiting = rows(&[IN_LINE; 3]);
        let fills = Batch::Fills { until };
        assert_eq!(batch_of(waiting.clone(), 4, 2_000, NOW + 1_999), fills);
        let full = Batch::Now(waiting.clone());
        assert_eq!(batch_of(waiting.clone(), 3, 2_000, NOW + 3), full);
        assert_eq!(batch_of(waiting, 4, 2_000, until), full);
    }

    #[test]
    fn those_that_failed_together_are_tried_again_together_and_without_others() {
        let mixed = rows(&[NOW + 9, NOW + 9, IN_LINE, IN_LINE]);
        assert_eq!(batch_of(mixed.clone(), 9, 5_000, NOW), Batch::At(NOW + 9));
        let again = Batch::Now(mixed[..2].to_vec());
        assert_eq!(batch_of(mixed, 9, 5_000, NOW + 9), again);
    }

    #[test]
    fn one_that_a_node_may_have_died_of_goes_alone() {
        let mut waiting = rows(&[IN_LINE; 3]);
        waiting[1].recoveries_count = 1;
        let before = Batch::Now(waiting[..1].to_vec());
        assert_eq!(batch_of(waiting.clone(), 3, 0, NOW), before);
        let alone = Batch::Now(waiting[1..2].to_vec());
        assert_eq!(batch_of(waiting[1..].to_vec(), 3, 60_000, NOW), alone);
    }
}
