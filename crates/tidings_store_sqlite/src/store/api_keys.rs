//! [`ApiKeys`], passed on to the files that do it.

use tidings_domain::api_key::ApiKeyPatch;
use tidings_domain::application::ApiKeyRecord;
use tidings_domain::clock::Millis;
use tidings_store::{ApiKeyChanged, ApiKeys, StoreFuture};

use crate::{SqliteStore, keys};

impl ApiKeys for SqliteStore {
    fn create_api_key(&self, key: ApiKeyRecord) -> StoreFuture<'_, ()> {
        self.write_audited(move |scope| keys::create_api_key(scope, &key))
    }

    fn api_key(&self, ordinal: i64) -> StoreFuture<'_, Option<ApiKeyRecord>> {
        self.readers
            .read(move |connection| keys::api_key(connection, ordinal))
    }

    fn api_keys(&self, environment: i64) -> StoreFuture<'_, Vec<ApiKeyRecord>> {
        self.readers
            .read(move |connection| keys::api_keys(connection, environment))
    }

    fn change_api_key(
        &self,
        key: (i64, i64),
        patch: ApiKeyPatch,
        keeps_admin: bool,
        now: Millis,
    ) -> StoreFuture<'_, ApiKeyChanged> {
        self.write_audited(move |scope| keys::change_api_key(scope, key, patch, keeps_admin, now))
    }

    fn touch_api_keys(&self, seen: Vec<(i64, Millis)>) -> StoreFuture<'_, ()> {
        self.write(move |scope| keys::touch_api_keys(scope, &seen))
    }
}
