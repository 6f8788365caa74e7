//! [`OperationalEvents`], passed on to the files that do it.

use tidings_domain::application::Application;
use tidings_domain::operational::OperationalEvent;
use tidings_store::{NewApplication, OperationalEvents, StoreFuture};

use crate::{SqliteStore, applications, operational};

impl OperationalEvents for SqliteStore {
    fn operational_application(&self, environment: i64) -> StoreFuture<'_, Option<Application>> {
        self.readers
            .read(move |connection| applications::operational(connection, environment))
    }

    fn ensure_operational_application(&self, new: NewApplication) -> StoreFuture<'_, Application> {
        self.write(move |scope| applications::ensure_operational(scope, &new))
    }

    fn operational_events(&self, limit: usize) -> StoreFuture<'_, Vec<OperationalEvent>> {
        self.readers
            .read(move |connection| operational::list(connection, limit))
    }

    fn forget_operational_events(&self, events: Vec<(i64, String)>) -> StoreFuture<'_, ()> {
        self.write(move |scope| operational::forget(scope, &events))
    }
}
