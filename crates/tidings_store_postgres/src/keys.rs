//! Environments and their API keys.

use tidings_domain::application::{ApiKeyRecord, Environment};
use tidings_domain::clock::Millis;
use tidings_store::Subject;
use tokio_postgres::Row;

use crate::changes;
use crate::connection::Connection;
use crate::convert::{bytes, stored, text};
use crate::failure::Result;
use crate::statements::statements;
use crate::step::Scope;

macro_rules! columns {
    () => {
        "ordinal, environment, name, hash, created_at, last_used_at, revoked_at"
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
        INSERT INTO api_key (ordinal, environment, name, hash, created_at, last_used_at, revoked_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    API_KEY = concat!("-- api_key
        SELECT ", columns!(), " FROM api_key WHERE ordinal = $1");
    /// They are few, so there is no index for this.
    API_KEYS = concat!("-- api_keys
        SELECT ", columns!(), " FROM api_key WHERE environment = $1 ORDER BY created_at, ordinal");
    REVOKE_API_KEY = "-- revoke_api_key
        UPDATE api_key SET revoked_at = coalesce(revoked_at, $3)
        WHERE ordinal = $2 AND environment = $1";
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

/// Refuses a key from now on; one that is refused already keeps its time.
pub(crate) async fn revoke_api_key(
    scope: &mut Scope,
    environment: i64,
    ordinal: i64,
    now: Millis,
) -> Result<bool> {
    let found = scope
        .connection
        .execute(REVOKE_API_KEY, &[&environment, &ordinal, &now])
        .await?;
    if found == 1 {
        changes::note(&scope.connection, Subject::ApiKey(ordinal)).await?;
    }
    Ok(found == 1)
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
