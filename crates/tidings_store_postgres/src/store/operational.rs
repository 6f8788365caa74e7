//! [`OperationalEvents`], passed on to the files that do it.

use std::collections::BTreeMap;

use tidings_domain::application::Application;
use tidings_domain::operational::OperationalEvent;
use tidings_domain::slot;
use tidings_store::{NewApplication, OperationalEvents, StoreError, StoreFuture};

use super::passing::{read, write};
use crate::{PostgresStore, applications, operational};

impl OperationalEvents for PostgresStore {
    fn operational_application(&self, environment: i64) -> StoreFuture<'_, Option<Application>> {
        read!(self, |reader| applications::operational(
            &reader,
            environment
        ))
    }

    fn ensure_operational_application(&self, new: NewApplication) -> StoreFuture<'_, Application> {
        write!(self, |scope| applications::ensure_operational(scope, &new))
    }

    fn operational_events(&self, limit: usize) -> StoreFuture<'_, Vec<OperationalEvent>> {
        let slots = self.ownership.slots();
        if slots.is_empty() {
            return Box::pin(std::future::ready(Ok(Vec::new())));
        }
        read!(self, |reader| operational::list(&reader, &slots, limit))
    }

    fn forget_operational_events(&self, events: Vec<(i64, String)>) -> StoreFuture<'_, ()> {
        Box::pin(self.forget_in_groups(events))
    }
}

impl PostgresStore {
    async fn forget_in_groups(&self, events: Vec<(i64, String)>) -> Result<(), StoreError> {
        let mut by_slot: BTreeMap<i16, Vec<String>> = BTreeMap::new();
        for (application, id) in events {
            by_slot.entry(slot::of(application)).or_default().push(id);
        }
        for (slot, ids) in by_slot {
            let forgotten = self.write_in(slot, move |scope| {
                Box::pin(async move { operational::forget(scope, slot, &ids).await })
            });
            forgotten.await?;
        }
        Ok(())
    }
}
