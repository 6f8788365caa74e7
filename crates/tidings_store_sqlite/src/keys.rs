//! Environments and their API keys.

use rusqlite::{Connection, OptionalExtension, Row, params};
use tidings_domain::application::{ApiKeyRecord, Environment};
use tidings_domain::clock::Millis;
use tidings_store::Subject;

use crate::changes;
use crate::step::Scope;

/// The environment of this name; made if it is not there.
pub(crate) fn ensure_environment(
    scope: &mut Scope<'_>,
    name: &str,
    now: Millis,
) -> rusqlite::Result<Environment> {
    scope
        .connection
        .prepare_cached(
            "-- insert_environment
            INSERT INTO environment (name, created_at) VALUES (?1, ?2)
            ON CONFLICT (name) DO NOTHING",
        )?
        .execute(params![name, now])?;
    scope
        .connection
        .prepare_cached(
            "-- environment
            SELECT ordinal, name, created_at FROM environment WHERE name = ?1",
        )?
        .query_row([name], read_environment)
}

pub(crate) fn environments(connection: &Connection) -> rusqlite::Result<Vec<Environment>> {
    connection
        .prepare_cached(
            "-- environments
            SELECT ordinal, name, created_at FROM environment ORDER BY ordinal",
        )?
        .query_map([], read_environment)?
        .collect()
}

fn read_environment(row: &Row<'_>) -> rusqlite::Result<Environment> {
    Ok(Environment {
        ordinal: row.get(0)?,
        name: row.get(1)?,
        created_at: row.get(2)?,
    })
}

pub(crate) fn create_api_key(scope: &mut Scope<'_>, key: &ApiKeyRecord) -> rusqlite::Result<()> {
    scope
        .connection
        .prepare_cached(
            "-- create_api_key
            INSERT INTO api_key (ordinal, environment, name, hash, created_at, last_used_at,
                revoked_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            key.ordinal,
            key.environment,
            key.name,
            key.hash,
            key.created_at,
            key.last_used_at,
            key.revoked_at,
        ])?;
    changes::note(scope.connection, Subject::ApiKey(key.ordinal))
}

const COLUMNS: &str = "ordinal, environment, name, hash, created_at, last_used_at, revoked_at";

fn read_api_key(row: &Row<'_>) -> rusqlite::Result<ApiKeyRecord> {
    Ok(ApiKeyRecord {
        ordinal: row.get(0)?,
        environment: row.get(1)?,
        name: row.get(2)?,
        hash: row.get(3)?,
        created_at: row.get(4)?,
        last_used_at: row.get(5)?,
        revoked_at: row.get(6)?,
    })
}

pub(crate) fn api_key(
    connection: &Connection,
    ordinal: i64,
) -> rusqlite::Result<Option<ApiKeyRecord>> {
    connection
        .prepare_cached(&format!(
            "-- api_key
            SELECT {COLUMNS} FROM api_key WHERE ordinal = ?1"
        ))?
        .query_row([ordinal], read_api_key)
        .optional()
}

/// All keys of an environment, oldest first. They are few, so there is no index for this.
pub(crate) fn api_keys(
    connection: &Connection,
    environment: i64,
) -> rusqlite::Result<Vec<ApiKeyRecord>> {
    connection
        .prepare_cached(&format!(
            "-- api_keys
            SELECT {COLUMNS} FROM api_key WHERE environment = ?1 ORDER BY created_at, ordinal"
        ))?
        .query_map([environment], read_api_key)?
        .collect()
}

/// Refuses a key from now on; one that is refused already keeps its time.
pub(crate) fn revoke_api_key(
    scope: &mut Scope<'_>,
    environment: i64,
    ordinal: i64,
    now: Millis,
) -> rusqlite::Result<bool> {
    let found = scope
        .connection
        .prepare_cached(
            "-- revoke_api_key
            UPDATE api_key SET revoked_at = coalesce(revoked_at, ?3)
            WHERE ordinal = ?2 AND environment = ?1",
        )?
        .execute(params![environment, ordinal, now])?;
    if found == 1 {
        changes::note(scope.connection, Subject::ApiKey(ordinal))?;
    }
    Ok(found == 1)
}

/// Notes when keys were last seen. It is no change that a cache must hear of.
pub(crate) fn touch_api_keys(
    scope: &mut Scope<'_>,
    seen: &[(i64, Millis)],
) -> rusqlite::Result<()> {
    let mut touch = scope.connection.prepare_cached(
        "-- touch_api_key
        UPDATE api_key SET last_used_at = ?2
        WHERE ordinal = ?1 AND (last_used_at IS NULL OR last_used_at < ?2)",
    )?;
    for (ordinal, at) in seen {
        touch.execute(params![ordinal, at])?;
    }
    Ok(())
}
