//! What is kept for so long and no longer: old messages go, with their attempts.
//!
//! A few rows in each commit, so that nobody waits for it. The room that they leave in the file is used
//! again by what comes after them.

use std::sync::atomic::{AtomicI64, Ordering};

use rusqlite::{Connection, params};
use tidings_domain::clock::Millis;
use tidings_store::Removal;

use crate::convert::count;
use crate::step::Scope;

/// An old message, by number.
struct Old {
    seq: i64,
    accepted_at: Millis,
    is_settled: bool,
}

/// Removes messages from `place` on, where it goes on the next time. It starts anew once it has come to one
/// that is kept.
pub(crate) fn remove_before(
    scope: &mut Scope<'_>,
    place: &AtomicI64,
    before: Millis,
    limit: usize,
) -> rusqlite::Result<Removal> {
    if scope.journal.id == 0 {
        return Ok(Removal::Done); // nobody is at work here, who knows what is in memory
    }
    let connection = scope.connection;
    let mut after = place.load(Ordering::SeqCst);
    let found = oldest(scope, after, limit)?;
    let is_last_page = found.len() < limit;
    let mut room = limit;
    for old in found {
        if old.accepted_at >= before {
            place.store(0, Ordering::SeqCst);
            return Ok(Removal::Done);
        }
        if old.is_settled {
            room -= remove_attempts(connection, old.seq, room)?;
            if room == 0 {
                keep_numbers(scope)?;
                place.store(after, Ordering::SeqCst);
                return Ok(Removal::More);
            }
            remove_message(connection, old.seq)?;
            room -= 1;
        }
        after = old.seq;
        if room == 0 {
            break;
        }
    }
    if room < limit {
        keep_numbers(scope)?;
    }
    let is_done = is_last_page && room > 0;
    place.store(if is_done { 0 } else { after }, Ordering::SeqCst);
    Ok(if is_done {
        Removal::Done
    } else {
        Removal::More
    })
}

/// The oldest messages behind a number, and whether each is out of everybody's hands: nothing of it is
/// owed, and it is not above the mark of a journal.
fn oldest(scope: &Scope<'_>, after: i64, limit: usize) -> rusqlite::Result<Vec<Old>> {
    let (own, own_mark) = (scope.journal.id, scope.journal.mark());
    scope
        .connection
        .prepare_cached(
            "-- oldest_messages
            SELECT seq, accepted_at, seq <= ?3
                AND seq <= coalesce((SELECT min(mark) FROM journal WHERE id <> ?4), seq)
                AND NOT EXISTS (SELECT 1 FROM pending WHERE pending.message = message.seq)
            FROM message WHERE seq > ?1 ORDER BY seq LIMIT ?2",
        )?
        .query_map(params![after, count(limit), own_mark, own], |row| {
            Ok(Old {
                seq: row.get(0)?,
                accepted_at: row.get(1)?,
                is_settled: row.get(2)?,
            })
        })?
        .collect()
}

/// Gives how many there were, at most `limit`.
fn remove_attempts(connection: &Connection, message: i64, limit: usize) -> rusqlite::Result<usize> {
    connection
        .prepare_cached(
            "-- remove_attempts
            DELETE FROM attempt WHERE seq IN
                (SELECT seq FROM attempt WHERE message = ?1 ORDER BY seq LIMIT ?2)",
        )?
        .execute(params![message, count(limit)])
}

fn remove_message(connection: &Connection, seq: i64) -> rusqlite::Result<usize> {
    connection
        .prepare_cached("-- remove_message\nDELETE FROM message WHERE seq = ?1")?
        .execute([seq])
}

/// The numbers of rows that are gone are not given a second time.
fn keep_numbers(scope: &mut Scope<'_>) -> rusqlite::Result<()> {
    crate::journal::write_counters(scope.connection, scope.journal.numbers)
}
