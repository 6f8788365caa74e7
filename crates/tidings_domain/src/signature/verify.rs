//! Verifying, as a receiver does: for our own inbox, the command line and the tests.
//!
//! Signatures are compared in constant time, whole, and never as prefixes.

use std::borrow::Borrow;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use subtle::ConstantTimeEq as _;

use super::secret::{InvalidSecret, Material, PUBLIC_PREFIX, Secret, decode};
use super::sign::{HmacSha256, keyed, tag};

/// How far, in seconds, a timestamp may be from now, either way.
pub const TOLERANCE_S: u64 = 300;
/// How many signatures of a header are looked at. A sender has at most eleven keys.
pub const SIGNATURES_MAX: usize = 32;

/// Header names by family: the standard's, and the ones it came from.
const NAMES: [[&str; 3]; 2] = [
    ["webhook-id", "webhook-timestamp", "webhook-signature"],
    ["svix-id", "svix-timestamp", "svix-signature"],
];

/// The keys a receiver trusts.
#[derive(Clone)]
pub struct VerifyingKeys(Vec<Key>);

#[derive(Clone)]
enum Key {
    Symmetric(HmacSha256),
    Ed25519(Box<VerifyingKey>),
}

/// Why a request is not to be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// One of the three headers is not there.
    #[error("missing header {name}")]
    MissingHeader {
        /// The header, in lower case.
        name: &'static str,
    },
    /// A header is there twice, so it does not say one thing.
    #[error("header {name} appears more than once")]
    RepeatedHeader {
        /// The header, in lower case.
        name: &'static str,
    },
    /// The timestamp is not a whole number of seconds.
    #[error("header {name} is not a number of seconds since 1970")]
    InvalidTimestamp {
        /// The header, in lower case.
        name: &'static str,
    },
    /// The request was signed too long ago: a replay, or a clock that is wrong.
    #[error("timestamp too old by {by_s} s")]
    TimestampTooOld {
        /// Seconds beyond the tolerance.
        by_s: u64,
    },
    /// The request was signed in the future: a clock is wrong.
    #[error("timestamp too new by {by_s} s")]
    TimestampTooNew {
        /// Seconds beyond the tolerance.
        by_s: u64,
    },
    /// No signature of the header was made by a trusted key over this id, timestamp and body.
    #[error("no matching signature")]
    NoMatchingSignature,
}

impl VerifyingKeys {
    /// Trusts the secrets.
    pub fn new<S: Borrow<Secret>>(secrets: impl IntoIterator<Item = S>) -> Self {
        let prepare = |secret: S| match &secret.borrow().0 {
            Material::Symmetric(bytes) => Key::Symmetric(keyed(bytes)),
            Material::Ed25519(key) => Key::Ed25519(Box::new(key.verifying_key())),
        };
        Self(secrets.into_iter().map(prepare).collect())
    }

    /// Trusts one key given as text: a secret, or the `whpk_` half of a pair.
    ///
    /// # Errors
    /// Says what is wrong with the text, without repeating it.
    pub fn parse(text: &str) -> Result<Self, InvalidSecret> {
        let Some(encoded) = text.strip_prefix(PUBLIC_PREFIX) else {
            return Ok(Self::new([Secret::parse(text)?]));
        };
        let bytes = decode(encoded)?;
        let bytes =
            <&[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| InvalidSecret::NotPublicKey)?;
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| InvalidSecret::NotPublicKey)?;
        if key.is_weak() {
            return Err(InvalidSecret::NotPublicKey);
        }
        Ok(Self(vec![Key::Ed25519(Box::new(key))]))
    }

    /// Checks a request. Header names may be in any case; `webhook-` names win over `svix-` ones
    /// when all three of both are there.
    ///
    /// # Errors
    /// Names the first thing that is wrong: the headers, then the time, then the signature.
    pub fn verify<'h>(
        &self,
        headers: impl IntoIterator<Item = (&'h str, &'h [u8])>,
        body: &[u8],
        now_s: i64,
    ) -> Result<(), VerifyError> {
        let (names, [id, timestamp, signatures]) = find(headers)?;
        check_time(names[1], timestamp, now_s)?;
        let mut signed = Vec::new();
        let mut matches = false;
        for signature in signatures.split(|byte| *byte == b' ').take(SIGNATURES_MAX) {
            let Some((version, encoded)) = split_once(signature, b',') else {
                continue;
            };
            for key in &self.0 {
                matches |= match (key, version) {
                    (Key::Symmetric(keyed), b"v1") => decode_exactly::<32>(encoded)
                        .is_some_and(|given| tag(keyed, id, timestamp, body).ct_eq(&given).into()),
                    (Key::Ed25519(key), b"v1a") => {
                        if signed.is_empty() {
                            signed = [id, timestamp, body].join(&b'.');
                        }
                        decode_exactly::<64>(encoded).is_some_and(|given| {
                            key.verify_strict(&signed, &Signature::from_bytes(&given))
                                .is_ok()
                        })
                    }
                    _ => false,
                };
            }
        }
        if matches {
            Ok(())
        } else {
            Err(VerifyError::NoMatchingSignature)
        }
    }
}

impl fmt::Debug for VerifyingKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKeys({} [REDACTED])", self.0.len())
    }
}

type Found<'h> = (&'static [&'static str; 3], [&'h [u8]; 3]);

/// The three headers of one family: the first family that is complete.
fn find<'h>(
    headers: impl IntoIterator<Item = (&'h str, &'h [u8])>,
) -> Result<Found<'h>, VerifyError> {
    let mut values: [[Option<&[u8]>; 3]; 2] = [[None; 3]; 2];
    for (name, value) in headers {
        for (names, values) in NAMES.iter().zip(&mut values) {
            let Some(place) = names
                .iter()
                .position(|wanted| name.eq_ignore_ascii_case(wanted))
            else {
                continue;
            };
            if values[place].replace(value).is_some() {
                return Err(VerifyError::RepeatedHeader { name: names[place] });
            }
        }
    }
    for (names, values) in NAMES.iter().zip(&values) {
        if let [Some(id), Some(timestamp), Some(signature)] = *values {
            return Ok((names, [id, timestamp, signature]));
        }
    }
    let is_svix = values[0].iter().all(Option::is_none) && values[1].iter().any(Option::is_some);
    let family = usize::from(is_svix);
    let missing = values[family]
        .iter()
        .position(Option::is_none)
        .expect("a complete family was returned above");
    Err(VerifyError::MissingHeader {
        name: NAMES[family][missing],
    })
}

fn check_time(name: &'static str, timestamp: &[u8], now_s: i64) -> Result<(), VerifyError> {
    let invalid = VerifyError::InvalidTimestamp { name };
    if !timestamp.iter().all(u8::is_ascii_digit) {
        return Err(invalid);
    }
    let Some(at_s) = std::str::from_utf8(timestamp)
        .ok()
        .and_then(|digits| digits.parse::<i64>().ok())
    else {
        return Err(invalid);
    };
    match now_s.abs_diff(at_s).checked_sub(TOLERANCE_S) {
        None | Some(0) => Ok(()),
        Some(by_s) if at_s < now_s => Err(VerifyError::TimestampTooOld { by_s }),
        Some(by_s) => Err(VerifyError::TimestampTooNew { by_s }),
    }
}

fn decode_exactly<const N: usize>(encoded: &[u8]) -> Option<[u8; N]> {
    // Base64 is decoded by fours into threes, so the last group may need a little more room.
    let mut bytes = [0; 72];
    let length = STANDARD.decode_slice(encoded, &mut bytes).ok()?;
    bytes[..length].try_into().ok()
}

fn split_once(bytes: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let place = bytes.iter().position(|byte| *byte == at)?;
    Some((&bytes[..place], &bytes[place + 1..]))
}

#[cfg(test)]
mod tests;
