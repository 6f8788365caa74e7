//! The log of configuration changes, from which caches learn what to forget.

use rusqlite::{Connection, params};
use tidings_store::{Change, Subject};

/// How many changes are read at once.
const CHANGES_COUNT_MAX: i64 = 1_000;

/// Notes a change, in the transaction that makes it.
pub(crate) fn note(connection: &Connection, subject: Subject) -> rusqlite::Result<()> {
    let (kind, number) = match subject {
        Subject::ApiKey(number) => (1, number),
        Subject::Application(number) => (2, number),
        Subject::EventTypes(number) => (3, number),
        Subject::Plans(number) => (4, number),
        Subject::ApiUser(number) => (5, number),
        Subject::Operational(number) => (9, number),
        Subject::Sessions(number) => (10, number),
        Subject::Integration(number) => (11, number),
    };
    connection
        .prepare_cached("-- note_change\nINSERT INTO change (kind, subject) VALUES (?1, ?2)")?
        .execute(params![kind, number])?;
    Ok(())
}

pub(crate) fn since(connection: &Connection, version: i64) -> rusqlite::Result<Vec<Change>> {
    connection
        .prepare_cached(
            "-- changes_since
            SELECT version, kind, subject FROM change WHERE version > ?1 ORDER BY version LIMIT ?2",
        )?
        .query_map(params![version, CHANGES_COUNT_MAX], |row| {
            let number = row.get(2)?;
            let subject = match row.get::<_, i64>(1)? {
                1 => Subject::ApiKey(number),
                2 => Subject::Application(number),
                3 => Subject::EventTypes(number),
                5 => Subject::ApiUser(number),
                9 => Subject::Operational(number),
                10 => Subject::Sessions(number),
                11 => Subject::Integration(number),
                _ => Subject::Plans(number),
            };
            Ok(Change {
                version: row.get(0)?,
                subject,
            })
        })?
        .collect()
}

pub(crate) fn version(connection: &Connection) -> rusqlite::Result<i64> {
    let newest: Option<i64> = connection
        .prepare_cached("-- newest_version\nSELECT max(version) FROM change")?
        .query_row([], |row| row.get(0))?;
    Ok(newest.unwrap_or(0))
}
