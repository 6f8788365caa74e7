//! What an endpoint wants to see before it takes a request: set, changed in part, shown without what
//! is secret, removed. They are kept sealed.

use std::collections::BTreeMap;

use tidings_domain::application::Metadata;
use tidings_domain::audit::Action;
use tidings_domain::credentials::Credentials;
use tidings_domain::credentials::certificate::ClientCertificate;
use tidings_domain::credentials::grant::{AuthMethod, ClientGrant};
use tidings_domain::endpoint::EndpointPatch;
use tidings_domain::sealed::Purpose;
use tidings_store::target::{context, open_credentials, open_headers};
use tidings_store::{EndpointUpdate, Written};

use super::co_signatures::Beside;
use super::{NOT_FOUND, client_certificates, touched};
use crate::error::{FieldProblem, Problems, ServiceError};
use crate::limits::{RETRY_AFTER_BUSY, STALE_RETRIES_MAX};
use crate::{Caller, Service};

/// What is said of a client certificate that nobody would see.
pub(super) const NEEDS_HTTPS: &str = "mtls needs an endpoint whose URL begins with https://";

/// Whether a handshake comes before a request to this URL.
pub(super) fn is_https(url: &str) -> bool {
    let scheme = url.get(..6).unwrap_or_default();
    scheme.eq_ignore_ascii_case("https:")
}

/// Stands for what is secret wherever credentials are shown.
pub const HIDDEN: &str = "[hidden]";

/// The parts of credentials of all kinds, by the names that they have in the API.
pub const CREDENTIAL_PARTS: [&str; 14] = [
    "username",
    "password",
    "token",
    "header",
    "value",
    "tokenUrl",
    "clientId",
    "clientSecret",
    "scope",
    "audience",
    "authMethod",
    "certificate",
    "privateKey",
    "ca",
];

/// Credentials as a caller gives them, perhaps in part.
#[derive(Clone, Default)]
pub struct CredentialsDraft {
    /// `basic`, `bearer`, `api-key`, `oauth2` or `mtls`.
    pub kind: Option<String>,
    /// What is given, by the names of [`CREDENTIAL_PARTS`].
    pub parts: BTreeMap<&'static str, String>,
}

impl std::fmt::Debug for CredentialsDraft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CredentialsDraft({:?}, [REDACTED])", self.kind)
    }
}

/// A change to the credentials of an endpoint.
#[derive(Debug, Clone)]
pub enum CredentialsChange {
    /// These instead of what was there.
    Replace(CredentialsDraft),
    /// What is given; the rest stays, if the kind does.
    Merge(CredentialsDraft),
    /// None from now on.
    Remove,
}

impl CredentialsChange {
    /// The credentials after the change. None too if something is wrong with them, which is noted.
    pub(super) fn apply(
        &self,
        current: Option<&Credentials>,
        problems: &mut Problems,
    ) -> Option<Credentials> {
        match self {
            Self::Replace(draft) => draft.complete(None, problems),
            Self::Merge(draft) => draft.complete(current, problems),
            Self::Remove => None,
        }
    }
}

impl CredentialsDraft {
    /// The credentials that this makes of the current ones.
    fn complete(
        &self,
        current: Option<&Credentials>,
        problems: &mut Problems,
    ) -> Option<Credentials> {
        let kind = self.kind.as_deref();
        let kind = kind.or(current.map(Credentials::kind));
        let current = current.filter(|current| Some(current.kind()) == kind);
        let before = problems.count();
        let parts = Parts {
            given: &self.parts,
            current,
        };
        let mut part = |field| parts.required(field, problems);
        let made = match kind {
            Some("basic") => Credentials::Basic {
                username: part("username"),
                password: part("password"),
            },
            Some("bearer") => Credentials::Bearer {
                token: part("token"),
            },
            Some("api-key") => Credentials::ApiKey {
                header: part("header"),
                value: part("value"),
            },
            Some("oauth2") => Credentials::OAuth2(Box::new(ClientGrant {
                token_url: part("tokenUrl"),
                client_id: part("clientId"),
                client_secret: part("clientSecret"),
                scope: parts.optional("scope"),
                audience: parts.optional("audience"),
                auth_method: parts.auth_method(problems),
            })),
            Some("mtls") => Credentials::Mtls(Box::new(ClientCertificate {
                certificate: part("certificate"),
                private_key: part("privateKey"),
                ca: parts.optional("ca"),
            })),
            _ => {
                let msg = "must be basic, bearer, api-key, oauth2 or mtls";
                problems.push(FieldProblem::body("type", msg));
                return None;
            }
        };
        if problems.count() == before
            && let Err(refused) = made.check()
        {
            problems.push(FieldProblem::body(refused.field, refused.why));
        }
        Some(made).filter(|_| problems.count() == before)
    }
}

/// What is given beside what is kept.
struct Parts<'a> {
    given: &'a BTreeMap<&'static str, String>,
    current: Option<&'a Credentials>,
}

impl Parts<'_> {
    fn find(&self, field: &str) -> Option<String> {
        let kept = || self.current?.part(field).map(str::to_owned);
        self.given.get(field).cloned().or_else(kept)
    }

    /// A part that must be there.
    fn required(&self, field: &'static str, problems: &mut Problems) -> String {
        let text = self.find(field);
        if text.is_none() {
            let missing = FieldProblem::body(field, "field required");
            problems.push(missing.of_kind("value_error.missing"));
        } else if text.as_deref() == Some(HIDDEN) {
            let msg = "stands for what is not shown; give what is meant";
            problems.push(FieldProblem::body(field, msg));
        }
        text.unwrap_or_default()
    }

    /// A part that may be absent; an empty text takes it away.
    fn optional(&self, field: &str) -> Option<String> {
        self.find(field).filter(|text| !text.is_empty())
    }

    fn auth_method(&self, problems: &mut Problems) -> AuthMethod {
        let Some(word) = self.optional("authMethod") else {
            return AuthMethod::default();
        };
        AuthMethod::parse(&word).unwrap_or_else(|| {
            problems.push(FieldProblem::body("authMethod", "must be basic or body"));
            AuthMethod::default()
        })
    }
}

/// A request has one header of a name, so an endpoint's own may not be that of its credentials.
pub(super) fn check_clash(
    headers: &Metadata,
    credentials: Option<&Credentials>,
    field: &str,
    problems: &mut Problems,
) {
    let Some(credentials) = credentials else {
        return;
    };
    let Some(name) = credentials.header_name() else {
        return;
    };
    if headers.keys().any(|own| own.eq_ignore_ascii_case(name)) {
        let msg =
            format!("the header {name} is both the endpoint's own and that of its credentials");
        problems.push(FieldProblem::body(field, msg));
    }
}

impl Service {
    /// Notes what is wrong with credentials that are fine by themselves: a token URL that the guard refuses, a
    /// certificate that is no good, a URL under which nobody would see it.
    pub(super) fn check_use(&self, credentials: &Credentials, url: &str, problems: &mut Problems) {
        match credentials {
            Credentials::OAuth2(grant) => {
                if let Err(refused) = self.policy.check_url(&grant.token_url) {
                    let problem = FieldProblem::body("tokenUrl", refused.public_message());
                    problems.push(problem);
                }
            }
            Credentials::Mtls(own) => {
                client_certificates::check(own, self.now(), problems);
                if !is_https(url) {
                    problems.push(FieldProblem::body("type", NEEDS_HTTPS));
                }
            }
            _ => {}
        }
    }

    /// The credentials of an endpoint. Whoever shows them keeps back what is secret.
    pub async fn credentials(
        &self,
        caller: Caller,
        application: &str,
        name: &str,
    ) -> Result<Option<Credentials>, ServiceError> {
        let (_, target) = self.target(caller, application, name).await?;
        Ok(target.credentials.clone())
    }

    /// Changes the credentials of an endpoint.
    pub async fn change_credentials(
        &self,
        caller: Caller,
        application: &str,
        name: &str,
        change: CredentialsChange,
    ) -> Result<(), ServiceError> {
        self.check_has_webhooks(caller, application).await?;
        for _ in 0..STALE_RETRIES_MAX {
            let endpoint = self.endpoint(caller, application, name).await?;
            let current = open_credentials(&endpoint, &self.keyring)?;
            let headers = open_headers(&endpoint, &self.keyring)?;
            let mut problems = Problems::default();
            let credentials = change.apply(current.as_ref(), &mut problems);
            check_clash(&headers, credentials.as_ref(), "type", &mut problems);
            if let Some(credentials) = &credentials {
                self.check_use(credentials, &endpoint.url, &mut problems);
            }
            let beside = Beside {
                headers: &headers,
                credentials: credentials.as_ref(),
            };
            beside.check_clash(endpoint.co_signature.as_deref(), &mut problems);
            problems.finish()?;
            let tail = endpoint.id.parts().tail;
            let sealed = self.seal_credentials(endpoint.environment, tail, credentials.as_ref());
            let update = EndpointUpdate {
                ordinal: endpoint.id.seq(),
                patch: EndpointPatch {
                    credentials: Some(sealed),
                    ..EndpointPatch::default()
                },
                expected_version: Some(endpoint.version),
                now: self.now(),
            };
            let (_, target) = self.target(caller, application, name).await?;
            let touched = touched(&target);
            let store = self.noting(caller, Action::EndpointUpdate, touched).await?;
            let written = store.update_endpoint(update, None).await?;
            self.publish_change().await?;
            match written {
                Written::Done(_) => return Ok(()),
                Written::Stale(_) => {}
                _ => return Err(NOT_FOUND),
            }
        }
        Err(ServiceError::Unavailable {
            retry_after: RETRY_AFTER_BUSY,
            source: None,
        })
    }

    /// Seals the credentials of an endpoint; none need no sealing.
    pub(super) fn seal_credentials(
        &self,
        environment: i64,
        tail: i64,
        credentials: Option<&Credentials>,
    ) -> Option<Vec<u8>> {
        let plain = credentials?.to_json();
        let context = context(environment, tail, Purpose::Credentials);
        Some(self.keyring.seal(&*self.entropy, &context, &plain))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(
        kind: Option<&str>,
        username: Option<&str>,
        password: Option<&str>,
    ) -> CredentialsDraft {
        let given = [("username", username), ("password", password)];
        let given = given.into_iter();
        CredentialsDraft {
            kind: kind.map(str::to_owned),
            parts: given
                .filter_map(|(name, text)| Some((name, text?.to_owned())))
                .collect(),
        }
    }

    fn basic(username: &str, password: &str) -> Credentials {
        Credentials::Basic {
            username: username.to_owned(),
            password: password.to_owned(),
        }
    }

    #[track_caller]
    fn applied(change: &CredentialsChange, current: Option<&Credentials>) -> Option<Credentials> {
        let mut problems = Problems::default();
        let credentials = change.apply(current, &mut problems);
        assert_eq!(problems.count() == 0, credentials.is_some());
        credentials
    }

    #[test]
    fn a_merge_keeps_what_is_not_given_and_a_replacement_needs_it() {
        let current = basic("hook", "old");
        let password = draft(None, None, Some("new"));
        let merged = applied(&CredentialsChange::Merge(password.clone()), Some(&current));
        assert_eq!(merged, Some(basic("hook", "new")));
        assert_eq!(
            applied(&CredentialsChange::Merge(password.clone()), None),
            None
        );
        assert_eq!(
            applied(&CredentialsChange::Replace(password), Some(&current)),
            None
        );
        let user = draft(Some("basic"), Some("other"), None);
        assert_eq!(
            applied(&CredentialsChange::Replace(user), Some(&current)),
            None
        );
    }

    #[test]
    fn what_may_be_absent_is_kept_changed_and_taken_away() {
        let grant = |scope: Option<&str>| {
            Credentials::OAuth2(Box::new(ClientGrant {
                token_url: "https://id.example.com/token".to_owned(),
                client_id: "hooks".to_owned(),
                client_secret: "s".to_owned(),
                scope: scope.map(str::to_owned),
                ..ClientGrant::default()
            }))
        };
        let merge = |parts: &[(&'static str, &str)]| {
            let parts = parts.iter().map(|(name, text)| (*name, (*text).to_owned()));
            CredentialsChange::Merge(CredentialsDraft {
                kind: None,
                parts: parts.collect(),
            })
        };
        let current = grant(Some("a"));
        assert_eq!(
            applied(&merge(&[("clientSecret", "s")]), Some(&current)),
            Some(grant(Some("a")))
        );
        assert_eq!(
            applied(&merge(&[("scope", "b c")]), Some(&current)),
            Some(grant(Some("b c")))
        );
        assert_eq!(
            applied(&merge(&[("scope", "")]), Some(&current)),
            Some(grant(None))
        );
        assert_eq!(
            applied(&merge(&[("authMethod", "header")]), Some(&current)),
            None
        );
    }

    #[test]
    fn another_kind_keeps_nothing() {
        let bearer = Credentials::Bearer {
            token: "t".to_owned(),
        };
        let change = CredentialsChange::Merge(draft(Some("basic"), Some("u"), None));
        assert_eq!(
            applied(&change, Some(&bearer)),
            None,
            "the password is missing"
        );
        let change = CredentialsChange::Merge(draft(Some("basic"), Some("u"), Some("p")));
        assert_eq!(applied(&change, Some(&bearer)), Some(basic("u", "p")));
    }

    #[test]
    fn what_is_shown_instead_of_a_secret_is_not_taken_for_one() {
        let change = CredentialsChange::Replace(draft(Some("basic"), Some("u"), Some(HIDDEN)));
        assert_eq!(applied(&change, None), None);
    }

    #[test]
    fn a_header_of_the_endpoint_may_not_be_that_of_its_credentials() {
        let clashes = |name: &str, credentials: Option<&Credentials>| {
            let mut problems = Problems::default();
            let headers = Metadata::from([(name.to_owned(), "x".to_owned())]);
            check_clash(&headers, credentials, "headers", &mut problems);
            problems.count() == 1
        };
        let credentials = basic("u", "p");
        assert!(clashes("Authorization", Some(&credentials)));
        assert!(!clashes("X-Key", Some(&credentials)));
        assert!(!clashes("Authorization", None));
    }
}
