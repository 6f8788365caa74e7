//! OAuth 2.0 client credentials (RFC 6749, section 4.4): what is asked of a token endpoint, and what it answers.
//!
//! Plain texts in and out. Who asks, when, and how long a token is kept is for the sender.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::form_urlencoded::{Serializer, byte_serialize};
use zeroize::Zeroizing;

use super::{Refused, RefusedCredentials, TOKEN_BYTES_MAX};
use crate::address_policy::URL_BYTES_MAX;

/// Most bytes of a client's name, its secret, a scope or an audience.
pub const GRANT_BYTES_MAX: usize = 1_024;
/// How long a token is used whose end is not told.
pub const UNTOLD_LIFE: Duration = Duration::from_mins(5);
/// Longest life of a token that is believed.
const LIFE_MAX: Duration = Duration::from_hours(24);
/// How long before its end a token is renewed, at most.
const MARGIN_MAX: Duration = Duration::from_mins(1);
/// The longest code of an error that is shown.
const ERROR_CODE_BYTES_MAX: usize = 64;

/// How the client shows who it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthMethod {
    /// With HTTP Basic.
    #[default]
    Basic,
    /// With fields of the form.
    Body,
}

impl AuthMethod {
    /// The word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Body => "body",
        }
    }

    /// The inverse of [`AuthMethod::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "basic" => Some(Self::Basic),
            "body" => Some(Self::Body),
            _ => None,
        }
    }
}

/// A client of an authorization server. Whoever keeps one wipes its secret.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientGrant {
    /// Where tokens are given out; the guard judges it like any target.
    pub token_url: String,
    /// The client's name.
    pub client_id: String,
    /// What it proves itself with.
    pub client_secret: String,
    /// What it wants to be allowed.
    pub scope: Option<String>,
    /// For whom the token is to be; some servers ask for it.
    pub audience: Option<String>,
    /// How it shows who it is.
    pub auth_method: AuthMethod,
}

/// A token, and for how long it is used.
pub struct Token {
    /// The token.
    pub text: Zeroizing<String>,
    /// From when it was given.
    pub used_for: Duration,
}

/// An answer of a token endpoint that is no token. The text never holds anything secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct NoToken {
    /// What came instead.
    pub why: String,
}

impl ClientGrant {
    pub(super) fn check(&self) -> Result<(), RefusedCredentials> {
        let refused = |kind, field, why: &str| {
            let why = why.to_owned();
            Err(RefusedCredentials { field, why, kind })
        };
        if self.token_url.len() > URL_BYTES_MAX {
            return refused(Refused::Length, "tokenUrl", "may have at most 2048 bytes");
        }
        for (field, text) in [
            ("clientId", &self.client_id),
            ("clientSecret", &self.client_secret),
        ] {
            if !(1..=GRANT_BYTES_MAX).contains(&text.len()) {
                return refused(Refused::Length, field, "must have 1 to 1024 characters");
            }
            if !text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
                let why = "may have visible ASCII characters and spaces only";
                return refused(Refused::Control, field, why);
            }
        }
        if let Some(scope) = &self.scope {
            let is_fine = |word: &str| {
                let mut bytes = word.bytes();
                !word.is_empty()
                    && bytes.all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
            };
            if scope.len() > GRANT_BYTES_MAX || !scope.split(' ').all(is_fine) {
                let why = "must be words of visible ASCII characters with one space between, at most 1024 bytes";
                return refused(Refused::Other, "scope", why);
            }
        }
        if let Some(audience) = &self.audience
            && (audience.is_empty()
                || audience.len() > GRANT_BYTES_MAX
                || audience.contains(char::is_control))
        {
            let why = "must have 1 to 1024 bytes without control characters";
            return refused(Refused::Other, "audience", why);
        }
        Ok(())
    }

    /// The form that asks for a token.
    pub fn form(&self) -> Zeroizing<String> {
        // Room for all of it, so that growing leaves no copy behind in memory.
        let mut form = Serializer::new(String::with_capacity(16 * GRANT_BYTES_MAX));
        form.append_pair("grant_type", "client_credentials");
        if let Some(scope) = &self.scope {
            form.append_pair("scope", scope);
        }
        if let Some(audience) = &self.audience {
            form.append_pair("audience", audience);
        }
        if self.auth_method == AuthMethod::Body {
            form.append_pair("client_id", &self.client_id);
            form.append_pair("client_secret", &self.client_secret);
        }
        Zeroizing::new(form.finish())
    }

    /// The value of the header that shows who asks, if it is not in the form. Both parts are encoded as in a
    /// form before (RFC 6749, section 2.3.1).
    pub fn authorization(&self) -> Option<Zeroizing<String>> {
        if self.auth_method != AuthMethod::Basic {
            return None;
        }
        let mut plain = Zeroizing::new(String::with_capacity(6 * GRANT_BYTES_MAX + 1));
        plain.extend(byte_serialize(self.client_id.as_bytes()));
        plain.push(':');
        plain.extend(byte_serialize(self.client_secret.as_bytes()));
        let mut value = Zeroizing::new(String::with_capacity(8 * GRANT_BYTES_MAX + 16));
        value.push_str("Basic ");
        STANDARD.encode_string(plain.as_bytes(), &mut value);
        Some(value)
    }

    /// The token in an answer (RFC 6749, sections 5.1 and 5.2).
    ///
    /// # Errors
    /// Says what came instead of one, in words that hold nothing of the answer but the code of its error.
    pub fn read_token(&self, status: u16, body: &[u8]) -> Result<Token, NoToken> {
        let no_token = |why: String| Err(NoToken { why });
        let answer: Value = serde_json::from_slice(body).unwrap_or_default();
        if !(200..=299).contains(&status) {
            let code = answer.get("error").and_then(Value::as_str);
            let code = code.filter(|code| self.is_harmless(code));
            return no_token(match code {
                Some(code) => format!("the token endpoint answered {status}, {code}"),
                None => format!("the token endpoint answered {status}"),
            });
        }
        let Some(text) = answer.get("access_token").and_then(Value::as_str) else {
            return no_token("the answer of the token endpoint has no access_token".to_owned());
        };
        let is_line = text.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_line || !(1..=TOKEN_BYTES_MAX).contains(&text.len()) {
            return no_token(
                "the access_token is not one of 1 to 4000 visible characters".to_owned(),
            );
        }
        let kind = answer.get("token_type").and_then(Value::as_str);
        if kind.is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
            return no_token("the token_type is not bearer".to_owned());
        }
        Ok(Token {
            text: Zeroizing::new(text.to_owned()),
            used_for: used_for(answer.get("expires_in")),
        })
    }

    /// Whether an error's code may be shown: a word as in RFC 6749, and not what must stay secret.
    fn is_harmless(&self, code: &str) -> bool {
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        (1..=ERROR_CODE_BYTES_MAX).contains(&code.len())
            && code.bytes().all(is_word)
            && !code.contains(&self.client_secret)
    }
}

/// A little less than the token lives: a tenth less, or a minute. Some servers write the number as a text.
fn used_for(expires_in: Option<&Value>) -> Duration {
    let told = expires_in.and_then(|value| match value {
        Value::String(text) => text.parse::<f64>().ok(),
        value => value.as_f64(),
    });
    let Some(secs) = told else { return UNTOLD_LIFE };
    let secs = secs.clamp(0.0, LIFE_MAX.as_secs_f64());
    let life = Duration::try_from_secs_f64(secs).unwrap_or_default();
    life.saturating_sub((life / 10).min(MARGIN_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant() -> ClientGrant {
        ClientGrant {
            token_url: "https://id.example.com/token".to_owned(),
            client_id: "a b".to_owned(),
            client_secret: "s:&%".to_owned(),
            scope: Some("hooks:write more".to_owned()),
            ..ClientGrant::default()
        }
    }

    #[test]
    fn the_client_shows_itself_in_the_header_or_in_the_form() {
        let basic = grant();
        assert_eq!(
            basic.form().as_str(),
            "grant_type=client_credentials&scope=hooks%3Awrite+more"
        );
        let value = basic.authorization().unwrap();
        let plain = STANDARD
            .decode(value.strip_prefix("Basic ").unwrap())
            .unwrap();
        assert_eq!(plain, b"a+b:s%3A%26%25");
        let mut body = grant();
        body.auth_method = AuthMethod::Body;
        body.audience = Some("https://api.example.com/".to_owned());
        assert!(body.authorization().is_none());
        assert_eq!(
            body.form().as_str(),
            "grant_type=client_credentials&scope=hooks%3Awrite+more\
             &audience=https%3A%2F%2Fapi.example.com%2F&client_id=a+b&client_secret=s%3A%26%25"
        );
    }

    #[test]
    fn a_token_is_used_for_a_little_less_than_it_lives() {
        for (expires_in, secs) in [
            (r#","expires_in":3600"#, 3_540),
            (r#","expires_in":"100""#, 90),
            (r#","expires_in":100.0"#, 90),
            (r#","expires_in":1e99"#, 86_340),
            (r#","expires_in":-1"#, 0),
            (r#","expires_in":0"#, 0),
            (r#","expires_in":null"#, 300),
            ("", 300),
        ] {
            let body = format!(r#"{{"access_token":"t","token_type":"Bearer"{expires_in}}}"#);
            let token = grant().read_token(200, body.as_bytes()).unwrap();
            assert_eq!(
                (token.text.as_str(), token.used_for.as_secs()),
                ("t", secs),
                "{body}"
            );
        }
    }

    #[test]
    fn what_is_no_token_is_said_without_anything_secret() {
        let mut grant = grant();
        grant.client_secret = "s3cret".to_owned();
        for (status, body, why) in [
            (
                401,
                r#"{"error":"invalid_client","error_description":"s3cret"}"#,
                "the token endpoint answered 401, invalid_client",
            ),
            (
                400,
                r#"{"error":"is s3cret"}"#,
                "the token endpoint answered 400",
            ),
            (
                400,
                r#"{"error":"s3cret"}"#,
                "the token endpoint answered 400",
            ),
            (503, "<html>s3cret", "the token endpoint answered 503"),
            (302, "", "the token endpoint answered 302"),
            (
                200,
                "{}",
                "the answer of the token endpoint has no access_token",
            ),
            (
                200,
                "s3cret",
                "the answer of the token endpoint has no access_token",
            ),
            (
                200,
                r#"{"access_token":""}"#,
                "the access_token is not one of 1 to 4000 visible characters",
            ),
            (
                200,
                r#"{"access_token":"a\r\nb: c"}"#,
                "the access_token is not one of 1 to 4000 visible characters",
            ),
            (
                200,
                r#"{"access_token":"a","token_type":"mac"}"#,
                "the token_type is not bearer",
            ),
        ] {
            let no_token = grant.read_token(status, body.as_bytes()).err().unwrap();
            assert_eq!(no_token.why, why, "{body}");
        }
    }

    #[test]
    fn each_part_has_its_limits() {
        assert_eq!(grant().check(), Ok(()));
        let mut refused = Vec::new();
        let mut change = |field, change: &dyn Fn(&mut ClientGrant)| {
            let mut grant = grant();
            change(&mut grant);
            refused.push((field, grant.check().err().map(|refused| refused.field)));
        };
        change("tokenUrl", &|grant| grant.token_url = "x".repeat(2_049));
        change("clientId", &|grant| grant.client_id.clear());
        change("clientId", &|grant| grant.client_id = "a\n".to_owned());
        change("clientSecret", &|grant| {
            grant.client_secret = "x".repeat(1_025);
        });
        change("clientSecret", &|grant| {
            grant.client_secret = "é".to_owned();
        });
        change("scope", &|grant| grant.scope = Some(String::new()));
        change("scope", &|grant| grant.scope = Some("a  b".to_owned()));
        change("scope", &|grant| grant.scope = Some("a\"b".to_owned()));
        change("audience", &|grant| grant.audience = Some("\0".to_owned()));
        change("audience", &|grant| grant.audience = Some(String::new()));
        for (field, found) in refused {
            assert_eq!(found, Some(field));
        }
    }
}
