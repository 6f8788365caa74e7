//! Who may do what: roles of an environment, capabilities within an application, and what an
//! operation asks of its caller.

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
            Self::Application(capability) => Some(capability.role()),
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
