//! [`Endpoints`], passed on to the files that do it.

use tidings_domain::clock::Millis;
use tidings_domain::endpoint::Endpoint;
use tidings_domain::ids::EndpointId;
use tidings_store::{
    Dedup, EndpointKinds, EndpointUpdate, Endpoints, KnownEndpoint, NewEndpoint, PageRequest,
    Reference, StoreFuture, Written,
};

use super::passing::{read, write_audited};
use crate::endpoints::Shown;
use crate::{PostgresStore, endpoint_kinds, endpoints};

impl Endpoints for PostgresStore {
    fn create_endpoint(
        &self,
        new: NewEndpoint,
        dedup: Option<Dedup>,
    ) -> StoreFuture<'_, Written<Endpoint>> {
        write_audited!(self, |scope| endpoints::create(
            scope,
            &new,
            dedup.as_ref(),
            Shown::Endpoint
        ))
    }

    fn endpoint(
        &self,
        application: i64,
        reference: Reference<EndpointId>,
    ) -> StoreFuture<'_, Option<Endpoint>> {
        read!(self, |reader| endpoints::find(
            &reader,
            application,
            &reference
        ))
    }

    fn endpoint_by_ordinal(&self, ordinal: i64) -> StoreFuture<'_, Option<Endpoint>> {
        read!(self, |reader| endpoints::by_ordinal(&reader, ordinal))
    }

    fn endpoints(&self, application: i64, page: PageRequest) -> StoreFuture<'_, Vec<Endpoint>> {
        read!(self, |reader| endpoints::list(&reader, application, page))
    }

    fn endpoints_by_ordinal(&self, ordinals: Vec<i64>) -> StoreFuture<'_, Vec<KnownEndpoint>> {
        read!(self, |reader| endpoints::known(&reader, &ordinals))
    }

    fn failing_endpoints(&self, limit: usize) -> StoreFuture<'_, Vec<i64>> {
        let slots = self.ownership.slots();
        read!(self, |reader| endpoints::failing(&reader, &slots, limit))
    }

    fn endpoint_kinds(
        &self,
        applications: Vec<i64>,
        play: Vec<String>,
    ) -> StoreFuture<'_, Vec<EndpointKinds>> {
        read!(self, |reader| endpoint_kinds::read(
            &reader,
            &applications,
            &play
        ))
    }

    fn update_endpoint(
        &self,
        update: EndpointUpdate,
        dedup: Option<Dedup>,
    ) -> StoreFuture<'_, Written<Endpoint>> {
        write_audited!(self, |scope| endpoints::update(
            scope,
            update,
            dedup.as_ref()
        ))
    }

    fn delete_endpoint(&self, ordinal: i64, now: Millis) -> StoreFuture<'_, bool> {
        write_audited!(self, |scope| endpoints::delete(scope, ordinal, now))
    }
}
