//! [`Polling`], passed on to the files that do it.

use tidings_domain::endpoint::Endpoint;
use tidings_domain::ids::{EndpointId, IdParts};
use tidings_domain::slot;
use tidings_store::{
    ConsumerKey, Dedup, MoveConsumer, Moved, NewEndpoint, PageRequest, PollMessages, Polled,
    Polling, Reference, StoreFuture, Written,
};

use super::passing::{read, write_audited, write_in};
use crate::endpoints::Shown;
use crate::{PostgresStore, endpoints, polling};

impl Polling for PostgresStore {
    fn create_polling_endpoint(
        &self,
        new: NewEndpoint,
        dedup: Option<Dedup>,
    ) -> StoreFuture<'_, Written<Endpoint>> {
        write_audited!(self, |scope| endpoints::create(
            scope,
            &new,
            dedup.as_ref(),
            Shown::Polling
        ))
    }

    fn polling_endpoint(
        &self,
        application: i64,
        reference: Reference<EndpointId>,
    ) -> StoreFuture<'_, Option<Endpoint>> {
        read!(self, |reader| polling::find(
            &reader,
            application,
            &reference
        ))
    }

    fn polling_endpoints(
        &self,
        application: i64,
        page: PageRequest,
    ) -> StoreFuture<'_, Vec<Endpoint>> {
        read!(self, |reader| polling::list(&reader, application, page))
    }

    fn poll(&self, poll: PollMessages) -> StoreFuture<'_, Polled> {
        read!(self, |reader| polling::poll(&reader, &poll))
    }

    fn consumer(&self, consumer: ConsumerKey) -> StoreFuture<'_, Option<IdParts>> {
        read!(self, |reader| polling::consumer(&reader, &consumer))
    }

    fn move_consumer(&self, step: MoveConsumer) -> StoreFuture<'_, Moved> {
        let slot = slot::of(step.consumer.application);
        write_in!(self, slot, |scope| polling::move_to(scope, &step))
    }
}
