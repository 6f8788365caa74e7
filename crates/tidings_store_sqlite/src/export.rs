//! Everything in a data folder, page by page, for `tidings copy`.
//!
//! The folder is held as a server holds it, so nothing is accepted or sent meanwhile; and all pages are
//! of one snapshot, so that a command beside the copy changes nothing of it. Each table is read along
//! its key, from behind a cursor on.

pub(crate) mod rows;
mod shape;

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use tidings_domain::clock::Millis;
use tidings_store::copy::{CopyPage, CopySource, Table};
use tidings_store::{Journals as _, StoreError};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::convert::failed;
use crate::{FILE, Options, SqliteStore, Synchronous, connect};

/// How many pages are read before somebody takes one.
const PAGES_AHEAD: usize = 2;

/// A data folder that is being copied.
pub struct SqliteExport {
    store: SqliteStore,
    file: PathBuf,
    recovered: usize,
}

/// What is given, and from where on.
#[derive(Debug, Clone)]
pub struct ExportRequest {
    /// The tables, each with the cursor behind which it starts, if it does not start at the beginning.
    pub tables: Vec<(Table, Option<Vec<u8>>)>,
    /// Event ids of messages from this time on are kept unique still.
    pub event_ids_since: Millis,
    /// How long they are.
    pub event_ids_for: Millis,
}

impl SqliteExport {
    /// Takes the folder, which must have data. What a dead run had in memory only is owed from now on.
    pub async fn open(folder: &Path, now: Millis) -> Result<Self, StoreError> {
        let file = folder.join(FILE);
        if !file.try_exists().unwrap_or(false) {
            let folder = folder.display();
            return Err(StoreError::Unusable(format!(
                "there are no data in {folder}: it has no {FILE}"
            )));
        }
        let store = SqliteStore::open(&Options::server(folder))?;
        let mut recovered = 0;
        let has_journals = {
            let connection = connect(&file, Synchronous::Full)?;
            rows::has_journals(&connection).map_err(failed)?
        };
        if has_journals {
            recovered = store.open_journal("copy".into(), now).await?.recovered;
            store.close_journal().await?;
        }
        Ok(Self {
            store,
            file,
            recovered,
        })
    }

    /// The store, to look at its configuration.
    pub fn store(&self) -> &SqliteStore {
        &self.store
    }

    /// The highest number of an endpoint.
    pub fn endpoints_count(&self) -> Result<i64, StoreError> {
        let connection = connect(&self.file, Synchronous::Full)?;
        rows::endpoints_count(&connection).map_err(failed)
    }

    /// What there is to copy.
    pub fn source(&self) -> Result<CopySource, StoreError> {
        let connection = connect(&self.file, Synchronous::Full)?;
        Ok(CopySource {
            state: rows::state(&connection).map_err(failed)?,
            rows: rows::counts(&connection).map_err(failed)?,
            recovered: self.recovered,
        })
    }

    /// Reads pages on a thread of its own, a few ahead of who takes them. An error is the last thing that
    /// comes; otherwise each table ends with a page that says that it is the last.
    pub fn pages(&self, request: ExportRequest) -> Receiver<Result<CopyPage, StoreError>> {
        let (sender, pages) = channel(PAGES_AHEAD);
        let file = self.file.clone();
        tokio::task::spawn_blocking(move || {
            if let Err(error) = send_pages(&file, request, &sender) {
                let _ = sender.blocking_send(Err(error)); // fails where nobody takes pages any more
            }
        });
        pages
    }

    /// Gives the folder back.
    pub async fn close(self) {
        self.store.close().await;
    }
}

fn send_pages(
    file: &Path,
    request: ExportRequest,
    sender: &Sender<Result<CopyPage, StoreError>>,
) -> Result<(), StoreError> {
    let connection = connect(file, Synchronous::Full)?;
    connection
        .execute_batch("PRAGMA query_only = ON; BEGIN")
        .map_err(failed)?;
    for (table, cursor) in request.tables {
        let mut reading = rows::Reading {
            table,
            cursor,
            event_ids_since: request.event_ids_since,
            event_ids_for: request.event_ids_for,
        };
        loop {
            let page = reading.next_page(&connection)?;
            let is_last = page.is_last;
            if sender.blocking_send(Ok(page)).is_err() {
                return Ok(());
            }
            if is_last {
                break;
            }
        }
    }
    end(&connection)
}

fn end(connection: &Connection) -> Result<(), StoreError> {
    connection.execute_batch("COMMIT").map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs of servers are taken over before a copy, the engine's own table is read with the counters, what
    /// inboxes have caught is gone in a week, and a job that a copy cuts off is asked for again: what it had
    /// owed by then is copied.
    const NOT_COPIED: [&str; 4] = ["journal", "sqlite_sequence", "inbox_request", "job"];

    #[test]
    fn every_table_is_copied_or_named_as_left_out() {
        let folder = tempfile::TempDir::new().unwrap();
        let mut connection = connect(&folder.path().join(FILE), Synchronous::Normal).unwrap();
        crate::schema::migrate(&mut connection).unwrap();
        let mut select = connection
            .prepare("SELECT name FROM sqlite_master WHERE type = 'table'")
            .unwrap();
        let tables = select.query_map([], |row| row.get::<_, String>(0)).unwrap();
        for table in tables.map(Result::unwrap) {
            let wanted = format!("FROM {table}");
            let is_read = Table::ALL.into_iter().any(|copied| {
                let words: Vec<&str> = rows::sql(copied).split_whitespace().collect();
                words.windows(2).any(|pair| pair.join(" ") == wanted)
            });
            let is_named = NOT_COPIED.contains(&table.as_str());
            assert!(
                is_read || is_named,
                "`{table}` would be left behind by a copy"
            );
        }
    }
}
