//! [`Applications`], passed on to the files that do it.

use tidings_domain::application::{Application, ApplicationPatch};
use tidings_domain::clock::Millis;
use tidings_domain::ids::ApplicationId;
use tidings_store::{
    Applications, Dedup, NewApplication, PageRequest, Reference, StoreFuture, Written,
};

use crate::{SqliteStore, applications};

impl Applications for SqliteStore {
    fn create_application(
        &self,
        new: NewApplication,
        dedup: Option<Dedup>,
    ) -> StoreFuture<'_, Written<Application>> {
        self.write_audited(move |scope| applications::create(scope, &new, dedup.as_ref()))
    }

    fn application(
        &self,
        environment: i64,
        reference: Reference<ApplicationId>,
    ) -> StoreFuture<'_, Option<Application>> {
        self.readers
            .read(move |connection| applications::find(connection, environment, &reference))
    }

    fn application_by_ordinal(&self, ordinal: i64) -> StoreFuture<'_, Option<Application>> {
        self.readers
            .read(move |connection| applications::by_ordinal(connection, ordinal))
    }

    fn applications(
        &self,
        environment: i64,
        page: PageRequest,
    ) -> StoreFuture<'_, Vec<Application>> {
        self.readers
            .read(move |connection| applications::list(connection, environment, page))
    }

    fn update_application(
        &self,
        ordinal: i64,
        patch: ApplicationPatch,
        now: Millis,
    ) -> StoreFuture<'_, Written<Application>> {
        self.write_audited(move |scope| applications::update(scope, ordinal, patch, now))
    }

    fn delete_application(&self, ordinal: i64, now: Millis) -> StoreFuture<'_, bool> {
        self.write_audited(move |scope| applications::delete(scope, ordinal, now))
    }
}
