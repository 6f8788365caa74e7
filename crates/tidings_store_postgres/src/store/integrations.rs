//! [`Integrations`], passed on to the files that do it.

use tidings_domain::clock::Millis;
use tidings_domain::integration::{Integration, IntegrationPatch};
use tidings_store::{Dedup, Integrations, NewIntegration, PageRequest, StoreFuture, Written};

use super::passing::{read, write_audited};
use crate::{PostgresStore, integrations};

impl Integrations for PostgresStore {
    fn create_integration(
        &self,
        new: NewIntegration,
        dedup: Option<Dedup>,
    ) -> StoreFuture<'_, Written<Integration>> {
        write_audited!(self, |scope| integrations::create(
            scope,
            &new,
            dedup.as_ref()
        ))
    }

    fn integration(&self, ordinal: i64) -> StoreFuture<'_, Option<Integration>> {
        read!(self, |reader| integrations::by_ordinal(&reader, ordinal))
    }

    fn integrations(
        &self,
        application: i64,
        page: PageRequest,
    ) -> StoreFuture<'_, Vec<Integration>> {
        read!(self, |reader| integrations::list(
            &reader,
            application,
            page
        ))
    }

    fn update_integration(
        &self,
        ordinal: i64,
        patch: IntegrationPatch,
        now: Millis,
    ) -> StoreFuture<'_, Option<Integration>> {
        write_audited!(self, |scope| integrations::update(
            scope, ordinal, patch, now
        ))
    }

    fn delete_integration(&self, ordinal: i64) -> StoreFuture<'_, bool> {
        write_audited!(self, |scope| integrations::delete(scope, ordinal))
    }
}
