//! [`ApiKeys`], passed on to the files that do it.

use tidings_domain::api_key::ApiKeyPatch;
use tidings_domain::application::ApiKeyRecord;
use tidings_domain::clock::Millis;
use tidings_store::{ApiKeyChanged, ApiKeys, StoreFuture};

use super::passing::{read, write, write_audited};
use crate::{PostgresStore, keys};

impl ApiKeys for PostgresStore {
    fn create_api_key(&self, key: ApiKeyRecord) -> StoreFuture<'_, ()> {
        write_audited!(self, |scope| keys::create_api_key(scope, &key))
    }

    fn api_key(&self, ordinal: i64) -> StoreFuture<'_, Option<ApiKeyRecord>> {
        read!(self, |reader| keys::api_key(&reader, ordinal))
    }

    fn api_keys(&self, environment: i64) -> StoreFuture<'_, Vec<ApiKeyRecord>> {
        read!(self, |reader| keys::api_keys(&reader, environment))
    }

    fn change_api_key(
        &self,
        key: (i64, i64),
        patch: ApiKeyPatch,
        keeps_admin: bool,
        now: Millis,
    ) -> StoreFuture<'_, ApiKeyChanged> {
        write_audited!(self, |scope| keys::change_api_key(
            scope,
            key,
            patch,
            keeps_admin,
            now
        ))
    }

    fn touch_api_keys(&self, seen: Vec<(i64, Millis)>) -> StoreFuture<'_, ()> {
        write!(self, |scope| keys::touch_api_keys(scope, &seen))
    }
}
