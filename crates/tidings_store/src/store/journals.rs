//! The part of [`Store`](crate::Store) about journals.

use tidings_domain::clock::Millis;

use crate::{Opened, StoreFuture};

/// The steps with which a run begins and ends.
pub trait Journals {
    /// Takes over the journals of nodes that are gone, then opens one for this node. Until then nothing
    /// is accepted.
    fn open_journal(&self, node: String, now: Millis) -> StoreFuture<'_, Opened>;
    /// Closes this node's journal; everything must be settled or owed by now.
    fn close_journal(&self) -> StoreFuture<'_, ()>;
}
