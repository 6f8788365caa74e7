//! The part of [`Store`](crate::Store) about what goes on beside.

use tidings_domain::clock::Millis;

use crate::{Removal, Room, StoreFuture};

/// What happens every so often, and how the disk does.
pub trait Upkeep {
    /// Cancels at most `limit` deliveries that are owed to endpoints that are off, or owed for too
    /// long, with a row each that says why. Gives how many.
    fn cancel_stale(&self, now: Millis, limit: usize) -> StoreFuture<'_, usize>;
    /// Removes idempotency keys and event ids that have run out; looks at no more than `limit` rows
    /// and goes on from there the next time. Gives how many were removed.
    fn sweep_dedup(&self, now: Millis, limit: usize) -> StoreFuture<'_, usize>;
    /// Takes away payloads whose own time is up, and cancels what is owed of their messages; looks at no more than
    /// `limit`. Gives how many it looked at.
    fn expire_payloads(&self, now: Millis, limit: usize) -> StoreFuture<'_, usize>;

    /// Removes messages that were accepted before this with their attempts, unless something of them is
    /// owed or in memory still. Does so much in one go as nobody notices: at most `limit` rows, or a whole
    /// day where days are kept apart.
    fn remove_before(&self, before: Millis, limit: usize) -> StoreFuture<'_, Removal>;
    /// Whether the disk lets rows be written.
    fn room(&self) -> Room;
    /// Waits until everything that was asked for is on disk.
    fn flush(&self) -> StoreFuture<'_, ()>;
}
