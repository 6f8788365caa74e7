//! The part of [`Store`](crate::Store) about changes of the configuration.

use crate::{Change, StoreFuture};

/// What caches read on from, and which node knows what.
pub trait Changes {
    /// What has changed in the configuration since this version, oldest first; at most 1,000.
    fn changes_since(&self, version: i64) -> StoreFuture<'_, Vec<Change>>;
    /// The newest version of the configuration.
    fn version(&self) -> StoreFuture<'_, i64>;
    /// Notes up to which version of the configuration this node knows all changes.
    fn acknowledge(&self, _version: i64) {}
    /// Tells the other nodes of this version of the configuration. Returns once all of them have
    /// acknowledged it, after a second at the latest.
    fn publish(&self, _version: i64) -> StoreFuture<'_, ()> {
        Box::pin(std::future::ready(Ok(())))
    }
}
