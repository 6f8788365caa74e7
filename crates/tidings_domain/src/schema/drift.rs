//! Drift: how the payloads that are sent differ from the schema of their event type.
//!
//! What is kept is bounded whatever is sent: places are told apart only up to a number, elements of arrays
//! are one place, and no value is kept.

use std::cmp::{max, min};
use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::Mismatch;
use crate::clock::Millis;

/// Most differences that are told apart for one event type; further ones are counted together.
pub const DIFFERENCES_MAX: usize = 50;

/// How the payloads of one event type have differed from its schemas.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Drift {
    /// How many messages did not fit.
    pub messages_count: u64,
    /// When the first of them was accepted.
    pub first_at: Millis,
    /// When the last of them was accepted.
    pub last_at: Millis,
    /// What differed, in the order in which it was first seen.
    pub differences: Vec<Difference>,
    /// How often something differed that found no room there.
    pub further_count: u64,
}

/// One thing that has differed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// The version of the schemas that was not fitted.
    pub version: String,
    /// Where, as a JSON pointer into the payload, with `*` for each number of an element.
    pub pointer: String,
    /// What is not so.
    pub rule: String,
    /// How many messages differed so.
    pub messages_count: u64,
    /// When the first of them was accepted.
    pub first_at: Millis,
    /// When the last of them was accepted.
    pub last_at: Millis,
}

impl Drift {
    /// What one message shows.
    pub fn of_message(version: &str, mismatches: &[Mismatch], at: Millis) -> Self {
        let mut drift = Self {
            messages_count: 1,
            first_at: at,
            last_at: at,
            ..Self::default()
        };
        for mismatch in mismatches {
            let pointer = without_numbers(&mismatch.pointer);
            let is_same =
                |known: &Difference| known.pointer == pointer && known.rule == mismatch.rule;
            if !drift.differences.iter().any(is_same) {
                drift.differences.push(Difference {
                    version: version.to_owned(),
                    pointer,
                    rule: mismatch.rule.clone(),
                    messages_count: 1,
                    first_at: at,
                    last_at: at,
                });
            }
        }
        drift
    }

    /// Adds what was seen elsewhere.
    pub fn add(&mut self, other: &Self) {
        if other.messages_count == 0 {
            return;
        }
        if self.messages_count == 0 {
            (self.first_at, self.last_at) = (other.first_at, other.last_at);
        }
        self.messages_count = self.messages_count.saturating_add(other.messages_count);
        self.first_at = min(self.first_at, other.first_at);
        self.last_at = max(self.last_at, other.last_at);
        self.further_count = self.further_count.saturating_add(other.further_count);
        for difference in &other.differences {
            self.add_difference(difference);
        }
    }

    /// As one text, for stores.
    ///
    /// # Panics
    /// Never: texts and numbers are JSON.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).expect("texts and numbers are JSON")
    }

    fn add_difference(&mut self, other: &Difference) {
        let known = self.differences.iter_mut().find(|known| {
            (&known.pointer, &known.rule, &known.version)
                == (&other.pointer, &other.rule, &other.version)
        });
        if let Some(known) = known {
            known.messages_count = known.messages_count.saturating_add(other.messages_count);
            known.first_at = min(known.first_at, other.first_at);
            known.last_at = max(known.last_at, other.last_at);
        } else if self.differences.len() < DIFFERENCES_MAX {
            self.differences.push(other.clone());
        } else {
            self.further_count = self.further_count.saturating_add(other.messages_count);
        }
    }
}

/// What a node has seen and not yet written down, by the number of the event type.
#[derive(Debug, Default)]
pub struct Drifts(HashMap<i64, Drift>);

impl Drifts {
    /// Adds what was seen.
    pub fn add(&mut self, event_type: i64, seen: &Drift) {
        self.0.entry(event_type).or_default().add(seen);
    }

    /// Gives all of it away.
    pub fn take(&mut self) -> Vec<(i64, Drift)> {
        let mut taken: Vec<_> = std::mem::take(&mut self.0).into_iter().collect();
        // In one order on every node, so that no two wait for each other.
        taken.sort_by_key(|(event_type, _)| *event_type);
        taken
    }
}

/// A pointer in which the number of an element is `*`, so that a list is one place.
fn without_numbers(pointer: &str) -> String {
    let steps = pointer.split('/').map(|step| {
        let is_number = !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit());
        if is_number { "*" } else { step }
    });
    steps.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mismatch(pointer: &str, rule: &str) -> Mismatch {
        Mismatch {
            pointer: pointer.to_owned(),
            why: "it is 5".to_owned(),
            rule: rule.to_owned(),
        }
    }

    #[test]
    fn elements_of_a_list_are_one_place_and_count_once_for_each_message() {
        let told = [mismatch("/rows/0/a", "r"), mismatch("/rows/12/a", "r")];
        let mut drift = Drift::of_message("1", &told, 10);
        drift.add(&Drift::of_message("1", &told[1..], 7));
        assert_eq!(drift.messages_count, 2);
        assert_eq!((drift.first_at, drift.last_at), (7, 10));
        let [only] = &drift.differences[..] else {
            panic!("{drift:?}");
        };
        assert_eq!(only.pointer, "/rows/*/a");
        assert_eq!(
            (only.messages_count, only.first_at, only.last_at),
            (2, 7, 10)
        );
    }

    #[test]
    fn places_rules_and_versions_are_told_apart_up_to_a_number() {
        let mut drift = Drift::of_message("1", &[mismatch("/a", "r"), mismatch("/a", "s")], 1);
        drift.add(&Drift::of_message("2", &[mismatch("/a", "r")], 1));
        assert_eq!(drift.differences.len(), 3);
        for number in 0..DIFFERENCES_MAX {
            drift.add(&Drift::of_message(
                "1",
                &[mismatch("/b", &number.to_string())],
                1,
            ));
        }
        assert_eq!(drift.differences.len(), DIFFERENCES_MAX);
        assert_eq!(drift.further_count, 3);
        drift.add(&Drift::of_message("1", &[mismatch("/a", "r")], 2));
        assert_eq!(
            drift.differences[0].messages_count, 2,
            "what is known still counts"
        );
    }

    #[test]
    fn adding_nothing_changes_nothing() {
        let mut drift = Drift::of_message("1", &[mismatch("/a", "r")], 5);
        let before = drift.clone();
        drift.add(&Drift::default());
        assert_eq!(drift, before);
        let mut empty = Drift::default();
        empty.add(&before);
        assert_eq!(empty, before);
    }

    #[test]
    fn what_is_taken_is_gone() {
        let mut drifts = Drifts::default();
        drifts.add(2, &Drift::of_message("1", &[mismatch("/a", "r")], 1));
        drifts.add(1, &Drift::of_message("1", &[mismatch("/a", "r")], 1));
        drifts.add(2, &Drift::of_message("1", &[mismatch("/a", "r")], 2));
        let taken = drifts.take();
        assert_eq!(taken.len(), 2);
        assert_eq!((taken[0].0, taken[1].0), (1, 2));
        assert_eq!(taken[1].1.messages_count, 2);
        assert!(drifts.take().is_empty());
    }
}
