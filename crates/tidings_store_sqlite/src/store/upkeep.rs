//! [`Upkeep`], passed on to the files that do it.

use std::sync::PoisonError;

use tidings_domain::clock::Millis;
use tidings_store::{Removal, Room, StoreFuture, Upkeep};

use crate::{SqliteStore, expunge, retention, upkeep};

impl Upkeep for SqliteStore {
    fn cancel_stale(&self, now: Millis, limit: usize) -> StoreFuture<'_, usize> {
        self.write(move |scope| upkeep::cancel_stale(scope, now, limit))
    }

    fn sweep_dedup(&self, now: Millis, limit: usize) -> StoreFuture<'_, usize> {
        let sweep = self.sweep.clone();
        self.write(move |scope| {
            let from = sweep.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let (removed, next) = upkeep::sweep_dedup(scope, &from, now, limit)?;
            *sweep.lock().unwrap_or_else(PoisonError::into_inner) = next;
            Ok(removed)
        })
    }

    fn expire_payloads(&self, now: Millis, limit: usize) -> StoreFuture<'_, usize> {
        self.write(move |scope| expunge::expire(scope, now, limit))
    }

    fn remove_before(&self, before: Millis, limit: usize) -> StoreFuture<'_, Removal> {
        let place = self.removal.clone();
        self.write(move |scope| retention::remove_before(scope, &place, before, limit))
    }

    fn room(&self) -> Room {
        self.room.read()
    }

    fn flush(&self) -> StoreFuture<'_, ()> {
        self.write(|_| Ok(()))
    }
}
