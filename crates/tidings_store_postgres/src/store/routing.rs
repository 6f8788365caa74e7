//! What concerns several groups, cut into a part for each.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tidings_domain::clock::Millis;
use tidings_domain::delivery::Pending;
use tidings_domain::slot;
use tidings_store::{Hold, Owed, Settlement, StoreError};

use crate::group::Group;
use crate::{PostgresStore, expunge, journal, pending, records, upkeep};

impl PostgresStore {
    /// Where an outcome belongs: what was handed over to the group whose journal knows of it, even if its
    /// slot has moved since.
    pub(super) fn group_of(&self, settlement: &Settlement) -> Arc<Group> {
        let journal = settlement.message.id.parts().journal;
        self.group(settlement.message.application, settlement.hold, journal)
    }

    fn group(&self, application: i64, hold: Hold, journal: u16) -> Arc<Group> {
        let knows = match hold {
            Hold::Handed => self.groups.with_journal(journal),
            Hold::Pending { .. } => None,
        };
        knows.unwrap_or_else(|| self.groups.of(slot::of(application)))
    }

    pub(super) async fn owe_in_groups(&self, deliveries: Vec<Owed>) -> Result<(), StoreError> {
        let parts = by_group(deliveries, |owed| {
            let message = owed.message;
            self.group(message.application, owed.hold, message.id.parts().journal)
        });
        for (group, part) in parts {
            let written = group.write_at(None, move |scope| {
                Box::pin(async move { pending::owe(scope, &part).await })
            });
            written.await?;
        }
        Ok(())
    }

    pub(super) async fn count_recoveries_in_groups(
        &self,
        rows: Vec<Pending>,
    ) -> Result<(), StoreError> {
        let of = |row: &Pending| self.groups.of(slot::of(row.message.application));
        for (group, part) in by_group(rows, of) {
            let written = group.write_at(None, move |scope| {
                Box::pin(async move { pending::count_recoveries(scope, &part).await })
            });
            written.await?;
        }
        Ok(())
    }

    pub(super) async fn cancel_stale_in_groups(
        &self,
        now: Millis,
        limit: usize,
    ) -> Result<usize, StoreError> {
        let mut canceled = 0;
        for (group, mut slots) in self.groups.with_slots() {
            slots.retain(|slot| self.ownership.has(*slot));
            let left = limit - canceled;
            if slots.is_empty() || left == 0 {
                continue;
            }
            let part = group.write_at(Some(now), move |scope| {
                Box::pin(async move { upkeep::cancel_stale(scope, &slots, now, left).await })
            });
            canceled += part.await?;
        }
        Ok(canceled)
    }

    /// Takes away payloads in this node's slots whose time is up.
    pub(super) async fn expire_payloads_in_groups(
        &self,
        now: Millis,
        limit: usize,
    ) -> Result<usize, StoreError> {
        let mut looked_at = 0;
        for (group, mut slots) in self.groups.with_slots() {
            slots.retain(|slot| self.ownership.has(*slot));
            let left = limit - looked_at;
            if slots.is_empty() || left == 0 {
                continue;
            }
            let part = group.write_at(Some(now), move |scope| {
                Box::pin(async move { expunge::expire(scope, &slots, now, left).await })
            });
            looked_at += part.await?;
        }
        Ok(looked_at)
    }

    /// Removes what is left of the records of deleted applications in this node's slots.
    pub(super) async fn sweep_records_in_groups(&self, limit: usize) -> Result<usize, StoreError> {
        let after = self.records_swept.load(Ordering::SeqCst);
        let reader = self.readers.take().await?;
        let deleted = records::deleted_applications(&reader, after).await?;
        if deleted.is_empty() {
            self.records_swept.store(0, Ordering::SeqCst);
        }
        let mut removed = 0;
        for application in deleted {
            let slot = slot::of(application);
            if self.ownership.has(slot) && records::are_there(&reader, application).await? {
                let left = limit - removed;
                let part = self.write_in(slot, move |scope| {
                    Box::pin(async move { records::sweep(scope, application, left).await })
                });
                removed += part.await?;
                if removed >= limit {
                    break; // and goes on with the same one
                }
            }
            self.records_swept.store(application, Ordering::SeqCst);
        }
        Ok(removed)
    }

    /// Closes the journals of all groups.
    pub(super) async fn leave(&self) -> Result<(), StoreError> {
        for group in self.groups.all() {
            let closed = group.write_at(None, move |scope| {
                Box::pin(async move { journal::close(scope).await })
            });
            closed.await?;
            group.lease.set_journal(0);
        }
        Ok(())
    }

    pub(super) async fn flush_groups(&self) -> Result<(), StoreError> {
        for group in self.groups.all() {
            let flushed = group.write_at(None, |_| Box::pin(std::future::ready(Ok(()))));
            flushed.await?;
        }
        Ok(())
    }
}

/// Cuts a list into the parts of each group; the order within each stays.
fn by_group<T>(all: Vec<T>, of: impl Fn(&T) -> Arc<Group>) -> Vec<(Arc<Group>, Vec<T>)> {
    let mut parts: Vec<(Arc<Group>, Vec<T>)> = Vec::new();
    for one in all {
        let group = of(&one);
        match parts
            .iter_mut()
            .find(|(known, _)| Arc::ptr_eq(known, &group))
        {
            Some((_, part)) => part.push(one),
            None => parts.push((group, vec![one])),
        }
    }
    parts
}
