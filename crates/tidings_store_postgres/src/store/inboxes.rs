//! [`Inboxes`], passed on to the files that do it: the inbox at home, what it has caught in its slot.

use tidings_domain::clock::Millis;
use tidings_domain::ids::InboxRequestId;
use tidings_domain::inbox::{Inbox, InboxPatch, InboxRequest};
use tidings_domain::slot;
use tidings_store::{
    CaughtRequest, Dedup, Inboxes, ListInboxRequests, NewInbox, PageRequest, StoreError,
    StoreFuture, Written,
};

use super::passing::{read, write_audited, write_in};
use crate::{PostgresStore, inboxes};

impl Inboxes for PostgresStore {
    fn create_inbox(&self, new: NewInbox, dedup: Option<Dedup>) -> StoreFuture<'_, Written<Inbox>> {
        write_audited!(self, |scope| inboxes::create(scope, &new, dedup.as_ref()))
    }

    fn inbox(&self, ordinal: i64) -> StoreFuture<'_, Option<Inbox>> {
        read!(self, |reader| inboxes::find(&reader, ordinal))
    }

    fn inboxes(&self, environment: i64, page: PageRequest) -> StoreFuture<'_, Vec<Inbox>> {
        read!(self, |reader| inboxes::list(&reader, environment, page))
    }

    fn update_inbox(
        &self,
        ordinal: i64,
        patch: InboxPatch,
        now: Millis,
    ) -> StoreFuture<'_, Option<Inbox>> {
        write_audited!(self, |scope| inboxes::update(scope, ordinal, patch, now))
    }

    fn delete_inbox(&self, ordinal: i64) -> StoreFuture<'_, bool> {
        Box::pin(self.delete_inbox_and_caught(ordinal))
    }

    fn catch_request(&self, caught: CaughtRequest) -> StoreFuture<'_, ()> {
        let slot = slot::of(caught.inbox);
        write_in!(self, slot, |scope| inboxes::catch(scope, &caught))
    }

    fn inbox_requests(&self, list: ListInboxRequests) -> StoreFuture<'_, Vec<InboxRequest>> {
        read!(self, |reader| inboxes::requests(&reader, list))
    }

    fn inbox_request(
        &self,
        inbox: i64,
        id: InboxRequestId,
    ) -> StoreFuture<'_, Option<InboxRequest>> {
        read!(self, |reader| inboxes::request(&reader, inbox, id))
    }

    fn delete_inbox_requests(
        &self,
        inbox: i64,
        id: Option<InboxRequestId>,
    ) -> StoreFuture<'_, usize> {
        let slot = slot::of(inbox);
        write_in!(self, slot, |scope| inboxes::delete_requests(
            scope, inbox, id
        ))
    }

    fn sweep_inboxes(&self, before: Millis) -> StoreFuture<'_, usize> {
        Box::pin(self.sweep_inboxes_in_groups(before))
    }
}

impl PostgresStore {
    /// First what it has caught, so that a crash between leaves an empty inbox and not the other way round.
    async fn delete_inbox_and_caught(&self, ordinal: i64) -> Result<bool, StoreError> {
        let emptied = self.write_in(slot::of(ordinal), move |scope| {
            Box::pin(async move { inboxes::delete_requests(scope, ordinal, None).await })
        });
        emptied.await?;
        write_audited!(self, |scope| inboxes::delete(scope, ordinal)).await
    }

    async fn sweep_inboxes_in_groups(&self, before: Millis) -> Result<usize, StoreError> {
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
