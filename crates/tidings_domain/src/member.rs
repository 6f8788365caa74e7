//! Members: the people of an environment, who sign in with an email address and a password.
//!
//! A member is invited first: a code that is shown once lets its holder choose a password. The same way a
//! member who is in gets another password. What a store keeps of codes and of the tokens of sessions is
//! their SHA-256: they are chance, so that is enough.

mod throttle;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::access::Role;
use crate::application::set;
use crate::clock::{Entropy, Millis};
use crate::ids::{MemberId, MemberSessionId};

pub use throttle::Throttle;

/// Longest email address in bytes, as mail servers have it.
pub const EMAIL_BYTES_MAX: usize = 254;
/// How long an invitation can be accepted: a week.
pub const INVITATION_FOR_MS: Millis = 7 * 24 * 60 * 60 * 1_000;
/// How long somebody stays signed in: two weeks.
pub const SESSION_FOR_MS: Millis = 14 * 24 * 60 * 60 * 1_000;

/// Bytes of chance in a code or a token.
const SECRET_BYTES: usize = 32;

/// Somebody who may sign in to an environment.
#[derive(Clone, PartialEq, Eq)]
pub struct Member {
    /// Its id; the sequence number is its number in the store.
    pub id: MemberId,
    /// The environment, by number.
    pub environment: i64,
    /// The address, as it was given; unique in the environment, whatever its case.
    pub email: String,
    /// What people call them.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The password, hashed; see [`crate::password`]. None until an invitation was accepted.
    pub password_hash: Option<String>,
    /// The invitation that can be accepted, if there is one.
    pub invitation: Option<Invitation>,
    /// Since when they may not sign in.
    pub disabled_at: Option<Millis>,
    /// When they were invited.
    pub created_at: Millis,
    /// When they were last changed.
    pub updated_at: Millis,
    /// When they last signed in.
    pub last_seen_at: Option<Millis>,
}

impl fmt::Debug for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Member({}, {}, [REDACTED])", self.id, self.role.as_str())
    }
}

/// An invitation that was not accepted yet.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Invitation {
    /// SHA-256 of its code.
    pub hash: [u8; 32],
    /// From when on it is refused.
    pub ends_at: Millis,
}

impl fmt::Debug for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Invitation([REDACTED], until {})", self.ends_at)
    }
}

/// Where a member stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberState {
    /// Has not chosen a password yet.
    Invited,
    /// May sign in.
    Active,
    /// May not, for now.
    Disabled,
}

impl MemberState {
    /// As it is written in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }
}

impl Member {
    /// Where they stand.
    pub fn state(&self) -> MemberState {
        match (self.disabled_at, &self.password_hash) {
            (Some(_), _) => MemberState::Disabled,
            (None, None) => MemberState::Invited,
            (None, Some(_)) => MemberState::Active,
        }
    }

    /// Whether they may sign in, and may do everything then.
    pub fn is_active_owner(&self) -> bool {
        self.role == Role::Owner && self.state() == MemberState::Active
    }
}

/// A change to a member; what is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemberPatch {
    /// The new name.
    pub name: Option<String>,
    /// The new role.
    pub role: Option<Role>,
    /// Whether they may not sign in.
    pub is_disabled: Option<bool>,
    /// The new invitation.
    pub invitation: Option<Invitation>,
}

impl MemberPatch {
    /// The member after the change. Who is disabled already keeps their time.
    pub fn apply(self, member: &mut Member, now: Millis) {
        set(&mut member.name, self.name);
        set(&mut member.role, self.role);
        if let Some(is_disabled) = self.is_disabled {
            member.disabled_at = is_disabled.then(|| member.disabled_at.unwrap_or(now));
        }
        if self.invitation.is_some() {
            member.invitation = self.invitation;
        }
        member.updated_at = now;
    }
}

/// Somebody who has signed in, at one browser.
#[derive(Clone, PartialEq, Eq)]
pub struct MemberSession {
    /// Its id; the sequence number is its number in the store.
    pub id: MemberSessionId,
    /// The member, by number.
    pub member: i64,
    /// SHA-256 of its token.
    pub token_hash: [u8; 32],
    /// When they signed in.
    pub created_at: Millis,
    /// From when on it is refused.
    pub ends_at: Millis,
    /// From where they signed in.
    pub address: Option<String>,
    /// With which program.
    pub user_agent: Option<String>,
}

impl fmt::Debug for MemberSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemberSession({}, [REDACTED])", self.id)
    }
}

/// The text of an invitation's code or of a session's token: 256 bits of chance.
pub fn generate_secret(entropy: &dyn Entropy) -> Zeroizing<String> {
    let mut chance = Zeroizing::new([0; SECRET_BYTES]);
    entropy.fill(chance.as_mut_slice());
    Zeroizing::new(URL_SAFE_NO_PAD.encode(chance.as_slice()))
}

/// What a store keeps of such a text.
pub fn hash_secret(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// Whether this may be an email address: not whether somebody reads what is sent there.
///
/// # Errors
/// Says what is wrong with it.
pub fn check_email(email: &str) -> Result<(), &'static str> {
    if email.len() > EMAIL_BYTES_MAX {
        return Err("may have at most 254 bytes");
    }
    let is_wrong = |sign: char| sign.is_whitespace() || sign.is_control();
    let is_address = email
        .rsplit_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
    if !is_address || email.contains(is_wrong) {
        return Err("must be an email address, such as ann@example.com");
    }
    Ok(())
}

/// What addresses are compared by: they are the same whatever their case.
pub fn email_key(email: &str) -> String {
    email.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SeededEntropy;

    fn member() -> Member {
        Member {
            id: MemberId::new(1, 0, 1, 1),
            environment: 1,
            email: "ann@example.com".to_owned(),
            name: "Ann".to_owned(),
            role: Role::Owner,
            password_hash: None,
            invitation: None,
            disabled_at: None,
            created_at: 1,
            updated_at: 1,
            last_seen_at: None,
        }
    }

    #[test]
    fn an_address_has_a_name_and_a_host_and_no_spaces() {
        let long = format!("{}@example.com", "a".repeat(242));
        for good in ["a@b", "ann.b+c@example.com", "\u{fc}@example.com", &long] {
            assert_eq!(check_email(good), Ok(()), "{good}");
        }
        let longer = format!("a{long}");
        for bad in ["", "@", "a@", "@b", "ann", "a b@c", "a@b\n", &longer] {
            assert!(check_email(bad).is_err(), "{bad}");
        }
        assert_eq!(email_key("Ann@Example.COM"), email_key("ann@example.com"));
    }

    #[test]
    fn a_member_is_invited_then_active_and_disabled_for_as_long_as_that_is_wanted() {
        let mut member = member();
        assert_eq!(member.state(), MemberState::Invited);
        assert!(!member.is_active_owner());
        member.password_hash = Some("hash".to_owned());
        assert!(member.is_active_owner());
        let disable = |is_disabled| MemberPatch {
            is_disabled: Some(is_disabled),
            ..MemberPatch::default()
        };
        disable(true).apply(&mut member, 5);
        disable(true).apply(&mut member, 6);
        assert_eq!((member.disabled_at, member.updated_at), (Some(5), 6));
        assert!(!member.is_active_owner());
        disable(false).apply(&mut member, 7);
        assert_eq!(member.state(), MemberState::Active);
    }

    #[test]
    fn codes_are_long_and_known_by_their_hash() {
        let entropy = SeededEntropy::new(1);
        let (one, two) = (generate_secret(&entropy), generate_secret(&entropy));
        assert_eq!(one.len(), 43);
        assert_ne!(one, two);
        assert_eq!(hash_secret(&one), hash_secret(&one));
        assert_ne!(hash_secret(&one), hash_secret(&two));
        assert!(!format!("{:?}", member()).contains("ann@"));
    }
}
