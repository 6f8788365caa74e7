//! The part of [`Store`](crate::Store) about API users.

use tidings_domain::application::ApiUser;
use tidings_domain::clock::Millis;

use crate::{StoreFuture, Written};

/// A new API user. See [`ApiUser`] for the fields.
#[derive(Debug, Clone)]
pub struct NewApiUser {
    /// The environment of its application, by number.
    pub environment: i64,
    /// The application that it manages, by number.
    pub application: i64,
    /// Its name in requests.
    pub login: String,
    /// The password, hashed.
    pub password_hash: String,
    /// Now.
    pub created_at: Millis,
}

/// The steps that touch API users.
pub trait ApiUsers {
    /// Makes an API user; its application must be there, and its login free.
    fn create_api_user(&self, new: NewApiUser) -> StoreFuture<'_, Written<ApiUser>>;
    /// The API user of this login, unless it was revoked.
    fn api_user(&self, login: String) -> StoreFuture<'_, Option<ApiUser>>;
    /// All API users of an application, revoked ones included, oldest first.
    fn api_users(&self, application: i64) -> StoreFuture<'_, Vec<ApiUser>>;
    /// Gives an API user another password. False if it is not there or was revoked.
    fn replace_api_user_password(
        &self,
        application: i64,
        ordinal: i64,
        password_hash: String,
    ) -> StoreFuture<'_, bool>;
    /// Refuses an API user from now on, and frees its login. False if it is not there or was revoked.
    fn revoke_api_user(&self, application: i64, ordinal: i64, now: Millis)
    -> StoreFuture<'_, bool>;
    /// Notes when API users were last seen.
    fn touch_api_users(&self, seen: Vec<(i64, Millis)>) -> StoreFuture<'_, ()>;
}
