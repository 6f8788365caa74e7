//! What is owed: written, asked for again, found when due, expanded.

use rusqlite::{Connection, OptionalExtension, Row, params};
use tidings_domain::clock::Millis;
use tidings_domain::delivery::{Outcome, Pending, PendingReason, Trigger};
use tidings_domain::message::{FAN_OUT_DIRECT_MAX, MessageKey, unpack_targets};
use tidings_store::{Creditor, Dedup, Due, Hold, Owed, OwedCount, Resend, Resent};

use crate::accept::{Made, take_key};
use crate::convert::{count, read_message_id};
use crate::line;
use crate::step::Scope;

/// Writes down deliveries that were only in memory.
///
/// One that was settled meanwhile is left out. Where somebody else owes it already, that row gets
/// another version, so that whoever still holds this delivery does not clear it.
pub(crate) fn owe(scope: &mut Scope<'_>, deliveries: &[Owed]) -> rusqlite::Result<()> {
    if !scope.journal.holds_fence(scope.connection)? {
        return Ok(()); // whoever has taken over owes them
    }
    for owed in deliveries {
        if owed.hold != Hold::Handed {
            continue; // its row still stands
        }
        let written = scope
            .connection
            .prepare_cached(
                "-- owe
                INSERT INTO pending (message, endpoint, due_at, owed_since, attempts_count, reason,
                    trigger, version, recoveries_count)
                SELECT ?1, ?2, ?3, ?3, 0, ?4, ?5, 1, 0
                WHERE NOT EXISTS (SELECT 1 FROM attempt WHERE message = ?1 AND endpoint = ?2
                    AND trigger = ?5 AND is_late = 0)
                ON CONFLICT (message, endpoint) DO UPDATE SET version = version + 1",
            )?
            .execute(params![
                owed.message.id.seq(),
                owed.endpoint,
                owed.due_at,
                owed.reason.code(),
                Trigger::Scheduled.code(),
            ])?;
        if written == 1 {
            scope.effects.cleared.push(owed.message.id.seq());
            scope
                .effects
                .owed_in_hand
                .push((owed.message.id.seq(), owed.endpoint));
            let creditor = Creditor::unslotted(owed.endpoint);
            scope.effects.owed.push((creditor, owed.due_at));
        }
    }
    Ok(())
}

/// Owes a delivery now, whatever has become of it.
pub(crate) fn resend(
    scope: &mut Scope<'_>,
    resend: &Resend,
    dedup: Option<&Dedup>,
) -> rusqlite::Result<Resent> {
    let message = resend.message.id.seq();
    let is_there = scope
        .connection
        .prepare_cached("-- has_message\nSELECT 1 FROM message WHERE seq = ?1")?
        .exists([message])?;
    if !is_there {
        return Ok(Resent::Missing);
    }
    if let Some(dedup) = dedup {
        match take_key(scope.connection, dedup, Made::Message(message), resend.now)? {
            None => {}
            Some((_, true)) => return Ok(Resent::Replayed),
            Some((_, false)) => return Ok(Resent::KeyReused),
        }
    }
    let made: i64 = scope
        .connection
        .prepare_cached(
            "-- count_requests
            SELECT coalesce(max(CASE WHEN outcome = ?3 THEN number - 1 ELSE number END), 0)
            FROM attempt WHERE message = ?1 AND endpoint = ?2",
        )?
        .query_row(
            params![message, resend.endpoint, Outcome::Canceled.code()],
            |row| row.get(0),
        )?;
    scope
        .connection
        .prepare_cached(
            "-- resend
            INSERT INTO pending (message, endpoint, due_at, owed_since, attempts_count, reason,
                trigger, version, recoveries_count)
            VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, 1, 0)
            ON CONFLICT (message, endpoint) DO UPDATE SET due_at = excluded.due_at,
                owed_since = excluded.owed_since, reason = excluded.reason,
                trigger = excluded.trigger, version = version + 1, recoveries_count = 0,
                position = 0",
        )?
        .execute(params![
            message,
            resend.endpoint,
            resend.now,
            made,
            PendingReason::Resend.code(),
            Trigger::Manual.code(),
        ])?;
    let creditor = Creditor::unslotted(resend.endpoint);
    scope.effects.owed.push((creditor, resend.now));
    Ok(Resent::Done)
}

/// Endpoints that are owed something, by number, with the time of the first.
pub(crate) fn due_endpoints(
    connection: &Connection,
    after: Option<Creditor>,
    limit: usize,
) -> rusqlite::Result<Vec<(Creditor, Millis)>> {
    // A loose scan: one step down the index for each endpoint, however much each is owed.
    let mut select = connection.prepare_cached(
        "-- due_endpoint_after
        SELECT endpoint, due_at FROM pending WHERE endpoint > ?1 ORDER BY endpoint, due_at LIMIT 1",
    )?;
    let mut found: Vec<(Creditor, Millis)> = Vec::new();
    let mut last = after.map_or(-1, |after| after.endpoint);
    while found.len() < limit {
        let next = select
            .query_row([last], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((endpoint, due_at)) = next else {
            break;
        };
        found.push((Creditor::unslotted(endpoint), due_at));
        last = endpoint;
    }
    Ok(found)
}

/// How much an endpoint is owed, and since when; counts up to `limit`.
pub(crate) fn owed(
    connection: &Connection,
    endpoint: i64,
    limit: usize,
) -> rusqlite::Result<OwedCount> {
    connection
        .prepare_cached(
            "-- owed
            SELECT count(*), min(owed_since) FROM
                (SELECT owed_since FROM pending WHERE endpoint = ?1 ORDER BY due_at LIMIT ?2)",
        )?
        .query_row([endpoint, count(limit)], |row| {
            Ok(OwedCount {
                count: row.get::<_, i64>(0)?.unsigned_abs(),
                since: row.get(1)?,
            })
        })
}

/// The columns of a row and of its message's key.
pub(crate) const COLUMNS: &str = "pending.endpoint, pending.due_at, pending.attempts_count, pending.reason, \
    pending.trigger, pending.version, pending.recoveries_count, message.application, message.seq, \
    message.accepted_at, message.journal, message.tail";

/// What is due to an endpoint, oldest first, and when the next is due after that.
pub(crate) fn due(
    connection: &Connection,
    endpoint: i64,
    now: Millis,
    limit: usize,
) -> rusqlite::Result<Due> {
    let next_at = connection
        .prepare_cached(
            "-- next_due_after
            SELECT min(due_at) FROM pending WHERE endpoint = ?1 AND due_at > ?2",
        )?
        .query_row(params![endpoint, now], |row| row.get(0))?;
    let rows = connection
        .prepare_cached(&format!(
            "-- due
            SELECT {COLUMNS} FROM pending CROSS JOIN message ON message.seq = pending.message
            WHERE pending.endpoint = ?1 AND pending.due_at <= ?2
            ORDER BY pending.due_at, pending.message LIMIT ?3"
        ))?
        .query_map(
            params![endpoint, now, i64::try_from(limit).unwrap_or(i64::MAX)],
            read,
        )?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Due { rows, next_at })
}

pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Pending> {
    Ok(Pending {
        message: MessageKey {
            application: row.get(7)?,
            id: read_message_id(row, 8)?,
        },
        endpoint: row.get(0)?,
        due_at: row.get(1)?,
        attempts_count: row.get(2)?,
        reason: PendingReason::from_code(row.get(3)?).unwrap_or(PendingReason::Retry),
        trigger: Trigger::from_code(row.get(4)?).unwrap_or(Trigger::Scheduled),
        version: row.get(5)?,
        recoveries_count: row.get(6)?,
    })
}

/// Counts one more recovery on rows that a crash brought back.
pub(crate) fn count_recoveries(scope: &mut Scope<'_>, rows: &[Pending]) -> rusqlite::Result<()> {
    for row in rows {
        scope
            .connection
            .prepare_cached(
                "-- count_recovery
                UPDATE pending SET recoveries_count = recoveries_count + 1
                WHERE message = ?1 AND endpoint = ?2 AND version = ?3",
            )?
            .execute(params![row.message.id.seq(), row.endpoint, row.version])?;
    }
    Ok(())
}

/// Turns the next part of a fan-out into rows of their own.
pub(crate) fn expand_fan_out(
    scope: &mut Scope<'_>,
    message: i64,
    now: Millis,
) -> rusqlite::Result<(Vec<i64>, bool)> {
    let connection = scope.connection;
    let found: Option<(i64, Millis, Vec<u8>, i64)> = connection
        .prepare_cached(
            "-- fan_out_cursor
            SELECT pending.position, pending.owed_since, message.targets, pending.reason FROM pending
            JOIN message ON message.seq = pending.message
            WHERE pending.message = ?1 AND pending.endpoint = 0",
        )?
        .query_row([message], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .optional()?;
    let Some((position, owed_since, packed, reason)) = found else {
        return Ok((Vec::new(), true));
    };
    let targets = unpack_targets(&packed).unwrap_or_default();
    let start = usize::try_from(position).unwrap_or(0).min(targets.len());
    let end = (start + FAN_OUT_DIRECT_MAX).min(targets.len());
    let part = targets[start..end].to_vec();
    let has_line = reason == PendingReason::Line.code();
    for target in &part {
        // What is in line was owed with the message; it may be done by now, and its row gone.
        if has_line && line::was_sent(connection, message, *target)? {
            continue;
        }
        connection
            .prepare_cached(
                "-- owe_fan_out
                INSERT INTO pending (message, endpoint, due_at, owed_since, attempts_count, reason,
                    trigger, version, recoveries_count)
                VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6, 1, 0)
                ON CONFLICT (message, endpoint) DO NOTHING",
            )?
            .execute(params![
                message,
                target,
                now,
                owed_since,
                PendingReason::FanOut.code(),
                Trigger::Scheduled.code(),
            ])?;
        scope.effects.owed.push((Creditor::unslotted(*target), now));
    }
    let is_done = end == targets.len();
    let statement = if is_done {
        "-- end_fan_out\nDELETE FROM pending WHERE message = ?1 AND endpoint = 0 AND ?2 >= 0"
    } else {
        "-- move_fan_out\nUPDATE pending SET position = ?2 WHERE message = ?1 AND endpoint = 0"
    };
    let end = i64::try_from(end).expect("a count of targets");
    connection
        .prepare_cached(statement)?
        .execute(params![message, end])?;
    Ok((part, is_done))
}
