//! [`Nodes`], passed on to the files that do it.

use tidings_domain::clock::Millis;
use tidings_domain::slot;
use tidings_store::{Balance, Nodes, StoreFuture};

use crate::PostgresStore;

impl Nodes for PostgresStore {
    fn slot_of(&self, application: i64) -> i16 {
        slot::of(application)
    }

    fn journal(&self, slot: i16) -> u16 {
        self.groups.of(slot).lease.journal()
    }

    fn owns(&self, slot: i16) -> bool {
        self.ownership.has(slot) && self.groups.of(slot).lease.holds()
    }

    fn balance(&self, busy: Vec<i16>, now: Millis) -> StoreFuture<'_, Balance> {
        Box::pin(self.share(busy, now))
    }
}
