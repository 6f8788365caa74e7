//! [`AuditLog`], passed on to the files that do it.

use tidings_domain::audit::Entry;
use tidings_domain::clock::Millis;
use tidings_store::{AuditLog, ListEntries, StoreFuture};

use super::passing::{read, write};
use crate::{PostgresStore, audit};

impl AuditLog for PostgresStore {
    fn audit_entries(&self, list: ListEntries) -> StoreFuture<'_, Vec<Entry>> {
        read!(self, |reader| audit::list(&reader, &list))
    }

    fn sweep_audit_log(&self, before: Millis, limit: usize) -> StoreFuture<'_, usize> {
        if !self.ownership.has(0) {
            return Box::pin(std::future::ready(Ok(0))); // one node sweeps for all
        }
        write!(self, |scope| audit::sweep(scope, before, limit))
    }
}
