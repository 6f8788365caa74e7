//! [`AuditLog`], passed on to the files that do it.

use tidings_domain::audit::Entry;
use tidings_domain::clock::Millis;
use tidings_store::{AuditLog, ListEntries, StoreFuture};

use crate::{SqliteStore, audit};

impl AuditLog for SqliteStore {
    fn audit_entries(&self, list: ListEntries) -> StoreFuture<'_, Vec<Entry>> {
        self.readers
            .read(move |connection| audit::list(connection, &list))
    }

    fn sweep_audit_log(&self, before: Millis, limit: usize) -> StoreFuture<'_, usize> {
        self.write(move |scope| audit::sweep(scope, before, limit))
    }
}
