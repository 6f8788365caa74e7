//! A data folder that goes away with the test, and stores on it.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use rusqlite::Connection;
use tempfile::TempDir;
use tidings_store::conformance::{Harness, Instance};
use tidings_store::{Handover, Store};
use tidings_store_sqlite::{Options, SqliteStore};

/// A fresh data folder.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().expect("a temporary folder"))
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().to_owned()
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.0.path().join("tidings.db")
    }

    /// A server that other servers may stand beside.
    pub(crate) fn options(&self) -> Options {
        Options {
            is_exclusive: false,
            ..Options::server(self.path())
        }
    }

    /// A look at the file past the store.
    pub(crate) fn connection(&self) -> Connection {
        Connection::open(self.file()).expect("the file opens")
    }
}

struct Opened(Arc<SqliteStore>);

impl Instance for Opened {
    fn store(&self) -> Arc<dyn Store> {
        self.0.clone()
    }

    fn set_handover(&self, handover: Arc<dyn Handover>) {
        self.0.set_handover(handover);
    }
}

impl Harness for Folder {
    fn open(&self) -> Pin<Box<dyn Future<Output = Box<dyn Instance>> + Send + '_>> {
        Box::pin(async {
            let store = SqliteStore::open(&self.options()).expect("the folder opens");
            Box::new(Opened(Arc::new(store))) as Box<dyn Instance>
        })
    }
}
