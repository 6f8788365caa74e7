//! The part of [`Store`](crate::Store) about API keys.

use tidings_domain::api_key::ApiKeyPatch;
use tidings_domain::application::ApiKeyRecord;
use tidings_domain::clock::Millis;

use crate::{ApiKeyChanged, StoreFuture};

/// The steps that touch API keys.
pub trait ApiKeys {
    /// Keeps a new API key.
    fn create_api_key(&self, key: ApiKeyRecord) -> StoreFuture<'_, ()>;
    /// The key with this number, revoked or not.
    fn api_key(&self, ordinal: i64) -> StoreFuture<'_, Option<ApiKeyRecord>>;
    /// All keys of an environment, oldest first.
    fn api_keys(&self, environment: i64) -> StoreFuture<'_, Vec<ApiKeyRecord>>;
    /// Changes or revokes the key of this environment and number, unless it is revoked. `keeps_admin` refuses what would leave the environment
    /// without a key in force that may manage keys.
    fn change_api_key(
        &self,
        key: (i64, i64),
        patch: ApiKeyPatch,
        keeps_admin: bool,
        now: Millis,
    ) -> StoreFuture<'_, ApiKeyChanged>;
    /// Notes when keys were last seen.
    fn touch_api_keys(&self, seen: Vec<(i64, Millis)>) -> StoreFuture<'_, ()>;
}
