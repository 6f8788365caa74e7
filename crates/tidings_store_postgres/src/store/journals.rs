//! [`Journals`], passed on to the files that do it.

use tidings_domain::clock::Millis;
use tidings_store::{Journals, Opened, StoreFuture};

use crate::PostgresStore;

impl Journals for PostgresStore {
    fn open_journal(&self, node: String, now: Millis) -> StoreFuture<'_, Opened> {
        Box::pin(self.join(node, now))
    }

    fn close_journal(&self) -> StoreFuture<'_, ()> {
        Box::pin(self.leave())
    }
}
