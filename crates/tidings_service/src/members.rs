//! Members: the people of an environment. Inviting, listing, changing and removing them; how they sign in is in
//! `signing_in`, how they get their passwords in `joining`.
//!
//! Nobody makes, changes or removes a member who may do more than they may, and an environment that has an owner
//! who can sign in keeps one.

mod joining;
mod signing_in;

use tidings_domain::access::Role;
use tidings_domain::audit::Action;
use tidings_domain::ids::MemberId;
use tidings_domain::member::{
    INVITATION_FOR_MS, Invitation, Member, MemberPatch, MemberState, check_email, generate_secret,
    hash_secret,
};
use tidings_store::{MemberChanged, NewMember, Written};
use zeroize::Zeroizing;

use crate::audit::Touched;
use crate::error::{Problems, ServiceError};
use crate::keys::{check_display_name, check_reach};
use crate::pages::{Listed, PageQuery, wrong_iterator};
use crate::{Caller, Service};

pub use joining::{Acceptance, PasswordChange, SetUp};
pub(crate) use signing_in::SignIns;
pub use signing_in::{Credentials, SignedIn, SignedInMember};

const NOT_FOUND: ServiceError = ServiceError::NotFound { what: "member" };

/// A member to be invited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberDraft {
    /// The address.
    pub email: String,
    /// What people call them; the address unless it is said.
    pub name: Option<String>,
    /// What they may do.
    pub role: Role,
}

/// A change to a member; what is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemberChange {
    /// The new name.
    pub name: Option<String>,
    /// The new role.
    pub role: Option<Role>,
    /// Whether they may not sign in.
    pub is_disabled: Option<bool>,
}

/// A member with the code of an invitation, which is here and nowhere else.
pub struct Invited {
    /// The member.
    pub member: Member,
    /// The code, which is good once and for a week.
    pub code: Zeroizing<String>,
}

impl Service {
    /// Invites somebody.
    pub async fn invite_member(
        &self,
        caller: Caller,
        draft: MemberDraft,
    ) -> Result<Invited, ServiceError> {
        let mut problems = Problems::default();
        problems.check("email", check_email(&draft.email));
        if let Some(name) = &draft.name {
            problems.check("name", check_display_name(name));
        }
        problems.finish()?;
        check_reach(caller, draft.role)?;
        let (code, invitation) = self.new_invitation();
        let new = NewMember {
            environment: caller.environment,
            name: draft.name.unwrap_or_else(|| draft.email.clone()),
            email: draft.email,
            role: draft.role,
            password_hash: None,
            invitation: Some(invitation),
            is_first: false,
            created_at: self.now(),
            tail: self.entropy.id_tail(),
        };
        let store = self
            .noting(caller, Action::MemberInvite, Touched::new())
            .await?;
        match store.create_member(new).await? {
            Written::Done(member) => Ok(Invited { member, code }),
            _ => Err(ServiceError::Conflict {
                code: "email_taken",
                detail: "another member of the environment has this email address".to_owned(),
            }),
        }
    }

    /// Gives a member another invitation; the one before it is refused. For who has a password already it is a
    /// way to another one.
    pub async fn renew_invitation(
        &self,
        caller: Caller,
        id: &str,
    ) -> Result<Invited, ServiceError> {
        let member = self.member(caller, id).await?;
        check_reach(caller, member.role)?;
        if member.state() == MemberState::Disabled {
            return Err(ServiceError::Conflict {
                code: "member_disabled",
                detail: "this member may not sign in; let them before you invite them again"
                    .to_owned(),
            });
        }
        let (code, invitation) = self.new_invitation();
        let patch = MemberPatch {
            invitation: Some(invitation),
            ..MemberPatch::default()
        };
        let action = Action::MemberRenewInvitation;
        let member = self.write_member(caller, action, &member, patch).await?;
        Ok(Invited { member, code })
    }

    fn new_invitation(&self) -> (Zeroizing<String>, Invitation) {
        let code = generate_secret(&*self.entropy);
        let invitation = Invitation {
            hash: hash_secret(&code),
            ends_at: self.now() + INVITATION_FOR_MS,
        };
        (code, invitation)
    }

    /// One page of the members.
    pub async fn members(
        &self,
        caller: Caller,
        query: &PageQuery,
    ) -> Result<Listed<Member>, ServiceError> {
        let after = match &query.cursor {
            None => None,
            Some(cursor) => {
                let id: MemberId = cursor.id.parse().map_err(|_| wrong_iterator())?;
                Some(id.seq())
            }
        };
        let reading = self.store.members(caller.environment, query.request(after));
        Ok(query.finish(reading.await?, |member| member.id.to_string()))
    }

    /// The member of this id.
    pub async fn member(&self, caller: Caller, id: &str) -> Result<Member, ServiceError> {
        let id: MemberId = id.parse().map_err(|_| NOT_FOUND)?;
        let found = self.store.member(caller.environment, id.seq()).await?;
        found.filter(|member| member.id == id).ok_or(NOT_FOUND)
    }

    /// Changes a member. Who may not sign in any more is signed out.
    pub async fn change_member(
        &self,
        caller: Caller,
        id: &str,
        change: MemberChange,
    ) -> Result<Member, ServiceError> {
        let member = self.member(caller, id).await?;
        let mut problems = Problems::default();
        if let Some(name) = &change.name {
            problems.check("name", check_display_name(name));
        }
        problems.finish()?;
        check_reach(caller, change.role.unwrap_or(Role::Viewer).max(member.role))?;
        let patch = MemberPatch {
            name: change.name,
            role: change.role,
            is_disabled: change.is_disabled,
            invitation: None,
        };
        self.write_member(caller, Action::MemberUpdate, &member, patch)
            .await
    }

    /// Removes a member, who is signed out everywhere.
    pub async fn delete_member(&self, caller: Caller, id: &str) -> Result<(), ServiceError> {
        let member = self.member(caller, id).await?;
        check_reach(caller, member.role)?;
        let touched = Touched::new().known(&member.id, Some(&member.email));
        let store = self.noting(caller, Action::MemberDelete, touched).await?;
        let deleted = store.delete_member(caller.environment, member.id).await?;
        changed(deleted).map(drop)
    }

    async fn write_member(
        &self,
        caller: Caller,
        action: Action,
        member: &Member,
        patch: MemberPatch,
    ) -> Result<Member, ServiceError> {
        let touched = Touched::new().known(&member.id, Some(&member.email));
        let store = self.noting(caller, action, touched).await?;
        let changing = store.change_member(caller.environment, member.id, patch, self.now());
        changed(changing.await?)
    }
}

fn changed(changed: MemberChanged) -> Result<Member, ServiceError> {
    match changed {
        MemberChanged::Done(member) => Ok(member),
        MemberChanged::Missing => Err(NOT_FOUND),
        MemberChanged::LastOwner => Err(ServiceError::Conflict {
            code: "last_owner",
            detail: "this is the last owner of the environment who can sign in; make another owner first"
                .to_owned(),
        }),
    }
}
