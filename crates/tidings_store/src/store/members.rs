//! The part of [`Store`](crate::Store) about members and their sessions.

use tidings_domain::access::Role;
use tidings_domain::clock::Millis;
use tidings_domain::ids::MemberId;
use tidings_domain::member::{Invitation, Member, MemberPatch, MemberSession};

use crate::{PageRequest, StoreFuture, Written};

/// Most sessions of one member; who signs in once more ends the oldest.
pub const MEMBER_SESSIONS_MAX: usize = 20;

/// A new member. See [`Member`] for the fields.
#[derive(Clone)]
pub struct NewMember {
    /// The environment, by number.
    pub environment: i64,
    /// The address.
    pub email: String,
    /// What people call them.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The password, hashed, of somebody who needs no invitation.
    pub password_hash: Option<String>,
    /// How they get in.
    pub invitation: Option<Invitation>,
    /// Only if there is no member at all yet, in any environment.
    pub is_first: bool,
    /// Now.
    pub created_at: Millis,
    /// Chance for the id.
    pub tail: i64,
}

/// An invitation that is accepted.
#[derive(Clone)]
pub struct AcceptInvitation {
    /// SHA-256 of its code.
    pub hash: [u8; 32],
    /// The new name, if it is given.
    pub name: Option<String>,
    /// The password, hashed.
    pub password_hash: String,
    /// Now.
    pub now: Millis,
}

/// A new session. See [`MemberSession`] for the fields.
#[derive(Clone)]
pub struct NewMemberSession {
    /// The member, by number.
    pub member: i64,
    /// SHA-256 of its token.
    pub token_hash: [u8; 32],
    /// Now.
    pub created_at: Millis,
    /// From when on it is refused.
    pub ends_at: Millis,
    /// From where they signed in.
    pub address: Option<String>,
    /// With which program.
    pub user_agent: Option<String>,
    /// Chance for the id.
    pub tail: i64,
}

/// What became of a change to a member.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "one is answered at a time, and most are members"
)]
pub enum MemberChanged {
    /// It was made; this is the member now, or was last.
    Done(Member),
    /// The environment has no such member.
    Missing,
    /// No other member of the environment is an owner who can sign in.
    LastOwner,
}

/// The steps that touch members.
pub trait Members {
    /// Makes a member; the address must be free in the environment. [`Written::Missing`] if it should have been
    /// the first of all and is not.
    fn create_member(&self, new: NewMember) -> StoreFuture<'_, Written<Member>>;
    /// One page of the members of an environment.
    fn members(&self, environment: i64, page: PageRequest) -> StoreFuture<'_, Vec<Member>>;
    /// The member of this number.
    fn member(&self, environment: i64, ordinal: i64) -> StoreFuture<'_, Option<Member>>;
    /// The member of this address, compared without case; of several environments that of the oldest.
    fn member_by_email(
        &self,
        environment: Option<i64>,
        email: String,
    ) -> StoreFuture<'_, Option<Member>>;
    /// The member whose invitation has this hash, whether it has ended or not.
    fn member_by_invitation(&self, hash: [u8; 32]) -> StoreFuture<'_, Option<Member>>;
    /// Whether there is any member, in any environment.
    fn has_members(&self) -> StoreFuture<'_, bool>;
    /// Changes a member. Who may not sign in any more is signed out. Refuses what would leave the environment
    /// without an owner who can sign in, if it has one.
    fn change_member(
        &self,
        environment: i64,
        id: MemberId,
        patch: MemberPatch,
        now: Millis,
    ) -> StoreFuture<'_, MemberChanged>;
    /// Deletes a member with all sessions; refuses the same.
    fn delete_member(&self, environment: i64, id: MemberId) -> StoreFuture<'_, MemberChanged>;
    /// Sets the password of the member whose invitation this is, uses the invitation up, and ends all sessions.
    /// None if it was used up, has ended, or its member may not sign in.
    fn accept_invitation(&self, accept: AcceptInvitation) -> StoreFuture<'_, Option<Member>>;
    /// Signs a member in, and notes when that was.
    fn create_member_session(&self, new: NewMemberSession) -> StoreFuture<'_, MemberSession>;
    /// The session of this token with its member, unless it has ended or the member may not sign in.
    fn member_session(
        &self,
        token_hash: [u8; 32],
        now: Millis,
    ) -> StoreFuture<'_, Option<(MemberSession, Member)>>;
    /// The sessions of a member that have not ended, oldest first.
    fn member_sessions(&self, member: i64, now: Millis) -> StoreFuture<'_, Vec<MemberSession>>;
    /// Ends one session of a member, or all. Gives how many.
    fn end_member_sessions(&self, member: i64, ordinal: Option<i64>) -> StoreFuture<'_, u64>;
}
