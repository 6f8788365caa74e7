//! The part of [`Store`](crate::Store) about portal sessions.

use tidings_domain::clock::Millis;
use tidings_domain::session::{LinkUsed, Session};

use crate::{Dedup, StoreFuture, Written};

/// The steps that touch portal sessions.
pub trait Sessions {
    /// Makes a session, unless its application is gone or the idempotency key was used.
    fn create_session(
        &self,
        new: Session,
        dedup: Option<Dedup>,
    ) -> StoreFuture<'_, Written<Session>>;
    /// The session with this number, whether or not it has ended.
    fn session(&self, ordinal: i64) -> StoreFuture<'_, Option<Session>>;
    /// Notes that the link of a session was used. None if it was used before, or the session has ended by then:
    /// of several at once exactly one is given the session.
    fn open_session(&self, ordinal: i64, used: LinkUsed) -> StoreFuture<'_, Option<Session>>;
    /// Refuses a session from now on. False if it is not there or was revoked.
    fn revoke_session(&self, ordinal: i64, now: Millis) -> StoreFuture<'_, bool>;
    /// Lets the sessions of an application end at this time, if they would end later: those with one of these
    /// session ids, or all of them if there is none. False if none would.
    fn expire_sessions(
        &self,
        application: i64,
        session_ids: Vec<String>,
        at: Millis,
    ) -> StoreFuture<'_, bool>;
    /// Removes at most `limit` sessions that have ended before this. Gives how many.
    fn sweep_sessions(&self, before: Millis, limit: usize) -> StoreFuture<'_, usize>;
}
