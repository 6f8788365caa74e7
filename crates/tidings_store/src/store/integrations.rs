//! The part of [`Store`](crate::Store) about integrations.

use tidings_domain::clock::Millis;
use tidings_domain::integration::{Integration, IntegrationPatch};

use crate::{Dedup, PageRequest, StoreFuture, Written};

/// A new integration, which has no key yet. See [`Integration`] for the fields.
#[derive(Debug, Clone)]
pub struct NewIntegration {
    /// The environment of its application, by number.
    pub environment: i64,
    /// Its application, by number.
    pub application: i64,
    /// What people call it.
    pub name: String,
    /// Event types with one of these are shown to it.
    pub feature_flags: Vec<String>,
    /// Now.
    pub created_at: Millis,
    /// 48 bits of chance for the id.
    pub tail: i64,
}

/// The steps that touch integrations.
pub trait Integrations {
    /// Makes an integration; its application must be there.
    fn create_integration(
        &self,
        new: NewIntegration,
        dedup: Option<Dedup>,
    ) -> StoreFuture<'_, Written<Integration>>;
    /// The integration with this number.
    fn integration(&self, ordinal: i64) -> StoreFuture<'_, Option<Integration>>;
    /// One page of the integrations of an application, by number.
    fn integrations(
        &self,
        application: i64,
        page: PageRequest,
    ) -> StoreFuture<'_, Vec<Integration>>;
    /// Changes an integration. None if it is not there.
    fn update_integration(
        &self,
        ordinal: i64,
        patch: IntegrationPatch,
        now: Millis,
    ) -> StoreFuture<'_, Option<Integration>>;
    /// Removes an integration; its key is refused from now on. False if it is not there.
    fn delete_integration(&self, ordinal: i64) -> StoreFuture<'_, bool>;
}
