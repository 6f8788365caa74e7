//! [`Inboxes`], passed on to the files that do it.

use tidings_domain::clock::Millis;
use tidings_domain::ids::InboxRequestId;
use tidings_domain::inbox::{Inbox, InboxPatch, InboxRequest};
use tidings_store::{
    CaughtRequest, Dedup, Inboxes, ListInboxRequests, NewInbox, PageRequest, StoreFuture, Written,
};

use crate::{SqliteStore, inboxes};

impl Inboxes for SqliteStore {
    fn create_inbox(&self, new: NewInbox, dedup: Option<Dedup>) -> StoreFuture<'_, Written<Inbox>> {
        self.write_audited(move |scope| inboxes::create(scope, &new, dedup.as_ref()))
    }

    fn inbox(&self, ordinal: i64) -> StoreFuture<'_, Option<Inbox>> {
        self.readers
            .read(move |connection| inboxes::find(connection, ordinal))
    }

    fn inboxes(&self, environment: i64, page: PageRequest) -> StoreFuture<'_, Vec<Inbox>> {
        self.readers
            .read(move |connection| inboxes::list(connection, environment, page))
    }

    fn update_inbox(
        &self,
        ordinal: i64,
        patch: InboxPatch,
        now: Millis,
    ) -> StoreFuture<'_, Option<Inbox>> {
        self.write_audited(move |scope| inboxes::update(scope, ordinal, patch, now))
    }

    fn delete_inbox(&self, ordinal: i64) -> StoreFuture<'_, bool> {
        self.write_audited(move |scope| inboxes::delete(scope, ordinal))
    }

    fn catch_request(&self, caught: CaughtRequest) -> StoreFuture<'_, ()> {
        self.write(move |scope| inboxes::catch(scope, &caught))
    }

    fn inbox_requests(&self, list: ListInboxRequests) -> StoreFuture<'_, Vec<InboxRequest>> {
        self.readers
            .read(move |connection| inboxes::requests(connection, list))
    }

    fn inbox_request(
        &self,
        inbox: i64,
        id: InboxRequestId,
    ) -> StoreFuture<'_, Option<InboxRequest>> {
        self.readers
            .read(move |connection| inboxes::request(connection, inbox, id))
    }

    fn delete_inbox_requests(
        &self,
        inbox: i64,
        id: Option<InboxRequestId>,
    ) -> StoreFuture<'_, usize> {
        self.write(move |scope| inboxes::delete_requests(scope, inbox, id))
    }

    fn sweep_inboxes(&self, before: Millis) -> StoreFuture<'_, usize> {
        self.write(move |scope| inboxes::sweep(scope, before))
    }
}
