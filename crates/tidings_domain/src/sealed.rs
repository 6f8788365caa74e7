//! Secrets at rest: sealed with a master key, and bound to the place where they are kept.
//!
//! A sealed secret opens only in the environment, for the owner and for the purpose that it was
//! sealed for, so swapping two rows of a database does not swap two secrets. Several master keys
//! may be known at once: new secrets are sealed with the current one while old ones still open,
//! so that a key can be replaced without stopping anything.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::{AeadInOut as _, KeyInit as _, Tag, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::clock::Entropy;

/// The only format so far: XChaCha20-Poly1305.
const FORMAT: u8 = 1;
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;
/// Format byte and key id.
const HEAD_BYTES: usize = 5;
/// How much longer a sealed secret is than a plain one, in bytes.
pub const OVERHEAD_BYTES: usize = HEAD_BYTES + NONCE_BYTES + TAG_BYTES;

const KEY_PREFIX: &str = "tmk_";

/// A key that seals secrets. Its text form is `tmk_`, its id, `_` and 43 characters of base64url.
#[derive(Clone)]
pub struct MasterKey {
    id: u32,
    bytes: Zeroizing<[u8; KEY_BYTES]>,
}

/// The text is not a master key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a master key is tmk_, a number, _ and 43 characters of base64url")]
pub struct InvalidMasterKey;

impl MasterKey {
    /// A new key. Its id must differ from those of all keys that are still in use.
    pub fn generate(id: u32, entropy: &dyn Entropy) -> Self {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        entropy.fill(bytes.as_mut_slice());
        Self { id, bytes }
    }

    /// The number by which sealed secrets name this key.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// The key as text, to be kept by the operator.
    pub fn to_text(&self) -> Zeroizing<String> {
        // Room for all of it, so that growing leaves no copy behind in memory.
        let mut text = Zeroizing::new(String::with_capacity(64));
        text.push_str(KEY_PREFIX);
        text.push_str(&self.id.to_string());
        text.push('_');
        URL_SAFE_NO_PAD.encode_string(self.bytes.as_slice(), &mut text);
        text
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.bytes).into())
    }
}

impl FromStr for MasterKey {
    type Err = InvalidMasterKey;

    fn from_str(text: &str) -> Result<Self, InvalidMasterKey> {
        let (id, encoded) = text
            .strip_prefix(KEY_PREFIX)
            .and_then(|rest| rest.split_once('_'))
            .ok_or(InvalidMasterKey)?;
        if !id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InvalidMasterKey);
        }
        let id = id.parse().map_err(|_| InvalidMasterKey)?;
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        match URL_SAFE_NO_PAD.decode_slice(encoded, bytes.as_mut_slice()) {
            Ok(KEY_BYTES) => Ok(Self { id, bytes }),
            _ => Err(InvalidMasterKey),
        }
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({}, [REDACTED])", self.id)
    }
}

/// What a sealed secret is for. The numbers are stored and never used again for something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// An endpoint's signing secrets.
    SigningSecret,
    /// An endpoint's custom headers.
    Headers,
    /// An endpoint's credentials: Basic, bearer, API key or OAuth.
    Credentials,
    /// An endpoint's private key for mutual TLS.
    ClientKey,
    /// The secret that an inbox checks signatures with.
    InboxSecret,
    /// The secret of an endpoint's further signature.
    CoSignature,
}

impl Purpose {
    fn number(self) -> u8 {
        match self {
            Self::SigningSecret => 1,
            Self::Headers => 2,
            Self::Credentials => 3,
            Self::ClientKey => 4,
            Self::InboxSecret => 5,
            Self::CoSignature => 6,
        }
    }
}

/// Where a sealed secret is kept. It opens only there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context {
    /// The environment's number.
    pub environment: i64,
    /// The number of the row that owns the secret, such as an endpoint's.
    pub owner: i64,
    /// What the secret is for.
    pub purpose: Purpose,
}

impl Context {
    /// The bytes that are authenticated with the secret: the head of the blob and the place.
    fn authenticated(&self, head: [u8; HEAD_BYTES]) -> [u8; HEAD_BYTES + 17] {
        let mut bytes = [0; HEAD_BYTES + 17];
        bytes[..5].copy_from_slice(&head);
        bytes[5..13].copy_from_slice(&self.environment.to_be_bytes());
        bytes[13..21].copy_from_slice(&self.owner.to_be_bytes());
        bytes[21] = self.purpose.number();
        bytes
    }
}

/// The master keys of a process: the one that seals, and older ones that still open.
#[derive(Debug, Clone)]
pub struct Keyring {
    current: MasterKey,
    older: Vec<MasterKey>,
}

/// Two keys of a ring have the same id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("two master keys have the id {id}")]
pub struct RepeatedKeyId {
    /// The id.
    pub id: u32,
}

/// Why a sealed secret does not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Written by a later version, or not a sealed secret at all.
    #[error("not a sealed secret of a known format")]
    UnknownFormat,
    /// Sealed with a key that this process was not given.
    #[error("sealed with master key {id}, which is not in the settings")]
    UnknownKey {
        /// The id of the key.
        id: u32,
    },
    /// Altered, cut short, or sealed for another place.
    #[error("altered, or moved from where it was sealed")]
    Tampered,
}

impl Keyring {
    /// A ring that seals with `current` and opens with all.
    ///
    /// # Errors
    /// When two keys have the same id.
    pub fn new(current: MasterKey, older: Vec<MasterKey>) -> Result<Self, RepeatedKeyId> {
        for (place, key) in older.iter().enumerate() {
            if key.id == current.id || older[..place].iter().any(|other| other.id == key.id) {
                return Err(RepeatedKeyId { id: key.id });
            }
        }
        Ok(Self { current, older })
    }

    /// A code that only who has the current key can know, the same each time.
    ///
    /// # Panics
    /// Never: HMAC takes keys of any length.
    pub fn code(&self, purpose: &str) -> Zeroizing<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.current.bytes.as_slice())
            .expect("HMAC takes keys of any length");
        mac.update(b"code for ");
        mac.update(purpose.as_bytes());
        Zeroizing::new(URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }

    /// 32 bytes that only who has a key of the ring can know, the same each time: by the current key, then by each
    /// older one.
    ///
    /// # Panics
    /// Never: HMAC takes keys of any length.
    pub fn derived(&self, purpose: String) -> impl Iterator<Item = Zeroizing<[u8; 32]>> {
        std::iter::once(&self.current)
            .chain(&self.older)
            .map(move |key| {
                let mut mac = Hmac::<Sha256>::new_from_slice(key.bytes.as_slice())
                    .expect("HMAC takes keys of any length");
                mac.update(b"token for ");
                mac.update(purpose.as_bytes());
                Zeroizing::new(mac.finalize().into_bytes().into())
            })
    }

    /// Seals a secret for a place: a format byte, the key's id, a nonce, and the secret encrypted
    /// and authenticated.
    ///
    /// # Panics
    /// When the secret has more than 2^38 bytes.
    pub fn seal(&self, entropy: &dyn Entropy, context: &Context, plain: &[u8]) -> Vec<u8> {
        let head = head(self.current.id);
        let mut nonce = [0; NONCE_BYTES];
        entropy.fill(&mut nonce);
        let mut blob = Vec::with_capacity(plain.len() + OVERHEAD_BYTES);
        blob.extend_from_slice(&head);
        blob.extend_from_slice(&nonce);
        let body = blob.len();
        blob.extend_from_slice(plain);
        let tag = self
            .current
            .cipher()
            .encrypt_inout_detached(
                &XNonce::from(nonce),
                &context.authenticated(head),
                blob[body..].as_mut().into(),
            )
            .expect("a secret is far shorter than the cipher's limit");
        blob.extend_from_slice(&tag);
        blob
    }

    /// Opens a sealed secret in its place.
    ///
    /// # Errors
    /// When the format or the key is not known, or the secret was altered or moved.
    pub fn open(&self, context: &Context, blob: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let id = key_id(blob)?;
        let key = std::iter::once(&self.current)
            .chain(&self.older)
            .find(|key| key.id == id);
        let key = key.ok_or(OpenError::UnknownKey { id })?;
        let (nonce, rest) = blob[HEAD_BYTES..]
            .split_first_chunk::<NONCE_BYTES>()
            .ok_or(OpenError::Tampered)?;
        let (body, tag) = rest
            .split_last_chunk::<TAG_BYTES>()
            .ok_or(OpenError::Tampered)?;
        let mut plain = Zeroizing::new(body.to_vec());
        key.cipher()
            .decrypt_inout_detached(
                &XNonce::from(*nonce),
                &context.authenticated(head(id)),
                plain.as_mut_slice().into(),
                &Tag::from(*tag),
            )
            .map_err(|_| OpenError::Tampered)?;
        Ok(plain)
    }

    /// Whether a sealed secret should be sealed again because its key is being replaced.
    ///
    /// # Errors
    /// When the format is not known.
    pub fn is_outdated(&self, blob: &[u8]) -> Result<bool, OpenError> {
        Ok(key_id(blob)? != self.current.id)
    }
}

fn head(id: u32) -> [u8; HEAD_BYTES] {
    let [a, b, c, d] = id.to_be_bytes();
    [FORMAT, a, b, c, d]
}

fn key_id(blob: &[u8]) -> Result<u32, OpenError> {
    match blob {
        [FORMAT, a, b, c, d, ..] => Ok(u32::from_be_bytes([*a, *b, *c, *d])),
        [FORMAT, ..] => Err(OpenError::Tampered),
        _ => Err(OpenError::UnknownFormat),
    }
}

#[cfg(test)]
mod tests;
