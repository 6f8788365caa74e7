//! Lines: what is owed to endpoints that keep the order, each delivery with its place.
//!
//! A place is given in the commit of the message. There is one writer, so places become visible in their
//! order, and none is left out.

use rusqlite::{Connection, OptionalExtension, params};
use tidings_domain::clock::Millis;
use tidings_domain::delivery::{IN_LINE, Pending, PendingReason, Trigger};
use tidings_store::commit::Effects;
use tidings_store::{Creditor, Due, NewMessage};

use crate::pending::{COLUMNS, read};
use crate::step::Scope;

/// Writes down what a message owes to endpoints that keep the order.
pub(crate) fn join(
    connection: &Connection,
    new: &NewMessage,
    seq: i64,
    effects: &mut Effects,
) -> rusqlite::Result<()> {
    for endpoint in &new.in_line {
        let place: i64 = connection
            .prepare_cached(
                "-- join_line
                INSERT INTO line (endpoint, last) VALUES (?1, 1)
                ON CONFLICT (endpoint) DO UPDATE SET last = last + 1 RETURNING last",
            )?
            .query_row([endpoint], |row| row.get(0))?;
        connection
            .prepare_cached(
                "-- insert_in_line
                INSERT INTO pending (message, endpoint, due_at, owed_since, attempts_count, reason,
                    trigger, version, recoveries_count, position)
                VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6, 1, 0, ?7)",
            )?
            .execute(params![
                seq,
                endpoint,
                IN_LINE,
                new.accepted_at,
                PendingReason::Line.code(),
                Trigger::Scheduled.code(),
                place,
            ])?;
        let creditor = Creditor::unslotted(*endpoint);
        effects.owed.push((creditor, new.accepted_at));
    }
    Ok(())
}

/// Who is first in line.
pub(crate) fn first(
    connection: &Connection,
    endpoint: i64,
    limit: usize,
) -> rusqlite::Result<Vec<Pending>> {
    connection
        .prepare_cached(&format!(
            "-- line
            SELECT {COLUMNS} FROM pending CROSS JOIN message ON message.seq = pending.message
            WHERE pending.endpoint = ?1 AND pending.endpoint > 0 AND pending.position > 0
            ORDER BY pending.position LIMIT ?2"
        ))?
        .query_map(
            params![endpoint, i64::try_from(limit).unwrap_or(i64::MAX)],
            read,
        )?
        .collect()
}

/// What is due beside the line, oldest first, and when the next is due after that.
pub(crate) fn due_beside(
    connection: &Connection,
    endpoint: i64,
    now: Millis,
    limit: usize,
) -> rusqlite::Result<Due> {
    let next_at = connection
        .prepare_cached(
            "-- next_due_beside_line
            SELECT min(due_at) FROM pending
            WHERE endpoint = ?1 AND due_at > ?2 AND due_at < ?3 AND position = 0",
        )?
        .query_row(params![endpoint, now, IN_LINE], |row| row.get(0))?;
    let rows = connection
        .prepare_cached(&format!(
            "-- due_beside_line
            SELECT {COLUMNS} FROM pending CROSS JOIN message ON message.seq = pending.message
            WHERE pending.endpoint = ?1 AND pending.due_at <= ?2 AND pending.position = 0
            ORDER BY pending.due_at, pending.message LIMIT ?3"
        ))?
        .query_map(
            params![endpoint, now, i64::try_from(limit).unwrap_or(i64::MAX)],
            read,
        )?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Due { rows, next_at })
}

/// The endpoints for which something waits in line.
pub(crate) fn all(
    connection: &Connection,
    after: Option<Creditor>,
    limit: usize,
) -> rusqlite::Result<Vec<Creditor>> {
    // A loose scan: one step down the index for each endpoint, however long its line is.
    let mut select = connection.prepare_cached(
        "-- line_after
        SELECT endpoint FROM pending WHERE endpoint > ?1 AND endpoint > 0 AND position > 0
        ORDER BY endpoint LIMIT 1",
    )?;
    let mut found = Vec::new();
    let mut last = after.map_or(0, |after| after.endpoint);
    while found.len() < limit {
        let next = select.query_row([last], |row| row.get(0)).optional()?;
        let Some(endpoint) = next else {
            break;
        };
        found.push(Creditor::unslotted(endpoint));
        last = endpoint;
    }
    Ok(found)
}

/// Lets the first in line go as they like.
pub(crate) fn leave(scope: &mut Scope<'_>, endpoint: i64, limit: usize) -> rusqlite::Result<usize> {
    scope
        .connection
        .prepare_cached(
            "-- leave_line
            UPDATE pending SET position = 0,
                due_at = CASE WHEN due_at = ?2 THEN owed_since ELSE due_at END
            WHERE endpoint = ?1 AND message IN (
                SELECT message FROM pending
                WHERE endpoint = ?1 AND endpoint > 0 AND position > 0
                ORDER BY position LIMIT ?3)",
        )?
        .execute(params![
            endpoint,
            IN_LINE,
            i64::try_from(limit).unwrap_or(i64::MAX)
        ])
}

/// Whether there was an attempt at a delivery, or a note that there was none.
pub(crate) fn was_sent(
    connection: &Connection,
    message: i64,
    endpoint: i64,
) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("-- was_sent\nSELECT 1 FROM attempt WHERE message = ?1 AND endpoint = ?2")?
        .exists([message, endpoint])
}

/// Counts a first recovery on who was first in each line: their node may have died of sending it.
pub(crate) fn suspect_first(connection: &Connection) -> rusqlite::Result<()> {
    let mut suspect = connection.prepare_cached(
        "-- suspect_first_in_line
        UPDATE pending SET recoveries_count = 1
        WHERE endpoint = ?1 AND recoveries_count = 0 AND message IN (
            SELECT message FROM pending WHERE endpoint = ?1 AND endpoint > 0 AND position > 0
            ORDER BY position LIMIT 1)",
    )?;
    for creditor in all(connection, None, usize::MAX)? {
        suspect.execute([creditor.endpoint])?;
    }
    Ok(())
}
