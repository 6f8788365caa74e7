//! How a database gets from one schema to the next while nodes work on it.
//!
//! A migration is a list of steps, and each step is one that nobody waits for longer than
//! [`STATEMENT_FOR_MAX`]: what must lock a table asks for the lock for a moment and tries again, indexes are
//! built beside the writers, rows are changed a few at a time. How many steps are done is in the database,
//! so that whoever comes after an interruption goes on with the next. One process migrates at a time.

mod plan;
mod steps;

use std::time::Duration;

use tidings_store::StoreError;
use tokio::time::{Instant, sleep};

use crate::Options;
use crate::connection::Connection;
use crate::connector::{Connector, Refusal};
use crate::convert::number;
use crate::failure::{Failure, Result};
use crate::server;
use crate::statements::statements;

pub use plan::{Plan, PlannedStep};
pub(crate) use steps::STATEMENTS as STEPS;

/// How long a step may hold up those who write, waiting for its locks included. A step that needs longer
/// is given up and tried again; together with its commit that stays below 200 ms.
pub const STATEMENT_FOR_MAX: Duration = Duration::from_millis(150);
/// How long it waits for a lock: whoever comes after it in the queue waits as long.
const LOCK_FOR_MAX: Duration = Duration::from_millis(100);
/// How long the same step is tried: a transaction that was forgotten lasts longer.
const TRY_FOR_MAX: Duration = Duration::from_mins(2);
const RETRY_AFTER_MIN: Duration = Duration::from_millis(100);
const RETRY_AFTER_MAX: Duration = Duration::from_secs(2);
/// How often to look whether another process has finished.
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(200);
/// Held by the one that migrates. Not that of the partitions, since nodes wait for that one in a statement,
/// and an index that is built waits for all statements that began before it.
const LOCK: i64 = 0x7469_6469_6e67_7303;

/// What leads to the next version of the schema.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// What it is for.
    pub name: &'static str,
    /// In this order.
    pub steps: &'static [Step],
}

/// A part of a migration that is done or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Statements that make tables which were not there, so that nobody waits for them.
    Create(&'static str),
    /// One statement that needs its locks for a moment only, such as a new column.
    Statement(&'static str),
    /// An index, built beside those who write; on a table of partitions, on one after the other.
    Index {
        /// Its name.
        name: &'static str,
        /// The table.
        table: &'static str,
        /// What comes after the table's name, such as `(slot, id) WHERE is_late`.
        on: &'static str,
    },
    /// A statement that changes a few rows, made until it finds none.
    Rows(&'static str),
}

statements! {
    READ_PROGRESS = "-- read_progress
        SELECT coalesce(max(version), 0), coalesce(max(steps), 0) FROM schema_version";
    HAS_PROGRESS = "-- has_progress
        SELECT to_regclass('schema_version') IS NOT NULL";
    OLDEST_TRANSACTION = "-- oldest_transaction
        SELECT 'process ' || pid || ' (' || application_name || ') has had one open for '
            || (extract(epoch FROM now() - xact_start)::bigint) || ' s'
        FROM pg_stat_activity
        WHERE xact_start IS NOT NULL AND pid <> pg_backend_pid() AND backend_type = 'client backend'
            AND application_name <> 'tidings migrate'
        ORDER BY xact_start LIMIT 1";
}

/// Apart from the other statements: it is no business step, and runs on the one server that has the schema.
const TRY_LOCK: &str = "SELECT pg_try_advisory_xact_lock($1)";

/// How far a database has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Progress {
    /// Migrations that are done.
    pub(crate) version: usize,
    /// Steps of the next one that are done.
    pub(crate) steps: usize,
}

/// Brings a database up to the last of these migrations.
pub async fn run(
    options: &Options,
    migrations: &[Migration],
) -> std::result::Result<(), StoreError> {
    let run = Run {
        connector: Connector::new(&unlimited(options))?,
        migrations,
    };
    let done = run.run().await;
    done.map_err(|failure| run.explain(&failure))
}

/// What would be done.
pub async fn plan(
    options: &Options,
    migrations: &[Migration],
) -> std::result::Result<Plan, StoreError> {
    let run = Run {
        connector: Connector::new(&unlimited(options))?,
        migrations,
    };
    let planned = async {
        let connection = run.connect().await?;
        Ok(Plan::new(run.progress(&connection).await?, migrations))
    };
    planned.await.map_err(|failure| run.explain(&failure))
}

/// Steps have limits of their own; building an index has none.
fn unlimited(options: &Options) -> Options {
    Options {
        statement_for_max: Duration::ZERO,
        lock_for_max: Duration::ZERO,
        application_name: Some("tidings migrate"),
        ..options.clone()
    }
}

struct Run<'a> {
    connector: Connector,
    migrations: &'a [Migration],
}

impl Run<'_> {
    async fn run(&self) -> Result<()> {
        let connection = self.connect().await?;
        if self.progress(&connection).await?.version == self.migrations.len() {
            return Ok(()); // every start but the first after an upgrade
        }
        // Kept open in a transaction of its own: it holds the lock, and no snapshot that a new index
        // would have to wait for.
        let guard = self.connect().await?;
        self.lock(&guard).await?;
        connection
            .run(
                "CREATE TABLE IF NOT EXISTS schema_version (
                    version bigint NOT NULL, steps bigint NOT NULL)",
            )
            .await?;
        let mut at = self.progress(&connection).await?;
        for (version, migration) in self.migrations.iter().enumerate().skip(at.version) {
            for (index, step) in migration.steps.iter().enumerate().skip(at.steps) {
                if guard.is_closed() {
                    let why = "the connection that kept others from migrating is gone; start again";
                    return Err(StoreError::Unavailable(why.into()).into());
                }
                let next = after(version, index, migration);
                tracing::info!(
                    "Migrating the database: {}, step {} of {}",
                    migration.name,
                    index + 1,
                    migration.steps.len()
                );
                steps::run(&connection, step, next).await?;
            }
            at = Progress {
                version: version + 1,
                steps: 0,
            };
        }
        guard.run("COMMIT").await
    }

    async fn connect(&self) -> Result<Connection> {
        let connection = Connection::try_open(&self.connector).await;
        let connection = connection.map_err(Refusal::at_start)?;
        server::check(&connection).await?;
        Ok(connection)
    }

    /// How far the database is. One that is further than we know is refused.
    async fn progress(&self, connection: &Connection) -> Result<Progress> {
        let is_there = connection.query_one(HAS_PROGRESS, &[]).await?;
        if !is_there.try_get::<_, bool>(0)? {
            return Ok(Progress::default());
        }
        let row = connection.query_one(READ_PROGRESS, &[]).await?;
        let progress = Progress {
            version: number(&row, 0)?,
            steps: number(&row, 1)?,
        };
        let known = self.migrations.len();
        if progress.version > known || progress.version == known && progress.steps > 0 {
            let version = progress.version;
            return Err(StoreError::Unusable(format!(
                "the data were written by a newer version of Tidings (schema {version}, this one knows \
                 {known}); run that version, or restore a backup from before the upgrade"
            ))
            .into());
        }
        Ok(progress)
    }

    /// Waits until nobody else migrates. It asks again and again: one who waits in a statement would hold
    /// up the index that the other may be building.
    async fn lock(&self, guard: &Connection) -> Result<()> {
        let mut is_waiting = false;
        loop {
            guard.run("BEGIN").await?;
            let row = guard.query_one(TRY_LOCK, &[&LOCK]).await?;
            if row.try_get::<_, bool>(0)? {
                // The answer that was read keeps its snapshot until the next statement, and an index
                // that is built waits for every snapshot.
                return guard
                    .run("SET LOCAL idle_in_transaction_session_timeout = 0")
                    .await;
            }
            guard.run("ROLLBACK").await?;
            if !is_waiting {
                tracing::info!("Another process migrates the database: waiting until it is done");
                is_waiting = true;
            }
            sleep(LOOK_AGAIN_AFTER).await;
        }
    }

    /// What went wrong, for whoever runs the migration.
    fn explain(&self, failure: &Failure) -> StoreError {
        let Failure::Database(error) = failure else {
            return failure.meaning();
        };
        let (Some(said), place) = (error.as_db_error(), self.connector.place()) else {
            return failure.meaning();
        };
        let (user, database) = (self.connector.user(), self.connector.database());
        let said_text = said.message();
        match said.code().code() {
            "42501" if said_text.contains("for schema") => StoreError::Unusable(format!(
                "user {user} may not make tables in the database {database} at {place} ({said_text}); \
                 grant it CREATE on the schema"
            )),
            "42501" => StoreError::Unusable(format!(
                "user {user} may not use the tables in the database {database} at {place} \
                 ({said_text}); use the role that owns them, or make them its own"
            )),
            "3F000" => StoreError::Unusable(format!(
                "user {user} sees no schema in the database {database} at {place} to make tables in \
                 ({said_text}); grant it USAGE and CREATE on one, and name that in its search_path"
            )),
            _ => match failure.meaning() {
                StoreError::Internal(why) => StoreError::Unusable(format!(
                    "the migration of {database} at {place} failed: {why}"
                )),
                meaning => meaning,
            },
        }
    }
}

fn after(version: usize, index: usize, migration: &Migration) -> Progress {
    if index + 1 == migration.steps.len() {
        Progress {
            version: version + 1,
            steps: 0,
        }
    } else {
        Progress {
            version,
            steps: index + 1,
        }
    }
}

/// Waits a little longer each time; an error once it has gone on for too long.
struct Patience {
    until: Instant,
    wait: Duration,
}

impl Patience {
    fn new() -> Self {
        Self {
            until: Instant::now() + TRY_FOR_MAX,
            wait: RETRY_AFTER_MIN,
        }
    }

    async fn wait(&mut self, connection: &Connection, failure: Failure) -> Result<()> {
        if Instant::now() >= self.until {
            let oldest = connection.query_opt(OLDEST_TRANSACTION, &[]).await?;
            let oldest = match oldest {
                Some(row) => row.try_get::<_, Option<String>>(0)?.unwrap_or_default(),
                None => "no other is open".to_owned(),
            };
            let why = failure.meaning();
            return Err(StoreError::Unusable(format!(
                "a step of the migration got no lock in {TRY_FOR_MAX:?} ({why}); end long transactions \
                 and start again, it goes on where it was: {oldest}"
            ))
            .into());
        }
        sleep(self.wait).await;
        self.wait = (self.wait * 2).min(RETRY_AFTER_MAX);
        Ok(())
    }
}
