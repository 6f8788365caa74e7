//! [`Changes`], passed on to the files that do it.

use tidings_store::{Change, Changes, StoreFuture};

use super::passing::read;
use crate::writer::Operation;
use crate::{PostgresStore, changes};

impl Changes for PostgresStore {
    fn changes_since(&self, version: i64) -> StoreFuture<'_, Vec<Change>> {
        read!(self, |reader| changes::since(&reader, version))
    }

    fn version(&self) -> StoreFuture<'_, i64> {
        read!(self, |reader| changes::version(&reader))
    }

    fn acknowledge(&self, version: i64) {
        for group in self.groups.all() {
            let _ = group.send(Operation::Acknowledge(version)); // fails at the end only
        }
    }

    fn publish(&self, version: i64) -> StoreFuture<'_, ()> {
        Box::pin(self.tell(version))
    }
}
