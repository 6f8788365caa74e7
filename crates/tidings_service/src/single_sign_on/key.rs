//! A key of a provider, as RFC 7517 writes it, and whether it has signed something.
//!
//! The signatures are verified by the library that TLS uses. It wants keys and signatures in DER, so they are put into that.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{AlgorithmIdentifier, alg_id};
use serde_json::Value;

use super::id_token::Token;

/// How long a coordinate of the curve is, in bytes.
const COORDINATE_BYTES: usize = 32;
/// Weakest and strongest RSA key that is taken, in bytes.
const MODULUS_BYTES: std::ops::RangeInclusive<usize> = 256..=1_024;

/// How something is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
}

impl Algorithm {
    pub(super) fn parse(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "ES256" => Some(Self::Es256),
            _ => None,
        }
    }

    fn ids(self) -> (AlgorithmIdentifier, AlgorithmIdentifier) {
        match self {
            Self::Rs256 => (alg_id::RSA_ENCRYPTION, alg_id::RSA_PKCS1_SHA256),
            Self::Es256 => (alg_id::ECDSA_P256, alg_id::ECDSA_SHA256),
        }
    }
}

pub(super) struct Key {
    algorithm: Algorithm,
    id: Option<String>,
    /// The key as the library takes it.
    der: Vec<u8>,
}

impl Key {
    /// Reads a key; none if it is of another kind, or for something else.
    pub(super) fn read(key: &Value) -> Option<Self> {
        if key["use"].as_str().is_some_and(|what| what != "sig") {
            return None;
        }
        let field = |name: &str| URL_SAFE_NO_PAD.decode(key[name].as_str()?).ok();
        let (algorithm, der) = match key["kty"].as_str()? {
            "RSA" => (Algorithm::Rs256, rsa(&field("n")?, &field("e")?)?),
            "EC" if key["crv"] == "P-256" => {
                let (x, y) = (field("x")?, field("y")?);
                let is_right = x.len() == COORDINATE_BYTES && y.len() == COORDINATE_BYTES;
                // The mark of a point whose coordinates are both there.
                let point = [&[4][..], &x, &y].concat();
                (Algorithm::Es256, is_right.then_some(point)?)
            }
            _ => return None,
        };
        let named = key["alg"].as_str();
        if named.is_some_and(|name| Algorithm::parse(name) != Some(algorithm)) {
            return None;
        }
        Some(Self {
            algorithm,
            id: key["kid"].as_str().map(str::to_owned),
            der,
        })
    }

    /// Whether it may be the one that has signed a token.
    pub(super) fn may_have_signed(&self, token: &Token<'_>) -> bool {
        let is_named = match (&token.key, &self.id) {
            (Some(wanted), Some(own)) => wanted == own,
            _ => true,
        };
        self.algorithm == token.algorithm && is_named
    }

    /// Whether it has signed this.
    pub(super) fn verify(&self, signed: &[u8], signature: &[u8]) -> bool {
        let signature = match self.algorithm {
            Algorithm::Rs256 => Some(signature.to_vec()),
            Algorithm::Es256 => pair(signature),
        };
        let Some(signature) = signature else {
            return false;
        };
        let (key_id, signature_id) = self.algorithm.ids();
        let algorithms = aws_lc_rs::default_provider().signature_verification_algorithms;
        let mut algorithms = algorithms.all.iter();
        let found = algorithms.find(|one| {
            one.public_key_alg_id() == key_id && one.signature_alg_id() == signature_id
        });
        let verified = found.map(|one| one.verify_signature(&self.der, signed, &signature));
        verified.is_some_and(|verified| verified.is_ok())
    }
}

/// `RSAPublicKey` of RFC 8017.
fn rsa(modulus: &[u8], exponent: &[u8]) -> Option<Vec<u8>> {
    let is_right = MODULUS_BYTES.contains(&modulus.len()) && exponent.len() <= 8;
    is_right.then(|| sequence(&[integer(modulus), integer(exponent)].concat()))
}

/// `ECDSA-Sig-Value` of RFC 3279, of the two numbers one behind the other.
fn pair(signature: &[u8]) -> Option<Vec<u8>> {
    if signature.len() != 2 * COORDINATE_BYTES {
        return None;
    }
    let (r, s) = signature.split_at(COORDINATE_BYTES);
    Some(sequence(&[integer(r), integer(s)].concat()))
}

/// A number that is not negative.
fn integer(bytes: &[u8]) -> Vec<u8> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let bytes = &bytes[zeros..];
    // A first bit that is set would make it negative.
    let is_padded = bytes.first().is_none_or(|first| *first >= 0x80);
    let padding: &[u8] = if is_padded { &[0] } else { &[] };
    tagged(2, &[padding, bytes].concat())
}

fn sequence(content: &[u8]) -> Vec<u8> {
    tagged(0x30, content)
}

fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let zeros = length.iter().take_while(|byte| **byte == 0).count();
    let length = &length[zeros..];
    let mut der = vec![tag];
    match length {
        [] => der.push(0),
        [short] if *short < 0x80 => der.push(*short),
        long => {
            der.push(0x80 | u8::try_from(long.len()).unwrap_or(0x7f));
            der.extend_from_slice(long);
        }
    }
    der.extend_from_slice(content);
    der
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_der_wants_them() {
        assert_eq!(integer(&[0, 0, 1]), [2, 1, 1]);
        assert_eq!(integer(&[0x80]), [2, 2, 0, 0x80]);
        assert_eq!(integer(&[0]), [2, 1, 0]);
        assert_eq!(tagged(4, &[7; 0x80])[..3], [4, 0x81, 0x80]);
        assert_eq!(tagged(4, &[7; 0x100])[..4], [4, 0x82, 1, 0]);
    }

    #[test]
    fn a_key_of_another_kind_or_for_something_else_is_none() {
        for key in [
            serde_json::json!({"kty": "oct", "k": "AAAA"}),
            serde_json::json!({"kty": "RSA", "n": "AQAB", "e": "AQAB"}),
            serde_json::json!({"kty": "EC", "crv": "P-521", "x": "AA", "y": "AA"}),
            serde_json::json!({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}),
            serde_json::json!({"use": "enc"}),
            serde_json::json!([]),
        ] {
            assert!(Key::read(&key).is_none(), "{key}");
        }
    }
}
