//! The part of [`Store`](crate::Store) about inboxes and what they catch.

use tidings_domain::clock::Millis;
use tidings_domain::ids::InboxRequestId;
use tidings_domain::inbox::{Inbox, InboxPatch, InboxRequest};

use crate::{CaughtRequest, Dedup, ListInboxRequests, NewInbox, PageRequest, StoreFuture, Written};

/// The steps that touch inboxes and what they have caught.
pub trait Inboxes {
    /// Makes an inbox.
    fn create_inbox(&self, new: NewInbox, dedup: Option<Dedup>) -> StoreFuture<'_, Written<Inbox>>;
    /// The inbox of this number.
    fn inbox(&self, ordinal: i64) -> StoreFuture<'_, Option<Inbox>>;
    /// One page of the inboxes of an environment, by number.
    fn inboxes(&self, environment: i64, page: PageRequest) -> StoreFuture<'_, Vec<Inbox>>;
    /// Changes an inbox; none if it is not there.
    fn update_inbox(
        &self,
        ordinal: i64,
        patch: InboxPatch,
        now: Millis,
    ) -> StoreFuture<'_, Option<Inbox>>;
    /// Deletes an inbox and what it has caught. False if it is not there.
    fn delete_inbox(&self, ordinal: i64) -> StoreFuture<'_, bool>;
    /// Keeps a request, and of the oldest of its inbox no more than may stay.
    fn catch_request(&self, caught: CaughtRequest) -> StoreFuture<'_, ()>;
    /// One page of what an inbox has caught.
    fn inbox_requests(&self, list: ListInboxRequests) -> StoreFuture<'_, Vec<InboxRequest>>;
    /// One request that an inbox has caught.
    fn inbox_request(
        &self,
        inbox: i64,
        id: InboxRequestId,
    ) -> StoreFuture<'_, Option<InboxRequest>>;
    /// Deletes one request of an inbox, or all of them. Gives how many there were.
    fn delete_inbox_requests(
        &self,
        inbox: i64,
        id: Option<InboxRequestId>,
    ) -> StoreFuture<'_, usize>;
    /// Deletes some of the requests that came before this. Gives how many; none once there are no more.
    fn sweep_inboxes(&self, before: Millis) -> StoreFuture<'_, usize>;
}
