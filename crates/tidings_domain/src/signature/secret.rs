//! Signing secrets: their text forms, their limits, and how they are made.
//!
//! A secret is refused here, with a reason its owner can act on, or it can sign. The text of a
//! secret never appears in an error, and memory that held one is wiped.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::SigningKey;
use zeroize::Zeroizing;

use crate::clock::Entropy;

/// Fewest bytes of a symmetric secret.
pub const SECRET_BYTES_MIN: usize = 24;
/// Most bytes of a symmetric secret.
pub const SECRET_BYTES_MAX: usize = 64;

const SYMMETRIC_PREFIX: &str = "whsec_";
const PRIVATE_PREFIX: &str = "whsk_";
pub(super) const PUBLIC_PREFIX: &str = "whpk_";
/// More bytes than any secret has; what does not fit is not decoded.
const DECODED_BYTES_MAX: usize = 256;

/// What an endpoint's requests are signed with.
#[derive(Clone)]
pub struct Secret(pub(super) Material);

#[derive(Clone)]
pub(super) enum Material {
    /// Key of HMAC-SHA256; 24 to 64 bytes.
    Symmetric(Zeroizing<Vec<u8>>),
    /// Wipes itself when dropped.
    Ed25519(Box<SigningKey>),
}

/// Why a text is not a signing secret. The message is for whoever typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSecret {
    /// A public key cannot sign.
    #[error("a whpk_ key is the public half and cannot sign; give the whsk_ key")]
    PublicKey,
    /// The part after the prefix is not base64, or far too long.
    #[error("a secret is whsec_ or whsk_ and then standard base64 with its padding")]
    NotBase64,
    /// A symmetric secret of the wrong size.
    #[error("a whsec_ secret holds 24 to 64 bytes; this one holds {bytes}")]
    Size {
        /// Bytes after decoding.
        bytes: usize,
    },
    /// The Ed25519 key is not a private key followed by its own public key.
    #[error("a whsk_ secret holds 64 bytes: a private key and the public key that belongs to it")]
    KeyPair,
    /// The Ed25519 public key is not a point that can verify anything.
    #[error("a whpk_ key holds the 32 bytes of an Ed25519 public key")]
    NotPublicKey,
}

impl Secret {
    /// Reads `whsec_` and base64 of 24 to 64 bytes, the same without a prefix, or `whsk_` and
    /// base64 of an Ed25519 key pair.
    ///
    /// # Errors
    /// Says what is wrong with the text, without repeating it.
    pub fn parse(text: &str) -> Result<Self, InvalidSecret> {
        if text.starts_with(PUBLIC_PREFIX) {
            return Err(InvalidSecret::PublicKey);
        }
        if let Some(encoded) = text.strip_prefix(PRIVATE_PREFIX) {
            let bytes = decode(encoded)?;
            let pair =
                <&[u8; 64]>::try_from(bytes.as_slice()).map_err(|_| InvalidSecret::KeyPair)?;
            let key = SigningKey::from_keypair_bytes(pair).map_err(|_| InvalidSecret::KeyPair)?;
            return Ok(Self(Material::Ed25519(Box::new(key))));
        }
        let bytes = decode(text.strip_prefix(SYMMETRIC_PREFIX).unwrap_or(text))?;
        if !(SECRET_BYTES_MIN..=SECRET_BYTES_MAX).contains(&bytes.len()) {
            return Err(InvalidSecret::Size { bytes: bytes.len() });
        }
        Ok(Self(Material::Symmetric(bytes)))
    }

    /// A new symmetric secret of 24 random bytes.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut bytes = Zeroizing::new(vec![0; SECRET_BYTES_MIN]);
        entropy.fill(&mut bytes);
        Self(Material::Symmetric(bytes))
    }

    /// A new Ed25519 key pair.
    pub fn generate_ed25519(entropy: &dyn Entropy) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        entropy.fill(seed.as_mut_slice());
        Self(Material::Ed25519(Box::new(SigningKey::from_bytes(&seed))))
    }

    /// The whole secret as text, `whsec_…` or `whsk_…`: what a store keeps, sealed.
    pub fn to_text(&self) -> Zeroizing<String> {
        match &self.0 {
            Material::Symmetric(bytes) => encode(SYMMETRIC_PREFIX, bytes),
            Material::Ed25519(key) => {
                let pair = Zeroizing::new(key.to_keypair_bytes());
                encode(PRIVATE_PREFIX, pair.as_slice())
            }
        }
    }

    /// What the endpoint's owner verifies with: `whsec_…` itself, or the `whpk_…` half of a pair.
    pub fn shown(&self) -> Zeroizing<String> {
        match &self.0 {
            Material::Symmetric(bytes) => encode(SYMMETRIC_PREFIX, bytes),
            Material::Ed25519(key) => encode(PUBLIC_PREFIX, key.verifying_key().as_bytes()),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([REDACTED])")
    }
}

/// Base64 without growing, so that no half-filled copy is left behind in memory.
pub(super) fn decode(encoded: &str) -> Result<Zeroizing<Vec<u8>>, InvalidSecret> {
    let mut bytes = Zeroizing::new(vec![0; DECODED_BYTES_MAX]);
    let length = STANDARD
        .decode_slice(encoded, &mut bytes)
        .map_err(|_| InvalidSecret::NotBase64)?;
    bytes.truncate(length);
    Ok(bytes)
}

fn encode(prefix: &str, bytes: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(
        prefix.len() + bytes.len().div_ceil(3) * 4,
    ));
    text.push_str(prefix);
    STANDARD.encode_string(bytes, &mut text);
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::clock::SeededEntropy;

    proptest! {
        #[test]
        fn a_secret_of_an_allowed_size_reads_back_as_it_was_written(bytes in proptest::collection::vec(any::<u8>(), 24..=64)) {
            let text = encode(SYMMETRIC_PREFIX, &bytes);
            let secret = Secret::parse(&text).unwrap();
            prop_assert_eq!(&secret.to_text(), &text);
            prop_assert_eq!(&secret.shown(), &text);
        }

        #[test]
        fn any_text_is_a_secret_or_an_error(text in ".{0,300}") {
            let _ = Secret::parse(&text);
            let _ = Secret::parse(&format!("whsk_{text}"));
        }
    }

    #[test]
    fn a_symmetric_secret_has_24_to_64_bytes() {
        for (bytes, expected) in [
            (23, Err(InvalidSecret::Size { bytes: 23 })),
            (24, Ok(())),
            (64, Ok(())),
            (65, Err(InvalidSecret::Size { bytes: 65 })),
        ] {
            let text = encode(SYMMETRIC_PREFIX, &vec![7; bytes]);
            assert_eq!(Secret::parse(&text).map(|_| ()), expected, "{bytes}");
        }
    }

    #[test]
    fn far_too_long_text_is_refused() {
        let text = "A".repeat(1_000_000);
        assert_eq!(Secret::parse(&text).unwrap_err(), InvalidSecret::NotBase64);
    }

    #[test]
    fn a_generated_secret_can_be_parsed_and_differs_each_time() {
        let entropy = SeededEntropy::new(1);
        let one = Secret::generate(&entropy).to_text();
        let two = Secret::generate(&entropy).to_text();
        assert_ne!(*one, *two);
        assert_eq!(one.len(), 6 + 32);
        assert_eq!(Secret::parse(&one).unwrap().to_text(), one);
    }

    #[test]
    fn a_generated_key_pair_shows_only_its_public_half() {
        let secret = Secret::generate_ed25519(&SeededEntropy::new(1));
        let text = secret.to_text();
        assert!(text.starts_with("whsk_"));
        assert_eq!(Secret::parse(&text).unwrap().to_text(), text);
        assert!(secret.shown().starts_with("whpk_"));
        assert_eq!(secret.shown().len(), 5 + 44);
        assert_eq!(
            Secret::parse(&secret.shown()).unwrap_err(),
            InvalidSecret::PublicKey
        );
    }

    #[test]
    fn debug_output_and_errors_keep_the_secret() {
        let secret = Secret::generate(&SeededEntropy::new(1));
        assert_eq!(format!("{secret:?}"), "Secret([REDACTED])");
        let error = Secret::parse("whsec_c2VjcmV0").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("c2VjcmV0"));
    }
}
