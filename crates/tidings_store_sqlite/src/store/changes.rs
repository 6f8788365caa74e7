//! [`Changes`], passed on to the files that do it.

use tidings_store::{Change, Changes, StoreFuture};

use crate::{SqliteStore, changes};

impl Changes for SqliteStore {
    fn changes_since(&self, version: i64) -> StoreFuture<'_, Vec<Change>> {
        self.readers
            .read(move |connection| changes::since(connection, version))
    }

    fn version(&self) -> StoreFuture<'_, i64> {
        self.readers.read(changes::version)
    }
}
