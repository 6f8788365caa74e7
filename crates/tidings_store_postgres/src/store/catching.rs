//! What concerns inboxes in more than one place: the inbox at home, and what it has caught in its slot.

use tidings_domain::clock::Millis;
use tidings_domain::slot;
use tidings_store::StoreError;

use crate::{PostgresStore, inboxes};

impl PostgresStore {
    /// First what it has caught, so that a crash between leaves an empty inbox and not the other way round.
    pub(super) async fn delete_inbox_and_caught(&self, ordinal: i64) -> Result<bool, StoreError> {
        let emptied = self.write_in(slot::of(ordinal), move |scope| {
            Box::pin(async move { inboxes::delete_requests(scope, ordinal, None).await })
        });
        emptied.await?;
        let deleted =
            self.write(move |scope| Box::pin(async move { inboxes::delete(scope, ordinal).await }));
        deleted.await
    }

    pub(super) async fn sweep_inboxes_in_groups(
        &self,
        before: Millis,
    ) -> Result<usize, StoreError> {
        let mut deleted = 0;
        for (group, mut slots) in self.groups.with_slots() {
            slots.retain(|slot| self.ownership.has(*slot));
            if slots.is_empty() {
                continue;
            }
            let part = group.write_at(None, move |scope| {
                Box::pin(async move { inboxes::sweep(scope, &slots, before).await })
            });
            deleted += part.await?;
        }
        Ok(deleted)
    }
}
