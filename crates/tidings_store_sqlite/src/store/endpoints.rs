//! [`Endpoints`], passed on to the files that do it.

use tidings_domain::clock::Millis;
use tidings_domain::endpoint::Endpoint;
use tidings_domain::ids::EndpointId;
use tidings_store::{
    Dedup, EndpointKinds, EndpointUpdate, Endpoints, KnownEndpoint, NewEndpoint, PageRequest,
    Reference, StoreFuture, Written,
};

use crate::endpoints::Shown;
use crate::{SqliteStore, endpoint_kinds, endpoints};

impl Endpoints for SqliteStore {
    fn create_endpoint(
        &self,
        new: NewEndpoint,
        dedup: Option<Dedup>,
    ) -> StoreFuture<'_, Written<Endpoint>> {
        self.write_audited(move |scope| {
            endpoints::create(scope, &new, dedup.as_ref(), Shown::Endpoint)
        })
    }

    fn endpoint(
        &self,
        application: i64,
        reference: Reference<EndpointId>,
    ) -> StoreFuture<'_, Option<Endpoint>> {
        self.readers
            .read(move |connection| endpoints::find(connection, application, &reference))
    }

    fn endpoint_by_ordinal(&self, ordinal: i64) -> StoreFuture<'_, Option<Endpoint>> {
        self.readers
            .read(move |connection| endpoints::by_ordinal(connection, ordinal))
    }

    fn endpoints(&self, application: i64, page: PageRequest) -> StoreFuture<'_, Vec<Endpoint>> {
        self.readers
            .read(move |connection| endpoints::list(connection, application, page))
    }

    fn endpoints_by_ordinal(&self, ordinals: Vec<i64>) -> StoreFuture<'_, Vec<KnownEndpoint>> {
        self.readers
            .read(move |connection| endpoints::known(connection, &ordinals))
    }

    fn failing_endpoints(&self, limit: usize) -> StoreFuture<'_, Vec<i64>> {
        self.readers
            .read(move |connection| endpoints::failing(connection, limit))
    }

    fn endpoint_kinds(
        &self,
        applications: Vec<i64>,
        play: Vec<String>,
    ) -> StoreFuture<'_, Vec<EndpointKinds>> {
        self.readers
            .read(move |connection| endpoint_kinds::read(connection, &applications, &play))
    }

    fn update_endpoint(
        &self,
        update: EndpointUpdate,
        dedup: Option<Dedup>,
    ) -> StoreFuture<'_, Written<Endpoint>> {
        self.write_audited(move |scope| endpoints::update(scope, update, dedup.as_ref()))
    }

    fn delete_endpoint(&self, ordinal: i64, now: Millis) -> StoreFuture<'_, bool> {
        self.write_audited(move |scope| endpoints::delete(scope, ordinal, now))
    }
}
