//! What is kept for so long and no longer: days of messages and attempts go as whole partitions.
//!
//! A day is taken out of its tables in a short transaction, which waits for locks no longer than others
//! can wait for it, and its rows are thrown away afterwards, when nobody sees them any more. One node at a
//! time does it; whoever comes second leaves it to the first.

use tidings_domain::clock::Millis;
use tidings_domain::ids::IdParts;
use tidings_domain::message::MessageKey;
use tidings_domain::slot;
use tidings_store::Removal;

use crate::connection::Connection;
use crate::failure::{Failure, Result};
use crate::partitions::{DAY_MS, TABLES};
use crate::schema::LOCK;
use crate::statements::statements;

/// How long each of the three statements of the short transaction may take, the wait for its lock included:
/// so it holds nobody up for 200 ms. In milliseconds.
const STATEMENT_FOR_MAX_MS: u32 = 60;

statements! {
    LOCK_PARTITIONS = "-- lock_partitions
        SELECT pg_try_advisory_xact_lock($1)";
    /// Those that are in their table, and those that were taken out and not thrown away yet.
    PARTITIONS = "-- partitions_to_drop
        SELECT relname::text, relispartition FROM pg_class
        WHERE relkind = 'r' AND relnamespace = (SELECT relnamespace FROM pg_class
                WHERE oid = to_regclass('message'))
            AND relname ~ '^(message|attempt)_day_[0-9]+$'";
    IS_KEPT = "-- is_kept
        SELECT 1 FROM message WHERE slot = $1 AND application = $2 AND created_at = $3 AND id = $4";
    /// Journals that may have something in memory only of a message that was accepted before.
    HOLDS_BEFORE = "-- holds_before
        SELECT EXISTS (SELECT 1 FROM journal WHERE mark_at < $1)";
    /// The time is at the beginning of an id.
    IS_OWED_BEFORE = "-- is_owed_before
        SELECT EXISTS (SELECT 1 FROM pending WHERE message_id < $1)";
}

/// A partition of one of the tables.
struct Partition {
    name: String,
    table: &'static str,
    day: i64,
    is_attached: bool,
}

/// Removes the oldest day that is before this as a whole.
pub(crate) async fn remove_before(connection: &Connection, before: Millis) -> Result<Removal> {
    let mut old = partitions(connection).await?;
    old.retain(|partition| partition.day < before.div_euclid(DAY_MS));
    throw_away(connection, old.iter().filter(|one| !one.is_attached)).await?;
    old.retain(|partition| partition.is_attached);
    let Some(day) = old.iter().map(|partition| partition.day).min() else {
        return Ok(Removal::Done);
    };
    old.retain(|partition| partition.day == day);
    // Asked before anything is locked: what is in memory only is owed sooner or later, and never the other
    // way round.
    if is_in_memory(connection, day).await? || is_owed(connection, day).await? {
        return Ok(Removal::Done);
    }
    if !take_out(connection, &old, day).await? {
        return Ok(Removal::Done);
    }
    tracing::info!(
        "Messages and attempts of {} are older than the retention and were removed",
        shown(day)
    );
    throw_away(connection, old.iter()).await?;
    Ok(Removal::More)
}

/// Whether a message is there. Its day cannot be taken out then before this transaction has ended.
pub(crate) async fn is_kept(connection: &Connection, message: MessageKey) -> Result<bool> {
    let slot = slot::of(message.application);
    let (created_at, id) = (message.id.at_ms(), message.id.parts().to_bytes());
    let found = connection
        .query_opt(
            IS_KEPT,
            &[&slot, &message.application, &created_at, &&id[..]],
        )
        .await?;
    Ok(found.is_some())
}

/// A day in words that people and the log can use.
fn shown(day: i64) -> String {
    format!("day {day} since 1970")
}

async fn partitions(connection: &Connection) -> Result<Vec<Partition>> {
    let rows = connection.query(PARTITIONS, &[]).await?;
    let mut found = Vec::new();
    for row in &rows {
        let name: String = row.try_get(0)?;
        let parts = name.split_once("_day_");
        let table = TABLES
            .into_iter()
            .find(|table| parts.is_some_and(|(of, _)| of == *table));
        let day = parts.and_then(|(_, day)| day.parse().ok());
        if let (Some(table), Some(day)) = (table, day) {
            found.push(Partition {
                name,
                table,
                day,
                is_attached: row.try_get(1)?,
            });
        }
    }
    Ok(found)
}

/// Whether a node may hold deliveries of messages of this day that are nowhere written down.
async fn is_in_memory(connection: &Connection, day: i64) -> Result<bool> {
    let row = connection
        .query_one(HOLDS_BEFORE, &[&((day + 1) * DAY_MS)])
        .await?;
    Ok(row.try_get(0)?)
}

/// Whether anything is owed of a message of this day or of one before it, whose attempts may be of this day.
async fn is_owed(connection: &Connection, day: i64) -> Result<bool> {
    let end = IdParts {
        at_ms: (day + 1) * DAY_MS,
        journal: 0,
        seq: 0,
        tail: 0,
    };
    let row = connection
        .query_one(IS_OWED_BEFORE, &[&&end.to_bytes()[..]])
        .await?;
    Ok(row.try_get(0)?)
}

/// Takes a day out of its tables; nobody sees it from then on. False if it has to wait.
async fn take_out(connection: &Connection, day: &[Partition], number: i64) -> Result<bool> {
    connection
        .run(&format!(
            "BEGIN; SET LOCAL lock_timeout = {STATEMENT_FOR_MAX_MS};
            SET LOCAL statement_timeout = {STATEMENT_FOR_MAX_MS}"
        ))
        .await?;
    let taken = take_out_alone(connection, day, number).await;
    let end = if matches!(taken, Ok(true)) {
        "COMMIT"
    } else {
        "ROLLBACK"
    };
    connection.run(end).await?;
    match taken {
        // Somebody has read or written for too long; there is another day for it.
        Err(Failure::Database(error)) if is_impatience(&error) => Ok(false),
        other => other,
    }
}

async fn take_out_alone(connection: &Connection, day: &[Partition], number: i64) -> Result<bool> {
    let row = connection.query_one(LOCK_PARTITIONS, &[&LOCK]).await?;
    if !row.try_get::<_, bool>(0)? {
        return Ok(false);
    }
    for partition in day {
        let (table, name) = (partition.table, &partition.name);
        connection
            .run(&format!("ALTER TABLE {table} DETACH PARTITION {name}"))
            .await?;
    }
    // Asked once more now that nobody can find a message of that day to resend it.
    Ok(!is_owed(connection, number).await?)
}

/// Throws away partitions that were taken out.
async fn throw_away(
    connection: &Connection,
    partitions: impl Iterator<Item = &Partition>,
) -> Result<()> {
    for partition in partitions {
        let name = &partition.name;
        connection
            .run(&format!("DROP TABLE IF EXISTS {name}"))
            .await?;
    }
    Ok(())
}

fn is_impatience(error: &tokio_postgres::Error) -> bool {
    let code = error.code().map(tokio_postgres::error::SqlState::code);
    matches!(code, Some("55P03" | "57014" | "40P01"))
}
