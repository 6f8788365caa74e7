//! API keys and other tokens: what their text looks like, and how one is recognised without keeping it.
//!
//! The text is `tdg_live_` for a key, eleven characters for its number, `_`, 43 characters for 256
//! bits of chance and six for a checksum. The number finds the row without an index on hashes;
//! the checksum lets scanners, and this module, tell a key from a look-alike without a look-up.
//! A store keeps the SHA-256 of the whole text: a slow hash buys nothing against 256 bits.

mod change;

use std::fmt;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::clock::Entropy;

pub use change::{ApiKeyPatch, Rotation};

/// What every key begins with. What other tokens begin with is as long.
pub const PREFIX: &str = "tdg_live_";
/// Length of every key in bytes.
pub const KEY_BYTES: usize = PREFIX.len() + NUMBER_LEN + 1 + SECRET_LEN + CHECKSUM_LEN;

/// Base62 characters of a 64-bit number.
const NUMBER_LEN: usize = 11;
/// Base62 characters of 256 bits.
const SECRET_LEN: usize = 43;
/// Base62 characters of a 32-bit number.
const CHECKSUM_LEN: usize = 6;
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// What a token is for, which its beginning says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// An API key of an environment.
    Key,
    /// A portal session of an application.
    Session,
    /// An integration of an application.
    Integration,
    /// A link into the portal, to be exchanged once for a session's token.
    Link,
}

impl TokenKind {
    const ALL: [Self; 4] = [Self::Key, Self::Session, Self::Integration, Self::Link];

    /// What such tokens begin with.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Key => PREFIX,
            Self::Session => "tdg_sess_",
            Self::Integration => "tdg_intg_",
            Self::Link => "tdg_link_",
        }
    }

    /// The kind that a text begins as.
    pub fn of(text: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|kind| text.starts_with(kind.prefix()))
    }
}

/// A new key: its text is shown once, its hash is kept.
pub struct ApiKey {
    text: Zeroizing<String>,
    hash: [u8; 32],
}

/// A key that a caller sent: well formed, but not yet compared with the stored hash.
#[derive(Clone)]
pub struct ParsedKey {
    ordinal: i64,
    hash: [u8; 32],
}

/// The text is not an API key: it has another form, or a checksum that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an API key")]
pub struct InvalidKey;

impl ApiKey {
    /// Makes a key for the row with this number.
    pub fn generate(ordinal: i64, entropy: &dyn Entropy) -> Self {
        Self::generate_as(TokenKind::Key, ordinal, entropy)
    }

    /// Makes a token of another kind.
    pub fn generate_as(kind: TokenKind, ordinal: i64, entropy: &dyn Entropy) -> Self {
        let mut chance = Zeroizing::new([0; 32]);
        entropy.fill(chance.as_mut_slice());
        Self::of_chance(kind, ordinal, &chance)
    }

    /// The token that these bytes make, the same each time. They must be as hard to guess as chance is.
    pub fn of_chance(kind: TokenKind, ordinal: i64, chance: &[u8; 32]) -> Self {
        let mut text = Zeroizing::new(String::with_capacity(KEY_BYTES));
        text.push_str(kind.prefix());
        push_number(&mut text, ordinal.cast_unsigned(), NUMBER_LEN);
        text.push('_');
        push_chance(&mut text, chance);
        let checksum = crc32(text.as_bytes());
        push_number(&mut text, u64::from(checksum), CHECKSUM_LEN);
        let hash = Sha256::digest(text.as_bytes()).into();
        Self { text, hash }
    }

    /// The key itself, to be shown once.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What a store keeps.
    pub fn hash(&self) -> [u8; 32] {
        self.hash
    }
}

impl ParsedKey {
    /// Reads a key and checks its checksum, which costs well under a microsecond.
    ///
    /// # Errors
    /// When the text is not a key.
    pub fn parse(text: &str) -> Result<Self, InvalidKey> {
        Self::parse_as(TokenKind::Key, text)
    }

    /// Reads a token of another kind.
    ///
    /// # Errors
    /// When the text is no token of this kind.
    pub fn parse_as(kind: TokenKind, text: &str) -> Result<Self, InvalidKey> {
        let bytes = text.as_bytes();
        if bytes.len() != KEY_BYTES || !bytes.starts_with(kind.prefix().as_bytes()) {
            return Err(InvalidKey);
        }
        let (signed, checksum) = bytes.split_at(KEY_BYTES - CHECKSUM_LEN);
        let (number, secret) = signed[PREFIX.len()..].split_at(NUMBER_LEN);
        if secret[0] != b'_' || !secret[1..].iter().all(u8::is_ascii_alphanumeric) {
            return Err(InvalidKey);
        }
        if read_number(checksum) != Some(u64::from(crc32(signed))) {
            return Err(InvalidKey);
        }
        let ordinal = read_number(number).ok_or(InvalidKey)?.cast_signed();
        Ok(Self {
            ordinal,
            hash: Sha256::digest(bytes).into(),
        })
    }

    /// The number of the row that has the hash.
    pub fn ordinal(&self) -> i64 {
        self.ordinal
    }

    /// The hash of the key that was sent, such as for a cache of verdicts.
    pub fn hash(&self) -> &[u8; 32] {
        &self.hash
    }

    /// Whether this is the key whose hash was stored. Takes the same time whatever differs.
    pub fn matches(&self, stored_hash: &[u8; 32]) -> bool {
        self.hash.ct_eq(stored_hash).into()
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey([REDACTED])")
    }
}

impl fmt::Debug for ParsedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ParsedKey({}, [REDACTED])", self.ordinal)
    }
}

fn push_number(out: &mut String, mut number: u64, length: usize) {
    let mut digits = [b'0'; NUMBER_LEN];
    for place in digits[..length].iter_mut().rev() {
        *place = digit(number % 62);
        number /= 62;
    }
    out.extend(digits[..length].iter().copied().map(char::from));
}

fn read_number(text: &[u8]) -> Option<u64> {
    text.iter().try_fold(0_u64, |number, byte| {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'A'..=b'Z' => byte - b'A' + 10,
            b'a'..=b'z' => byte - b'a' + 36,
            _ => return None,
        };
        number.checked_mul(62)?.checked_add(u64::from(digit))
    })
}

/// Writes 256 bits as 43 digits, the last one first divided out.
fn push_chance(out: &mut String, chance: &[u8; 32]) {
    let mut number = Zeroizing::new(*chance);
    let mut digits = Zeroizing::new([b'0'; SECRET_LEN]);
    for place in digits.iter_mut().rev() {
        let mut rest = 0_u64;
        for byte in number.iter_mut() {
            let dividend = rest << 8 | u64::from(*byte);
            *byte = u8::try_from(dividend / 62)
                .expect("the rest is below 62, so the quotient is below 256");
            rest = dividend % 62;
        }
        *place = digit(rest);
    }
    out.extend(digits.iter().copied().map(char::from));
}

fn digit(value: u64) -> u8 {
    ALPHABET[usize::try_from(value).expect("below 62")]
}

/// CRC-32 as in Ethernet, gzip and PNG.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| crc >> 8 ^ CRC_TABLE[usize::from(crc.to_le_bytes()[0] ^ byte)];
    !bytes.iter().fold(u32::MAX, step)
}

const CRC_TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    let mut number = 0;
    while byte < 256 {
        let mut crc: u32 = number;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 {
                crc >> 1 ^ 0xedb8_8320
            } else {
                crc >> 1
            };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
        number += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::clock::SeededEntropy;

    /// Gives the same byte for ever: the edges of chance.
    struct Constant(u8);

    impl Entropy for Constant {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(self.0);
        }
    }

    proptest! {
        #[test]
        fn a_key_is_recognised_by_its_number_and_its_hash(ordinal: i64, seed: u64) {
            let key = ApiKey::generate(ordinal, &SeededEntropy::new(seed));
            let parsed = ParsedKey::parse(key.text()).unwrap();
            prop_assert_eq!(parsed.ordinal(), ordinal);
            prop_assert_eq!(*parsed.hash(), key.hash());
            prop_assert!(parsed.matches(&key.hash()));
        }

        #[test]
        fn a_key_with_one_wrong_character_is_refused(seed: u64, place in 0..KEY_BYTES, wrong in "[ -~]") {
            let key = ApiKey::generate(1, &SeededEntropy::new(seed));
            let mut text = key.text().to_owned();
            text.replace_range(place..=place, &wrong);
            prop_assert_eq!(ParsedKey::parse(&text).is_ok(), text == key.text());
        }

        #[test]
        fn any_text_is_a_key_or_an_error(text in ".{0,90}", tail in "[0-9A-Za-z_]{61}") {
            prop_assert!(ParsedKey::parse(&text).is_err());
            let _ = ParsedKey::parse(&format!("{PREFIX}{tail}"));
        }
    }

    #[test]
    fn every_key_has_the_same_form() {
        for (ordinal, chance) in [
            (0, 0),
            (1, 0xff),
            (i64::MAX, 0),
            (i64::MIN, 0xff),
            (-1, 0x5a),
        ] {
            let key = ApiKey::generate(ordinal, &Constant(chance));
            assert_eq!(key.text().len(), KEY_BYTES);
            assert!(key.text().starts_with(PREFIX));
            assert!(
                key.text()[PREFIX.len()..]
                    .chars()
                    .all(|char| char.is_ascii_alphanumeric() || char == '_')
            );
            assert_eq!(ParsedKey::parse(key.text()).unwrap().ordinal(), ordinal);
        }
        assert_eq!(KEY_BYTES, 70);
    }

    #[test]
    fn all_of_the_chance_is_in_the_text() {
        let secret = |chance: &[u8; 32]| {
            let mut text = String::new();
            push_chance(&mut text, chance);
            text
        };
        assert_eq!(secret(&[0; 32]), "0".repeat(43));
        let mut one = [0; 32];
        one[31] = 61;
        assert_eq!(secret(&one), format!("{}z", "0".repeat(42)));
        one[31] = 62;
        assert_eq!(secret(&one), format!("{}10", "0".repeat(41)));
        one = [0; 32];
        one[0] = 0x80;
        assert_ne!(secret(&one)[..2], secret(&[0; 32])[..2]);
        assert_eq!(
            secret(&[0xff; 32]),
            "yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp1"
        );
    }

    #[test]
    fn the_checksum_is_the_usual_one() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn a_right_checksum_does_not_make_a_key_of_another_form() {
        let secret = "0".repeat(43);
        let with_checksum = |text: String| {
            let mut text = text;
            let checksum = crc32(text.as_bytes());
            push_number(&mut text, u64::from(checksum), CHECKSUM_LEN);
            assert_eq!(text.len(), KEY_BYTES);
            ParsedKey::parse(&text)
        };
        assert!(with_checksum(format!("{PREFIX}0000000000A_{secret}")).is_ok());
        for (text, wrong) in [
            (
                format!("{PREFIX}zzzzzzzzzzz_{secret}"),
                "a number beyond 64 bits",
            ),
            (format!("{PREFIX}0000000000-_{secret}"), "no number"),
            (format!("{PREFIX}0000000000A0{secret}"), "no underscore"),
            (format!("{PREFIX}0000000000A_.{}", &secret[1..]), "a dot"),
            (format!("tdg_test_0000000000A_{secret}"), "another prefix"),
        ] {
            assert_eq!(with_checksum(text).unwrap_err(), InvalidKey, "{wrong}");
        }
    }

    #[test]
    fn a_token_is_of_one_kind_and_as_long_as_a_key() {
        let entropy = SeededEntropy::new(1);
        for kind in TokenKind::ALL {
            assert_eq!(kind.prefix().len(), PREFIX.len());
            let token = ApiKey::generate_as(kind, 7, &entropy);
            assert_eq!(token.text().len(), KEY_BYTES);
            assert_eq!(TokenKind::of(token.text()), Some(kind));
            for other in TokenKind::ALL {
                let is_read = ParsedKey::parse_as(other, token.text()).is_ok();
                assert_eq!(is_read, other == kind);
            }
        }
        assert_eq!(TokenKind::of("tdg_test_"), None);
    }

    #[test]
    fn another_key_of_the_same_number_does_not_match() {
        let entropy = SeededEntropy::new(1);
        let (one, two) = (ApiKey::generate(1, &entropy), ApiKey::generate(1, &entropy));
        assert_ne!(one.text(), two.text());
        assert!(!ParsedKey::parse(one.text()).unwrap().matches(&two.hash()));
    }

    #[test]
    fn debug_output_keeps_the_key() {
        let key = ApiKey::generate(5, &SeededEntropy::new(1));
        assert_eq!(format!("{key:?}"), "ApiKey([REDACTED])");
        assert_eq!(
            format!("{:?}", ParsedKey::parse(key.text()).unwrap()),
            "ParsedKey(5, [REDACTED])"
        );
    }
}
