//! [`Upkeep`], passed on to the files that do it.

use std::sync::PoisonError;

use tidings_domain::clock::Millis;
use tidings_store::{Removal, Room, StoreFuture, Upkeep};

use super::passing::read;
use crate::{PostgresStore, retention, upkeep};

impl Upkeep for PostgresStore {
    fn cancel_stale(&self, now: Millis, limit: usize) -> StoreFuture<'_, usize> {
        Box::pin(self.cancel_stale_in_groups(now, limit))
    }

    fn sweep_dedup(&self, now: Millis, limit: usize) -> StoreFuture<'_, usize> {
        if !self.ownership.has(0) {
            return Box::pin(std::future::ready(Ok(0))); // one node sweeps for all
        }
        let sweep = self.sweep.clone();
        self.write(move |scope| {
            Box::pin(async move {
                let from = sweep.lock().unwrap_or_else(PoisonError::into_inner).clone();
                let (removed, next) = upkeep::sweep_dedup(scope, &from, now, limit).await?;
                *sweep.lock().unwrap_or_else(PoisonError::into_inner) = next;
                Ok(removed)
            })
        })
    }

    fn expire_payloads(&self, now: Millis, limit: usize) -> StoreFuture<'_, usize> {
        Box::pin(self.expire_payloads_in_groups(now, limit))
    }

    fn remove_before(&self, before: Millis, _: usize) -> StoreFuture<'_, Removal> {
        read!(self, |reader| retention::remove_before(&reader, before))
    }

    /// The disk is the server's, which says so when it is full.
    fn room(&self) -> Room {
        Room::Enough
    }

    fn flush(&self) -> StoreFuture<'_, ()> {
        Box::pin(self.flush_groups())
    }
}
