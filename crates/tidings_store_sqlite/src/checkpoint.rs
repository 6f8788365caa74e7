//! Copies the write-ahead log into the database, beside the writer.
//!
//! SQLite's automatic checkpoint would do it inside a commit, and everybody in that commit would wait
//! for it. So it is off; a thread does the bulk on a connection of its own, and the writer only copies
//! the few pages that came meanwhile, after which SQLite starts the log anew.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::hooks::Wal;

use crate::room::RoomGauge;

/// A checkpoint begins when the log has grown by so many pages of 8 KiB: 24 MiB.
const CHECKPOINT_PAGES: usize = 3_072;
/// The disk is looked at this often.
const LOOK_EVERY: Duration = Duration::from_millis(500);

#[derive(Default)]
pub(crate) struct Checkpointer {
    /// How long the log is.
    pages: AtomicUsize,
    /// How long it was when it was last copied; 0 once it has started anew.
    copied: AtomicUsize,
    /// The bulk is copied; the writer is to copy the rest.
    wants_end: AtomicBool,
    is_stopped: Mutex<bool>,
    wake: Condvar,
}

impl Checkpointer {
    /// Learns from each commit of this connection how long the log is.
    pub(crate) fn watch(self: &Arc<Self>, connection: &mut Connection) -> rusqlite::Result<()> {
        let checkpointer = Arc::clone(self);
        connection.wal_hook(Some(move |_: &mut Wal, pages: i32| {
            checkpointer.note(usize::try_from(pages).unwrap_or(0));
            Ok(())
        }))
    }

    fn note(&self, pages: usize) {
        self.pages.store(pages, Ordering::Relaxed);
        if pages < self.copied.load(Ordering::Relaxed) {
            self.copied.store(0, Ordering::Relaxed);
        }
        if self.is_time() {
            let _stopped = self
                .is_stopped
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            self.wake.notify_all();
        }
    }

    fn is_time(&self) -> bool {
        let grown_from = self.copied.load(Ordering::Relaxed);
        self.pages.load(Ordering::Relaxed) >= grown_from + CHECKPOINT_PAGES && !self.wants_end()
    }

    pub(crate) fn wants_end(&self) -> bool {
        self.wants_end.load(Ordering::Acquire)
    }

    /// Copies what is left, on the writer's connection between two commits.
    pub(crate) fn end_on(&self, connection: &Connection) {
        copy(connection);
        self.copied
            .store(self.pages.load(Ordering::Relaxed), Ordering::Relaxed);
        self.wants_end.store(false, Ordering::Release);
    }

    pub(crate) fn stop(&self) {
        *self
            .is_stopped
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = true;
        self.wake.notify_all();
    }

    /// Waits for work or for the next look at the disk. False once stopped.
    fn wait(&self) -> bool {
        let stopped = self
            .is_stopped
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if *stopped {
            return false;
        }
        if self.is_time() {
            return true;
        }
        let waited = self.wake.wait_timeout(stopped, LOOK_EVERY);
        let (stopped, _) = waited.unwrap_or_else(PoisonError::into_inner);
        !*stopped
    }
}

/// Starts the thread. It also keeps the room gauge.
pub(crate) fn start(
    checkpointer: Arc<Checkpointer>,
    connection: Connection,
    folder: PathBuf,
    room: Arc<RoomGauge>,
) -> std::io::Result<std::thread::JoinHandle<()>> {
    std::thread::Builder::new()
        .name("store-checkpoint".into())
        .spawn(move || {
            while checkpointer.wait() {
                room.measure(&folder);
                if !checkpointer.is_time() {
                    continue;
                }
                copy(&connection);
                // What was written during the first copy is little; a second leaves next to nothing.
                copy(&connection);
                checkpointer.wants_end.store(true, Ordering::Release);
            }
        })
}

fn copy(connection: &Connection) {
    let result = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
    if let Err(error) = result {
        tracing::warn!("The write-ahead log could not be copied, it will be tried again: {error}");
    }
}

/// Copies the whole log and empties it, for a stop in good order. A reader may keep it from that; then
/// the next start finds the log as a crash would have left it, and nothing is lost.
pub(crate) fn copy_all(connection: &Connection) {
    let result = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    if let Err(error) = result {
        tracing::warn!("The write-ahead log could not be copied at the end: {error}");
    }
}
