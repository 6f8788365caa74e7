//! One partition of `message` and of `attempt` for each day, made ahead of time.
//!
//! A row whose day has none could not be written, so the writer asks for the days of each batch first.
//! That is a look into memory but for the first time.

use std::collections::BTreeSet;

use tidings_domain::clock::Millis;

use crate::connection::Connection;
use crate::failure::Result;
use crate::schema::LOCK;
use crate::statements::statements;

/// A day, in milliseconds.
pub(crate) const DAY_MS: Millis = 24 * 60 * 60 * 1000;
/// How many days ahead there are partitions.
const DAYS_AHEAD: i64 = 7;
pub(crate) const TABLES: [&str; 2] = ["message", "attempt"];

statements! {
    HAS_PARTITION = "-- has_partition
        SELECT 1 FROM pg_inherits
        WHERE inhparent = to_regclass($1) AND inhrelid = to_regclass($2)";
}

/// Days, counted from 1970, whose partitions are known to be there.
#[derive(Default)]
pub(crate) struct Partitions(BTreeSet<i64>);

impl Partitions {
    /// Sees to it that the days of these instants have partitions. Not to be called in a transaction.
    pub(crate) async fn ensure(
        &mut self,
        connection: &Connection,
        instants: impl Iterator<Item = Millis>,
    ) -> Result<()> {
        for day in instants.map(|at| at.div_euclid(DAY_MS)) {
            if !self.0.contains(&day) {
                make(connection, day).await?;
                self.0.insert(day);
            }
        }
        Ok(())
    }

    /// The days from this instant on.
    pub(crate) async fn ensure_ahead(
        &mut self,
        connection: &Connection,
        now: Millis,
    ) -> Result<()> {
        let days = (0..=DAYS_AHEAD).map(|ahead| now + ahead * DAY_MS);
        self.ensure(connection, days).await
    }
}

/// The names of the partitions that should be there at this instant.
pub(crate) fn ahead(now: Millis) -> impl Iterator<Item = String> {
    let today = now.div_euclid(DAY_MS);
    let days = today..=today + DAYS_AHEAD;
    days.flat_map(|day| TABLES.map(|table| format!("{table}_day_{day}")))
}

async fn make(connection: &Connection, day: i64) -> Result<()> {
    for table in TABLES {
        let name = format!("{table}_day_{day}");
        if is_there(connection, table, &name).await? {
            continue;
        }
        connection
            .run(&format!("BEGIN; SELECT pg_advisory_xact_lock({LOCK})"))
            .await?;
        let made = make_alone(connection, table, &name, day).await;
        let end = if made.is_ok() { "COMMIT" } else { "ROLLBACK" };
        connection.run(end).await?;
        made?;
    }
    Ok(())
}

async fn make_alone(connection: &Connection, table: &str, name: &str, day: i64) -> Result<()> {
    if is_there(connection, table, name).await? {
        return Ok(());
    }
    let (from, to) = (day * DAY_MS, (day + 1) * DAY_MS);
    // Made first and attached then: that does not stop those who read and write the others. The planner
    // must know that a slot follows from its application, or it reads all rows of one and sorts them.
    connection
        .run(&format!(
            "CREATE TABLE {name} (LIKE {table} INCLUDING ALL);
            ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ({from}) TO ({to});
            CREATE STATISTICS {name}_slot (dependencies) ON slot, application FROM {name}"
        ))
        .await
}

async fn is_there(connection: &Connection, table: &str, name: &str) -> Result<bool> {
    let found = connection
        .query_opt(HAS_PARTITION, &[&table, &name])
        .await?;
    Ok(found.is_some())
}
