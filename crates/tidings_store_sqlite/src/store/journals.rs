//! [`Journals`], passed on to the files that do it.

use tidings_domain::clock::Millis;
use tidings_store::{Journals, Opened, StoreFuture};

use crate::{SqliteStore, journal};

impl Journals for SqliteStore {
    fn open_journal(&self, node: String, now: Millis) -> StoreFuture<'_, Opened> {
        self.write(move |scope| journal::open(scope, &node, now))
    }

    fn close_journal(&self) -> StoreFuture<'_, ()> {
        self.write(journal::close)
    }
}
