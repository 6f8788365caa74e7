//! [`Polling`], passed on to the files that do it.

use tidings_domain::endpoint::Endpoint;
use tidings_domain::ids::{EndpointId, IdParts};
use tidings_store::{
    ConsumerKey, Dedup, MoveConsumer, Moved, NewEndpoint, PageRequest, PollMessages, Polled,
    Polling, Reference, StoreFuture, Written,
};

use crate::endpoints::Shown;
use crate::{SqliteStore, endpoints, polling};

impl Polling for SqliteStore {
    fn create_polling_endpoint(
        &self,
        new: NewEndpoint,
        dedup: Option<Dedup>,
    ) -> StoreFuture<'_, Written<Endpoint>> {
        let shown = Shown::Polling;
        self.write_audited(move |scope| endpoints::create(scope, &new, dedup.as_ref(), shown))
    }

    fn polling_endpoint(
        &self,
        application: i64,
        reference: Reference<EndpointId>,
    ) -> StoreFuture<'_, Option<Endpoint>> {
        self.readers
            .read(move |connection| polling::find(connection, application, &reference))
    }

    fn polling_endpoints(
        &self,
        application: i64,
        page: PageRequest,
    ) -> StoreFuture<'_, Vec<Endpoint>> {
        self.readers
            .read(move |connection| polling::list(connection, application, page))
    }

    fn poll(&self, poll: PollMessages) -> StoreFuture<'_, Polled> {
        self.readers
            .read(move |connection| polling::poll(connection, &poll))
    }

    fn consumer(&self, consumer: ConsumerKey) -> StoreFuture<'_, Option<IdParts>> {
        self.readers
            .read(move |connection| polling::consumer(connection, &consumer))
    }

    fn move_consumer(&self, step: MoveConsumer) -> StoreFuture<'_, Moved> {
        self.write(move |scope| polling::move_to(scope, &step))
    }
}
