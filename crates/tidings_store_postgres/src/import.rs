//! Takes the rows of another store, page by page, for `tidings copy`.
//!
//! A page and the note of how far the copy has come are one transaction. So a copy that is killed goes on
//! with the page behind the last one that is there, and no row comes twice. A database with such a note
//! in it is no store yet, and nobody else opens it.
//!
//! The columns are read from the database, not listed here: a column that only one side has stops the
//! copy and is not left out.

mod values;

use futures_util::TryStreamExt as _;
use tidings_domain::clock::Millis;
use tidings_store::copy::{Checksum, CopyBegun, CopyPage, CopyProgress, Table, Value};
use tidings_store::{StoreError, faults};
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::Type;
use tokio_postgres::{Row, Statement};

use crate::Options;
use crate::connection::Connection;
use crate::connector::{Connector, Refusal};
use crate::convert::{bytes, unreadable};
use crate::failure::{Failure, Result};
use crate::migration;
use crate::partitions::Partitions;
use crate::schema;
use crate::statements::statements;

use values::{Stored, read};

/// Held while a copy is under way, so that two do not mix.
const LOCK: i64 = 0x7469_6469_6e67_7302;

statements! {
    LOCK_COPY = "-- lock_copy
        SELECT pg_try_advisory_lock($1)";
    COPY_PROGRESS = "-- copy_progress
        SELECT name, source, started_at, cursor, rows_count, checksum, is_done FROM copy_progress";
    BEGIN_COPY = "-- begin_copy
        INSERT INTO copy_progress (name, source, started_at, cursor, rows_count, checksum, is_done)
        SELECT name, $2, $3, NULL, 0, $4, false FROM unnest($1::text[]) AS name";
    NOTE_COPIED = "-- note_copied
        UPDATE copy_progress SET cursor = $2, rows_count = $3, checksum = $4, is_done = $5
        WHERE name = $1";
    END_COPY = "-- end_copy
        DELETE FROM copy_progress";
    HALF_COPIED = "-- half_copied
        SELECT EXISTS (SELECT 1 FROM copy_progress)";
    IS_AT_WORK = "-- is_at_work
        SELECT EXISTS (SELECT 1 FROM journal)";
    RAISE_COUNTER = "-- raise_counter
        UPDATE counter SET value = greatest(value, $2) WHERE name = $1";
}

/// Where the rows of a table go: the table here, and which of its rows they are.
fn place(table: Table) -> (&'static str, &'static str) {
    match table {
        Table::IdempotencyKey => ("dedup", "WHERE get_byte(key, 0) = 107"),
        Table::EventId => ("dedup", "WHERE get_byte(key, 0) = 101"),
        Table::Counter => (
            "counter",
            "WHERE name IN ('environment', 'application', 'api_user', 'member', 'member_session', 'endpoint', 'event_type', 'inbox', 'board', 'integration', \
             'change', 'journal', 'message', 'attempt')",
        ),
        other => (other.name(), ""),
    }
}

/// The tables that are not copied, and why: they are about the nodes at work here, or about this database; what
/// inboxes have caught is gone in a week, and a job that a copy cuts off is asked for again.
pub const NOT_COPIED: [&str; 6] = [
    "journal",
    "slot_lease",
    "schema_version",
    "copy_progress",
    "inbox_request",
    "job",
];

/// The tables that rows go to.
pub fn copied_tables() -> impl Iterator<Item = &'static str> {
    Table::ALL.into_iter().map(|table| place(table).0)
}

/// Refuses a database that holds a part of a copy.
pub(crate) async fn refuse_half_copied(
    connection: &Connection,
) -> std::result::Result<(), StoreError> {
    let row = connection.query_one(HALF_COPIED, &[]).await?;
    if is_true(&row)? {
        return Err(StoreError::Unusable(
            "a copy into this database has not come to its end; run `tidings copy` again to go on \
             with it, or empty the database"
                .into(),
        ));
    }
    Ok(())
}

/// A database that takes a copy.
pub struct PostgresImport {
    connection: Connection,
    partitions: Partitions,
    /// What the columns of the table that is being taken are.
    columns: Option<(Table, Columns)>,
}

struct Columns {
    names: Vec<String>,
    types: Vec<Type>,
    insert: Statement,
}

impl PostgresImport {
    /// Connects, and brings the schema up to this version.
    pub async fn open(options: &Options) -> std::result::Result<Self, StoreError> {
        migration::run(options, schema::MIGRATIONS).await?;
        let options = Options {
            // Reading a large table to its end takes as long as it takes.
            statement_for_max: std::time::Duration::ZERO,
            ..options.clone()
        };
        let connection = connect(&options).await?;
        Ok(Self {
            connection,
            partitions: Partitions::default(),
            columns: None,
        })
    }

    /// Begins a copy of these data, or goes on with one. Refuses a database that has anything else in it.
    pub async fn begin(
        &mut self,
        source: &str,
        now: Millis,
    ) -> std::result::Result<CopyBegun, StoreError> {
        let connection = &self.connection;
        let row = connection.query_one(LOCK_COPY, &[&LOCK]).await?;
        if !is_true(&row)? {
            return Err(unusable("another copy into this database is under way"));
        }
        if let Some(begun) = self.progress(source).await? {
            return Ok(begun);
        }
        self.refuse_unless_empty().await?;
        let names: Vec<&str> = Table::ALL.iter().map(|table| table.name()).collect();
        let nothing = Checksum::default().sum.to_be_bytes();
        self.connection
            .execute(BEGIN_COPY, &[&names, &source, &now, &&nothing[..]])
            .await?;
        let begun = self.progress(source).await?;
        begun.ok_or_else(|| StoreError::Internal("the copy did not begin".into()))
    }

    /// How far an earlier run has come.
    async fn progress(&self, source: &str) -> std::result::Result<Option<CopyBegun>, StoreError> {
        let rows = self.connection.query(COPY_PROGRESS, &[]).await?;
        let mut found = Vec::new();
        let mut started_at = 0;
        for row in &rows {
            let (name, theirs, at, progress) = read_progress(row)?;
            if theirs != source {
                return Err(unusable(
                    "the database holds a part of a copy of other data, or the source has changed \
                     since that began; empty the database (drop and create it) and copy anew",
                ));
            }
            started_at = at;
            found.push((name, progress));
        }
        if found.is_empty() {
            return Ok(None);
        }
        let mut tables = Vec::new();
        for table in Table::ALL {
            let progress = found.iter().find(|(name, _)| name == table.name());
            let progress = progress.map(|(_, progress)| progress.clone());
            tables.push((table, progress.unwrap_or_default()));
        }
        Ok(Some(CopyBegun {
            is_resumed: tables.iter().any(|(_, progress)| progress.cursor.is_some()),
            started_at,
            tables,
        }))
    }

    async fn refuse_unless_empty(&self) -> std::result::Result<(), StoreError> {
        let connection = &self.connection;
        let row = connection.query_one(IS_AT_WORK, &[]).await?;
        if is_true(&row)? {
            return Err(unusable(
                "a server is at work on this database, or was not stopped in good order; a copy \
                 needs an empty database",
            ));
        }
        for table in Table::ALL {
            let name = place(table).0;
            // Its rows are there from the beginning, with 0.
            if table == Table::Counter {
                continue;
            }
            let select = format!("SELECT EXISTS (SELECT 1 FROM {name})");
            let row = connection.client().query_one(&select, &[]).await;
            if is_true(&row.map_err(Failure::from)?)? {
                return Err(unusable(&format!(
                    "the database is not empty (there are rows in `{name}`); a copy needs an empty one"
                )));
            }
        }
        Ok(())
    }

    /// Takes a page, and notes how far the copy has come with it.
    pub async fn take(
        &mut self,
        page: &CopyPage,
        progress: &mut CopyProgress,
    ) -> std::result::Result<(), StoreError> {
        if matches!(page.table, Table::Message | Table::Attempt) {
            let instants = page.numbers("created_at");
            self.partitions.ensure(&self.connection, instants).await?;
        }
        self.learn_columns(page).await?;
        let mut after = progress.clone();
        after.checksum.join(page.checksum);
        after.cursor = Some(page.cursor.clone());
        after.is_done = page.is_last;
        self.connection.run("BEGIN").await?;
        self.insert(page).await?;
        let rows = i64::try_from(after.checksum.rows).unwrap_or(i64::MAX);
        self.connection
            .execute(
                NOTE_COPIED,
                &[
                    &page.table.name(),
                    &page.cursor,
                    &rows,
                    &&after.checksum.sum.to_be_bytes()[..],
                    &after.is_done,
                ],
            )
            .await?;
        self.connection.run("COMMIT").await?;
        *progress = after;
        faults::pass(faults::DURING_COPY);
        Ok(())
    }

    async fn insert(&self, page: &CopyPage) -> Result<()> {
        if page.table == Table::Counter {
            return self.raise_counters(page).await;
        }
        let Some((_, columns)) = &self.columns else {
            return Ok(());
        };
        let sink = self.connection.client().copy_in(&columns.insert).await?;
        let mut writer = std::pin::pin!(BinaryCopyInWriter::new(sink, &columns.types));
        for row in &page.rows {
            writer.as_mut().write_raw(row.iter().map(Stored)).await?;
        }
        writer.finish().await?;
        Ok(())
    }

    /// Numbers go on above those that were given there.
    async fn raise_counters(&self, page: &CopyPage) -> Result<()> {
        for row in &page.rows {
            let [Value::Text(name), Value::Number(value)] = &row[..] else {
                return Err(unreadable(0, "not a counter"));
            };
            self.connection
                .execute(RAISE_COUNTER, &[name, value])
                .await?;
        }
        Ok(())
    }

    /// Sees to it that the rows have the columns that the table has, once for each table.
    async fn learn_columns(&mut self, page: &CopyPage) -> std::result::Result<(), StoreError> {
        if self
            .columns
            .as_ref()
            .is_some_and(|(table, _)| *table == page.table)
        {
            return Ok(());
        }
        let columns = self.columns_of(page.table).await?;
        if columns.names != page.columns {
            return Err(StoreError::Internal(format!(
                "the columns of `{}` differ: {} there, {} here",
                page.table,
                page.columns.join(" "),
                columns.names.join(" ")
            )));
        }
        self.columns = Some((page.table, columns));
        Ok(())
    }

    /// The columns of a table, by name.
    async fn columns_of(&self, table: Table) -> Result<Columns> {
        let name = place(table).0;
        let client = self.connection.client();
        let all = client.prepare(&format!("SELECT * FROM {name}")).await?;
        let mut columns: Vec<(String, Type)> = all
            .columns()
            .iter()
            .map(|column| (column.name().to_owned(), column.type_().clone()))
            .collect();
        columns.sort_by(|one, other| one.0.cmp(&other.0));
        let (names, types): (Vec<String>, Vec<Type>) = columns.into_iter().unzip();
        let list = names.join(", ");
        let insert = client
            .prepare(&format!("COPY {name} ({list}) FROM STDIN (FORMAT binary)"))
            .await?;
        Ok(Columns {
            names,
            types,
            insert,
        })
    }

    /// What is here of a table, read back in the form in which it was given.
    pub async fn checksum(&self, table: Table) -> std::result::Result<Checksum, StoreError> {
        Ok(self.read_back(table).await?)
    }

    async fn read_back(&self, table: Table) -> Result<Checksum> {
        let columns = self.columns_of(table).await?;
        let (name, which) = place(table);
        let list = columns.names.join(", ");
        let client = self.connection.client();
        let select = format!("SELECT {list} FROM {name} {which}");
        let nothing: [&str; 0] = [];
        let mut rows = std::pin::pin!(client.query_raw(&select, nothing).await?);
        let mut checksum = Checksum::default();
        let mut values = Vec::with_capacity(columns.types.len());
        while let Some(row) = rows.try_next().await? {
            values.clear();
            for (column, kind) in columns.types.iter().enumerate() {
                values.push(read(&row, column, kind)?);
            }
            checksum.add(&values);
        }
        Ok(checksum)
    }

    /// Ends the copy: from now on it is a store like any other.
    pub async fn finish(self) -> std::result::Result<(), StoreError> {
        let mut names: Vec<&str> = copied_tables().collect();
        names.dedup();
        // Else the planner knows nothing of the new rows and reads them the wrong way at first.
        let analyze = format!("ANALYZE {}", names.join(", "));
        self.connection.run(&analyze).await?;
        self.connection.execute(END_COPY, &[]).await?;
        Ok(())
    }
}

fn is_true(row: &Row) -> Result<bool> {
    Ok(row.try_get(0)?)
}

fn read_progress(row: &Row) -> Result<(String, String, Millis, CopyProgress)> {
    let rows: i64 = row.try_get(4)?;
    let progress = CopyProgress {
        cursor: row.try_get(3)?,
        checksum: Checksum {
            rows: rows.unsigned_abs(),
            sum: u128::from_be_bytes(bytes(row, 5)?),
        },
        is_done: row.try_get(6)?,
    };
    Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, progress))
}

fn unusable(why: &str) -> StoreError {
    StoreError::Unusable(why.to_owned())
}

async fn connect(options: &Options) -> std::result::Result<Connection, StoreError> {
    let connector = Connector::new(options)?;
    let connection = Connection::try_open(&connector).await;
    connection.map_err(Refusal::at_start)
}
