//! The part of a webhook's form that says what its receiver wants to see: the kind of authentication, and its parts.
//!
//! What is secret is never shown again; left empty, it stays as it is.

use std::collections::BTreeMap;

use tidings_domain::credentials::Credentials;
use tidings_service::endpoints::{CredentialsChange, CredentialsDraft};

use crate::form::Posted;

/// All kinds: the value in the form and what it is called.
pub(crate) const KINDS: [(&str, &str); 6] = [
    ("none", "auth-none"),
    ("basic", "auth-basic"),
    ("bearer", "auth-bearer"),
    ("api-key", "auth-key"),
    ("oauth2", "auth-oauth2"),
    ("mtls", "auth-mtls"),
];

/// One part of the credentials of a kind.
struct Part {
    kind: &'static str,
    /// What the service calls it.
    name: &'static str,
    /// What the form calls it.
    field: &'static str,
    /// How it is treated.
    care: Care,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Care {
    /// Shown, and must be there.
    Needed,
    /// Shown, and may be empty.
    Optional,
    /// Never shown; left empty, it stays.
    Secret,
}

const PARTS: [Part; 14] = [
    part("basic", "username", "user", Care::Needed),
    part("basic", "password", "password", Care::Secret),
    part("bearer", "token", "bearer", Care::Secret),
    part("api-key", "header", "header", Care::Needed),
    part("api-key", "value", "key", Care::Secret),
    part("oauth2", "tokenUrl", "token-url", Care::Needed),
    part("oauth2", "clientId", "client", Care::Needed),
    part("oauth2", "clientSecret", "client-secret", Care::Secret),
    part("oauth2", "scope", "scope", Care::Optional),
    part("oauth2", "audience", "audience", Care::Optional),
    part("oauth2", "authMethod", "auth-method", Care::Optional),
    part("mtls", "certificate", "certificate", Care::Needed),
    part("mtls", "privateKey", "private-key", Care::Secret),
    part("mtls", "ca", "ca", Care::Optional),
];

const fn part(kind: &'static str, name: &'static str, field: &'static str, care: Care) -> Part {
    Part {
        kind,
        name,
        field,
        care,
    }
}

/// What stands in that part of the form.
#[derive(Clone, Default)]
pub(crate) struct Auth {
    /// One of [`KINDS`].
    pub(crate) kind: String,
    /// What was typed or is stored, by the names of the form.
    parts: BTreeMap<&'static str, String>,
}

impl std::fmt::Debug for Auth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Auth({:?}, [REDACTED])", self.kind)
    }
}

impl Auth {
    /// None yet.
    pub(crate) fn none() -> Self {
        Self {
            kind: "none".to_owned(),
            parts: BTreeMap::new(),
        }
    }

    /// What is stored, but for what is secret.
    pub(crate) fn stored(credentials: Option<&Credentials>) -> Self {
        let Some(credentials) = credentials else {
            return Self::none();
        };
        let kind = credentials.kind();
        let shown = PARTS
            .iter()
            .filter(|part| part.kind == kind && part.care != Care::Secret);
        let parts = shown.filter_map(|part| {
            let text = credentials.part(part.name)?;
            Some((part.field, text.to_owned()))
        });
        Self {
            kind: kind.to_owned(),
            parts: parts.collect(),
        }
    }

    /// As it was sent.
    pub(crate) fn typed(form: &Posted) -> Self {
        let kind = form.one("auth");
        let own = PARTS.iter().filter(|part| part.kind == kind);
        let parts = own.map(|part| {
            let text = match part.care {
                // Space may be part of a password.
                Care::Secret => form.one(part.field),
                Care::Needed | Care::Optional => form.line(part.field),
            };
            (part.field, text.replace("\r\n", "\n"))
        });
        Self {
            kind: kind.to_owned(),
            parts: parts.collect(),
        }
    }

    /// What a field shows: never what is secret.
    pub(crate) fn shown(&self, field: &str) -> &str {
        let is_shown = |part: &Part| part.field == field && part.care != Care::Secret;
        if PARTS.iter().any(is_shown) {
            self.parts.get(field).map_or("", String::as_str)
        } else {
            ""
        }
    }

    /// The credentials that this makes, perhaps in part.
    pub(crate) fn draft(&self) -> Option<CredentialsDraft> {
        if !KINDS[1..].iter().any(|(kind, _)| *kind == self.kind) {
            return None;
        }
        let own = PARTS.iter().filter(|part| part.kind == self.kind);
        let given = own.filter_map(|part| {
            let text = self.parts.get(part.field).cloned().unwrap_or_default();
            let is_given = !text.is_empty() || part.care == Care::Optional;
            is_given.then_some((part.name, text))
        });
        Some(CredentialsDraft {
            kind: Some(self.kind.clone()),
            parts: given.collect(),
        })
    }

    /// What becomes of the credentials that there are.
    pub(crate) fn change(&self) -> CredentialsChange {
        self.draft()
            .map_or(CredentialsChange::Remove, CredentialsChange::Merge)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Auth {
        Auth::typed(&Posted::parse(text.as_bytes()))
    }

    #[test]
    fn what_is_secret_is_kept_if_it_is_left_empty_and_what_is_optional_is_taken_away() {
        let draft = typed("auth=oauth2&token-url=https://a.test&client=c&client-secret=&scope=");
        let draft = draft.draft().unwrap();
        assert_eq!(draft.parts["tokenUrl"], "https://a.test");
        assert_eq!(draft.parts["scope"], "");
        assert!(!draft.parts.contains_key("clientSecret"));
        assert!(!draft.parts.contains_key("username"));
    }

    #[test]
    fn what_is_secret_is_not_shown_again() {
        let auth = typed("auth=basic&user=u&password=p");
        assert_eq!((auth.shown("user"), auth.shown("password")), ("u", ""));
        assert_eq!(auth.draft().unwrap().parts["password"], "p");
        assert_eq!(format!("{auth:?}"), "Auth(\"basic\", [REDACTED])");
    }

    #[test]
    fn none_takes_away_what_there_is() {
        assert!(matches!(
            typed("auth=none").change(),
            CredentialsChange::Remove
        ));
        assert!(matches!(
            typed("auth=mtls").change(),
            CredentialsChange::Merge(_)
        ));
    }
}
