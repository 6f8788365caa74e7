//! Identifiers: a prefix and 27 base62 characters for 20 bytes.
//!
//! The bytes are 6 of milliseconds since 1970, 2 of journal, 6 of sequence number and 6 of chance.
//! So an id sorts by time, a store finds its row by the sequence number without another index, and
//! nobody can guess the id of somebody else's row.

use std::fmt;
use std::str::FromStr;

/// How many base62 characters hold 20 bytes.
const TEXT_LEN: usize = 27;
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 62^9, the largest power of 62 whose square still fits beside a remainder in a `u128` step.
const CHUNK: u128 = 13_537_086_546_263_552;
const CHUNK_LEN: usize = 9;

/// What every id is made of, whatever its kind.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct IdParts {
    /// Milliseconds since 1970, UTC; 48 bits.
    pub at_ms: i64,
    /// The journal that wrote the row; 0 for configuration.
    pub journal: u16,
    /// The row's number in its table; 48 bits.
    pub seq: i64,
    /// Chance; 48 bits.
    pub tail: i64,
}

const BITS_48: u64 = (1 << 48) - 1;

impl IdParts {
    /// The 20 bytes, big-endian, so that bytes sort as ids do.
    pub fn to_bytes(self) -> [u8; 20] {
        let mut bytes = [0; 20];
        bytes[0..6].copy_from_slice(&self.at_ms.to_be_bytes()[2..]);
        bytes[6..8].copy_from_slice(&self.journal.to_be_bytes());
        bytes[8..14].copy_from_slice(&self.seq.to_be_bytes()[2..]);
        bytes[14..20].copy_from_slice(&self.tail.to_be_bytes()[2..]);
        bytes
    }

    /// The inverse of [`IdParts::to_bytes`].
    pub fn from_bytes(bytes: [u8; 20]) -> Self {
        let six = |at: usize| {
            let mut wide = [0; 8];
            wide[2..].copy_from_slice(&bytes[at..at + 6]);
            i64::from_be_bytes(wide)
        };
        Self {
            at_ms: six(0),
            journal: u16::from_be_bytes([bytes[6], bytes[7]]),
            seq: six(8),
            tail: six(14),
        }
    }

    fn encode(self) -> [u8; TEXT_LEN] {
        let bytes = self.to_bytes();
        let mut high = u64::from(u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
        let mut low = u128::from_be_bytes(bytes[4..20].try_into().expect("16 of 20 bytes"));
        let mut text = [b'0'; TEXT_LEN];
        for chunk in (0..TEXT_LEN / CHUNK_LEN).rev() {
            let mut rest;
            (high, low, rest) = divide_by_chunk(high, low);
            for place in text[chunk * CHUNK_LEN..(chunk + 1) * CHUNK_LEN]
                .iter_mut()
                .rev()
            {
                *place = ALPHABET[usize::try_from(rest % 62).expect("below 62")];
                rest /= 62;
            }
        }
        text
    }

    fn decode(text: &[u8]) -> Option<Self> {
        if text.len() != TEXT_LEN {
            return None;
        }
        let (mut high, mut low) = (0_u128, 0_u128);
        for part in text.chunks(CHUNK_LEN) {
            let mut value = 0_u128;
            for byte in part {
                value = value * 62 + u128::from(digit(*byte)?);
            }
            // (high, low) is one number in base 2^80; both halves stay far below 2^128.
            low = low * CHUNK + value;
            high = high * CHUNK + (low >> 72);
            low &= (1 << 72) - 1;
        }
        if high >> 88 != 0 {
            return None;
        }
        let mut bytes = [0; 20];
        bytes[0..11].copy_from_slice(&high.to_be_bytes()[5..]);
        bytes[11..20].copy_from_slice(&low.to_be_bytes()[7..]);
        Some(Self::from_bytes(bytes))
    }
}

/// Divides the 160-bit number `high << 128 | low` by 62^9.
fn divide_by_chunk(high: u64, low: u128) -> (u64, u128, u64) {
    const HALF: u128 = (1 << 64) - 1;
    let top = u128::from(high);
    let quotient_top = top / CHUNK;
    let middle = (top % CHUNK) << 64 | low >> 64;
    let quotient_middle = middle / CHUNK;
    let bottom = (middle % CHUNK) << 64 | low & HALF;
    let quotient_bottom = bottom / CHUNK;
    let narrow = |wide: u128| u64::try_from(wide).expect("below 2^64");
    (
        narrow(quotient_top),
        quotient_middle << 64 | quotient_bottom,
        narrow(bottom % CHUNK),
    )
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'Z' => Some(byte - b'A' + 10),
        b'a'..=b'z' => Some(byte - b'a' + 36),
        _ => None,
    }
}

/// The text is not an id of this kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id that starts with {prefix} and goes on with 27 letters and digits")]
pub struct InvalidId {
    /// The prefix that was wanted, underscore included.
    pub prefix: &'static str,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(IdParts);

        impl $name {
            /// What the text form starts with.
            pub const PREFIX: &'static str = $prefix;

            /// Builds an id; parts beyond their 48 bits are cut off.
            pub fn new(at_ms: i64, journal: u16, seq: i64, tail: i64) -> Self {
                let narrow = |wide: i64| (wide.cast_unsigned() & BITS_48).cast_signed();
                Self(IdParts {
                    at_ms: narrow(at_ms),
                    journal,
                    seq: narrow(seq),
                    tail: narrow(tail),
                })
            }

            /// Builds an id of its parts.
            pub fn from_parts(parts: IdParts) -> Self {
                Self::new(parts.at_ms, parts.journal, parts.seq, parts.tail)
            }

            /// What the id is made of; for stores, which find rows by it.
            pub fn parts(self) -> IdParts {
                self.0
            }

            /// When the row was made: milliseconds since 1970, UTC.
            pub fn at_ms(self) -> i64 {
                self.0.at_ms
            }

            /// The row's number in its table.
            pub fn seq(self) -> i64 {
                self.0.seq
            }

            /// Whether a caller's text claims to be an id of this kind; such text is no `uid`.
            pub fn is_claimed_by(text: &str) -> bool {
                text.starts_with($prefix)
            }
        }

        /// A text with a prefix that says what it is of.
        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let pattern = concat!("^", $prefix, "[0-9A-Za-z]{27}$");
                schemars::json_schema!({"type": "string", "pattern": pattern})
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($prefix)?;
                let text = self.0.encode();
                f.write_str(std::str::from_utf8(&text).expect("base62 is ASCII"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                text.strip_prefix($prefix)
                    .and_then(|digits| IdParts::decode(digits.as_bytes()))
                    .map(Self)
                    .ok_or(InvalidId { prefix: $prefix })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    };
}

id!(
    /// An inbox: a URL that catches requests.
    InboxId, "inbox_"
);
id!(
    /// A request that an inbox has caught.
    InboxRequestId, "inreq_"
);
id!(
    /// An entry of the audit log.
    AuditEntryId, "audit_"
);
id!(
    /// An API key.
    ApiKeyId, "key_"
);

impl ApiKeyId {
    /// The id of the key with this number, which is chance of 63 bits.
    pub fn of_ordinal(created_at: i64, ordinal: i64) -> Self {
        Self::new(created_at, 0, ordinal >> 32, ordinal & 0xffff_ffff)
    }

    /// The number of the key.
    pub fn ordinal(self) -> i64 {
        self.0.seq << 32 | self.0.tail & 0xffff_ffff
    }
}

id!(
    /// An integration of an application.
    IntegrationId, "integ_"
);
id!(
    /// A member: somebody who signs in.
    MemberId, "mem_"
);
id!(
    /// A session of a member: one browser in which somebody has signed in.
    MemberSessionId, "msess_"
);
id!(
    /// An application: one customer of the product.
    ApplicationId, "app_"
);
id!(
    /// An endpoint: a URL that wants events.
    EndpointId, "ep_"
);
id!(
    /// A board: a grid of buttons.
    BoardId, "board_"
);
id!(
    /// A button: what sends a payload to a URL when it is pressed.
    ButtonId, "btn_"
);
id!(
    /// A message: one event that was accepted.
    MessageId, "msg_"
);
id!(
    /// An attempt: one HTTP request of a delivery.
    AttemptId, "atmpt_"
);
id!(
    /// A job: work that goes on behind a request. In the place of the journal is its slot.
    JobId, "qtask_"
);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_id_reads_back_as_it_was_written(at in 0..1_i64 << 48, journal: u16, seq in 0..1_i64 << 48, tail in 0..1_i64 << 48) {
            let id = MessageId::new(at, journal, seq, tail);
            let text = id.to_string();
            prop_assert_eq!(text.len(), 31);
            prop_assert_eq!(text.parse::<MessageId>(), Ok(id));
        }

        #[test]
        fn the_id_of_a_key_names_its_number(at in 0..1_i64 << 48, ordinal in 0..=i64::MAX) {
            let id: ApiKeyId = ApiKeyId::of_ordinal(at, ordinal).to_string().parse().unwrap();
            prop_assert_eq!((id.at_ms(), id.ordinal()), (at, ordinal));
        }

        #[test]
        fn ids_sort_by_time_as_text(a in 0..1_i64 << 48, b in 0..1_i64 << 48, tails: (u32, u32)) {
            let one = MessageId::new(a, 1, 1, i64::from(tails.0)).to_string();
            let two = MessageId::new(b, 1, 1, i64::from(tails.1)).to_string();
            prop_assert!(a >= b || one < two);
        }
    }

    #[test]
    fn text_that_is_no_id_is_refused() {
        for text in [
            "",
            "msg_",
            "app_000000000000000000000000000",
            "msg_zzzzzzzzzzzzzzzzzzzzzzzzzzz",
            "msg_00000000000000000000000000-",
        ] {
            assert!(text.parse::<MessageId>().is_err(), "{text}");
        }
    }
}
