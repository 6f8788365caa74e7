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

use crate::connection::Connection;
use crate::failure::Result;
use crate::statements::statements;
use crate::step::Scope;

/// Where journals are kept, as long as there is one group.
pub(crate) const HOME_SLOT: i16 = 0;

statements! {
    BEAT = "-- beat
        UPDATE journal SET batch = $4, mark = $5, message_seq = $6, attempt_seq = $7,
            lease_until = (extract(epoch FROM now()) * 1000)::bigint + $8, mark_at = $9, seen = $10
        WHERE slot = $1 AND id = $2 AND fence = $3";
    FIND_BATCH = "-- find_batch
        SELECT batch, fence FROM journal WHERE slot = $1 AND id = $2 FOR UPDATE";
    JOURNALS = "-- journals
        SELECT id, lease_until > (extract(epoch FROM now()) * 1000)::bigint, delivers FROM journal
        WHERE slot = $1 ORDER BY id";
    /// Nodes that do not know this version of the configuration yet.
    COUNT_UNAWARE = "-- count_unaware
        SELECT count(*) FROM journal WHERE slot = $1 AND seen < $2 AND id <> $3
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
            attempt_seq, opened_at, seen, delivers)
        VALUES ($1, $2, $3, 1, (extract(epoch FROM now()) * 1000)::bigint + $4, $5, $7, 0, $5, $6,
            $7, $8, $9)";
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
    fence: i64,
}

/// What a batch goes back to when it could not be written.
#[derive(Clone, Copy)]
pub(crate) struct Before {
    id: u16,
    numbers: Numbers,
    batch: i64,
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
            batch: self.batch,
        }
    }

    /// Back to what was before a batch that could not be written.
    pub(crate) fn undo(&mut self, before: Before) {
        if self.id == before.id {
            self.numbers = before.numbers;
            self.batch = before.batch;
        } else if self.id == 0 {
            self.id = before.id; // it was not closed
            self.batch = before.batch;
        } else {
            *self = Self::default(); // it was not opened
        }
    }

    /// A new one, with its fence as it was inserted.
    pub(crate) fn opened(id: u16, numbers: Numbers, seen: i64) -> Self {
        Self {
            id,
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

    /// Begins a batch of at most so many new numbers, whose earliest message was accepted then. False if
    /// another node has taken over.
    pub(crate) async fn beat(
        &mut self,
        connection: &Connection,
        more: Numbers,
        earliest: Millis,
        lease_for: Duration,
    ) -> Result<bool> {
        if !self.is_open() {
            return Ok(true); // nothing is accepted anyway
        }
        self.batch += 1;
        let found = connection
            .execute(
                BEAT,
                &[
                    &HOME_SLOT,
                    &i32::from(self.id),
                    &self.fence,
                    &self.batch,
                    &self.in_memory.mark(),
                    &(self.numbers.message + more.message),
                    &(self.numbers.attempt + more.attempt),
                    &millis(lease_for),
                    &self.mark_at(earliest),
                    &self.seen,
                ],
            )
            .await?;
        Ok(found == 1)
    }

    /// Whether a batch is there. Waits for it if it has not ended yet.
    pub(crate) async fn fate(&self, connection: &Connection, batch: i64) -> Result<Fate> {
        let row = connection
            .query_opt(FIND_BATCH, &[&HOME_SLOT, &i32::from(self.id)])
            .await?;
        let Some(row) = row else {
            return Ok(Fate::TakenOver);
        };
        let (found, fence): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
        Ok(match (fence == self.fence, found == batch) {
            (false, _) => Fate::TakenOver,
            (true, true) => Fate::Committed,
            (true, false) => Fate::Undone,
        })
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
        connection
            .execute(CLOSE_JOURNAL, &[&HOME_SLOT, &id, &journal.fence])
            .await?;
    } else {
        // Somebody still holds deliveries: leave the journal for the next start to take over.
        let mark = journal.in_memory.mark();
        connection
            .execute(LEAVE_JOURNAL, &[&HOME_SLOT, &id, &journal.fence, &mark])
            .await?;
    }
    journal.id = 0;
    Ok(())
}
