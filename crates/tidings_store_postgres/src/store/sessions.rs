//! [`Sessions`], passed on to the files that do it.

use tidings_domain::clock::Millis;
use tidings_domain::session::{LinkUsed, Session};
use tidings_store::{Dedup, Sessions, StoreFuture, Written};

use super::passing::{read, write, write_audited};
use crate::{PostgresStore, sessions};

impl Sessions for PostgresStore {
    fn create_session(
        &self,
        new: Session,
        dedup: Option<Dedup>,
    ) -> StoreFuture<'_, Written<Session>> {
        write_audited!(self, |scope| sessions::create(scope, &new, dedup.as_ref()))
    }

    fn session(&self, ordinal: i64) -> StoreFuture<'_, Option<Session>> {
        read!(self, |reader| sessions::by_ordinal(&reader, ordinal))
    }

    fn open_session(&self, ordinal: i64, used: LinkUsed) -> StoreFuture<'_, Option<Session>> {
        write_audited!(self, |scope| sessions::open(scope, ordinal, used))
    }

    fn revoke_session(&self, ordinal: i64, now: Millis) -> StoreFuture<'_, bool> {
        write_audited!(self, |scope| sessions::revoke(scope, ordinal, now))
    }

    fn expire_sessions(
        &self,
        application: i64,
        session_ids: Vec<String>,
        at: Millis,
    ) -> StoreFuture<'_, bool> {
        write_audited!(self, |scope| sessions::expire(
            scope,
            application,
            &session_ids,
            at
        ))
    }

    fn sweep_sessions(&self, before: Millis, limit: usize) -> StoreFuture<'_, usize> {
        if !self.ownership.has(0) {
            return Box::pin(std::future::ready(Ok(0))); // one node sweeps for all
        }
        write!(self, |scope| sessions::sweep(scope, before, limit))
    }
}
