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

use crate::room::RoomGauge;

/// A checkpoint begins when about so much was written: 24 MiB.
const CHECKPOINT_BYTES: usize = 24 << 20;
/// The disk is looked at this often.
const LOOK_EVERY: Duration = Duration::from_millis(500);

#[derive(Default)]
pub(crate) struct Checkpointer {
    written: AtomicUsize,
    /// The bulk is copied; the writer is to copy the rest.
    wants_end: AtomicBool,
    is_stopped: Mutex<bool>,
    wake: Condvar,
}

impl Checkpointer {
    /// Notes what a commit has written, about.
    pub(crate) fn note(&self, bytes: usize) {
        let before = self.written.fetch_add(bytes, Ordering::Relaxed);
        if before < CHECKPOINT_BYTES && before + bytes >= CHECKPOINT_BYTES {
            let _stopped = self
                .is_stopped
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            self.wake.notify_all();
        }
    }

    pub(crate) fn wants_end(&self) -> bool {
        self.wants_end.load(Ordering::Acquire)
    }

    /// Copies what is left, on the writer's connection between two commits.
    pub(crate) fn end_on(&self, connection: &Connection) {
        copy(connection);
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
        if self.written.load(Ordering::Relaxed) >= CHECKPOINT_BYTES && !self.wants_end() {
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
                if checkpointer.written.load(Ordering::Relaxed) < CHECKPOINT_BYTES
                    || checkpointer.wants_end()
                {
                    continue;
                }
                checkpointer.written.store(0, Ordering::Relaxed);
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
