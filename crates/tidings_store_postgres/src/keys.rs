//! Environments and their API keys.

use tidings_domain::api_key::ApiKeyPatch;
use tidings_domain::application::{ApiKeyRecord, Environment};
use tidings_domain::clock::Millis;
use tidings_store::{ApiKeyChanged, Subject, old_hashes_from_bytes, old_hashes_to_bytes};
use tokio_postgres::Row;

use crate::changes;
use crate::connection::Connection;
use crate::convert::{bytes, number_option, read_role, stored, text, unreadable};
use crate::failure::Result;
use crate::statements::statements;
use crate::step::Scope;

macro_rules! columns {
    () => {
        "ordinal, environment, name, hash, created_at, last_used_at, revoked_at, role, expires_at, \
         old_hashes, rate_limit"
    };
}

statements! {
    INSERT_ENVIRONMENT = "-- insert_environment
        WITH known AS (SELECT 1 FROM environment WHERE name = $1),
            next AS (UPDATE counter SET value = value + 1
                WHERE name = 'environment' AND NOT EXISTS (SELECT 1 FROM known) RETURNING value)
        INSERT INTO environment (ordinal, name, created_at) SELECT value, $1, $2 FROM next
        ON CONFLICT (name) DO NOTHING";
    ENVIRONMENT = "-- environment
        SELECT ordinal, name, created_at FROM environment WHERE name = $1";
    ENVIRONMENTS = "-- environments
        SELECT ordinal, name, created_at FROM environment ORDER BY ordinal";
    CREATE_API_KEY = "-- create_api_key
        INSERT INTO api_key (ordinal, environment, name, hash, created_at, last_used_at, revoked_at,
            role, expires_at, old_hashes, rate_limit)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    API_KEY = concat!("-- api_key
        SELECT ", columns!(), " FROM api_key WHERE ordinal = $1");
    /// They are few, so there is no index for this.
    API_KEYS = concat!("-- api_keys
        SELECT ", columns!(), " FROM api_key WHERE environment = $1 ORDER BY created_at, ordinal");
    CHANGE_API_KEY = "-- change_api_key
        UPDATE api_key SET name = $2, role = $3, expires_at = $4, rate_limit = $5, hash = $6,
            old_hashes = $7, revoked_at = $8
        WHERE ordinal = $1 AND revoked_at IS NULL";
    TOUCH_API_KEYS = "-- touch_api_keys
        UPDATE api_key SET last_used_at = seen.at
        FROM unnest($1::bigint[], $2::bigint[]) AS seen (ordinal, at)
        WHERE api_key.ordinal = seen.ordinal
            AND (api_key.last_used_at IS NULL OR api_key.last_used_at < seen.at)";
}

/// The environment of this name; made if it is not there.
pub(crate) async fn ensure_environment(
    scope: &mut Scope,
    name: &str,
    now: Millis,
) -> Result<Environment> {
    let name = stored(name);
    let connection = &scope.connection;
    connection
        .execute(INSERT_ENVIRONMENT, &[&name, &now])
        .await?;
    read_environment(&connection.query_one(ENVIRONMENT, &[&name]).await?)
}

pub(crate) async fn environments(connection: &Connection) -> Result<Vec<Environment>> {
    let rows = connection.query(ENVIRONMENTS, &[]).await?;
    rows.iter().map(read_environment).collect()
}

fn read_environment(row: &Row) -> Result<Environment> {
    Ok(Environment {
        ordinal: row.try_get(0)?,
        name: text(row, 1)?,
        created_at: row.try_get(2)?,
    })
}

pub(crate) async fn create_api_key(scope: &mut Scope, key: &ApiKeyRecord) -> Result<()> {
    scope
        .connection
        .execute(
            CREATE_API_KEY,
            &[
                &key.ordinal,
                &key.environment,
                &stored(&key.name),
                &&key.hash[..],
                &key.created_at,
                &key.last_used_at,
                &key.revoked_at,
                &key.role.as_str(),
                &key.expires_at,
                &old_hashes_to_bytes(&key.old_hashes),
                &key.rate_limit.map(i64::from),
            ],
        )
        .await?;
    changes::note(&scope.connection, Subject::ApiKey(key.ordinal)).await
}

fn read_api_key(row: &Row) -> Result<ApiKeyRecord> {
    Ok(ApiKeyRecord {
        ordinal: row.try_get(0)?,
        environment: row.try_get(1)?,
        name: text(row, 2)?,
        hash: bytes(row, 3)?,
        created_at: row.try_get(4)?,
        last_used_at: row.try_get(5)?,
        revoked_at: row.try_get(6)?,
        role: read_role(row, 7)?,
        expires_at: row.try_get(8)?,
        old_hashes: old_hashes_from_bytes(row.try_get(9)?)
            .ok_or_else(|| unreadable(9, "no hashes"))?,
        rate_limit: number_option(row, 10)?,
    })
}

pub(crate) async fn api_key(connection: &Connection, ordinal: i64) -> Result<Option<ApiKeyRecord>> {
    let row = connection.query_opt(API_KEY, &[&ordinal]).await?;
    row.as_ref().map(read_api_key).transpose()
}

/// All keys of an environment, oldest first.
pub(crate) async fn api_keys(
    connection: &Connection,
    environment: i64,
) -> Result<Vec<ApiKeyRecord>> {
    let rows = connection.query(API_KEYS, &[&environment]).await?;
    rows.iter().map(read_api_key).collect()
}

/// Changes or revokes a key that is not revoked.
pub(crate) async fn change_api_key(
    scope: &mut Scope,
    (environment, ordinal): (i64, i64),
    patch: ApiKeyPatch,
    keeps_admin: bool,
    now: Millis,
) -> Result<ApiKeyChanged> {
    let connection = &scope.connection;
    changes::begin(connection).await?;
    let found = api_key(connection, ordinal).await?;
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
        && !has_other_admin(connection, &key, now).await?
    {
        return Ok(ApiKeyChanged::LastAdmin);
    }
    connection
        .execute(
            CHANGE_API_KEY,
            &[
                &ordinal,
                &stored(&key.name),
                &key.role.as_str(),
                &key.expires_at,
                &key.rate_limit.map(i64::from),
                &&key.hash[..],
                &old_hashes_to_bytes(&key.old_hashes),
                &key.revoked_at,
            ],
        )
        .await?;
    changes::note(connection, Subject::ApiKey(ordinal)).await?;
    Ok(ApiKeyChanged::Done(key))
}

async fn has_other_admin(connection: &Connection, key: &ApiKeyRecord, now: Millis) -> Result<bool> {
    let keys = api_keys(connection, key.environment).await?;
    let is_other = |other: &ApiKeyRecord| other.ordinal != key.ordinal && other.manages_keys(now);
    Ok(keys.iter().any(is_other))
}

/// Notes when keys were last seen. It is no change that a cache must hear of.
pub(crate) async fn touch_api_keys(scope: &mut Scope, seen: &[(i64, Millis)]) -> Result<()> {
    touch(&scope.connection, TOUCH_API_KEYS, seen).await
}

/// Sends a statement the times when its rows were last used.
pub(crate) async fn touch(
    connection: &Connection,
    sql: &'static str,
    seen: &[(i64, Millis)],
) -> Result<()> {
    // One row is updated once at most, so of several times for a row only the last is sent.
    let latest: std::collections::BTreeMap<i64, Millis> = {
        let mut seen = seen.to_vec();
        seen.sort_unstable();
        seen.into_iter().collect()
    };
    let (ordinals, times): (Vec<i64>, Vec<Millis>) = latest.into_iter().unzip();
    connection.execute(sql, &[&ordinals, &times]).await?;
    Ok(())
}
