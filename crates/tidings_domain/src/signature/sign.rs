//! Signing, on the hot path: the keyed state is made once and cloned per message.

use std::borrow::Borrow;
use std::fmt;
use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::ed25519::signature::MultipartSigner as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::secret::{Material, Secret};

pub(super) type HmacSha256 = Hmac<Sha256>;

/// `v1a,` and the 88 base64 characters of 64 bytes and a space: the longest part of the header.
const PART_BYTES_MAX: usize = 93;

/// An endpoint's secrets, ready to sign: the current one first, then those that are being retired.
#[derive(Clone)]
pub struct SigningKeys(Vec<Key>);

#[derive(Clone)]
enum Key {
    Symmetric(HmacSha256),
    Ed25519(Box<SigningKey>),
}

impl SigningKeys {
    /// Prepares the secrets, the current one first. Without any, nothing is signed.
    pub fn new<S: Borrow<Secret>>(secrets: impl IntoIterator<Item = S>) -> Self {
        let prepare = |secret: S| match &secret.borrow().0 {
            Material::Symmetric(bytes) => Key::Symmetric(keyed(bytes)),
            Material::Ed25519(key) => Key::Ed25519(key.clone()),
        };
        Self(secrets.into_iter().map(prepare).collect())
    }

    /// Appends the value of the signature header: one `version,base64` per key, in the order of
    /// the keys, with a space between two. Allocates only when `out` has too little room.
    pub fn sign_into(&self, out: &mut String, id: &str, timestamp_s: i64, body: &[u8]) {
        let timestamp = Decimal::new(timestamp_s);
        out.reserve(self.0.len() * PART_BYTES_MAX);
        for (place, key) in self.0.iter().enumerate() {
            if place > 0 {
                out.push(' ');
            }
            match key {
                Key::Symmetric(keyed) => {
                    out.push_str("v1,");
                    let tag = tag(keyed, id.as_bytes(), timestamp.as_bytes(), body);
                    STANDARD.encode_string(tag, out);
                }
                Key::Ed25519(key) => {
                    out.push_str("v1a,");
                    let parts = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body];
                    STANDARD.encode_string(key.multipart_sign(&parts).to_bytes(), out);
                }
            }
        }
    }
}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKeys({} [REDACTED])", self.0.len())
    }
}

pub(super) fn keyed(secret: &[u8]) -> HmacSha256 {
    HmacSha256::new_from_slice(secret).expect("HMAC takes keys of any length")
}

pub(super) fn tag(keyed: &HmacSha256, id: &[u8], timestamp: &[u8], body: &[u8]) -> [u8; 32] {
    let mut mac = keyed.clone();
    for part in [id, b".", timestamp, b".", body] {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// A number's digits, without the heap.
struct Decimal {
    digits: [u8; 20],
    length: usize,
}

impl Decimal {
    fn new(number: i64) -> Self {
        let mut digits = [0; 20];
        let mut rest = digits.as_mut_slice();
        write!(rest, "{number}").expect("an i64 has at most 20 characters");
        let length = 20 - rest.len();
        Self { digits, length }
    }

    fn as_bytes(&self) -> &[u8] {
        &self.digits[..self.length]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SeededEntropy;

    #[test]
    fn every_number_fits_its_digits() {
        for number in [i64::MIN, -1, 0, 1_614_265_330, i64::MAX] {
            assert_eq!(
                Decimal::new(number).as_bytes(),
                number.to_string().as_bytes()
            );
        }
    }

    #[test]
    fn signing_appends_to_what_is_there() {
        let mut out = "before ".to_owned();
        SigningKeys::new([Secret::generate(&SeededEntropy::new(1))])
            .sign_into(&mut out, "msg_1", 1, b"");
        assert!(out.starts_with("before v1,"), "{out}");
        assert_eq!(out.len(), "before v1,".len() + 44);
    }

    #[test]
    fn room_made_in_advance_is_enough_for_every_key() {
        let entropy = SeededEntropy::new(1);
        let secrets = [
            Secret::generate_ed25519(&entropy),
            Secret::generate_ed25519(&entropy),
            Secret::generate(&entropy),
        ];
        let mut out = String::with_capacity(3 * PART_BYTES_MAX);
        let room = out.as_ptr();
        SigningKeys::new(&secrets).sign_into(&mut out, "msg_1", 1, b"body");
        assert_eq!(out.as_ptr(), room);
    }

    #[test]
    fn debug_output_keeps_the_keys() {
        let keys = SigningKeys::new([Secret::generate(&SeededEntropy::new(1))]);
        assert_eq!(format!("{keys:?}"), "SigningKeys(1 [REDACTED])");
    }

    #[test]
    fn a_request_signed_by_another_sender_gets_the_same_signature() {
        // This published vector has a secret of 18 bytes, so it cannot come in through `parse`.
        let bytes = STANDARD.decode("plJ3nmyCDGBKInavdOK15jsl").unwrap();
        let keys = SigningKeys::new([Secret(Material::Symmetric(bytes.into()))]);
        let body = br#"{"event_type":"ping","data":{"success":true}}"#;
        let mut out = String::new();
        keys.sign_into(&mut out, "msg_loFOjxBNrRLzqYUf", 1_731_705_121, body);
        assert_eq!(out, "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=");
    }
}
