//! Who looks at the dashboard: the member of the session, what they may do, and what every page shows of them.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use tidings_domain::access::Role;
use tidings_domain::member::{Member as Person, MemberSession};
use tidings_service::Caller;
use tidings_service::idempotency::KeyedRequest;
use tidings_store::Dedup;

use super::Dashboard;
use super::navigation::{self, Group};
use crate::errors::Fault;
use crate::form::{self, Posted};
use crate::live::Asked;
use crate::origin::origin;
use crate::page::{Page, cookie};

/// The cookie of the session.
pub(crate) const SESSION_COOKIE: &str = "tidings_session";
/// The field of a form that makes sending it twice the same as once.
const ONCE_FIELD: &str = "once";

/// Somebody who is signed in. `guard` has seen to it, and to the token of whatever form they sent.
#[derive(Clone)]
pub(crate) struct Member {
    pub(crate) page: Page,
    pub(crate) caller: Caller,
    pub(crate) person: Person,
    pub(crate) session: MemberSession,
    /// What the environment is called.
    environment: String,
    token: String,
    is_dev: bool,
}

/// What stands around the content of every page.
#[derive(Debug, Clone)]
pub(crate) struct Shell {
    pub(crate) environment: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) initials: String,
    /// The name of the role, as a text.
    pub(crate) role: &'static str,
    /// What forms carry.
    pub(crate) token: String,
    pub(crate) groups: Vec<Group>,
    pub(crate) is_dev: bool,
    pub(crate) version: &'static str,
}

impl<S: Sync> FromRequestParts<S> for Member {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        let found = parts.extensions.get::<Self>();
        found.cloned().ok_or(Fault::Ended)
    }
}

impl Member {
    /// Whoever has the session of the cookie; none if it has ended.
    pub(super) async fn find(parts: &Parts, dashboard: &Dashboard) -> Result<Option<Self>, Fault> {
        let Some(token) = cookie(&parts.headers, SESSION_COOKIE) else {
            return Ok(None);
        };
        let service = &dashboard.service;
        let Some(found) = service.signed_in(token, origin(parts)).await? else {
            return Ok(None);
        };
        let environments = service.environments().await?;
        let mut environments = environments.into_iter();
        let environment = environments.find(|one| one.ordinal == found.caller.environment);
        Ok(Some(Self {
            page: Page::new(&parts.headers, parts.uri.path()),
            caller: found.caller,
            person: found.member,
            session: found.session,
            environment: environment.map(|one| one.name).unwrap_or_default(),
            token: token.to_owned(),
            is_dev: dashboard.settings.is_dev,
        }))
    }

    /// Whether the member has at least this role.
    pub(crate) fn may(&self, role: Role) -> bool {
        self.caller.role() >= role
    }

    /// Refuses whoever has a lesser role.
    pub(crate) fn check(&self, role: Role) -> Result<(), Fault> {
        if self.may(role) {
            Ok(())
        } else {
            Err(Fault::Role)
        }
    }

    /// What a form of this session carries.
    pub(crate) fn form_token(&self) -> String {
        form::token(&self.token)
    }

    /// Whether a form is one of this session.
    pub(super) fn has_sent(&self, form: &Posted) -> bool {
        form.is_of(&self.token)
    }

    /// The token of the session itself.
    pub(super) fn session_token(&self) -> &str {
        &self.token
    }

    /// What makes sending a form twice the same as once: what it was given when it was shown.
    pub(crate) fn dedup(
        &self,
        dashboard: &Dashboard,
        form: &Posted,
    ) -> Result<Option<Dedup>, Fault> {
        let key = form.one(ONCE_FIELD);
        if key.is_empty() {
            return Ok(None);
        }
        let request = KeyedRequest {
            key: key.as_bytes(),
            route: &self.page.path,
            body: &form.content(),
        };
        Ok(Some(dashboard.service.dedup(self.caller, request)?))
    }

    /// Asks whether the session is still in force, for streams, which outlast the request.
    pub(super) fn still_signed_in(
        &self,
        dashboard: &Dashboard,
    ) -> impl Fn() -> Asked + Send + use<> {
        let (service, token) = (dashboard.service.clone(), self.token.clone());
        let origin = self.caller.origin;
        move || {
            let (service, token) = (service.clone(), token.clone());
            Box::pin(async move {
                let found = service.signed_in(&token, origin).await;
                found.is_ok_and(|found| found.is_some())
            })
        }
    }

    /// What stands around the page.
    pub(crate) fn shell(&self) -> Shell {
        Shell {
            environment: self.environment.clone(),
            name: self.person.name.clone(),
            email: self.person.email.clone(),
            initials: initials(&self.person.name),
            role: role_text(self.person.role),
            token: self.form_token(),
            groups: navigation::groups(self.person.role, &self.page.path),
            is_dev: self.is_dev,
            version: env!("CARGO_PKG_VERSION"),
        }
    }
}

/// A number that makes sending a form twice the same as once.
pub(crate) fn once(dashboard: &Dashboard) -> String {
    format!("{:016x}", dashboard.service.entropy().next_u64())
}

/// What a role is called.
pub(crate) fn role_text(role: Role) -> &'static str {
    match role {
        Role::Viewer => "role-viewer",
        Role::Developer => "role-developer",
        Role::Admin => "role-admin",
        Role::Owner => "role-owner",
    }
}

/// What it may do.
pub(crate) fn role_lead(role: Role) -> &'static str {
    match role {
        Role::Viewer => "role-viewer-lead",
        Role::Developer => "role-developer-lead",
        Role::Admin => "role-admin-lead",
        Role::Owner => "role-owner-lead",
    }
}

/// The first letters of the first and the last word.
fn initials(name: &str) -> String {
    let first = |word: &str| word.chars().find(|letter| letter.is_alphanumeric());
    let mut words = name.split_whitespace().filter_map(first);
    let start = words.next();
    let letters = start.into_iter().chain(words.next_back());
    letters.flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_and_the_last_word() {
        assert_eq!(initials("Mika Kivi"), "MK");
        assert_eq!(initials("ann maria von berg"), "AB");
        assert_eq!(initials("ann@example.com"), "A");
        assert_eq!(initials(" (élan) "), "É");
        assert_eq!(initials("…"), "");
    }
}
