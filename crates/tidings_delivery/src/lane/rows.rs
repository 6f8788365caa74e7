//! Rows of what is owed, taken into a lane when they are due.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use tidings_domain::breaker::Passage;
use tidings_domain::clock::Millis;
use tidings_domain::delivery::{Pending, Trigger};
use tidings_domain::message::MessageKey;
use tidings_store::{InHand, Permit, Place};

use super::{Backlog, First, Lane, State, Work};
use crate::shared::Shared;

impl Lane {
    /// The messages whose rows are in memory here.
    pub(crate) fn taken(&self) -> HashSet<MessageKey> {
        self.lock().taken.clone()
    }

    /// How much of its endpoint's is in memory here.
    pub(crate) fn in_hand(&self) -> InHand {
        let state = self.lock();
        let count = |count| u64::try_from(count).unwrap_or(u64::MAX);
        InHand {
            deliveries: count(state.places),
            rows: count(state.taken.len()),
        }
    }

    /// Notes whether rows are due that found no room. As long as there are, those that come new get half of
    /// the places only, so that what has waited longer is not overtaken for ever.
    pub(crate) fn note_backlog(&self, has_backlog: bool) {
        let mut state = self.lock();
        state.backlog = match (state.backlog, has_backlog) {
            (Backlog::None, true) => Backlog::IsRead,
            (Backlog::IsRead, false) => Backlog::None,
            (known, _) => known,
        };
    }

    /// Whether a row is in memory here.
    pub(crate) fn is_busy(&self) -> bool {
        !self.lock().taken.is_empty()
    }

    pub(crate) fn has_taken(&self, message: MessageKey) -> bool {
        self.lock().taken.contains(&message)
    }

    /// Takes a row into memory, if there is room and it is not there already: the first in line, with those
    /// behind it that go along if there is room for them, or one that goes as it likes.
    pub(crate) fn take_row(
        self: &Arc<Self>,
        shared: &Arc<Shared>,
        row: Pending,
        journal: u16,
        in_line: Option<Vec<Pending>>,
    ) -> Taken {
        let mut state = self.lock();
        if state.taken.contains(&row.message) {
            return Taken::Already;
        }
        let now = shared.clock.now_ms();
        let passage = state.breaker.passage(now);
        if let Passage::ClosedUntil(until) = passage
            && row.trigger != Trigger::Manual
        {
            return Taken::Resting { until };
        }
        let is_full = state.crew.is_stuck() || state.places >= shared.settings.lane_window;
        if is_full || !shared.window.try_take(0) {
            // Somebody who leaves this lane asks for more; from an empty lane nobody will.
            let is_empty = state.places == 0;
            if !is_empty {
                state.backlog = Backlog::Waits;
            }
            return Taken::NoRoom { is_empty };
        }
        if passage == Passage::Probe {
            state.breaker.begin(now);
            state.probe = Some(row.message);
        }
        let permit = self.hold_row(&mut state, row.message);
        let mut behind = Vec::new();
        if let Some(batch) = in_line {
            let mut first = First::new(row.message);
            for row in batch {
                if state.taken.contains(&row.message) || !shared.window.try_take(0) {
                    break;
                }
                first.push(row.message);
                let permit = self.hold_row(&mut state, row.message);
                behind.push((row, permit));
            }
            state.first = Some(first);
        }
        state.queue.push_back((
            Instant::now(),
            Work::Owed {
                row,
                journal,
                permit,
                behind,
            },
        ));
        self.start_worker(&mut state, shared);
        Taken::Done
    }

    fn hold_row(self: &Arc<Self>, state: &mut State, message: MessageKey) -> Permit {
        state.places += 1;
        state.taken.insert(message);
        let lane = self.clone();
        Permit::new(Arc::new(RowPlace { lane, message }), 0)
    }
}

/// What became of a row that is due.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    Done,
    Already,
    NoRoom {
        is_empty: bool,
    },
    /// The endpoint gets a rest.
    Resting {
        until: Millis,
    },
}

/// The place of a delivery that was taken from its row.
struct RowPlace {
    lane: Arc<Lane>,
    message: MessageKey,
}

impl Place for RowPlace {
    fn release(&self, bytes: usize) {
        if let Some(shared) = self.lane.shared.upgrade() {
            shared.window.give_back(bytes);
            self.lane.free_place(&shared, Some(self.message));
        }
    }
}
