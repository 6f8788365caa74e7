//! The token by which a provider says who somebody is: read, and checked in every respect. It must not do anything with one
//! whose signature was not verified.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;
use tidings_domain::clock::Millis;

use super::key::{Algorithm, Key};

/// How far the clocks of the provider and this server may be apart.
const APART_MS: Millis = 60_000;
/// Longest token that is looked at.
const TOKEN_BYTES_MAX: usize = 32 * 1024;

/// A token that was read and not believed yet.
pub(super) struct Token<'a> {
    pub(super) algorithm: Algorithm,
    /// The id of the key, if it names one.
    pub(super) key: Option<String>,
    signed: &'a str,
    signature: Vec<u8>,
    claims: Claims,
}

/// What a token has to say.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now: Millis,
}

/// Who somebody is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) email: String,
    pub(super) name: Option<String>,
}

#[derive(Deserialize)]
struct Head {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    azp: Option<String>,
    exp: f64,
    iat: Option<f64>,
    nbf: Option<f64>,
    nonce: Option<String>,
    email: Option<String>,
    email_verified: Option<Value>,
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl<'a> Token<'a> {
    /// Reads a token.
    pub(super) fn parse(text: &'a str) -> Result<Self, &'static str> {
        if text.len() > TOKEN_BYTES_MAX {
            return Err("it is too long");
        }
        let (signed, signature) = text.rsplit_once('.').ok_or("it has no signature")?;
        let (head, claims) = signed.split_once('.').ok_or("it has no claims")?;
        let bytes = |part: &str| {
            let decoded = URL_SAFE_NO_PAD.decode(part);
            decoded.map_err(|_| "it is not written as a token")
        };
        let head: Head =
            serde_json::from_slice(&bytes(head)?).map_err(|_| "its head cannot be read")?;
        if head.crit.is_some() {
            return Err("its head asks for what is not known here");
        }
        let claims =
            serde_json::from_slice(&bytes(claims)?).map_err(|_| "its claims cannot be read")?;
        Ok(Self {
            algorithm: Algorithm::parse(&head.alg).ok_or("it is not signed by RS256 or ES256")?,
            key: head.kid,
            signed,
            signature: bytes(signature)?,
            claims,
        })
    }

    /// Whether one of these keys has signed it.
    pub(super) fn verify(&self, keys: &[Key]) -> Result<(), &'static str> {
        let mut keys = keys.iter().filter(|key| key.may_have_signed(self));
        let has_signed = |key: &Key| key.verify(self.signed.as_bytes(), &self.signature);
        if keys.any(has_signed) {
            Ok(())
        } else {
            Err("no key of the provider has signed it")
        }
    }

    /// Who it is about, if it is for this server, and for this browser, and now.
    pub(super) fn identity(&self, expected: &Expected<'_>) -> Result<Identity, &'static str> {
        let claims = &self.claims;
        if claims.iss != expected.issuer {
            return Err("it is from another provider");
        }
        let (is_for_us, is_for_others) = match &claims.aud {
            Audience::One(one) => (one == expected.client_id, false),
            Audience::Many(all) => (
                all.iter().any(|one| one == expected.client_id),
                all.len() > 1,
            ),
        };
        let party = claims.azp.as_deref();
        let is_party = party.map_or(!is_for_others, |azp| azp == expected.client_id);
        if !is_for_us || !is_party {
            return Err("it is for another client");
        }
        let now = expected.now;
        if millis(claims.exp).saturating_add(APART_MS) <= now {
            return Err("it has ended");
        }
        let begins = [claims.iat, claims.nbf].into_iter().flatten();
        if begins.map(millis).any(|at| at > now + APART_MS) {
            return Err("it has not begun");
        }
        if claims.nonce.as_deref() != Some(expected.nonce) {
            return Err("it is of another try");
        }
        let is_verified = match &claims.email_verified {
            Some(Value::Bool(is_verified)) => *is_verified,
            // Some providers write it as a text.
            Some(Value::String(text)) => text == "true",
            _ => false,
        };
        let email = claims.email.as_deref().map(str::trim);
        let email = email.filter(|email| !email.is_empty());
        if !is_verified {
            return Err("the provider has not verified the email address");
        }
        Ok(Identity {
            email: email.ok_or("it names no email address")?.to_owned(),
            name: claims.name.clone(),
        })
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a time far away stays one")]
fn millis(seconds: f64) -> Millis {
    (seconds * 1_000.0) as Millis
}

#[cfg(test)]
mod tests;
