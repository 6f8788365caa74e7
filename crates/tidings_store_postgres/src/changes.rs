//! The log of configuration changes, from which caches learn what to forget.

use tidings_store::{Change, Subject};

use crate::connection::Connection;
use crate::failure::Result;
use crate::statements::statements;

/// How many changes are read at once.
const CHANGES_COUNT_MAX: i64 = 1_000;

statements! {
    /// The counter's row is locked until the commit, so versions become visible in their order: nobody
    /// can read a version and miss a lower one.
    NOTE_CHANGE = "-- note_change
        WITH next AS (UPDATE counter SET value = value + 1 WHERE name = 'change' RETURNING value)
        INSERT INTO change (version, kind, subject) SELECT value, $1, $2 FROM next";
    /// Nothing changes but who has the row.
    BEGIN_CHANGE = "-- begin_change
        UPDATE counter SET value = value WHERE name = 'change'";
    CHANGES_SINCE = "-- changes_since
        SELECT version, kind, subject FROM change WHERE version > $1 ORDER BY version LIMIT $2";
    NEWEST_VERSION = "-- newest_version
        SELECT coalesce(max(version), 0) FROM change";
}

/// Waits until no other node changes the configuration, and keeps all others waiting until the commit: what is
/// read after this is what it will still be when something is made of it.
pub(crate) async fn begin(connection: &Connection) -> Result<()> {
    connection.execute(BEGIN_CHANGE, &[]).await?;
    Ok(())
}

/// Notes a change, in the transaction that makes it.
pub(crate) async fn note(connection: &Connection, subject: Subject) -> Result<()> {
    let (kind, number): (i16, i64) = match subject {
        Subject::ApiKey(number) => (1, number),
        Subject::Application(number) => (2, number),
        Subject::EventTypes(number) => (3, number),
        Subject::Plans(number) => (4, number),
        Subject::ApiUser(number) => (5, number),
        Subject::Operational(number) => (9, number),
        Subject::Sessions(number) => (10, number),
        Subject::Integration(number) => (11, number),
    };
    connection.execute(NOTE_CHANGE, &[&kind, &number]).await?;
    Ok(())
}

pub(crate) async fn since(connection: &Connection, version: i64) -> Result<Vec<Change>> {
    let parameters: [crate::connection::Parameter<'_>; 2] = [&version, &CHANGES_COUNT_MAX];
    let rows = connection.query(CHANGES_SINCE, &parameters).await?;
    rows.iter()
        .map(|row| {
            let number = row.try_get(2)?;
            let subject = match row.try_get::<_, i16>(1)? {
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
                version: row.try_get(0)?,
                subject,
            })
        })
        .collect()
}

pub(crate) async fn version(connection: &Connection) -> Result<i64> {
    let row = connection.query_one(NEWEST_VERSION, &[]).await?;
    Ok(row.try_get(0)?)
}
