//! The embedded store: SQLite in one file, one writer thread with group commit, readers beside it.
//!
//! The write-ahead log is synced on every commit (`synchronous=FULL`), so a write that has returned
//! survives a power cut. Nothing here blocks a runtime thread: writes go to the writer's queue, reads to
//! blocking threads.

mod accept;
mod api_users;
mod applications;
mod audit;
mod boards;
mod buttons;
mod changes;
mod checkpoint;
mod convert;
pub mod doctor;
mod endpoint_kinds;
mod endpoints;
mod event_types;
mod export;
mod expunge;
mod inboxes;
mod integrations;
mod jobs;
mod journal;
mod keys;
mod line;
mod lists;
mod lock;
mod member_sessions;
mod members;
mod operational;
mod pending;
mod plan_list;
#[cfg(test)]
mod plans;
mod polling;
mod reader;
mod records;
mod retention;
mod room;
mod schema;
mod sessions;
mod settle;
mod step;
mod store;
mod theme;
mod upkeep;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicI64;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tidings_store::commit::{self, HandoverCell};
use tidings_store::{Audited, Handover, Note, StoreError, StoreFuture};

use crate::checkpoint::Checkpointer;
use crate::convert::failed;
use crate::journal::Journal;
use crate::lock::FolderLock;
use crate::reader::Readers;
use crate::room::RoomGauge;
use crate::step::{Scope, step};
use crate::writer::{Operation, QueueGauge, Writer};

pub use export::{ExportRequest, SqliteExport};

/// The file in the data folder.
const FILE: &str = "tidings.db";
/// Pages of the writer's cache, in KiB: 32 MiB.
const WRITER_CACHE_KIB: i64 = 32_000;

/// When a commit counts as done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Synchronous {
    /// The log is synced with every commit: nothing accepted is lost in a power cut.
    #[default]
    Full,
    /// The log is synced only at checkpoints: a power cut loses the latest messages. There for the
    /// test that shows that the rig would notice.
    Normal,
}

/// How to open a data folder.
#[derive(Debug, Clone)]
pub struct Options {
    /// The folder.
    pub folder: PathBuf,
    /// When a commit counts as done.
    pub synchronous: Synchronous,
    /// Whether this process is the one that delivers. Others may only change the configuration, beside
    /// a running server or without one.
    pub is_server: bool,
    /// Whether the folder is locked against other servers. A test of a takeover opens it twice, as a
    /// database that several nodes share would be.
    pub is_exclusive: bool,
    /// At most so many pages of 8 KiB, for tests of a full disk; none means what the disk holds.
    pub pages_count_max: Option<u32>,
}

impl Options {
    /// For a server on this folder.
    pub fn server(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            synchronous: Synchronous::Full,
            is_server: true,
            is_exclusive: true,
            pages_count_max: None,
        }
    }

    /// For a command beside a server.
    pub fn command(folder: impl Into<PathBuf>) -> Self {
        Self {
            is_server: false,
            ..Self::server(folder)
        }
    }
}

/// The store. Dropping the last of those that share it ends its threads, after what was asked for is on disk.
#[derive(Clone)]
pub struct SqliteStore {
    queue: Sender<Operation>,
    gauge: Arc<QueueGauge>,
    room: Arc<RoomGauge>,
    readers: Readers,
    handover: HandoverCell,
    /// Where the sweep of idempotency keys goes on.
    sweep: Arc<Mutex<Vec<u8>>>,
    /// The last deleted application that the sweep of records has seen to.
    records_swept: Arc<AtomicI64>,
    /// Where the removal of old messages goes on.
    removal: Arc<AtomicI64>,
    /// What a change that is asked of it writes down along with itself.
    note: Option<Arc<Note>>,
    _running: Arc<Running>,
}

/// The threads of a store, which end with the last of those that share it.
struct Running {
    queue: Sender<Operation>,
    checkpointer: Arc<Checkpointer>,
    sweep: Arc<Mutex<Vec<u8>>>,
    threads: Vec<JoinHandle<()>>,
    _lock: Option<FolderLock>,
}

impl SqliteStore {
    /// Opens the folder, made and migrated if need be. Must be called inside a Tokio runtime, whose
    /// task tells callers about commits.
    pub fn open(options: &Options) -> Result<Self, StoreError> {
        lock::prepare(&options.folder)?;
        let lock = (options.is_server && options.is_exclusive)
            .then(|| lock::acquire(&options.folder))
            .transpose()?;
        let file = options.folder.join(FILE);
        schema::check(&file)?;
        let mut connection = connect(&file, options.synchronous)?;
        schema::migrate(&mut connection)?;
        if let Some(pages) = options.pages_count_max {
            let limit = format!("PRAGMA max_page_count = {pages}");
            connection.execute_batch(&limit).map_err(failed)?;
        }

        let (queue, operations) = channel();
        let (answers, batches) = tokio::sync::mpsc::unbounded_channel();
        let handover: HandoverCell = Arc::new(OnceLock::new());
        tokio::spawn(commit::run(batches, handover.clone()));

        let gauge = Arc::new(QueueGauge::default());
        let room = Arc::new(RoomGauge::default());
        room.measure(&options.folder);
        let checkpointer = Arc::new(Checkpointer::default());
        if options.is_server {
            checkpointer.watch(&mut connection).map_err(failed)?;
        }
        let mut threads = Vec::new();
        let spawned = |error: std::io::Error| StoreError::Internal(error.to_string());
        threads.push(
            writer::start(Writer {
                connection,
                operations,
                answers,
                gauge: gauge.clone(),
                room: room.clone(),
                checkpointer: checkpointer.clone(),
                journal: Journal::none(),
                is_server: options.is_server,
            })
            .map_err(spawned)?,
        );
        if options.is_server {
            let beside = connect(&file, options.synchronous)?;
            let folder = options.folder.clone();
            threads.push(
                checkpoint::start(checkpointer.clone(), beside, folder, room.clone())
                    .map_err(spawned)?,
            );
        }
        let sweep: Arc<Mutex<Vec<u8>>> = Arc::default();
        let running = Running {
            queue: queue.clone(),
            checkpointer,
            sweep: sweep.clone(),
            threads,
            _lock: lock,
        };
        Ok(Self {
            queue,
            gauge,
            room,
            readers: Readers::new(file),
            handover,
            sweep,
            records_swept: Arc::default(),
            removal: Arc::default(),
            note: None,
            _running: Arc::new(running),
        })
    }

    /// Says where deliveries go. Until then, and if it is called twice, nothing is handed over.
    pub fn set_handover(&self, handover: Arc<dyn Handover>) {
        let _ = self.handover.set(handover);
    }

    /// Ends the writer, after everything that was asked for is on disk and the log is copied into the
    /// database. Whatever is asked for afterwards is refused.
    pub async fn close(&self) {
        let (ended, end) = tokio::sync::oneshot::channel();
        if writer::send(&self.queue, Operation::Stop(ended)).is_ok() {
            let _ = end.await; // fails where the writer had ended before
        }
    }

    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Scope<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> StoreFuture<'static, T> {
        let (step, result) = step(work, self.note.clone());
        let sent = writer::send(&self.queue, Operation::Step(step));
        Box::pin(async move {
            sent?;
            result
                .await
                .map_err(|_| StoreError::Unavailable("the store has been closed".into()))?
        })
    }
}

impl SqliteStore {
    /// A change that the audit log tells of, if a note goes along.
    fn write_audited<T: Audited + Send + 'static>(
        &self,
        work: impl FnOnce(&mut Scope<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> StoreFuture<'static, T> {
        self.write(move |scope| {
            let result = work(scope)?;
            audit::note(scope, &result)?;
            Ok(result)
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let (ended, _) = tokio::sync::oneshot::channel();
        let _ = writer::send(&self.queue, Operation::Stop(ended)); // fails after `close`
        self.checkpointer.stop();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
        self.sweep
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

/// The version of a folder's schema, and the one that this program needs. Nothing is changed.
pub fn schema_versions(folder: &Path) -> Result<(usize, usize), StoreError> {
    schema::versions(&folder.join(FILE))
}

fn connect(file: &Path, synchronous: Synchronous) -> Result<Connection, StoreError> {
    let connection = Connection::open(file).map_err(failed)?;
    let synchronous = match synchronous {
        Synchronous::Full => "FULL",
        Synchronous::Normal => "NORMAL",
    };
    connection
        .execute_batch(&format!(
            "PRAGMA busy_timeout = 5000;
            PRAGMA page_size = 8192;
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = {synchronous};
            PRAGMA cache_size = -{WRITER_CACHE_KIB};
            PRAGMA temp_store = MEMORY;
            PRAGMA wal_autocheckpoint = 0;
            PRAGMA journal_size_limit = 67108864;"
        ))
        .map_err(failed)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_commit_is_synced_and_checkpoints_are_left_to_their_thread() {
        let folder = tempfile::TempDir::new().unwrap();
        let ask = |connection: &Connection, name: &str| -> String {
            let value = connection.query_row(&format!("PRAGMA {name}"), [], |row| {
                Ok(match row.get_ref(0)? {
                    rusqlite::types::ValueRef::Integer(number) => number.to_string(),
                    text => text.as_str()?.to_owned(),
                })
            });
            value.unwrap()
        };
        assert_eq!(Options::server("x").synchronous, Synchronous::Full);
        assert_eq!(Options::command("x").synchronous, Synchronous::Full);
        let full = connect(&folder.path().join(FILE), Synchronous::Full).unwrap();
        for (name, expected) in [
            ("synchronous", "2"),
            ("journal_mode", "wal"),
            ("page_size", "8192"),
            ("wal_autocheckpoint", "0"),
        ] {
            assert_eq!(ask(&full, name), expected, "{name}");
        }
        let normal = connect(&folder.path().join(FILE), Synchronous::Normal).unwrap();
        assert_eq!(ask(&normal, "synchronous"), "1");
    }
}
