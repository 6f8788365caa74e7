//! The part of [`Store`](crate::Store) about applications.

use tidings_domain::application::{Application, ApplicationPatch};
use tidings_domain::clock::Millis;
use tidings_domain::ids::ApplicationId;

use crate::{Dedup, NewApplication, PageRequest, Reference, StoreFuture, Written};

/// The steps that touch applications.
pub trait Applications {
    /// Makes an application.
    fn create_application(
        &self,
        new: NewApplication,
        dedup: Option<Dedup>,
    ) -> StoreFuture<'_, Written<Application>>;
    /// The application of this id or uid.
    fn application(
        &self,
        environment: i64,
        reference: Reference<ApplicationId>,
    ) -> StoreFuture<'_, Option<Application>>;
    /// The application of this number, unless it was deleted.
    fn application_by_ordinal(&self, ordinal: i64) -> StoreFuture<'_, Option<Application>>;
    /// One page of the applications of an environment, by number.
    fn applications(
        &self,
        environment: i64,
        page: PageRequest,
    ) -> StoreFuture<'_, Vec<Application>>;
    /// Changes an application.
    fn update_application(
        &self,
        ordinal: i64,
        patch: ApplicationPatch,
        now: Millis,
    ) -> StoreFuture<'_, Written<Application>>;
    /// Deletes an application and its endpoints. False if it is not there.
    fn delete_application(&self, ordinal: i64, now: Millis) -> StoreFuture<'_, bool>;
}
