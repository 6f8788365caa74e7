//! [`Sessions`], passed on to the files that do it.

use tidings_domain::clock::Millis;
use tidings_domain::session::{LinkUsed, Session};
use tidings_store::{Dedup, Sessions, StoreFuture, Written};

use crate::{SqliteStore, sessions};

impl Sessions for SqliteStore {
    fn create_session(
        &self,
        new: Session,
        dedup: Option<Dedup>,
    ) -> StoreFuture<'_, Written<Session>> {
        self.write_audited(move |scope| sessions::create(scope, &new, dedup.as_ref()))
    }

    fn session(&self, ordinal: i64) -> StoreFuture<'_, Option<Session>> {
        self.readers
            .read(move |connection| sessions::by_ordinal(connection, ordinal))
    }

    fn open_session(&self, ordinal: i64, used: LinkUsed) -> StoreFuture<'_, Option<Session>> {
        self.write_audited(move |scope| sessions::open(scope, ordinal, used))
    }

    fn revoke_session(&self, ordinal: i64, now: Millis) -> StoreFuture<'_, bool> {
        self.write_audited(move |scope| sessions::revoke(scope, ordinal, now))
    }

    fn expire_sessions(
        &self,
        application: i64,
        session_ids: Vec<String>,
        at: Millis,
    ) -> StoreFuture<'_, bool> {
        self.write_audited(move |scope| sessions::expire(scope, application, &session_ids, at))
    }

    fn sweep_sessions(&self, before: Millis, limit: usize) -> StoreFuture<'_, usize> {
        self.write(move |scope| sessions::sweep(scope, before, limit))
    }
}
