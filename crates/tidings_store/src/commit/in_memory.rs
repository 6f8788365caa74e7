//! What a journal knows of deliveries that are in memory only, and the mark that follows from it.
//!
//! The mark is the highest number below which every delivery is settled or owed. A takeover looks at what
//! lies above it.

use std::collections::{HashSet, VecDeque};

use super::Effects;

/// Beyond so many, those below the mark are forgotten.
const OWED_IN_HAND_MAX: usize = 65_536;

/// The deliveries of one journal that are in memory only.
#[derive(Default)]
pub struct InMemory {
    mark: i64,
    /// For each message above the mark, how many of its deliveries are in memory only.
    counts: VecDeque<u32>,
    /// Deliveries (message, endpoint) that were owed while a worker may still hold them.
    owed_in_hand: HashSet<(i64, i64)>,
    /// How many of them there may be before those below the mark are forgotten, if that is more than
    /// usual; grows with those above it, so that looking through them stays rare.
    owed_in_hand_max: usize,
}

impl InMemory {
    /// Nothing is in memory; the next message has a number above this.
    pub fn above(mark: i64) -> Self {
        Self {
            mark,
            ..Self::default()
        }
    }

    /// The highest number below which every delivery is settled or owed.
    pub fn mark(&self) -> i64 {
        self.mark
    }

    /// Whether every delivery is settled or owed.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// Counts what a commit has handed over and cleared, and moves the mark.
    ///
    /// # Panics
    /// If a message has a number that was given before.
    pub fn committed(&mut self, effects: &Effects) {
        for (seq, count) in &effects.handed_counts {
            let place =
                usize::try_from(seq - self.mark - 1).expect("numbers ascend above the mark");
            if self.counts.len() <= place {
                self.counts.resize(place + 1, 0);
            }
            self.counts[place] += count;
        }
        for seq in &effects.cleared {
            let place = usize::try_from(seq - self.mark - 1).ok();
            if let Some(left) = place.and_then(|place| self.counts.get_mut(place)) {
                *left = left.saturating_sub(1);
            }
        }
        while self.counts.front() == Some(&0) {
            self.counts.pop_front();
            self.mark += 1;
        }
        self.owed_in_hand.extend(&effects.owed_in_hand);
        for delivery in &effects.settled_in_hand {
            self.owed_in_hand.remove(delivery);
        }
        if self.owed_in_hand.len() > self.owed_in_hand_max.max(OWED_IN_HAND_MAX) {
            // Below the mark a forgotten one is sent once more at worst; above it, one could be lost.
            let mark = self.mark;
            self.owed_in_hand.retain(|(message, _)| *message > mark);
            self.owed_in_hand_max = 2 * self.owed_in_hand.len();
        }
    }

    /// Whether this delivery, settled as handed over, was owed meanwhile: it has a row by now, in its
    /// first version, and is no longer counted as in memory only.
    pub fn was_owed_in_hand(&self, message: i64, endpoint: i64) -> bool {
        !self.owed_in_hand.is_empty() && self.owed_in_hand.contains(&(message, endpoint))
    }
}
