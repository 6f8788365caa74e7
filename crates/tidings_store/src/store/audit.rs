//! The part of [`Store`](crate::Store) about the audit log. Entries are written by the changes that they tell
//! of; see [`Store::noting`](crate::Store::noting).

use tidings_domain::audit::Entry;
use tidings_domain::clock::Millis;

use crate::{ListEntries, StoreFuture};

/// Reading the log, and removing what is old.
pub trait AuditLog {
    /// One page of the log of an environment.
    fn audit_entries(&self, list: ListEntries) -> StoreFuture<'_, Vec<Entry>>;
    /// Removes at most `limit` entries from before this. Gives how many.
    fn sweep_audit_log(&self, before: Millis, limit: usize) -> StoreFuture<'_, usize>;
}
