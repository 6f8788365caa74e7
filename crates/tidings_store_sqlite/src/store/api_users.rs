//! [`ApiUsers`], passed on to the files that do it.

use tidings_domain::application::ApiUser;
use tidings_domain::clock::Millis;
use tidings_store::{ApiUsers, NewApiUser, StoreFuture, Written};

use crate::{SqliteStore, api_users};

impl ApiUsers for SqliteStore {
    fn create_api_user(&self, new: NewApiUser) -> StoreFuture<'_, Written<ApiUser>> {
        self.write_audited(move |scope| api_users::create(scope, &new))
    }

    fn api_user(&self, login: String) -> StoreFuture<'_, Option<ApiUser>> {
        self.readers
            .read(move |connection| api_users::by_login(connection, &login))
    }

    fn api_users(&self, application: i64) -> StoreFuture<'_, Vec<ApiUser>> {
        self.readers
            .read(move |connection| api_users::list(connection, application))
    }

    fn replace_api_user_password(
        &self,
        application: i64,
        ordinal: i64,
        password_hash: String,
    ) -> StoreFuture<'_, bool> {
        self.write_audited(move |scope| {
            api_users::replace_password(scope, application, ordinal, &password_hash)
        })
    }

    fn revoke_api_user(
        &self,
        application: i64,
        ordinal: i64,
        now: Millis,
    ) -> StoreFuture<'_, bool> {
        self.write_audited(move |scope| api_users::revoke(scope, application, ordinal, now))
    }

    fn touch_api_users(&self, seen: Vec<(i64, Millis)>) -> StoreFuture<'_, ()> {
        self.write(move |scope| api_users::touch(scope, &seen))
    }
}
