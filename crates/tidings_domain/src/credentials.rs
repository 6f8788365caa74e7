//! What an endpoint wants to see before it takes a request: user and password, a token, a key, a token that is
//! fetched from somewhere, or a certificate.
//!
//! Checked when they are made, so that what is kept is one line of HTTP. Printing them for debugging
//! shows nothing of what is secret.

pub mod certificate;
pub mod grant;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize as _, Zeroizing};

use self::certificate::ClientCertificate;
use self::grant::ClientGrant;
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
    /// A bearer token that an authorization server gives out, RFC 6749, section 4.4.
    #[serde(rename = "oauth2")]
    OAuth2(Box<ClientGrant>),
    /// A certificate, shown in the TLS handshake.
    Mtls(Box<ClientCertificate>),
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
            Self::OAuth2(_) => "oauth2",
            Self::Mtls(_) => "mtls",
        }
    }

    /// A part by the name that it has in the API, secret or not; none if there is no such part.
    pub fn part(&self, name: &str) -> Option<&str> {
        match (self, name) {
            (Self::Basic { username, .. }, "username") => Some(username),
            (Self::Basic { password, .. }, "password") => Some(password),
            (Self::Bearer { token }, "token") => Some(token),
            (Self::ApiKey { header, .. }, "header") => Some(header),
            (Self::ApiKey { value, .. }, "value") => Some(value),
            (Self::OAuth2(grant), "tokenUrl") => Some(&grant.token_url),
            (Self::OAuth2(grant), "clientId") => Some(&grant.client_id),
            (Self::OAuth2(grant), "clientSecret") => Some(&grant.client_secret),
            (Self::OAuth2(grant), "scope") => grant.scope.as_deref(),
            (Self::OAuth2(grant), "audience") => grant.audience.as_deref(),
            (Self::OAuth2(grant), "authMethod") => Some(grant.auth_method.as_str()),
            (Self::Mtls(own), "certificate") => Some(&own.certificate),
            (Self::Mtls(own), "privateKey") => Some(&own.private_key),
            (Self::Mtls(own), "ca") => own.ca.as_deref(),
            _ => None,
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
            Self::OAuth2(grant) => grant.check()?,
            Self::Mtls(own) => own.check()?,
        }
        Ok(())
    }

    /// The name of the header that carries them; none if no header does.
    pub fn header_name(&self) -> Option<&str> {
        match self {
            Self::Basic { .. } | Self::Bearer { .. } | Self::OAuth2(_) => Some("authorization"),
            Self::ApiKey { header, .. } => Some(header),
            Self::Mtls(_) => None,
        }
    }

    /// The value of the header that carries them; none if it is not known from them alone.
    pub fn header_value(&self) -> Option<Zeroizing<String>> {
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
            Self::OAuth2(_) | Self::Mtls(_) => return None,
        }
        Some(out)
    }

    /// As JSON, to be sealed.
    ///
    /// # Panics
    /// Never: texts are JSON.
    pub fn to_json(&self) -> Zeroizing<Vec<u8>> {
        let more = match self {
            Self::Mtls(own) => own.json_bytes(),
            _ => 2 * HEADER_VALUE_BYTES_MAX,
        };
        let mut json = Zeroizing::new(Vec::with_capacity(more + 512));
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
            Self::OAuth2(grant) => grant.client_secret.zeroize(),
            Self::Mtls(own) => own.private_key.zeroize(),
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({}, [REDACTED])", self.kind())
    }
}

#[cfg(test)]
mod tests;
