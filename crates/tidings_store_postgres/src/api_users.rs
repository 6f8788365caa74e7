//! API users: made, found by their login, listed, given another password, revoked.

use tidings_domain::application::ApiUser;
use tidings_domain::clock::Millis;
use tidings_store::{NewApiUser, Subject, Written};
use tokio_postgres::Row;

use crate::changes;
use crate::connection::Connection;
use crate::convert::{stored, text};
use crate::failure::Result;
use crate::statements::statements;
use crate::step::Scope;

macro_rules! columns {
    () => {
        "ordinal, environment, application, login, password_hash, created_at, last_used_at, \
         revoked_at"
    };
}

statements! {
    NEXT_API_USER = "-- next_api_user
        UPDATE counter SET value = value + 1 WHERE name = 'api_user' RETURNING value";
    CREATE_API_USER = "-- create_api_user
        INSERT INTO api_user (ordinal, environment, application, login, password_hash, created_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    API_USER = concat!("-- api_user
        SELECT ", columns!(), " FROM api_user WHERE login = $1 AND revoked_at IS NULL");
    API_USERS = concat!("-- api_users
        SELECT ", columns!(), " FROM api_user WHERE application = $1 ORDER BY ordinal");
    REPLACE_PASSWORD = "-- replace_api_user_password
        UPDATE api_user SET password_hash = $3
        WHERE ordinal = $2 AND application = $1 AND revoked_at IS NULL";
    REVOKE_API_USER = "-- revoke_api_user
        UPDATE api_user SET revoked_at = $3
        WHERE ordinal = $2 AND application = $1 AND revoked_at IS NULL";
    TOUCH_API_USERS = "-- touch_api_users
        UPDATE api_user SET last_used_at = seen.at
        FROM unnest($1::bigint[], $2::bigint[]) AS seen (ordinal, at)
        WHERE api_user.ordinal = seen.ordinal
            AND (api_user.last_used_at IS NULL OR api_user.last_used_at < seen.at)";
}

fn read_api_user(row: &Row) -> Result<ApiUser> {
    Ok(ApiUser {
        ordinal: row.try_get(0)?,
        environment: row.try_get(1)?,
        application: row.try_get(2)?,
        login: text(row, 3)?,
        password_hash: text(row, 4)?,
        created_at: row.try_get(5)?,
        last_used_at: row.try_get(6)?,
        revoked_at: row.try_get(7)?,
    })
}

pub(crate) async fn create(scope: &mut Scope, new: &NewApiUser) -> Result<Written<ApiUser>> {
    let connection = &scope.connection;
    let application = crate::applications::by_ordinal(connection, new.application).await?;
    if application.is_none() {
        return Ok(Written::Missing);
    }
    // The counter's row first: whoever has it sees all logins that others have taken.
    let row = connection.query_one(NEXT_API_USER, &[]).await?;
    let ordinal: i64 = row.try_get(0)?;
    if let Some(other) = by_login(connection, &new.login).await? {
        return Ok(Written::Taken(other));
    }
    connection
        .execute(
            CREATE_API_USER,
            &[
                &ordinal,
                &new.environment,
                &new.application,
                &stored(&new.login),
                &stored(&new.password_hash),
                &new.created_at,
            ],
        )
        .await?;
    changes::note(connection, Subject::ApiUser(ordinal)).await?;
    let made = by_login(connection, &new.login).await?;
    Ok(made.map_or(Written::Missing, Written::Done))
}

pub(crate) async fn by_login(connection: &Connection, login: &str) -> Result<Option<ApiUser>> {
    let row = connection.query_opt(API_USER, &[&stored(login)]).await?;
    row.as_ref().map(read_api_user).transpose()
}

pub(crate) async fn list(connection: &Connection, application: i64) -> Result<Vec<ApiUser>> {
    let rows = connection.query(API_USERS, &[&application]).await?;
    rows.iter().map(read_api_user).collect()
}

pub(crate) async fn replace_password(
    scope: &mut Scope,
    application: i64,
    ordinal: i64,
    password_hash: &str,
) -> Result<bool> {
    let hash = stored(password_hash);
    let found = scope
        .connection
        .execute(REPLACE_PASSWORD, &[&application, &ordinal, &hash])
        .await?;
    note_if(scope, found == 1, ordinal).await
}

pub(crate) async fn revoke(
    scope: &mut Scope,
    application: i64,
    ordinal: i64,
    now: Millis,
) -> Result<bool> {
    let found = scope
        .connection
        .execute(REVOKE_API_USER, &[&application, &ordinal, &now])
        .await?;
    note_if(scope, found == 1, ordinal).await
}

async fn note_if(scope: &mut Scope, is_changed: bool, ordinal: i64) -> Result<bool> {
    if is_changed {
        changes::note(&scope.connection, Subject::ApiUser(ordinal)).await?;
    }
    Ok(is_changed)
}

/// Notes when API users were last seen. It is no change that a cache must hear of.
pub(crate) async fn touch(scope: &mut Scope, seen: &[(i64, Millis)]) -> Result<()> {
    crate::keys::touch(&scope.connection, TOUCH_API_USERS, seen).await
}
