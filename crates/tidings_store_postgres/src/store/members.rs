//! [`Members`], passed on to the files that do it.

use tidings_domain::clock::Millis;
use tidings_domain::ids::MemberId;
use tidings_domain::member::{Member, MemberPatch, MemberSession};
use tidings_store::{
    AcceptInvitation, MemberChanged, Members, NewMember, NewMemberSession, PageRequest,
    StoreFuture, Written,
};

use super::passing::{read, write, write_audited};
use crate::{PostgresStore, member_sessions, members};

impl Members for PostgresStore {
    fn create_member(&self, new: NewMember) -> StoreFuture<'_, Written<Member>> {
        write_audited!(self, |scope| members::create(scope, &new))
    }

    fn members(&self, environment: i64, page: PageRequest) -> StoreFuture<'_, Vec<Member>> {
        read!(self, |reader| members::list(&reader, environment, page))
    }

    fn member(&self, environment: i64, ordinal: i64) -> StoreFuture<'_, Option<Member>> {
        read!(self, |reader| members::of_environment(
            &reader,
            environment,
            ordinal
        ))
    }

    fn member_by_email(
        &self,
        environment: Option<i64>,
        email: String,
    ) -> StoreFuture<'_, Option<Member>> {
        read!(self, |reader| members::by_email(
            &reader,
            environment,
            &email
        ))
    }

    fn member_by_invitation(&self, hash: [u8; 32]) -> StoreFuture<'_, Option<Member>> {
        read!(self, |reader| members::by_invitation(&reader, &hash))
    }

    fn has_members(&self) -> StoreFuture<'_, bool> {
        read!(self, |reader| members::has_any(&reader))
    }

    fn change_member(
        &self,
        environment: i64,
        id: MemberId,
        patch: MemberPatch,
        now: Millis,
    ) -> StoreFuture<'_, MemberChanged> {
        write_audited!(self, |scope| members::change(
            scope,
            environment,
            id,
            patch,
            now
        ))
    }

    fn delete_member(&self, environment: i64, id: MemberId) -> StoreFuture<'_, MemberChanged> {
        write_audited!(self, |scope| members::delete(scope, environment, id))
    }

    fn accept_invitation(&self, accept: AcceptInvitation) -> StoreFuture<'_, Option<Member>> {
        write_audited!(self, |scope| members::accept(scope, accept))
    }

    fn create_member_session(&self, new: NewMemberSession) -> StoreFuture<'_, MemberSession> {
        write!(self, |scope| member_sessions::create(scope, &new))
    }

    fn member_session(
        &self,
        token_hash: [u8; 32],
        now: Millis,
    ) -> StoreFuture<'_, Option<(MemberSession, Member)>> {
        read!(self, |reader| member_sessions::find(
            &reader,
            &token_hash,
            now
        ))
    }

    fn member_sessions(&self, member: i64, now: Millis) -> StoreFuture<'_, Vec<MemberSession>> {
        read!(self, |reader| member_sessions::list(&reader, member, now))
    }

    fn end_member_sessions(&self, member: i64, ordinal: Option<i64>) -> StoreFuture<'_, u64> {
        write_audited!(self, |scope| member_sessions::end(
            &scope.connection,
            member,
            ordinal
        ))
    }
}
