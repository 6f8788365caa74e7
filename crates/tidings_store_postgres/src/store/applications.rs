//! [`Applications`], passed on to the files that do it.

use tidings_domain::application::{Application, ApplicationPatch};
use tidings_domain::clock::Millis;
use tidings_domain::ids::ApplicationId;
use tidings_store::{
    Applications, Dedup, NewApplication, PageRequest, Reference, StoreFuture, Written,
};

use super::passing::{read, write_audited};
use crate::{PostgresStore, applications};

impl Applications for PostgresStore {
    fn create_application(
        &self,
        new: NewApplication,
        dedup: Option<Dedup>,
    ) -> StoreFuture<'_, Written<Application>> {
        write_audited!(self, |scope| applications::create(
            scope,
            &new,
            dedup.as_ref()
        ))
    }

    fn application(
        &self,
        environment: i64,
        reference: Reference<ApplicationId>,
    ) -> StoreFuture<'_, Option<Application>> {
        read!(self, |reader| applications::find(
            &reader,
            environment,
            &reference
        ))
    }

    fn application_by_ordinal(&self, ordinal: i64) -> StoreFuture<'_, Option<Application>> {
        read!(self, |reader| applications::by_ordinal(&reader, ordinal))
    }

    fn applications(
        &self,
        environment: i64,
        page: PageRequest,
    ) -> StoreFuture<'_, Vec<Application>> {
        read!(self, |reader| applications::list(
            &reader,
            environment,
            page
        ))
    }

    fn update_application(
        &self,
        ordinal: i64,
        patch: ApplicationPatch,
        now: Millis,
    ) -> StoreFuture<'_, Written<Application>> {
        write_audited!(self, |scope| applications::update(
            scope, ordinal, patch, now
        ))
    }

    fn delete_application(&self, ordinal: i64, now: Millis) -> StoreFuture<'_, bool> {
        write_audited!(self, |scope| applications::delete(scope, ordinal, now))
    }
}
