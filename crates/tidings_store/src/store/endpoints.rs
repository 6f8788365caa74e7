//! The part of [`Store`](crate::Store) about endpoints.

use tidings_domain::clock::Millis;
use tidings_domain::endpoint::Endpoint;
use tidings_domain::ids::EndpointId;

use crate::{
    Dedup, EndpointKinds, EndpointUpdate, KnownEndpoint, NewEndpoint, PageRequest, Reference,
    StoreFuture, Written,
};

/// The steps that touch endpoints.
pub trait Endpoints {
    /// Makes an endpoint; its application must be there.
    fn create_endpoint(
        &self,
        new: NewEndpoint,
        dedup: Option<Dedup>,
    ) -> StoreFuture<'_, Written<Endpoint>>;
    /// The endpoint of this id or uid in an application.
    fn endpoint(
        &self,
        application: i64,
        reference: Reference<EndpointId>,
    ) -> StoreFuture<'_, Option<Endpoint>>;
    /// The endpoint of this number, unless it was deleted.
    fn endpoint_by_ordinal(&self, ordinal: i64) -> StoreFuture<'_, Option<Endpoint>>;
    /// One page of the endpoints of an application, by number.
    fn endpoints(&self, application: i64, page: PageRequest) -> StoreFuture<'_, Vec<Endpoint>>;
    /// Endpoints by number, deleted ones included; those that never were are left out.
    fn endpoints_by_ordinal(&self, ordinals: Vec<i64>) -> StoreFuture<'_, Vec<KnownEndpoint>>;
    /// Endpoints in this node's slots that fail, or were switched off for it, by number; at most `limit`.
    fn failing_endpoints(&self, limit: usize) -> StoreFuture<'_, Vec<i64>>;
    /// What endpoints each of these applications has; those that have none are left out. An endpoint is for
    /// play whose URL begins with one of `play`, which are in lower case.
    fn endpoint_kinds(
        &self,
        applications: Vec<i64>,
        play: Vec<String>,
    ) -> StoreFuture<'_, Vec<EndpointKinds>>;
    /// Changes an endpoint, if it still has the expected version.
    fn update_endpoint(
        &self,
        update: EndpointUpdate,
        dedup: Option<Dedup>,
    ) -> StoreFuture<'_, Written<Endpoint>>;
    /// Deletes an endpoint. False if it is not there.
    fn delete_endpoint(&self, ordinal: i64, now: Millis) -> StoreFuture<'_, bool>;
}
