//! The kinds of steps, each so that nobody waits for it for long.

use super::{LOCK_FOR_MAX, Patience, Progress, STATEMENT_FOR_MAX, Step};
use crate::connection::Connection;
use crate::failure::{Failure, Result};
use crate::statements::statements;

statements! {
    INDEX_STATE = "-- index_state
        SELECT x.indisvalid FROM pg_index x WHERE x.indexrelid = to_regclass($1)";
    IS_PARTITIONED = "-- is_partitioned
        SELECT c.relkind = 'p' FROM pg_class c WHERE c.oid = to_regclass($1)";
    WITHOUT_INDEX = "-- partitions_without_index
        SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = to_regclass($1) AND NOT EXISTS (
            SELECT 1 FROM pg_inherits ii JOIN pg_index x ON x.indexrelid = ii.inhrelid
            WHERE ii.inhparent = to_regclass($2) AND x.indrelid = c.oid)
        ORDER BY c.relname";
}

/// Runs a step, and writes down that it is done.
pub(super) async fn run(connection: &Connection, step: &Step, next: Progress) -> Result<()> {
    match step {
        Step::Create(sql) => {
            let all = format!("BEGIN; {sql}; {}; COMMIT", done(next));
            let created = connection.run(&all).await;
            if created.is_err() {
                let _ = connection.run("ROLLBACK").await; // fails where the connection has
            }
            return created;
        }
        Step::Statement(sql) => return for_a_moment(connection, sql, &done(next)).await,
        Step::Index { name, table, on } => index(connection, name, table, on).await?,
        Step::Rows(sql) => rows(connection, sql).await?,
    }
    for_a_moment(connection, "SELECT 1", &done(next)).await
}

fn done(next: Progress) -> String {
    let Progress { version, steps } = next;
    format!(
        "DELETE FROM schema_version; \
         INSERT INTO schema_version (version, steps) VALUES ({version}, {steps})"
    )
}

/// One statement that may lock tables: for a moment, and again until it is through.
async fn for_a_moment(connection: &Connection, sql: &str, then: &str) -> Result<()> {
    let (lock, all) = (LOCK_FOR_MAX.as_millis(), STATEMENT_FOR_MAX.as_millis());
    let sql = format!(
        "BEGIN; SET LOCAL lock_timeout = {lock}; SET LOCAL statement_timeout = {all}; \
         {sql}; {then}; COMMIT"
    );
    let mut patience = Patience::new();
    loop {
        let Err(failure) = connection.run(&sql).await else {
            return Ok(());
        };
        let _ = connection.run("ROLLBACK").await; // fails where the connection has
        if !is_in_the_way(&failure) {
            return Err(failure);
        }
        patience.wait(connection, failure).await?;
    }
}

/// Somebody else holds what is needed.
fn is_in_the_way(failure: &Failure) -> bool {
    let Failure::Database(error) = failure else {
        return false;
    };
    let code = error.code().map(tokio_postgres::error::SqlState::code);
    matches!(code, Some("55P03" | "57014" | "40P01"))
}

async fn index(connection: &Connection, name: &str, table: &str, on: &str) -> Result<()> {
    let is_partitioned = connection.query_one(IS_PARTITIONED, &[&table]).await?;
    if !is_partitioned.try_get::<_, bool>(0)? {
        return concurrently(connection, name, table, on).await;
    }
    // Of the whole first, so that partitions that are made meanwhile get it as well; then of one
    // after the other. It counts once all have it.
    let whole = format!("CREATE INDEX IF NOT EXISTS {name} ON ONLY {table} {on}");
    for_a_moment(connection, &whole, "SELECT 1").await?;
    loop {
        let without = connection.query(WITHOUT_INDEX, &[&table, &name]).await?;
        let Some(row) = without.first() else {
            return Ok(());
        };
        let partition: String = row.try_get(0)?;
        let part = format!("{partition}_{name}");
        match concurrently(connection, &part, &partition, on).await {
            // Its time has run out, and it was dropped.
            Err(failure) if has_gone(&failure) => continue,
            made => made?,
        }
        let attach = format!("ALTER INDEX {name} ATTACH PARTITION {part}");
        for_a_moment(connection, &attach, "SELECT 1").await?;
    }
}

fn has_gone(failure: &Failure) -> bool {
    let Failure::Database(error) = failure else {
        return false;
    };
    error.code() == Some(&tokio_postgres::error::SqlState::UNDEFINED_TABLE)
}

/// Builds an index beside those who write. What an interruption has left of it is made anew.
async fn concurrently(connection: &Connection, name: &str, table: &str, on: &str) -> Result<()> {
    let mut patience = Patience::new();
    loop {
        if let Some(row) = connection.query_opt(INDEX_STATE, &[&name]).await? {
            if row.try_get::<_, bool>(0)? {
                return Ok(());
            }
            connection
                .run(&format!("DROP INDEX CONCURRENTLY IF EXISTS {name}"))
                .await?;
        }
        let build = format!("CREATE INDEX CONCURRENTLY {name} ON {table} {on}");
        match connection.run(&build).await {
            Ok(()) => return Ok(()),
            Err(failure) if is_in_the_way(&failure) => patience.wait(connection, failure).await?,
            Err(failure) => return Err(failure),
        }
    }
}

async fn rows(connection: &Connection, sql: &str) -> Result<()> {
    let (lock, all) = (LOCK_FOR_MAX.as_millis(), STATEMENT_FOR_MAX.as_millis());
    let mut patience = Patience::new();
    loop {
        connection
            .run(&format!(
                "BEGIN; SET LOCAL lock_timeout = {lock}; SET LOCAL statement_timeout = {all}"
            ))
            .await?;
        let changed = connection.execute_once(sql).await;
        let end = if changed.is_ok() {
            "COMMIT"
        } else {
            "ROLLBACK"
        };
        connection.run(end).await?;
        match changed {
            Ok(0) => return Ok(()),
            Ok(_) => patience = Patience::new(),
            Err(failure) if is_in_the_way(&failure) => patience.wait(connection, failure).await?,
            Err(failure) => return Err(failure),
        }
    }
}
