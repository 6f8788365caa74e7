//! What an endpoint wants to see before it takes a request: user and password, a token, or a key.
//!
//! Checked when they are made, so that what is kept is one line of HTTP. Printing them for debugging
//! shows nothing of what is secret.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize as _, Zeroizing};

use crate::address_policy::{HEADER_VALUE_BYTES_MAX, check_header};

/// Most bytes of a user name, and of a password.
pub const USER_BYTES_MAX: usize = 1_024;
/// Most bytes of a bearer token.
pub const TOKEN_BYTES_MAX: usize = 4_000;

/// Credentials for one endpoint.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "type")]
pub enum Credentials {
    /// HTTP Basic, RFC 7617, in UTF-8.
    Basic {
        /// The user; has no colon.
        username: String,
        /// The password.
        password: String,
    },
    /// A bearer token, RFC 6750.
    Bearer {
        /// The token.
        token: String,
    },
    /// A key in a header of its own.
    ApiKey {
        /// The header's name.
        header: String,
        /// The key.
        value: String,
    },
}

/// Why credentials are refused, and which part of them. The message never holds what is secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct RefusedCredentials {
    /// The part, by the name that it has in the API.
    pub field: &'static str,
    /// What is wrong with it.
    pub why: String,
    /// The same for programs, as far as somebody asks.
    pub kind: Refused,
}

/// What is wrong with a part of credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Too long.
    Length,
    /// A control character.
    Control,
    /// A colon in the user name.
    Colon,
    /// Something else; see the message.
    Other,
}

impl Credentials {
    /// The name of the kind, as it is stored and shown.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Basic { .. } => "basic",
            Self::Bearer { .. } => "bearer",
            Self::ApiKey { .. } => "api-key",
        }
    }

    /// Whether they can be sent as they are.
    ///
    /// # Errors
    /// Says what is wrong with the first part that is refused.
    pub fn check(&self) -> Result<(), RefusedCredentials> {
        let refused_as = |kind, field, why: &str| {
            let why = why.to_owned();
            Err(RefusedCredentials { field, why, kind })
        };
        let refused = |field, why| refused_as(Refused::Other, field, why);
        match self {
            Self::Basic { username, password } => {
                for (field, text) in [("username", username), ("password", password)] {
                    if text.len() > USER_BYTES_MAX {
                        return refused_as(Refused::Length, field, "may have at most 1024 bytes");
                    }
                    if text.contains(char::is_control) {
                        let why = "may not have control characters";
                        return refused_as(Refused::Control, field, why);
                    }
                }
                if username.contains(':') {
                    return refused_as(
                        Refused::Colon,
                        "username",
                        "may not have a colon: what follows one is the password",
                    );
                }
                if username.is_empty() && password.is_empty() {
                    return refused(
                        "username",
                        "may not be empty where the password is empty too",
                    );
                }
            }
            Self::Bearer { token } => {
                if !(1..=TOKEN_BYTES_MAX).contains(&token.len()) {
                    return refused("token", "must have 1 to 4000 characters");
                }
                if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
                    return refused(
                        "token",
                        "may have visible ASCII characters only, and no spaces",
                    );
                }
            }
            Self::ApiKey { header, value } => {
                if let Err(why) = check_header(header, "x") {
                    return refused("header", &why.to_string());
                }
                if value.is_empty() {
                    return refused("value", "may not be empty");
                }
                if let Err(why) = check_header(header, value) {
                    return refused("value", &why.to_string());
                }
            }
        }
        Ok(())
    }

    /// The name of the header that carries them.
    pub fn header_name(&self) -> &str {
        match self {
            Self::Basic { .. } | Self::Bearer { .. } => "authorization",
            Self::ApiKey { header, .. } => header,
        }
    }

    /// The value of the header that carries them.
    pub fn header_value(&self) -> Zeroizing<String> {
        // Room for all of it, so that growing leaves no copy behind in memory.
        let mut out = Zeroizing::new(String::with_capacity(HEADER_VALUE_BYTES_MAX));
        match self {
            Self::Basic { username, password } => {
                let mut plain = Zeroizing::new(Vec::with_capacity(2 * USER_BYTES_MAX + 1));
                plain.extend_from_slice(username.as_bytes());
                plain.push(b':');
                plain.extend_from_slice(password.as_bytes());
                out.push_str("Basic ");
                STANDARD.encode_string(plain.as_slice(), &mut out);
            }
            Self::Bearer { token } => {
                out.push_str("Bearer ");
                out.push_str(token);
            }
            Self::ApiKey { value, .. } => out.push_str(value),
        }
        out
    }

    /// As JSON, to be sealed.
    ///
    /// # Panics
    /// Never: texts are JSON.
    pub fn to_json(&self) -> Zeroizing<Vec<u8>> {
        let mut json = Zeroizing::new(Vec::with_capacity(2 * HEADER_VALUE_BYTES_MAX + 512));
        serde_json::to_writer(&mut *json, self).expect("texts are JSON");
        json
    }
}

impl Drop for Credentials {
    fn drop(&mut self) {
        match self {
            Self::Basic { password, .. } => password.zeroize(),
            Self::Bearer { token } => token.zeroize(),
            Self::ApiKey { value, .. } => value.zeroize(),
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({}, [REDACTED])", self.kind())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn basic(username: &str, password: &str) -> Credentials {
        Credentials::Basic {
            username: username.to_owned(),
            password: password.to_owned(),
        }
    }

    fn bearer(token: &str) -> Credentials {
        Credentials::Bearer {
            token: token.to_owned(),
        }
    }

    fn api_key(header: &str, value: &str) -> Credentials {
        Credentials::ApiKey {
            header: header.to_owned(),
            value: value.to_owned(),
        }
    }

    #[track_caller]
    fn refused(credentials: &Credentials, field: &str) {
        let refused = credentials.check().unwrap_err();
        assert_eq!(refused.field, field, "{refused}");
        assert!(!refused.why.is_empty());
    }

    #[test]
    fn each_kind_has_its_header() {
        let value = |credentials: Credentials| credentials.header_value().to_string();
        assert_eq!(value(basic("hook", "s3cret")), "Basic aG9vazpzM2NyZXQ=");
        // The example of RFC 7617, in UTF-8.
        assert_eq!(value(basic("test", "123\u{a3}")), "Basic dGVzdDoxMjPCow==");
        assert_eq!(value(basic("key", "")), "Basic a2V5Og==");
        assert_eq!(value(bearer("a.b-c")), "Bearer a.b-c");
        assert_eq!(value(api_key("X-Key", "k 1")), "k 1");
        assert_eq!(api_key("X-Key", "k").header_name(), "X-Key");
        assert_eq!(bearer("t").header_name(), "authorization");
    }

    #[test]
    fn a_user_has_no_colon_and_neither_part_a_control_character() {
        for fine in [
            basic("a", "b:c"),
            basic("", "p"),
            basic("u", ""),
            basic("ö ü", "é\u{20ac}"),
        ] {
            assert_eq!(fine.check(), Ok(()));
        }
        refused(&basic("a:b", "c"), "username");
        refused(&basic("", ""), "username");
        for control in ["\0", "\n", "\r", "\t", "\u{1b}", "\u{7f}", "\u{85}"] {
            refused(&basic(control, "p"), "username");
            refused(&basic("u", control), "password");
        }
    }

    #[test]
    fn each_part_has_its_limit() {
        assert_eq!(
            basic(&"u".repeat(1_024), &"p".repeat(1_024)).check(),
            Ok(())
        );
        refused(&basic(&"u".repeat(1_025), "p"), "username");
        refused(&basic("u", &"p".repeat(1_025)), "password");
        assert_eq!(bearer(&"t".repeat(4_000)).check(), Ok(()));
        refused(&bearer(&"t".repeat(4_001)), "token");
        refused(&bearer(""), "token");
        assert_eq!(api_key("X-Key", &"v".repeat(4_096)).check(), Ok(()));
        refused(&api_key("X-Key", &"v".repeat(4_097)), "value");
        refused(&api_key("X-Key", ""), "value");
    }

    #[test]
    fn tokens_and_keys_are_one_line_and_reserved_headers_stay_reserved() {
        for token in ["a b", "a\n", "\u{e9}"] {
            refused(&bearer(token), "token");
        }
        refused(&api_key("X-Key", "a\r\nX-More: b"), "value");
        for header in ["Content-Length", "webhook-id", "a b", ""] {
            refused(&api_key(header, "v"), "header");
        }
    }

    #[test]
    fn nothing_secret_is_printed() {
        for credentials in [
            basic("hook", "canary"),
            bearer("canary"),
            api_key("X-Key", "canary"),
        ] {
            assert!(!format!("{credentials:?}").contains("canary"));
        }
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_one_line_and_reads_back(a in ".{0,12}", b in ".{0,12}") {
            for credentials in [basic(&a, &b), bearer(&a), api_key(&a, &b)] {
                let back: Credentials = serde_json::from_slice(&credentials.to_json()).unwrap();
                prop_assert_eq!(&back, &credentials);
                if credentials.check().is_ok() {
                    let value = credentials.header_value();
                    prop_assert!(!value.contains(['\r', '\n', '\0']));
                    prop_assert!(value.len() <= HEADER_VALUE_BYTES_MAX);
                }
            }
        }
    }
}
