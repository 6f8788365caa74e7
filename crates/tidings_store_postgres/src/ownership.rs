//! Which slots this node owns, and which journals it has, as it knows itself.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tidings_domain::slot;

const WORDS_COUNT: usize = 1024 / 64;

/// Read on the path of each delivery, so it takes no lock to ask.
pub(crate) struct Ownership {
    slots: [AtomicU64; WORDS_COUNT],
    /// Slots that are given away as soon as none of their rows is in memory.
    leaving: Mutex<BTreeSet<i16>>,
    /// The journals of this node that are open, one in each group.
    journals: Mutex<BTreeSet<u16>>,
    /// How many nodes deliver.
    pub(crate) nodes_count: AtomicUsize,
}

impl Default for Ownership {
    fn default() -> Self {
        Self {
            slots: Default::default(),
            leaving: Mutex::default(),
            journals: Mutex::default(),
            nodes_count: AtomicUsize::new(1),
        }
    }
}

impl Ownership {
    /// Whether the slot was this node's when it last looked.
    pub(crate) fn has(&self, slot: i16) -> bool {
        let (word, bit) = place(slot);
        self.slots[word].load(Ordering::Relaxed) & bit != 0
    }

    /// All such slots, in order.
    pub(crate) fn slots(&self) -> Vec<i16> {
        (0..slot::COUNT).filter(|slot| self.has(*slot)).collect()
    }

    /// These are this node's from now on, and no others. True if there is one that was not before.
    pub(crate) fn replace(&self, slots: &[i16]) -> bool {
        let mut words = [0; WORDS_COUNT];
        for slot in slots {
            let (word, bit) = place(*slot);
            words[word] |= bit;
        }
        let mut has_gained = false;
        for (known, new) in self.slots.iter().zip(words) {
            let before = known.swap(new, Ordering::Relaxed);
            has_gained |= new & !before != 0;
        }
        has_gained
    }

    pub(crate) fn leaving(&self) -> MutexGuard<'_, BTreeSet<i16>> {
        self.leaving.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The journals of this node that are open.
    pub(crate) fn journals(&self) -> MutexGuard<'_, BTreeSet<u16>> {
        self.journals.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn place(slot: i16) -> (usize, u64) {
    let slot = usize::try_from(slot).expect("slots are not negative");
    (slot / 64, 1 << (slot % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_replaced_and_it_is_told_whether_one_is_new() {
        let ownership = Ownership::default();
        assert!(ownership.replace(&[0, 63, 64, 1023]));
        assert!([0, 63, 64, 1023].iter().all(|slot| ownership.has(*slot)));
        assert!(!ownership.has(1) && !ownership.has(65));
        assert!(!ownership.replace(&[0, 63, 1023]), "nothing is new");
        assert_eq!(ownership.slots(), [0, 63, 1023]);
    }
}
