//! Work that keeps the store tidy: a little at a time, so that nobody waits for it.

use rusqlite::{Connection, OptionalExtension, params};
use tidings_domain::clock::Millis;
use tidings_domain::delivery::{AttemptError, OWED_FOR_MAX_MS, Outcome};
use tidings_store::Creditor;

use crate::step::Scope;

/// Cancels what is owed to endpoints that are off, and what is owed for too long.
pub(crate) fn cancel_stale(
    scope: &mut Scope<'_>,
    now: Millis,
    limit: usize,
) -> rusqlite::Result<usize> {
    let mut stale = Vec::new();
    for endpoint in endpoints_that_are_owed(scope.connection)? {
        if stale.len() >= limit {
            break;
        }
        let room = limit - stale.len();
        match why_off(scope.connection, endpoint)? {
            Some(error) => stale.extend(owed_to(scope.connection, endpoint, error, room)?),
            None => stale.extend(owed_for_too_long(scope.connection, endpoint, now, room)?),
        }
    }
    for row in &stale {
        cancel(scope, row, now)?;
    }
    Ok(stale.len())
}

/// Cancels everything that is owed of a message, but for the cursor of its fan-out.
pub(crate) fn cancel_all_of(
    scope: &mut Scope<'_>,
    message: i64,
    error: AttemptError,
    now: Millis,
) -> rusqlite::Result<()> {
    let owed: Vec<Stale> = scope
        .connection
        .prepare_cached(
            "-- owed_of
            SELECT message, endpoint, attempts_count, trigger FROM pending
            WHERE message = ?1 AND endpoint > 0",
        )?
        .query_map([message], |row| read_stale(row, error))?
        .collect::<rusqlite::Result<_>>()?;
    for row in &owed {
        cancel(scope, row, now)?;
    }
    Ok(())
}

struct Stale {
    message: i64,
    endpoint: i64,
    attempts_count: i64,
    trigger: i64,
    error: AttemptError,
}

fn endpoints_that_are_owed(connection: &Connection) -> rusqlite::Result<Vec<i64>> {
    let after = Some(Creditor::unslotted(0));
    let due = crate::pending::due_endpoints(connection, after, usize::MAX)?;
    Ok(due.into_iter().map(|(to, _)| to.endpoint).collect())
}

/// Why nothing is to be sent to an endpoint, if so.
fn why_off(connection: &Connection, endpoint: i64) -> rusqlite::Result<Option<AttemptError>> {
    let found: Option<(bool, bool)> = connection
        .prepare_cached(
            "-- why_off
            SELECT endpoint.deleted_at IS NOT NULL OR application.deleted_at IS NOT NULL,
                endpoint.is_disabled OR endpoint_state.disabled_at IS NOT NULL
            FROM endpoint JOIN application ON application.ordinal = endpoint.application
            LEFT JOIN endpoint_state ON endpoint_state.endpoint = endpoint.ordinal
            WHERE endpoint.ordinal = ?1",
        )?
        .query_row([endpoint], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(match found {
        Some((false, false)) => None,
        Some((false, true)) => Some(AttemptError::EndpointDisabled),
        Some((true, _)) | None => Some(AttemptError::EndpointDeleted),
    })
}

fn owed_to(
    connection: &Connection,
    endpoint: i64,
    error: AttemptError,
    limit: usize,
) -> rusqlite::Result<Vec<Stale>> {
    connection
        .prepare_cached(
            "-- owed_to
            SELECT message, endpoint, attempts_count, trigger FROM pending
            WHERE endpoint = ?1 ORDER BY due_at LIMIT ?2",
        )?
        .query_map(
            params![endpoint, i64::try_from(limit).unwrap_or(i64::MAX)],
            |row| read_stale(row, error),
        )?
        .collect()
}

fn owed_for_too_long(
    connection: &Connection,
    endpoint: i64,
    now: Millis,
    limit: usize,
) -> rusqlite::Result<Vec<Stale>> {
    // Retries are at most 30 days away, so what is owed for longer is due or nearly so.
    connection
        .prepare_cached(
            "-- owed_for_too_long
            SELECT message, endpoint, attempts_count, trigger FROM pending
            WHERE endpoint = ?1 AND due_at <= ?4 AND owed_since < ?2 ORDER BY due_at LIMIT ?3",
        )?
        .query_map(
            params![
                endpoint,
                now - OWED_FOR_MAX_MS,
                i64::try_from(limit).unwrap_or(i64::MAX),
                now + OWED_FOR_MAX_MS,
            ],
            |row| read_stale(row, AttemptError::Expired),
        )?
        .collect()
}

fn read_stale(row: &rusqlite::Row<'_>, error: AttemptError) -> rusqlite::Result<Stale> {
    Ok(Stale {
        message: row.get(0)?,
        endpoint: row.get(1)?,
        attempts_count: row.get(2)?,
        trigger: row.get(3)?,
        error,
    })
}

/// The row that says why, in the place of the row that is owed.
fn cancel(scope: &mut Scope<'_>, row: &Stale, now: Millis) -> rusqlite::Result<()> {
    loop {
        scope.journal.numbers.attempt += 1;
        if insert_canceled(scope, row, now)? == 1 {
            break;
        }
        scope.journal.catch_up(scope.connection)?;
    }
    scope
        .connection
        .prepare_cached(
            "-- drop_canceled\nDELETE FROM pending WHERE message = ?1 AND endpoint = ?2",
        )?
        .execute(params![row.message, row.endpoint])?;
    Ok(())
}

fn insert_canceled(scope: &mut Scope<'_>, row: &Stale, now: Millis) -> rusqlite::Result<usize> {
    scope
        .connection
        .prepare_cached(
            "-- insert_canceled
            INSERT INTO attempt (seq, message, endpoint, started_at, journal, tail, number, trigger,
                outcome, is_late, error, resolve_us, connect_us, tls_us, head_us, body_us,
                is_truncated, url, request_headers, response_headers, response)
            SELECT ?1, ?2, ?3, ?4, ?5, random() & 281474976710655, ?6, ?7, ?8, 0, ?9, 0, 0, 0, 0,
                0, 0, coalesce((SELECT url FROM endpoint WHERE ordinal = ?3), ''), '', x'', x''
            WHERE true ON CONFLICT (seq) DO NOTHING",
        )?
        .execute(params![
            scope.journal.numbers.attempt,
            row.message,
            row.endpoint,
            now,
            scope.journal.id,
            row.attempts_count + 1,
            row.trigger,
            Outcome::Canceled.code(),
            row.error.code(),
        ])
}

/// Removes idempotency keys that have run out, a part of the table at a time; no index on the time is
/// needed that way, and every insert is spared one.
pub(crate) fn sweep_dedup(
    scope: &mut Scope<'_>,
    from: &[u8],
    now: Millis,
    limit: usize,
) -> rusqlite::Result<(usize, Vec<u8>)> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let last: Option<Vec<u8>> = scope
        .connection
        .prepare_cached(
            "-- last_of_part
            SELECT max(key) FROM (SELECT key FROM dedup WHERE key > ?1 ORDER BY key LIMIT ?2)",
        )?
        .query_row(params![from, limit], |row| row.get(0))?;
    let Some(last) = last else {
        return Ok((0, Vec::new()));
    };
    let removed = scope
        .connection
        .prepare_cached(
            "-- sweep_dedup\nDELETE FROM dedup WHERE key > ?1 AND key <= ?2 AND expires_at <= ?3",
        )?
        .execute(params![from, last, now])?;
    Ok((removed, last))
}
