//! [`Integrations`], passed on to the files that do it.

use tidings_domain::clock::Millis;
use tidings_domain::integration::{Integration, IntegrationPatch};
use tidings_store::{Dedup, Integrations, NewIntegration, PageRequest, StoreFuture, Written};

use crate::{SqliteStore, integrations};

impl Integrations for SqliteStore {
    fn create_integration(
        &self,
        new: NewIntegration,
        dedup: Option<Dedup>,
    ) -> StoreFuture<'_, Written<Integration>> {
        self.write_audited(move |scope| integrations::create(scope, &new, dedup.as_ref()))
    }

    fn integration(&self, ordinal: i64) -> StoreFuture<'_, Option<Integration>> {
        self.readers
            .read(move |connection| integrations::by_ordinal(connection, ordinal))
    }

    fn integrations(
        &self,
        application: i64,
        page: PageRequest,
    ) -> StoreFuture<'_, Vec<Integration>> {
        self.readers
            .read(move |connection| integrations::list(connection, application, page))
    }

    fn update_integration(
        &self,
        ordinal: i64,
        patch: IntegrationPatch,
        now: Millis,
    ) -> StoreFuture<'_, Option<Integration>> {
        self.write_audited(move |scope| integrations::update(scope, ordinal, patch, now))
    }

    fn delete_integration(&self, ordinal: i64) -> StoreFuture<'_, bool> {
        self.write_audited(move |scope| integrations::delete(scope, ordinal))
    }
}
