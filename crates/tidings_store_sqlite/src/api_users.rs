//! API users: made, found by their login, listed, given another password, revoked.

use rusqlite::{Connection, OptionalExtension, Row, params};
use tidings_domain::application::ApiUser;
use tidings_domain::clock::Millis;
use tidings_store::{NewApiUser, Subject, Written};

use crate::changes;
use crate::step::Scope;

const COLUMNS: &str = "ordinal, environment, application, login, password_hash, created_at, \
    last_used_at, revoked_at";

fn read(row: &Row<'_>) -> rusqlite::Result<ApiUser> {
    Ok(ApiUser {
        ordinal: row.get(0)?,
        environment: row.get(1)?,
        application: row.get(2)?,
        login: row.get(3)?,
        password_hash: row.get(4)?,
        created_at: row.get(5)?,
        last_used_at: row.get(6)?,
        revoked_at: row.get(7)?,
    })
}

pub(crate) fn create(
    scope: &mut Scope<'_>,
    new: &NewApiUser,
) -> rusqlite::Result<Written<ApiUser>> {
    let connection = scope.connection;
    if crate::applications::by_ordinal(connection, new.application)?.is_none() {
        return Ok(Written::Missing);
    }
    if let Some(other) = by_login(connection, &new.login)? {
        return Ok(Written::Taken(other));
    }
    connection
        .prepare_cached(
            "-- create_api_user
            INSERT INTO api_user (environment, application, login, password_hash, created_at)
            VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            new.environment,
            new.application,
            new.login,
            new.password_hash,
            new.created_at,
        ])?;
    changes::note(connection, Subject::ApiUser(connection.last_insert_rowid()))?;
    Ok(by_login(connection, &new.login)?.map_or(Written::Missing, Written::Done))
}

pub(crate) fn by_login(connection: &Connection, login: &str) -> rusqlite::Result<Option<ApiUser>> {
    connection
        .prepare_cached(&format!(
            "-- api_user
            SELECT {COLUMNS} FROM api_user WHERE login = ?1 AND revoked_at IS NULL"
        ))?
        .query_row([login], read)
        .optional()
}

pub(crate) fn list(connection: &Connection, application: i64) -> rusqlite::Result<Vec<ApiUser>> {
    connection
        .prepare_cached(&format!(
            "-- api_users
            SELECT {COLUMNS} FROM api_user WHERE application = ?1 ORDER BY ordinal"
        ))?
        .query_map([application], read)?
        .collect()
}

pub(crate) fn replace_password(
    scope: &mut Scope<'_>,
    application: i64,
    ordinal: i64,
    password_hash: &str,
) -> rusqlite::Result<bool> {
    let found = scope
        .connection
        .prepare_cached(
            "-- replace_api_user_password
            UPDATE api_user SET password_hash = ?3
            WHERE ordinal = ?2 AND application = ?1 AND revoked_at IS NULL",
        )?
        .execute(params![application, ordinal, password_hash])?;
    note_if(scope, found == 1, ordinal)
}

pub(crate) fn revoke(
    scope: &mut Scope<'_>,
    application: i64,
    ordinal: i64,
    now: Millis,
) -> rusqlite::Result<bool> {
    let found = scope
        .connection
        .prepare_cached(
            "-- revoke_api_user
            UPDATE api_user SET revoked_at = ?3
            WHERE ordinal = ?2 AND application = ?1 AND revoked_at IS NULL",
        )?
        .execute(params![application, ordinal, now])?;
    note_if(scope, found == 1, ordinal)
}

fn note_if(scope: &mut Scope<'_>, is_changed: bool, ordinal: i64) -> rusqlite::Result<bool> {
    if is_changed {
        changes::note(scope.connection, Subject::ApiUser(ordinal))?;
    }
    Ok(is_changed)
}

/// Notes when API users were last seen. It is no change that a cache must hear of.
pub(crate) fn touch(scope: &mut Scope<'_>, seen: &[(i64, Millis)]) -> rusqlite::Result<()> {
    let mut touch = scope.connection.prepare_cached(
        "-- touch_api_user
        UPDATE api_user SET last_used_at = ?2
        WHERE ordinal = ?1 AND (last_used_at IS NULL OR last_used_at < ?2)",
    )?;
    for (ordinal, at) in seen {
        touch.execute(params![ordinal, at])?;
    }
    Ok(())
}
