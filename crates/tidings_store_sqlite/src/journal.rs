//! The journal of this run: numbers, fence and mark; and the takeover of runs that have died.
//!
//! A journal's only writer gives each message a number in commit order. Its `mark` is the highest
//! number below which every delivery is settled or owed. What lies above the mark of a dead run, and is
//! neither settled nor owed, was in its memory: a takeover owes it again.

use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension, params};
use tidings_domain::clock::Millis;
use tidings_domain::delivery::{Outcome, PendingReason, Trigger};
use tidings_domain::message::{FAN_OUT_DIRECT_MAX, unpack_targets};
use tidings_store::commit::{Effects, InMemory};
use tidings_store::{Creditor, Opened, faults};

use crate::line;
use crate::step::Scope;

/// The mark is written this often, or sooner when it has moved far: an old mark costs a takeover some
/// reading, a new one costs each commit a page.
const MARK_EVERY: Duration = Duration::from_millis(250);
const MARK_BEHIND_MAX: i64 = 4_096;

/// How many rows of one endpoint a takeover suspects: as many as its lane has in memory by default.
const SUSPECTS_COUNT_MAX: i64 = 256;

/// The last numbers given.
#[derive(Clone, Copy, Default)]
pub(crate) struct Numbers {
    pub(crate) message: i64,
    pub(crate) attempt: i64,
}

/// The open journal, kept by the writer. Number 0 means that none is open.
pub(crate) struct Journal {
    pub(crate) id: u16,
    pub(crate) numbers: Numbers,
    fence: i64,
    mark_written: i64,
    mark_written_at: Instant,
    in_memory: InMemory,
}

impl Journal {
    pub(crate) fn none() -> Self {
        Self {
            id: 0,
            numbers: Numbers::default(),
            fence: 0,
            mark_written: 0,
            mark_written_at: Instant::now(),
            in_memory: InMemory::default(),
        }
    }

    /// Whether nobody has taken this journal over. Holds too where none is open: then nothing is
    /// accepted anyway.
    pub(crate) fn holds_fence(&self, connection: &Connection) -> rusqlite::Result<bool> {
        if self.id == 0 {
            return Ok(true);
        }
        let mut select = connection
            .prepare_cached("-- check_fence\nSELECT 1 FROM journal WHERE id = ?1 AND fence = ?2")?;
        select.exists(params![self.id, self.fence])
    }

    /// Counts what a commit has handed over and cleared, and moves the mark.
    pub(crate) fn committed(&mut self, effects: &Effects) {
        self.in_memory.committed(effects);
    }

    /// Below this number nothing of this run is in memory only.
    pub(crate) fn mark(&self) -> i64 {
        self.in_memory.mark()
    }

    /// See [`InMemory::was_owed_in_hand`].
    pub(crate) fn was_owed_in_hand(&self, message: i64, endpoint: i64) -> bool {
        self.in_memory.was_owed_in_hand(message, endpoint)
    }

    /// Back to what was before a batch that could not be written.
    pub(crate) fn undo(&mut self, id: u16, numbers: Numbers) {
        if self.id == id {
            self.numbers = numbers;
        } else if self.id == 0 {
            self.id = id; // it was not closed
        } else {
            *self = Self::none(); // it was not opened
        }
    }

    /// Looks up the last attempt's number, where somebody else has given one.
    pub(crate) fn catch_up(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let newest: Option<i64> = connection
            .prepare_cached("-- newest_attempt\nSELECT max(seq) FROM attempt")?
            .query_row([], |row| row.get(0))?;
        self.numbers.attempt = newest.unwrap_or(0);
        Ok(())
    }

    /// Writes the mark, if it is time. Called inside the next transaction, so it never says more than
    /// what is on disk.
    pub(crate) fn keep_mark(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let mark = self.in_memory.mark();
        let is_behind = mark - self.mark_written >= MARK_BEHIND_MAX;
        let is_time = mark > self.mark_written && self.mark_written_at.elapsed() >= MARK_EVERY;
        if self.id == 0 || !(is_behind || is_time) {
            return Ok(());
        }
        self.write_mark(connection)
    }

    pub(crate) fn write_mark(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        connection
            .prepare_cached(
                "-- write_mark\nUPDATE journal SET mark = ?2 WHERE id = ?1 AND fence = ?3",
            )?
            .execute(params![self.id, self.in_memory.mark(), self.fence])?;
        self.mark_written = self.in_memory.mark();
        self.mark_written_at = Instant::now();
        Ok(())
    }

    fn start(&mut self, id: u16, numbers: Numbers) {
        *self = Self {
            id,
            numbers,
            fence: 1,
            ..Self::none()
        };
        self.in_memory = InMemory::above(numbers.message);
        self.mark_written = numbers.message;
    }
}

/// Takes over every journal that is there, then opens one. The caller holds the data folder, so all
/// others are of runs that have ended without closing theirs.
pub(crate) fn open(scope: &mut Scope<'_>, node: &str, now: Millis) -> rusqlite::Result<Opened> {
    let connection = scope.connection;
    let mut opened = Opened::default();
    for (id, mark) in open_journals(connection)? {
        raise_fence(connection, id)?;
        opened.recovered += owe_what_was_in_memory(scope, id, mark, now)?;
        faults::pass(faults::DURING_RECOVERY);
        connection
            .prepare_cached("-- drop_journal\nDELETE FROM journal WHERE id = ?1")?
            .execute([id])?;
        opened.taken_over += 1;
    }
    if opened.taken_over > 0 {
        suspect_what_was_due(connection, now)?;
        line::suspect_first(connection)?;
    }
    let id = next_id(connection)?;
    let numbers = last_numbers(connection)?;
    connection
        .prepare_cached(
            "-- open_journal
            INSERT INTO journal (id, node, fence, mark, opened_at) VALUES (?1, ?2, 1, ?3, ?4)",
        )?
        .execute(params![id, node, numbers.message, now])?;
    scope.journal.start(id, numbers);
    opened.journal = id;
    Ok(opened)
}

/// Closes the journal in good order.
pub(crate) fn close(scope: &mut Scope<'_>) -> rusqlite::Result<()> {
    let journal = &mut *scope.journal;
    if journal.id == 0 {
        return Ok(());
    }
    if journal.in_memory.is_empty() {
        write_counters(scope.connection, journal.numbers)?;
        scope
            .connection
            .prepare_cached("-- close_journal\nDELETE FROM journal WHERE id = ?1 AND fence = ?2")?
            .execute(params![journal.id, journal.fence])?;
    } else {
        // Somebody still holds deliveries: leave the journal for the next start to take over.
        journal.write_mark(scope.connection)?;
    }
    journal.id = 0;
    Ok(())
}

fn open_journals(connection: &Connection) -> rusqlite::Result<Vec<(u16, i64)>> {
    connection
        .prepare("-- open_journals\nSELECT id, mark FROM journal ORDER BY id")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

fn raise_fence(connection: &Connection, id: u16) -> rusqlite::Result<()> {
    connection
        .prepare_cached("-- raise_fence\nUPDATE journal SET fence = fence + 1 WHERE id = ?1")?
        .execute([id])?;
    Ok(())
}

/// Counts a first recovery on rows that were due when their node died, since it may have died of sending
/// one of them. Nobody knows which it had in hand; a lane takes the oldest first.
fn suspect_what_was_due(connection: &Connection, now: Millis) -> rusqlite::Result<()> {
    let mut suspect = connection.prepare_cached(
        "-- suspect_what_was_due
        UPDATE pending SET recoveries_count = 1
        WHERE endpoint = ?1 AND recoveries_count = 0 AND message IN (
            SELECT message FROM pending WHERE endpoint = ?1 AND due_at <= ?2
            ORDER BY due_at LIMIT ?3)",
    )?;
    let endpoints = Some(Creditor::unslotted(0));
    for (creditor, due_at) in crate::pending::due_endpoints(connection, endpoints, usize::MAX)? {
        let endpoint = creditor.endpoint;
        if due_at <= now {
            suspect.execute(params![endpoint, now, SUSPECTS_COUNT_MAX])?;
        }
    }
    Ok(())
}

/// Owes every delivery above the mark that is neither settled nor owed. Gives how many.
fn owe_what_was_in_memory(
    scope: &mut Scope<'_>,
    id: u16,
    mark: i64,
    now: Millis,
) -> rusqlite::Result<usize> {
    let connection = scope.connection;
    let mut select = connection.prepare(
        "-- messages_above_mark\nSELECT seq, targets FROM message WHERE seq > ?2 AND journal = ?1 ORDER BY seq",
    )?;
    let mut is_known = connection.prepare(
        "-- is_settled_or_owed
        SELECT 1 FROM attempt WHERE message = ?1 AND endpoint = ?2 AND is_late = 0
            AND (trigger = ?3 OR outcome = ?4)
        UNION ALL SELECT 1 FROM pending WHERE message = ?1 AND endpoint = ?2 LIMIT 1",
    )?;
    let mut owe = connection.prepare(
        "-- owe_recovered
        INSERT INTO pending (message, endpoint, due_at, owed_since, attempts_count, reason, trigger,
            version, recoveries_count)
        VALUES (?1, ?2, ?3, ?3, 0, ?4, ?5, 1, 1)",
    )?;
    let (reason, trigger) = (PendingReason::Recovered.code(), Trigger::Scheduled.code());
    let mut recovered = 0;
    let mut rows = select.query(params![id, mark])?;
    while let Some(row) = rows.next()? {
        let (seq, packed): (i64, Vec<u8>) = (row.get(0)?, row.get(1)?);
        let Some(targets) = unpack_targets(&packed) else {
            tracing::error!(
                "The targets of message number {seq} cannot be read; nothing of it is recovered"
            );
            continue;
        };
        if targets.len() > FAN_OUT_DIRECT_MAX {
            continue; // never in memory: its cursor is in `pending`
        }
        for target in targets {
            // A resend that failed meanwhile does not tell how the delivery itself ended.
            if is_known.exists(params![seq, target, trigger, Outcome::Success.code()])? {
                continue;
            }
            owe.execute(params![seq, target, now, reason, trigger])?;
            scope.effects.owed.push((Creditor::unslotted(target), now));
            recovered += 1;
        }
    }
    Ok(recovered)
}

fn next_id(connection: &Connection) -> rusqlite::Result<u16> {
    let last = read_counter(connection, "journal")?;
    let next = u16::try_from(last % i64::from(u16::MAX) + 1).expect("1 to 65,535");
    write_counter(connection, "journal", i64::from(next))?;
    Ok(next)
}

/// The last numbers given, also where retention has removed their rows since.
fn last_numbers(connection: &Connection) -> rusqlite::Result<Numbers> {
    let last = |table: &str| -> rusqlite::Result<i64> {
        let sql = format!("-- last_number\nSELECT max(seq) FROM {table}");
        let newest: Option<i64> = connection.query_row(&sql, [], |row| row.get(0))?;
        Ok(newest.unwrap_or(0).max(read_counter(connection, table)?))
    };
    Ok(Numbers {
        message: last("message")?,
        attempt: last("attempt")?,
    })
}

pub(crate) fn write_counters(connection: &Connection, numbers: Numbers) -> rusqlite::Result<()> {
    write_counter(connection, "message", numbers.message)?;
    write_counter(connection, "attempt", numbers.attempt)
}

fn read_counter(connection: &Connection, name: &str) -> rusqlite::Result<i64> {
    let value = connection
        .prepare_cached("-- read_counter\nSELECT value FROM counter WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    Ok(value.unwrap_or(0))
}

fn write_counter(connection: &Connection, name: &str, value: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "-- write_counter
            INSERT INTO counter (name, value) VALUES (?1, ?2)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )?
        .execute(params![name, value])?;
    Ok(())
}
