//! Who may do what: roles of an environment, capabilities within an application, and what an
//! operation asks of its caller.

use std::fmt;

/// What somebody may do in an environment. Each role may do what the ones before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// May look at everything but secrets.
    Viewer,
    /// May change applications, endpoints and event types, send messages, and see secrets.
    Developer,
    /// May manage keys, members, operational webhooks and settings too.
    Admin,
    /// May make and remove other owners too.
    Owner,
}

impl Role {
    /// All of them, the weakest first.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Developer, Self::Admin, Self::Owner];

    /// As it is written in the API and in the stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Developer => "developer",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    /// The role of this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// What the holder of a portal session may do in its application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Capability {
    /// See the application, its endpoints, messages and attempts.
    ViewBase,
    /// See the secrets of endpoints.
    ViewEndpointSecret,
    /// Rotate the secrets of endpoints.
    ManageEndpointSecret,
    /// Change transformations.
    ManageTransformations,
    /// Send test messages, resend, recover and replay.
    CreateAttempts,
    /// Make, change and remove endpoints.
    ManageEndpoint,
}

impl Capability {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::ViewBase,
        Self::ViewEndpointSecret,
        Self::ManageEndpointSecret,
        Self::ManageTransformations,
        Self::CreateAttempts,
        Self::ManageEndpoint,
    ];

    /// As it is written in the API and in the stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ViewBase => "ViewBase",
            Self::ViewEndpointSecret => "ViewEndpointSecret",
            Self::ManageEndpointSecret => "ManageEndpointSecret",
            Self::ManageTransformations => "ManageTransformations",
            Self::CreateAttempts => "CreateAttempts",
            Self::ManageEndpoint => "ManageEndpoint",
        }
    }

    /// The capability of this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }

    /// The least role with which a key of the environment may do the same.
    pub fn role(self) -> Role {
        match self {
            Self::ViewBase => Role::Viewer,
            _ => Role::Developer,
        }
    }
}

/// What the holder of a portal session may do in all.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Capabilities(u8);

impl Capabilities {
    /// Everything in the application.
    pub fn all() -> Self {
        Capability::ALL.into_iter().collect()
    }

    /// Look, and nothing else.
    pub fn read_only() -> Self {
        [Capability::ViewBase].into_iter().collect()
    }

    /// Whether this one was given by name.
    pub fn contains(self, one: Capability) -> bool {
        self.0 & one.bit() != 0
    }

    /// Whether this may be done: who may manage endpoints may manage their secrets, and who may manage those
    /// may see them.
    pub fn allow(self, one: Capability) -> bool {
        let implied: &[Capability] = match one {
            Capability::ViewEndpointSecret => {
                &[Capability::ManageEndpointSecret, Capability::ManageEndpoint]
            }
            Capability::ManageEndpointSecret => &[Capability::ManageEndpoint],
            _ => &[],
        };
        self.contains(one) || implied.iter().any(|other| self.contains(*other))
    }

    /// Those that were given, in the order of [`Capability::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Capability> {
        let all = Capability::ALL.into_iter();
        all.filter(move |one| self.contains(*one))
    }
}

impl Capability {
    fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl FromIterator<Capability> for Capabilities {
    fn from_iter<I: IntoIterator<Item = Capability>>(all: I) -> Self {
        Self(all.into_iter().fold(0, |bits, one| bits | one.bit()))
    }
}

impl fmt::Debug for Capabilities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// What a caller may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Principal {
    /// What this role may, in the whole environment.
    Environment(Role),
    /// What these capabilities say, in the application of this number.
    Application(i64, Capabilities),
}

/// Why an operation is not done for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// A stronger role is asked for.
    #[error("this takes the role {}, and the key has the role {}", needs.as_str(), has.as_str())]
    Role {
        /// What is asked for.
        needs: Role,
        /// What there is.
        has: Role,
    },
    /// A capability is missing.
    #[error("this takes the capability {}, which this session does not have", .0.as_str())]
    Capability(Capability),
    /// It is not for those who act in one application only.
    #[error(
        "this is not for portal sessions and integrations; it takes an API key of the environment"
    )]
    NotForSessions,
    /// It is for those who act in one application only.
    #[error("this is for portal sessions only; the caller has an API key of the environment")]
    OnlyForSessions,
}

impl Principal {
    /// Whether an operation is done for this caller. Of which application it is, is another question.
    ///
    /// # Errors
    /// When it is not, with the reason.
    pub fn admit(self, access: Access) -> Result<(), Denied> {
        match (self, access) {
            (_, Access::Anyone) | (Self::Application(..), Access::Catalog | Access::Session) => {
                Ok(())
            }
            (Self::Application(_, capabilities), Access::Application(one) | Access::Own(one)) => {
                if capabilities.allow(one) {
                    Ok(())
                } else {
                    Err(Denied::Capability(one))
                }
            }
            (Self::Application(..), Access::Environment(_)) => Err(Denied::NotForSessions),
            (Self::Environment(has), access) => match access.role() {
                Some(needs) if has >= needs => Ok(()),
                Some(needs) => Err(Denied::Role { needs, has }),
                None => Err(Denied::OnlyForSessions),
            },
        }
    }
}

/// What an operation asks of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// Nobody has to say who they are.
    Anyone,
    /// The environment with at least this role; sessions of applications may not.
    Environment(Role),
    /// The environment with [`Capability::role`], or a session of the application that the path names, with
    /// this capability.
    Application(Capability),
    /// The same, of something that the path names without its application: the use case leaves out what is not the
    /// session's.
    Own(Capability),
    /// The environment, or any session of one of its applications: what there is to subscribe to.
    Catalog,
    /// Any session, about itself, and nobody else.
    Session,
}

impl Access {
    /// The least role with which a key of the environment may do it; `None` where no key helps.
    pub fn role(self) -> Option<Role> {
        match self {
            Self::Anyone | Self::Catalog => Some(Role::Viewer),
            Self::Environment(role) => Some(role),
            Self::Application(capability) | Self::Own(capability) => Some(capability.role()),
            Self::Session => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        assert!(
            Role::ALL
                .iter()
                .all(|role| Role::parse(role.as_str()) == Some(*role))
        );
        let read_back = |one: &Capability| Capability::parse(one.as_str()) == Some(*one);
        assert!(Capability::ALL.iter().all(read_back));
        assert_eq!(Role::parse("Admin"), None);
        assert_eq!(Capability::parse("viewBase"), None);
    }

    #[test]
    fn capabilities_are_those_that_were_given_and_what_they_bring_along() {
        let given: Capabilities = [Capability::ManageEndpointSecret, Capability::ViewBase]
            .into_iter()
            .collect();
        let listed: Vec<_> = given.iter().collect();
        assert_eq!(
            listed,
            [Capability::ViewBase, Capability::ManageEndpointSecret]
        );
        assert!(given.allow(Capability::ViewEndpointSecret));
        assert!(!given.contains(Capability::ViewEndpointSecret));
        assert!(!given.allow(Capability::ManageEndpoint));
        let endpoints: Capabilities = [Capability::ManageEndpoint].into_iter().collect();
        assert!(endpoints.allow(Capability::ManageEndpointSecret));
        assert!(!endpoints.allow(Capability::CreateAttempts));
        assert!(
            Capability::ALL
                .iter()
                .all(|one| Capabilities::all().contains(*one))
        );
    }

    #[test]
    fn who_may_not_is_told_what_is_missing() {
        let session = Principal::Application(2, Capabilities::read_only());
        let viewer = Principal::Environment(Role::Viewer);
        let view = Access::Application(Capability::ViewBase);
        let manage = Access::Application(Capability::ManageEndpoint);
        assert_eq!(session.admit(view), Ok(()));
        assert_eq!(
            session.admit(manage),
            Err(Denied::Capability(Capability::ManageEndpoint))
        );
        let environment = Access::Environment(Role::Viewer);
        assert_eq!(session.admit(environment), Err(Denied::NotForSessions));
        assert_eq!(session.admit(Access::Session), Ok(()));
        assert_eq!(session.admit(Access::Own(Capability::ViewBase)), Ok(()));
        assert!(
            session
                .admit(Access::Own(Capability::CreateAttempts))
                .is_err()
        );
        assert_eq!(viewer.admit(environment), Ok(()));
        assert_eq!(viewer.admit(view), Ok(()));
        let denied = viewer.admit(manage).unwrap_err();
        assert_eq!(
            denied.to_string(),
            "this takes the role developer, and the key has the role viewer"
        );
        assert_eq!(
            Principal::Environment(Role::Owner).admit(Access::Session),
            Err(Denied::OnlyForSessions)
        );
    }

    #[test]
    fn each_role_may_do_what_the_ones_before_it_may() {
        assert!(Role::ALL.is_sorted());
        assert_eq!(
            Access::Application(Capability::ViewBase).role(),
            Some(Role::Viewer)
        );
        assert_eq!(
            Access::Application(Capability::ManageEndpoint).role(),
            Some(Role::Developer)
        );
        assert_eq!(Access::Session.role(), None);
    }
}
