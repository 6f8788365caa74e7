//! Environments and their API keys.

use rusqlite::{Connection, OptionalExtension, Row, params};
use tidings_domain::api_key::ApiKeyPatch;
use tidings_domain::application::{ApiKeyRecord, Environment};
use tidings_domain::clock::Millis;
use tidings_store::{ApiKeyChanged, Subject, old_hashes_from_bytes, old_hashes_to_bytes};

use crate::changes;
use crate::convert::{read_role, unreadable};
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
                revoked_at, role, expires_at, old_hashes, rate_limit)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            key.ordinal,
            key.environment,
            key.name,
            key.hash,
            key.created_at,
            key.last_used_at,
            key.revoked_at,
            key.role.as_str(),
            key.expires_at,
            old_hashes_to_bytes(&key.old_hashes),
            key.rate_limit,
        ])?;
    changes::note(scope.connection, Subject::ApiKey(key.ordinal))
}

const COLUMNS: &str = "ordinal, environment, name, hash, created_at, last_used_at, revoked_at, \
    role, expires_at, old_hashes, rate_limit";

fn read_api_key(row: &Row<'_>) -> rusqlite::Result<ApiKeyRecord> {
    Ok(ApiKeyRecord {
        ordinal: row.get(0)?,
        environment: row.get(1)?,
        name: row.get(2)?,
        hash: row.get(3)?,
        created_at: row.get(4)?,
        last_used_at: row.get(5)?,
        revoked_at: row.get(6)?,
        role: read_role(row, 7)?,
        expires_at: row.get(8)?,
        old_hashes: old_hashes_from_bytes(row.get_ref(9)?.as_blob()?)
            .ok_or_else(|| unreadable(9, std::io::Error::other("no hashes")))?,
        rate_limit: row.get(10)?,
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

/// Changes or revokes a key that is not revoked.
pub(crate) fn change_api_key(
    scope: &mut Scope<'_>,
    (environment, ordinal): (i64, i64),
    patch: ApiKeyPatch,
    keeps_admin: bool,
    now: Millis,
) -> rusqlite::Result<ApiKeyChanged> {
    let found = api_key(scope.connection, ordinal)?;
    let is_meant = |key: &ApiKeyRecord| key.environment == environment && key.revoked_at.is_none();
    let Some(mut key) = found.filter(is_meant) else {
        return Ok(ApiKeyChanged::Missing);
    };
    scope.keep_before(&key);
    let was_admin = key.manages_keys(now);
    patch.apply(&mut key, now);
    if keeps_admin
        && was_admin
        && !key.manages_keys(now)
        && !has_other_admin(scope.connection, &key, now)?
    {
        return Ok(ApiKeyChanged::LastAdmin);
    }
    scope
        .connection
        .prepare_cached(
            "-- change_api_key
            UPDATE api_key SET name = ?2, role = ?3, expires_at = ?4, rate_limit = ?5, hash = ?6,
                old_hashes = ?7, revoked_at = ?8
            WHERE ordinal = ?1 AND revoked_at IS NULL",
        )?
        .execute(params![
            ordinal,
            key.name,
            key.role.as_str(),
            key.expires_at,
            key.rate_limit,
            key.hash,
            old_hashes_to_bytes(&key.old_hashes),
            key.revoked_at,
        ])?;
    changes::note(scope.connection, Subject::ApiKey(ordinal))?;
    Ok(ApiKeyChanged::Done(key))
}

fn has_other_admin(
    connection: &Connection,
    key: &ApiKeyRecord,
    now: Millis,
) -> rusqlite::Result<bool> {
    let keys = api_keys(connection, key.environment)?;
    let is_other = |other: &ApiKeyRecord| other.ordinal != key.ordinal && other.manages_keys(now);
    Ok(keys.iter().any(is_other))
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
