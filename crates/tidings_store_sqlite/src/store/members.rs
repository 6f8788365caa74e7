//! [`Members`], passed on to the files that do it.

use tidings_domain::clock::Millis;
use tidings_domain::ids::MemberId;
use tidings_domain::member::{Member, MemberPatch, MemberSession};
use tidings_store::{
    AcceptInvitation, MemberChanged, Members, NewMember, NewMemberSession, PageRequest,
    StoreFuture, Written,
};

use crate::{SqliteStore, member_sessions, members};

impl Members for SqliteStore {
    fn create_member(&self, new: NewMember) -> StoreFuture<'_, Written<Member>> {
        self.write_audited(move |scope| members::create(scope, &new))
    }

    fn members(&self, environment: i64, page: PageRequest) -> StoreFuture<'_, Vec<Member>> {
        self.readers
            .read(move |connection| members::list(connection, environment, page))
    }

    fn member(&self, environment: i64, ordinal: i64) -> StoreFuture<'_, Option<Member>> {
        self.readers
            .read(move |connection| members::of_environment(connection, environment, ordinal))
    }

    fn member_by_email(
        &self,
        environment: Option<i64>,
        email: String,
    ) -> StoreFuture<'_, Option<Member>> {
        self.readers
            .read(move |connection| members::by_email(connection, environment, &email))
    }

    fn member_by_invitation(&self, hash: [u8; 32]) -> StoreFuture<'_, Option<Member>> {
        self.readers
            .read(move |connection| members::by_invitation(connection, &hash))
    }

    fn has_members(&self) -> StoreFuture<'_, bool> {
        self.readers.read(members::has_any)
    }

    fn change_member(
        &self,
        environment: i64,
        id: MemberId,
        patch: MemberPatch,
        now: Millis,
    ) -> StoreFuture<'_, MemberChanged> {
        self.write_audited(move |scope| members::change(scope, environment, id, patch, now))
    }

    fn delete_member(&self, environment: i64, id: MemberId) -> StoreFuture<'_, MemberChanged> {
        self.write_audited(move |scope| members::delete(scope, environment, id))
    }

    fn accept_invitation(&self, accept: AcceptInvitation) -> StoreFuture<'_, Option<Member>> {
        self.write_audited(move |scope| members::accept(scope, accept))
    }

    fn create_member_session(&self, new: NewMemberSession) -> StoreFuture<'_, MemberSession> {
        self.write(move |scope| member_sessions::create(scope, &new))
    }

    fn member_session(
        &self,
        token_hash: [u8; 32],
        now: Millis,
    ) -> StoreFuture<'_, Option<(MemberSession, Member)>> {
        self.readers
            .read(move |connection| member_sessions::find(connection, &token_hash, now))
    }

    fn member_sessions(&self, member: i64, now: Millis) -> StoreFuture<'_, Vec<MemberSession>> {
        self.readers
            .read(move |connection| member_sessions::list(connection, member, now))
    }

    fn end_member_sessions(&self, member: i64, ordinal: Option<i64>) -> StoreFuture<'_, u64> {
        self.write_audited(move |scope| member_sessions::end(scope.connection, member, ordinal))
    }
}
