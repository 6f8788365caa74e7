//! The journal of this run: numbers, fence, lease and mark.
//!
//! Each batch begins with an update of the journal's row that names its fence. So it holds the row until
//! it has ended, and a takeover, which raises the fence, waits for it. The update also counts the batch:
//! a commit whose answer was lost is looked up by that count. And it renews the lease and keeps the mark,
//! both for nothing.

use std::collections::VecDeque;
use std::time::Duration;

use tidings_domain::clock::Millis;
use tidings_store::Accepted;
use tidings_store::commit::{Effects, InMemory};
use tokio_postgres::error::SqlState;

use crate::connection::Connection;
use crate::failure::{Failure, Result};
use crate::horizon;
use crate::statements::statements;
use crate::step::Scope;

statements! {
    /// Fails where it finds no row, and with it everything behind it in the transaction, so that nobody
    /// has to wait for its answer before the commit is sent.
    BEAT = "-- beat
        WITH beaten AS (UPDATE journal SET batch = $4, mark = $5, message_seq = $6, attempt_seq = $7,
                lease_until = (extract(epoch FROM now()) * 1000)::bigint + $8, mark_at = $9, seen = $10,
                floor = $11
            WHERE slot = $1 AND id = $2 AND fence = $3 AND batch < $4 RETURNING 1)
        SELECT (CASE count(*) WHEN 1 THEN '1' ELSE 'another node has taken over this journal' END)::integer
        FROM beaten";
    /// A batch that is not there now will never be: its own beat finds a higher count.
    SETTLE_BATCH = "-- settle_batch
        UPDATE journal SET batch = CASE batch WHEN $4 THEN batch ELSE $4 + 1 END
        WHERE slot = $1 AND id = $2 AND fence = $3 RETURNING batch";
    JOURNALS = "-- journals
        SELECT slot, id, lease_until > (extract(epoch FROM now()) * 1000)::bigint, delivers, node
        FROM journal WHERE slot = ANY($1) ORDER BY id";
    /// Nodes that do not know this version of the configuration yet.
    COUNT_UNAWARE = "-- count_unaware
        SELECT count(*) FROM journal WHERE slot = ANY($1) AND seen < $2 AND id <> ALL($3)
            AND lease_until > (extract(epoch FROM now()) * 1000)::bigint";
    NEXT_JOURNAL = "-- next_journal
        UPDATE counter SET value = value % 65535 + 1 WHERE name = 'journal' RETURNING value";
    KEEP_NUMBERS = "-- keep_numbers
        UPDATE counter SET value = greatest(value, CASE name WHEN 'message' THEN $1::bigint ELSE $2::bigint END)
        WHERE name IN ('message', 'attempt')";
    NUMBERS = "-- numbers
        SELECT max(value) FILTER (WHERE name = 'message'),
            max(value) FILTER (WHERE name = 'attempt')
        FROM counter WHERE name IN ('message', 'attempt')";
    OPEN_JOURNAL = "-- open_journal
        INSERT INTO journal (slot, id, node, fence, lease_until, mark, mark_at, batch, message_seq,
            attempt_seq, opened_at, seen, delivers, floor)
        VALUES ($1, $2, $3, 1, (extract(epoch FROM now()) * 1000)::bigint + $4, $5, $7, 0, $5, $6,
            $7, $8, $9, 0)";
    CLOSE_JOURNAL = "-- close_journal
        DELETE FROM journal WHERE slot = $1 AND id = $2 AND fence = $3";
    LEAVE_JOURNAL = "-- leave_journal
        UPDATE journal SET mark = $4, lease_until = 0 WHERE slot = $1 AND id = $2 AND fence = $3";
}

/// The last numbers given.
#[derive(Clone, Copy, Default)]
pub(crate) struct Numbers {
    pub(crate) message: i64,
    pub(crate) attempt: i64,
}

/// The open journal, kept by the writer. Number 0 means that none is open.
#[derive(Default)]
pub(crate) struct Journal {
    pub(crate) id: u16,
    pub(crate) numbers: Numbers,
    pub(crate) in_memory: InMemory,
    /// How many batches were committed.
    pub(crate) batch: i64,
    /// When messages above the mark were accepted, by number.
    accepted_at: VecDeque<(i64, Millis)>,
    /// Up to which version this node knows the configuration.
    pub(crate) seen: i64,
    /// The slot that its row is in: one of its group's.
    home: i16,
    fence: i64,
    /// What it writes from now on was accepted then or later; none until it is known what others promise.
    pub(crate) floor: Option<Millis>,
}

/// What a batch goes back to when it could not be written.
#[derive(Clone, Copy)]
pub(crate) struct Before {
    id: u16,
    numbers: Numbers,
}

/// The first statement of a batch.
pub(crate) struct Beat {
    id: u16,
    home: i16,
    fence: i64,
    batch: i64,
    mark: i64,
    /// The last numbers that the batch may give.
    up_to: Numbers,
    lease_for: Duration,
    mark_at: Millis,
    seen: i64,
    floor: Millis,
}

/// What became of a batch whose answer was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Committed,
    /// Nothing of it is there.
    Undone,
    /// Another node has taken over, and knows what is there.
    TakenOver,
}

impl Journal {
    pub(crate) fn is_open(&self) -> bool {
        self.id != 0
    }

    pub(crate) fn before(&self) -> Before {
        Before {
            id: self.id,
            numbers: self.numbers,
        }
    }

    /// Back to what was before a batch that could not be written.
    pub(crate) fn undo(&mut self, before: Before) {
        if self.id == before.id {
            self.numbers = before.numbers;
        } else if self.id == 0 {
            self.id = before.id; // it was not closed
        } else {
            *self = Self::default(); // it was not opened
        }
    }

    /// A new one, with its fence as it was inserted.
    pub(crate) fn opened(id: u16, home: i16, numbers: Numbers, seen: i64) -> Self {
        Self {
            id,
            home,
            numbers,
            in_memory: InMemory::above(numbers.message),
            seen,
            fence: 1,
            ..Self::default()
        }
    }

    /// Counts what a commit has done.
    pub(crate) fn committed(&mut self, effects: &Effects) {
        self.in_memory.committed(effects);
        let mark = self.in_memory.mark();
        let is_above = |(seq, _): &(i64, Millis)| *seq > mark;
        let new = effects
            .accepted
            .iter()
            .filter_map(|accepted| match accepted {
                Accepted::Done(id) => Some((id.seq(), id.at_ms())),
                _ => None,
            });
        self.accepted_at.extend(new.filter(is_above));
        while self
            .accepted_at
            .front()
            .is_some_and(|first| !is_above(first))
        {
            self.accepted_at.pop_front();
        }
    }

    /// No message above the mark was accepted before, those of a batch included whose earliest was
    /// accepted then. Clocks may go backwards, so all of them are looked at.
    fn mark_at(&self, earliest: Millis) -> Millis {
        let times = self.accepted_at.iter().map(|(_, at)| *at);
        times.fold(earliest, Millis::min)
    }

    /// Promises that nothing that comes was accepted before.
    pub(crate) fn raise_floor(&mut self, to: Millis) {
        self.floor = self.floor.map(|floor| floor.max(to));
    }

    /// Begins a batch of at most so many new numbers, whose messages were accepted between these instants. Each
    /// has a count of its own, whatever becomes of it.
    pub(crate) fn beat(
        &mut self,
        more: Numbers,
        (earliest, latest): (Millis, Millis),
        lease_for: Duration,
    ) -> Beat {
        self.batch += 1;
        self.raise_floor(latest);
        Beat {
            id: self.id,
            home: self.home,
            fence: self.fence,
            batch: self.batch,
            mark: self.in_memory.mark(),
            up_to: Numbers {
                message: self.numbers.message + more.message,
                attempt: self.numbers.attempt + more.attempt,
            },
            lease_for,
            mark_at: self.mark_at(earliest),
            seen: self.seen,
            floor: self.floor.unwrap_or(0),
        }
    }

    /// Whether a batch is there. Waits for it if it has not ended yet, and sees to it that one that the
    /// server has not begun yet comes too late.
    pub(crate) async fn fate(&mut self, connection: &Connection, batch: i64) -> Result<Fate> {
        let (id, next) = (i32::from(self.id), batch + 1);
        let row = connection
            .query_opt(SETTLE_BATCH, &[&self.home, &id, &self.fence, &batch])
            .await?;
        let Some(row) = row else {
            return Ok(Fate::TakenOver);
        };
        self.batch = self.batch.max(next);
        let is_there = row.try_get::<_, i64>(0)? == batch;
        Ok(if is_there {
            Fate::Committed
        } else {
            Fate::Undone
        })
    }
}

impl Beat {
    /// Fails if another node has taken over.
    pub(crate) async fn send(&self, connection: &Connection) -> Result<()> {
        let sent = connection
            .query_one(
                BEAT,
                &[
                    &self.home,
                    &i32::from(self.id),
                    &self.fence,
                    &self.batch,
                    &self.mark,
                    &self.up_to.message,
                    &self.up_to.attempt,
                    &millis(self.lease_for),
                    &self.mark_at,
                    &self.seen,
                    &self.floor,
                ],
            )
            .await;
        match sent {
            Err(Failure::Database(error))
                if error.code() == Some(&SqlState::INVALID_TEXT_REPRESENTATION) =>
            {
                Err(Failure::TakenOver)
            }
            other => other.map(|_| ()),
        }
    }
}

pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// Closes the journal in good order.
pub(crate) async fn close(scope: &mut Scope) -> Result<()> {
    let (connection, journal) = (&scope.connection, &mut scope.journal);
    if !journal.is_open() {
        return Ok(());
    }
    let id = i32::from(journal.id);
    if journal.in_memory.is_empty() {
        let numbers = journal.numbers;
        connection
            .execute(KEEP_NUMBERS, &[&numbers.message, &numbers.attempt])
            .await?;
        horizon::keep(connection).await?;
        connection
            .execute(CLOSE_JOURNAL, &[&journal.home, &id, &journal.fence])
            .await?;
    } else {
        // Somebody still holds deliveries: leave the journal for the next start to take over.
        let mark = journal.in_memory.mark();
        connection
            .execute(LEAVE_JOURNAL, &[&journal.home, &id, &journal.fence, &mark])
            .await?;
    }
    journal.id = 0;
    Ok(())
}
