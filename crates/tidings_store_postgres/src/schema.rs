//! The tables, and how a database gets from an older version to this one.
//!
//! Numbered, forward only, never edited after a release: expand, then move, then contract. Every table
//! that grows with what is sent leads with `slot`, a fixed hash of the application. Numbers that are
//! not keys are `bigint` where that costs little, so that a row reads the same everywhere.

use tidings_store::StoreError;

use crate::connection::Connection;
use crate::failure::Result;

/// The migrations, in order. `schema_version` counts how many the database has had.
const MIGRATIONS: &[&str] = &[VERSION_1];

/// Held while the schema or its partitions change, so that nodes do not do so at once.
pub(crate) const LOCK: i64 = 0x7469_6469_6e67_7301;

const VERSION_1: &str = include_str!("schema/version_1.sql");

/// Brings the database up to this version.
pub(crate) async fn migrate(connection: &Connection) -> std::result::Result<(), StoreError> {
    connection
        .run(&format!("SELECT pg_advisory_lock({LOCK})"))
        .await?;
    let migrated = migrate_alone(connection).await;
    connection
        .run(&format!("SELECT pg_advisory_unlock({LOCK})"))
        .await?;
    migrated
}

async fn migrate_alone(connection: &Connection) -> std::result::Result<(), StoreError> {
    connection
        .run("CREATE TABLE IF NOT EXISTS schema_version (version bigint NOT NULL)")
        .await?;
    let version = read_version(connection).await?;
    let known = MIGRATIONS.len();
    if version > known {
        return Err(StoreError::Unusable(format!(
            "the data were written by a newer version of Tidings (schema {version}, this one knows \
             {known}); run that version, or restore a backup from before the upgrade"
        )));
    }
    for (done, migration) in MIGRATIONS.iter().enumerate().skip(version) {
        let next = done + 1;
        connection
            .run(&format!(
                "BEGIN; {migration}; DELETE FROM schema_version; \
                 INSERT INTO schema_version (version) VALUES ({next}); COMMIT"
            ))
            .await?;
    }
    Ok(())
}

async fn read_version(connection: &Connection) -> Result<usize> {
    let row = connection
        .query_one("SELECT coalesce(max(version), 0) FROM schema_version", &[])
        .await?;
    crate::convert::number(&row, 0)
}
