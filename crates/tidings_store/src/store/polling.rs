//! The part of [`Store`](crate::Store) about polling endpoints and their consumers.

use tidings_domain::endpoint::Endpoint;
use tidings_domain::ids::{EndpointId, IdParts};

use crate::{
    ConsumerKey, Dedup, MoveConsumer, Moved, NewEndpoint, PageRequest, PollMessages, Polled,
    Reference, StoreFuture, Written,
};

/// The steps that touch polling endpoints. They are endpoints that no list shows and nothing is sent to; they
/// are changed and deleted as others are, by number.
pub trait Polling {
    /// Makes a polling endpoint; its application must be there.
    fn create_polling_endpoint(
        &self,
        new: NewEndpoint,
        dedup: Option<Dedup>,
    ) -> StoreFuture<'_, Written<Endpoint>>;

    /// The polling endpoint of this id or uid in an application.
    fn polling_endpoint(
        &self,
        application: i64,
        reference: Reference<EndpointId>,
    ) -> StoreFuture<'_, Option<Endpoint>>;

    /// One page of the polling endpoints of an application, by number.
    fn polling_endpoints(
        &self,
        application: i64,
        page: PageRequest,
    ) -> StoreFuture<'_, Vec<Endpoint>>;

    /// Messages behind a place, in an order in which none comes up later in front of one that was given. Where
    /// several nodes accept, those are held back before which another may still come up.
    fn poll(&self, poll: PollMessages) -> StoreFuture<'_, Polled>;

    /// Where a consumer is; none if it has not been anywhere yet.
    fn consumer(&self, consumer: ConsumerKey) -> StoreFuture<'_, Option<IdParts>>;

    /// Moves a consumer.
    fn move_consumer(&self, step: MoveConsumer) -> StoreFuture<'_, Moved>;
}
