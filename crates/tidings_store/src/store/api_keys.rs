//! The part of [`Store`](crate::Store) about API keys.

use tidings_domain::application::ApiKeyRecord;
use tidings_domain::clock::Millis;

use crate::StoreFuture;

/// The steps that touch API keys.
pub trait ApiKeys {
    /// Keeps a new API key.
    fn create_api_key(&self, key: ApiKeyRecord) -> StoreFuture<'_, ()>;
    /// The key with this number, revoked or not.
    fn api_key(&self, ordinal: i64) -> StoreFuture<'_, Option<ApiKeyRecord>>;
    /// All keys of an environment, oldest first.
    fn api_keys(&self, environment: i64) -> StoreFuture<'_, Vec<ApiKeyRecord>>;
    /// Refuses a key from now on. False if there is no such key in the environment.
    fn revoke_api_key(&self, environment: i64, ordinal: i64, now: Millis) -> StoreFuture<'_, bool>;
    /// Notes when keys were last seen.
    fn touch_api_keys(&self, seen: Vec<(i64, Millis)>) -> StoreFuture<'_, ()>;
}
