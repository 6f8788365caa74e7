//! How members get their passwords: by an invitation, or, the first of all, by the link on the console.
//!
//! The code in that link is computed from the master key, so that all nodes and all runs have the same one and
//! nothing has to be kept. It is good for nothing once there is a member.

use tidings_domain::access::Role;
use tidings_domain::audit::{Action, ActorKind, Origin};
use tidings_domain::member::{Member, MemberPatch, check_email, hash_secret};
use tidings_domain::password::check_password;
use tidings_store::{AcceptInvitation, NewMember, Written};
use zeroize::Zeroizing;

use crate::audit::Touched;
use crate::error::{Problems, ServiceError};
use crate::keys::check_display_name;
use crate::{Caller, Service};

use super::{SignedIn, changed};

/// What the code is computed for.
const SET_UP: &str = "set-up";
/// The environment of the first owner.
const ENVIRONMENT: &str = "default";
/// It cannot be told from a code that never was one.
const REFUSED: ServiceError = ServiceError::NotFound {
    what: "invitation: it has ended, was used, or was replaced by another",
};
/// The same of the link on the console.
const SET_UP_REFUSED: ServiceError = ServiceError::NotFound {
    what: "link to set up: somebody has used it, or it is another server's",
};

/// Somebody who accepts an invitation.
#[derive(Clone)]
pub struct Acceptance {
    /// The code.
    pub code: Zeroizing<String>,
    /// What people shall call them, if not as they were invited.
    pub name: Option<String>,
    /// The password that they have chosen.
    pub password: Zeroizing<String>,
}

/// The first owner of all.
#[derive(Clone)]
pub struct SetUp {
    /// The code of the link on the console.
    pub code: Zeroizing<String>,
    /// The address.
    pub email: String,
    /// What people call them; the address unless it is said.
    pub name: Option<String>,
    /// The password that they have chosen.
    pub password: Zeroizing<String>,
}

/// A member who wants another password.
#[derive(Clone)]
pub struct PasswordChange {
    /// The one that they have.
    pub present: Zeroizing<String>,
    /// The one that they want.
    pub new: Zeroizing<String>,
}

impl Service {
    /// The member whose invitation has this code, if it can be accepted now: for the page that asks for a
    /// password.
    pub async fn invited(&self, code: &str) -> Result<Member, ServiceError> {
        let found = self.store.member_by_invitation(hash_secret(code)).await?;
        let now = self.now();
        let is_open = |member: &Member| {
            let invitation = member.invitation;
            member.disabled_at.is_none() && invitation.is_some_and(|one| now < one.ends_at)
        };
        found.filter(is_open).ok_or(REFUSED)
    }

    /// Lets a member in who accepts an invitation. Whoever was signed in as them is signed out.
    pub async fn accept_invitation(
        &self,
        acceptance: Acceptance,
        origin: Origin,
    ) -> Result<Member, ServiceError> {
        let invited = self.invited(&acceptance.code).await?;
        let mut problems = Problems::default();
        if let Some(name) = &acceptance.name {
            problems.check("name", check_display_name(name));
        }
        problems.check("password", check_password(&acceptance.password));
        problems.finish()?;
        let accept = AcceptInvitation {
            hash: hash_secret(&acceptance.code),
            name: acceptance.name,
            password_hash: self.hash_password(acceptance.password).await?,
            now: self.now(),
        };
        let caller = Caller::member(&invited, origin);
        let store = self
            .noting(caller, Action::MemberAcceptInvitation, Touched::new())
            .await?;
        store.accept_invitation(accept).await?.ok_or(REFUSED)
    }

    /// The code with which the first owner is made; none once there is a member.
    pub async fn set_up_code(&self) -> Result<Option<Zeroizing<String>>, ServiceError> {
        let has_members = self.store.has_members().await?;
        Ok((!has_members).then(|| self.keyring.code(SET_UP)))
    }

    /// Makes the first owner, in the environment `default`.
    pub async fn set_up(&self, set_up: SetUp, origin: Origin) -> Result<Member, ServiceError> {
        let known = self.set_up_code().await?.ok_or(SET_UP_REFUSED)?;
        // Of hashes, how long a comparison takes tells nothing.
        if hash_secret(&known) != hash_secret(&set_up.code) {
            return Err(SET_UP_REFUSED);
        }
        let mut problems = Problems::default();
        problems.check("email", check_email(&set_up.email));
        if let Some(name) = &set_up.name {
            problems.check("name", check_display_name(name));
        }
        problems.check("password", check_password(&set_up.password));
        problems.finish()?;
        let new = NewMember {
            environment: self.ensure_environment(ENVIRONMENT).await?.ordinal,
            name: set_up.name.unwrap_or_else(|| set_up.email.clone()),
            email: set_up.email,
            role: Role::Owner,
            password_hash: Some(self.hash_password(set_up.password).await?),
            invitation: None,
            is_first: true,
            created_at: self.now(),
            tail: self.entropy.id_tail(),
        };
        let caller = Caller {
            kind: ActorKind::System,
            origin,
            ..Caller::operator(new.environment)
        };
        let store = self
            .noting(caller, Action::MemberSetUp, Touched::new())
            .await?;
        match store.create_member(new).await? {
            Written::Done(member) => Ok(member),
            _ => Err(SET_UP_REFUSED),
        }
    }

    /// Gives the member who calls another password, if they know the one that they have. They are signed out
    /// everywhere, and given a session in place of the one in which they call. Tries are counted like those to sign in.
    pub async fn change_password(
        &self,
        caller: Caller,
        change: PasswordChange,
    ) -> Result<SignedIn, ServiceError> {
        let member = match caller.kind {
            ActorKind::Member => self.store.member(caller.environment, caller.key).await?,
            _ => None,
        };
        let member = member.ok_or(ServiceError::NotSignedIn)?;
        self.check_present(&member, change.present).await?;
        let mut problems = Problems::default();
        problems.check("new", check_password(&change.new));
        problems.finish()?;
        let action = Action::MemberChangePassword;
        let member = self
            .give_password(caller, action, &member, change.new)
            .await?;
        self.begin_session(member, caller.origin).await
    }

    /// Gives a member a password, as an invitation would that they accept at once: whoever was signed in as them is
    /// signed out.
    pub(crate) async fn give_password(
        &self,
        caller: Caller,
        action: Action,
        member: &Member,
        password: Zeroizing<String>,
    ) -> Result<Member, ServiceError> {
        let password_hash = self.hash_password(password).await?;
        let (_, invitation) = self.new_invitation();
        let patch = MemberPatch {
            invitation: Some(invitation),
            ..MemberPatch::default()
        };
        let now = self.now();
        // Nobody has the code, so if this ends here nothing has happened; the entry of the log is that of the second step.
        let changing = self
            .store
            .change_member(member.environment, member.id, patch, now);
        changed(changing.await?)?;
        let accept = AcceptInvitation {
            hash: invitation.hash,
            name: None,
            password_hash,
            now,
        };
        let store = self.noting(caller, action, Touched::new()).await?;
        store.accept_invitation(accept).await?.ok_or(REFUSED)
    }
}
