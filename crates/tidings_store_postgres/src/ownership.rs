//! Which slots this node owns, as it knows itself, and for how long it may believe so.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, AtomicU16, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tidings_domain::slot;

const WORDS_COUNT: usize = 1024 / 64;

/// Read on the path of each delivery, so it takes no lock to ask.
pub(crate) struct Ownership {
    slots: [AtomicU64; WORDS_COUNT],
    /// Slots that are given away as soon as none of their rows is in memory.
    leaving: Mutex<BTreeSet<i16>>,
    /// The open journal; 0 if none is.
    journal: AtomicU16,
    began: Instant,
    /// Until when the lease runs at least, and since when it has been renewed in time without a gap; both
    /// in milliseconds after `began`.
    leased_until_ms: AtomicI64,
    leased_since_ms: AtomicI64,
    /// How many nodes deliver.
    pub(crate) nodes_count: AtomicUsize,
}

impl Default for Ownership {
    fn default() -> Self {
        Self {
            slots: Default::default(),
            leaving: Mutex::default(),
            journal: AtomicU16::new(0),
            began: Instant::now(),
            leased_until_ms: AtomicI64::new(-1),
            leased_since_ms: AtomicI64::new(0),
            nodes_count: AtomicUsize::new(1),
        }
    }
}

impl Ownership {
    /// Whether the slot is this node's, and its lease has surely not run out.
    pub(crate) fn owns(&self, slot: i16) -> bool {
        self.has(slot) && self.ms(Instant::now()) < self.leased_until_ms.load(Ordering::Relaxed)
    }

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

    /// Owns nothing any more.
    pub(crate) fn clear(&self) {
        self.replace(&[]);
        self.leaving().clear();
    }

    pub(crate) fn leaving(&self) -> MutexGuard<'_, BTreeSet<i16>> {
        self.leaving.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The open journal; 0 if none is.
    pub(crate) fn journal(&self) -> u16 {
        self.journal.load(Ordering::SeqCst)
    }

    pub(crate) fn set_journal(&self, journal: u16) {
        self.journal.store(journal, Ordering::SeqCst);
    }

    /// The lease was renewed by a commit that began at this instant.
    pub(crate) fn renewed(&self, began: Instant, lease_for: Duration) {
        let at = self.ms(began);
        let until = at.saturating_add(i64::try_from(lease_for.as_millis()).unwrap_or(i64::MAX));
        let before = self.leased_until_ms.swap(until, Ordering::Relaxed);
        if before < at {
            self.leased_since_ms.store(at, Ordering::Relaxed);
        }
    }

    /// Whether this node has renewed its lease without a gap for as long as one lasts. Until then others
    /// that seem dead may have been cut off just like this one.
    pub(crate) fn may_judge(&self, lease_for: Duration) -> bool {
        let since = self.leased_since_ms.load(Ordering::Relaxed);
        let for_ms = self.ms(Instant::now()) - since;
        u128::try_from(for_ms).is_ok_and(|for_ms| for_ms >= lease_for.as_millis())
    }

    fn ms(&self, at: Instant) -> i64 {
        let since = at.saturating_duration_since(self.began);
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }
}

fn place(slot: i16) -> (usize, u64) {
    let slot = usize::try_from(slot).expect("slots are not negative");
    (slot / 64, 1 << (slot % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEASE: Duration = Duration::from_mins(1);

    #[test]
    fn a_slot_is_owned_while_the_lease_lasts() {
        let ownership = Ownership::default();
        assert!(ownership.replace(&[0, 63, 64, 1023]));
        assert!(!ownership.owns(64), "there is no lease yet");
        ownership.renewed(Instant::now(), LEASE);
        assert!([0, 63, 64, 1023].iter().all(|slot| ownership.owns(*slot)));
        assert!(!ownership.owns(1) && !ownership.owns(65));
        assert!(!ownership.replace(&[0, 63, 1023]), "nothing is new");
        assert_eq!(ownership.slots(), [0, 63, 1023]);
        ownership.renewed(Instant::now(), Duration::ZERO);
        assert!(!ownership.owns(0), "the lease has run out");
    }

    #[test]
    fn a_node_that_was_cut_off_does_not_judge_others_for_as_long_as_a_lease_lasts() {
        let ownership = Ownership::default();
        ownership.renewed(Instant::now(), LEASE);
        assert!(!ownership.may_judge(LEASE));
        assert!(ownership.may_judge(Duration::ZERO));
    }
}
