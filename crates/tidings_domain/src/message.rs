//! Messages: events that were accepted.

mod options;

use bytes::Bytes;

pub use self::options::{DELIVER_AHEAD_MAX_MS, MessageOptions};

use crate::clock::Millis;
use crate::ids::MessageId;

/// Up to so many targets a message is handed over or spilled one by one; above, one cursor in
/// `pending` is expanded step by step.
pub const FAN_OUT_DIRECT_MAX: usize = 256;

/// Stands in the place of an answer that was expunged.
pub const EXPUNGED: &str = "EXPUNGED";

/// What a message is found by: a store that spreads its rows over many places needs the application too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MessageKey {
    /// The application, by number.
    pub application: i64,
    /// The id.
    pub id: MessageId,
}

/// One event that was accepted, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its id, the same in every request about it.
    pub id: MessageId,
    /// The application that it is for, by number.
    pub application: i64,
    /// What happened.
    pub event_type: String,
    /// The bytes exactly as they came; empty once expunged.
    pub payload: Bytes,
    /// The caller's own id of the event.
    pub event_id: Option<String>,
    /// The channels that it goes out on; empty means none named.
    pub channels: Vec<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// The endpoints that matched when it was accepted, by number, ascending.
    pub targets: Vec<i64>,
    /// What few messages ask for.
    pub options: Option<Box<MessageOptions>>,
}

impl Message {
    /// What it is found by.
    pub fn key(&self) -> MessageKey {
        MessageKey {
            application: self.application,
            id: self.id,
        }
    }

    /// Whether its payload is gone, so that it can never be sent again.
    pub fn is_expunged(&self) -> bool {
        self.payload.is_empty()
    }

    /// Whether it is no event; see [`MessageOptions::is_aside`].
    pub fn is_aside(&self) -> bool {
        self.options
            .as_ref()
            .is_some_and(|options| options.is_aside)
    }

    /// When it was accepted.
    pub fn accepted_at(&self) -> Millis {
        self.id.at_ms()
    }

    /// When its first attempts are due: at once, unless it is to be sent later.
    pub fn first_due_at(&self) -> Millis {
        let deliver_at = self.options.as_ref().and_then(|options| options.deliver_at);
        deliver_at.unwrap_or_else(|| self.accepted_at())
    }
}

/// Packs target numbers: each as the difference to the one before, in LEB128.
///
/// # Panics
/// If the numbers do not ascend from 1.
pub fn pack_targets(targets: &[i64]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(targets.len() * 2);
    let mut last = 0;
    for target in targets {
        assert!(*target > last, "targets ascend");
        let mut delta = (target - last).cast_unsigned();
        last = *target;
        while delta >= 0x80 {
            packed.push(u8::try_from(delta & 0x7F).expect("7 bits") | 0x80);
            delta >>= 7;
        }
        packed.push(u8::try_from(delta).expect("7 bits"));
    }
    packed
}

/// The inverse of [`pack_targets`]; `None` if the bytes were not made by it.
pub fn unpack_targets(packed: &[u8]) -> Option<Vec<i64>> {
    let mut targets = Vec::new();
    let (mut last, mut delta, mut shift) = (0_i64, 0_u64, 0);
    for byte in packed {
        delta |= u64::from(byte & 0x7F).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            last = last.checked_add_unsigned(delta)?;
            targets.push(last);
            (delta, shift) = (0, 0);
        } else {
            shift += 7;
            if shift > 63 {
                return None;
            }
        }
    }
    (shift == 0).then_some(targets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn targets_unpack_to_what_was_packed(set in proptest::collection::btree_set(1..i64::MAX, 0..50)) {
            let targets: Vec<i64> = set.into_iter().collect();
            prop_assert_eq!(unpack_targets(&pack_targets(&targets)), Some(targets));
        }

        #[test]
        fn bytes_from_elsewhere_do_not_panic(bytes: Vec<u8>) {
            let _ = unpack_targets(&bytes);
        }
    }
}
