//! The journal of this run: numbers, fence, lease and mark; and the takeover of runs that have died.
//!
//! Each batch begins with an update of the journal's row that names its fence. So it holds the row until
//! it has ended, and a takeover, which raises the fence, waits for it. The update also counts the batch:
//! a commit whose answer was lost is looked up by that count. And it renews the lease and keeps the mark,
//! both for nothing.

use std::time::Duration;

use tidings_domain::clock::Millis;
use tidings_domain::delivery::{Outcome, PendingReason, Trigger};
use tidings_domain::ids::MessageId;
use tidings_domain::message::{FAN_OUT_DIRECT_MAX, MessageKey, unpack_targets};
use tidings_domain::slot;
use tidings_store::commit::InMemory;
use tidings_store::{Opened, faults};

use crate::connection::Connection;
use crate::convert::{count, number, parts};
use crate::failure::Result;
use crate::pending::code;
use crate::statements::statements;
use crate::step::Scope;

/// Where journals are kept, as long as there is one group.
const HOME_SLOT: i16 = 0;
/// How many messages a takeover looks at in one go.
const MESSAGES_AT_ONCE: usize = 2_048;

statements! {
    BEAT = "-- beat
        UPDATE journal SET batch = $4, mark = $5, message_seq = $6, attempt_seq = $7,
            lease_until = (extract(epoch FROM now()) * 1000)::bigint + $8
        WHERE slot = $1 AND id = $2 AND fence = $3";
    FIND_BATCH = "-- find_batch
        SELECT batch, fence FROM journal WHERE slot = $1 AND id = $2 FOR UPDATE";
    JOURNALS = "-- journals
        SELECT id, node, lease_until > (extract(epoch FROM now()) * 1000)::bigint FROM journal
        WHERE slot = $1 ORDER BY id";
    RAISE_FENCE = "-- raise_fence
        UPDATE journal SET fence = fence + 1
        WHERE slot = $1 AND id = $2 AND lease_until <= (extract(epoch FROM now()) * 1000)::bigint
        RETURNING mark, message_seq, attempt_seq";
    MESSAGES_ABOVE_MARK = "-- messages_above_mark
        SELECT application, id, targets, seq FROM message WHERE journal = $1 AND seq > $2
        ORDER BY seq LIMIT $3";
    OWE_RECOVERED = "-- owe_recovered
        INSERT INTO pending (slot, application, message_id, endpoint, due_at, owed_since,
            attempts_count, reason, trigger, version, recoveries_count)
        SELECT slot, application, message_id, endpoint, $1, $1, 0, $2, $3, 1, 1
        FROM unnest($4::smallint[], $5::bigint[], $6::bytea[], $7::bigint[])
            AS new (slot, application, message_id, endpoint)
        WHERE NOT EXISTS (SELECT 1 FROM attempt WHERE attempt.slot = new.slot
            AND attempt.message_id = new.message_id AND attempt.endpoint = new.endpoint
            AND NOT attempt.is_late AND (attempt.trigger = $3 OR attempt.outcome = $8))
        ON CONFLICT (slot, message_id, endpoint) DO NOTHING
        RETURNING endpoint";
    /// What was due when its node died counts a first recovery: the node may have died of sending it. A
    /// lane takes the oldest first.
    SUSPECT_WHAT_WAS_DUE = "-- suspect_what_was_due
        UPDATE pending SET recoveries_count = 1
        FROM (SELECT slot, message_id, endpoint,
                row_number() OVER (PARTITION BY endpoint ORDER BY due_at) AS place
            FROM pending WHERE due_at <= $1 AND recoveries_count = 0 AND endpoint <> 0) AS suspect
        WHERE suspect.place <= $2 AND pending.slot = suspect.slot
            AND pending.message_id = suspect.message_id AND pending.endpoint = suspect.endpoint";
    DROP_JOURNAL = "-- drop_journal
        DELETE FROM journal WHERE slot = $1 AND id = $2";
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
        INSERT INTO journal (slot, id, node, fence, lease_until, mark, batch, message_seq,
            attempt_seq, opened_at)
        VALUES ($1, $2, $3, 1, (extract(epoch FROM now()) * 1000)::bigint + $4, $5, 0, $5, $6, $7)";
    CLOSE_JOURNAL = "-- close_journal
        DELETE FROM journal WHERE slot = $1 AND id = $2 AND fence = $3";
    LEAVE_JOURNAL = "-- leave_journal
        UPDATE journal SET mark = $4, lease_until = 0 WHERE slot = $1 AND id = $2 AND fence = $3";
}

/// How many rows of one endpoint a takeover suspects: as many as its lane has in memory by default.
const SUSPECTS_COUNT_MAX: i64 = 256;

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

    /// Begins a batch of at most so many new numbers. False if another node has taken over.
    pub(crate) async fn beat(
        &mut self,
        connection: &Connection,
        more: Numbers,
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

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// What came of the wish to open a journal.
pub(crate) enum Opening {
    Done(Opened),
    /// Another node is at work, or was until a moment ago.
    Waits {
        node: String,
    },
}

/// Takes over every journal whose lease has run out, then opens one; unless another node holds one
/// still.
pub(crate) async fn open(
    scope: &mut Scope,
    node: &str,
    now: Millis,
    lease_for: Duration,
) -> Result<Opening> {
    let mut opened = Opened::default();
    let journals = scope.connection.query(JOURNALS, &[&HOME_SLOT]).await?;
    for row in &journals {
        if row.try_get(2)? {
            let node = row.try_get(1)?;
            return Ok(Opening::Waits { node });
        }
    }
    for row in &journals {
        if let Some(recovered) = take_over(scope, row.try_get(0)?, now).await? {
            opened.taken_over += 1;
            opened.recovered += recovered;
        }
    }
    let connection = &scope.connection;
    if opened.taken_over > 0 {
        connection
            .execute(SUSPECT_WHAT_WAS_DUE, &[&now, &SUSPECTS_COUNT_MAX])
            .await?;
    }
    let row = connection.query_one(NEXT_JOURNAL, &[]).await?;
    opened.journal = number(&row, 0)?;
    let row = connection.query_one(NUMBERS, &[]).await?;
    let numbers = Numbers {
        message: row.try_get(0)?,
        attempt: row.try_get(1)?,
    };
    connection
        .execute(
            OPEN_JOURNAL,
            &[
                &HOME_SLOT,
                &i32::from(opened.journal),
                &node,
                &millis(lease_for),
                &numbers.message,
                &numbers.attempt,
                &now,
            ],
        )
        .await?;
    scope.journal = Journal {
        id: opened.journal,
        numbers,
        in_memory: InMemory::above(numbers.message),
        batch: 0,
        fence: 1,
    };
    Ok(Opening::Done(opened))
}

/// Takes one journal over. Gives how many deliveries were found, or none if it was renewed meanwhile.
async fn take_over(scope: &mut Scope, id: i32, now: Millis) -> Result<Option<usize>> {
    let row = scope
        .connection
        .query_opt(RAISE_FENCE, &[&HOME_SLOT, &id])
        .await?;
    let Some(row) = row else { return Ok(None) };
    let (mark, message, attempt): (i64, i64, i64) =
        (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    let recovered = owe_what_was_in_memory(scope, id, mark, now).await?;
    faults::pass(faults::DURING_RECOVERY);
    let connection = &scope.connection;
    connection
        .execute(KEEP_NUMBERS, &[&message, &attempt])
        .await?;
    connection.execute(DROP_JOURNAL, &[&HOME_SLOT, &id]).await?;
    Ok(Some(recovered))
}

/// Owes every delivery above the mark that is neither settled nor owed. Gives how many.
async fn owe_what_was_in_memory(
    scope: &mut Scope,
    id: i32,
    mark: i64,
    now: Millis,
) -> Result<usize> {
    let (mut after, mut recovered) = (mark, 0);
    loop {
        let rows = scope
            .connection
            .query(
                MESSAGES_ABOVE_MARK,
                &[&id, &after, &count(MESSAGES_AT_ONCE)],
            )
            .await?;
        let mut keys = Vec::new();
        for row in &rows {
            after = row.try_get(3)?;
            let message = MessageId::from_parts(parts(row, 1)?);
            let Some(targets) = unpack_targets(row.try_get(2)?) else {
                tracing::error!(
                    "The targets of {message} cannot be read; nothing of it is recovered"
                );
                continue;
            };
            if targets.len() > FAN_OUT_DIRECT_MAX {
                continue; // never in memory: its cursor is in `pending`
            }
            let key = MessageKey {
                application: row.try_get(0)?,
                id: message,
            };
            keys.extend(targets.into_iter().map(|target| (key, target)));
        }
        recovered += owe_recovered(scope, &keys, now).await?;
        if rows.len() < MESSAGES_AT_ONCE {
            return Ok(recovered);
        }
    }
}

async fn owe_recovered(
    scope: &mut Scope,
    keys: &[(MessageKey, i64)],
    now: Millis,
) -> Result<usize> {
    if keys.is_empty() {
        return Ok(0);
    }
    let slots: Vec<i16> = keys
        .iter()
        .map(|(key, _)| slot::of(key.application))
        .collect();
    let applications: Vec<i64> = keys.iter().map(|(key, _)| key.application).collect();
    let ids: Vec<[u8; 20]> = keys
        .iter()
        .map(|(key, _)| key.id.parts().to_bytes())
        .collect();
    let ids: Vec<&[u8]> = ids.iter().map(|id| &id[..]).collect();
    let endpoints: Vec<i64> = keys.iter().map(|(_, endpoint)| *endpoint).collect();
    // A resend that failed meanwhile does not tell how the delivery itself ended.
    let rows = scope
        .connection
        .query(
            OWE_RECOVERED,
            &[
                &now,
                &code(PendingReason::Recovered.code()),
                &code(Trigger::Scheduled.code()),
                &slots,
                &applications,
                &ids,
                &endpoints,
                &code(Outcome::Success.code()),
            ],
        )
        .await?;
    for row in &rows {
        scope.effects.owed.push((row.try_get(0)?, now));
    }
    Ok(rows.len())
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
