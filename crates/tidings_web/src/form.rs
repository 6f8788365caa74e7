//! What a form sends: its fields in their order, and the token that says it is one of ours.

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use tidings_service::FieldProblem;

use crate::errors::Fault;

/// More than any form of ours can hold.
pub(crate) const FORM_BYTES_MAX: usize = 512 * 1024;
/// The field of the token.
const TOKEN_FIELD: &str = "token";

/// The fields of a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Posted(Vec<(String, String)>);

impl<S: Sync> FromRequest<S> for Posted {
    type Rejection = Fault;

    async fn from_request(request: Request, _: &S) -> Result<Self, Fault> {
        let body = to_bytes(request.into_body(), FORM_BYTES_MAX).await;
        Ok(Self::parse(&body.map_err(|_| Fault::TooLarge)?))
    }
}

impl Posted {
    /// Reads fields as browsers write them, in a body or behind a `?`.
    pub(crate) fn parse(text: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(text).into_owned().collect())
    }

    /// The value of a field; empty if it is not there.
    pub(crate) fn one(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(own, _)| own == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// The value of a field without space around it.
    pub(crate) fn line(&self, name: &str) -> &str {
        self.one(name).trim()
    }

    /// Whether a box is ticked.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(own, _)| own == name)
    }

    /// The same with this in a field.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.0.retain(|(own, _)| own != name);
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    /// All values of a field.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        let found = self.0.iter().filter(|(own, _)| own == name);
        found.map(|(_, value)| value.clone()).collect()
    }

    /// Whether it has the token of this session.
    pub(crate) fn is_of(&self, session: &str) -> bool {
        self.one(TOKEN_FIELD) == token(session)
    }

    /// The fields that can be kept while somebody signs in: all but the token and what is secret.
    pub(crate) fn kept(&self) -> Vec<(String, String)> {
        let kept = self.0.iter().filter(|(name, _)| !is_secret(name));
        kept.cloned().collect()
    }

    /// The fields but for the token, as bytes that are the same whenever they are.
    pub(crate) fn content(&self) -> Vec<u8> {
        let mut text = url::form_urlencoded::Serializer::new(String::new());
        text.extend_pairs(self.0.iter().filter(|(name, _)| name != TOKEN_FIELD));
        text.finish().into_bytes()
    }
}

/// Fields as browsers write them, in a body or behind a `?`.
pub(crate) fn written(fields: &[(String, String)]) -> String {
    let mut text = url::form_urlencoded::Serializer::new(String::new());
    text.extend_pairs(fields);
    text.finish()
}

/// The code of a link that was pasted whole or in part: what is behind `code=`.
pub(crate) fn code_of(pasted: &str) -> &str {
    pasted.rsplit_once("code=").map_or(pasted, |(_, code)| code)
}

/// Which of these fields a use case has found wrong.
pub(crate) fn wrong_fields(
    problems: &[FieldProblem],
    fields: &[&'static str],
) -> Vec<&'static str> {
    let is_wrong = |field: &&str| {
        let mut names = problems.iter().flat_map(|problem| &problem.loc);
        names.any(|name| name == field)
    };
    fields.iter().copied().filter(is_wrong).collect()
}

/// Whether what is in a field must not be written into another page.
fn is_secret(name: &str) -> bool {
    name == TOKEN_FIELD || name.contains("password") || name.contains("secret")
}

/// What forms of a session carry. Only who has the session's cookie can know it, and the cookie cannot be told from it.
pub(crate) fn token(session: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(b"tidings form\0");
    hash.update(session.as_bytes());
    let hash: [u8; 32] = hash.finalize().into();
    URL_SAFE_NO_PAD.encode(&hash[..18])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_as_browsers_write_them() {
        let form = Posted::parse(b"name=a+b%26c&events=x&events=y&on=");
        assert_eq!(form.one("name"), "a b&c");
        assert_eq!(form.all("events"), ["x", "y"]);
        assert!(form.has("on") && !form.has("off"));
        assert_eq!(form.one("off"), "");
    }

    #[test]
    fn a_token_is_that_of_its_session_alone() {
        let form = Posted::parse(format!("token={}", token("one")).as_bytes());
        assert!(form.is_of("one") && !form.is_of("two"));
        assert!(!Posted::default().is_of("one"));
        assert_eq!(form.content(), Posted::default().content());
    }

    #[test]
    fn what_is_kept_is_what_was_typed_and_no_secret() {
        let form = Posted::parse(b"token=t&name=a+%26+b&password=p&new-password=q&name=c");
        let kept = Posted::parse(written(&form.kept()).as_bytes());
        assert_eq!(kept, Posted::parse(b"name=a+%26+b&name=c"));
    }

    #[test]
    fn a_link_may_be_pasted_whole_or_in_part() {
        assert_eq!(code_of("https://a.test/dashboard/join#code=abc"), "abc");
        assert_eq!(code_of("abc"), "abc");
    }
}
