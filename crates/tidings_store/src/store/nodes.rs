//! The part of [`Store`](crate::Store) about the nodes beside this one.

use tidings_domain::clock::Millis;

use crate::{Balance, StoreFuture};

/// What a node asks about those beside it. A store for one node has one slot, which is that node's.
pub trait Nodes {
    /// The slot of an application, by number.
    fn slot_of(&self, _application: i64) -> i16 {
        0
    }
    /// The number of the journal that is open for a slot, if another may follow it; else 0.
    fn journal(&self, _slot: i16) -> u16 {
        0
    }
    /// Whether this node is the one that takes what is owed in a slot.
    fn owns(&self, _slot: i16) -> bool {
        true
    }
    /// Takes over from nodes that are gone, and this node's fair share of the slots. Of those that it has
    /// to give away it keeps the busy ones until they are so no more.
    fn balance(&self, _busy: Vec<i16>, _now: Millis) -> StoreFuture<'_, Balance> {
        Box::pin(std::future::ready(Ok(Balance::default())))
    }
}
