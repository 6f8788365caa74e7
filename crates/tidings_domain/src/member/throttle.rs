//! How often a password may be tried: a few times at once, and then one more every so often.
//!
//! Kept for each name is only when its next try would be on time if they had come evenly. Whoever is not ahead
//! of that is forgotten, so memory is bounded.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::Duration;

use crate::clock::Millis;

/// Counts the tries under each name.
#[derive(Debug)]
pub struct Throttle<Name> {
    every_ms: Millis,
    /// How far ahead a name may be.
    ahead_ms_max: Millis,
    names_max: usize,
    on_time_at: HashMap<Name, Millis>,
}

impl<Name: Eq + Hash> Throttle<Name> {
    /// Allows `at_once` tries and then one each `every`, under no more than `names_max` names in one moment.
    pub fn new(at_once: u32, every: Duration, names_max: usize) -> Self {
        let every_ms = Millis::try_from(every.as_millis()).unwrap_or(Millis::MAX / 1_000);
        Self {
            every_ms,
            ahead_ms_max: every_ms * Millis::from(at_once.saturating_sub(1)),
            names_max,
            on_time_at: HashMap::new(),
        }
    }

    /// How long it is until there may be a try under this name; nothing if there may be one now.
    pub fn wait(&self, name: &Name, now: Millis) -> Option<Duration> {
        let too_soon = self.on_time_at(name, now) - now - self.ahead_ms_max;
        match u64::try_from(too_soon) {
            Ok(ms) if ms > 0 => Some(Duration::from_millis(ms)),
            _ if self.is_full(name, now) => Some(Duration::from_secs(1)),
            _ => None,
        }
    }

    /// Counts a try.
    pub fn count(&mut self, name: Name, now: Millis) {
        if self.on_time_at.len() >= self.names_max {
            self.on_time_at.retain(|_, at| *at > now);
        }
        let next = self.on_time_at(&name, now) + self.every_ms;
        self.on_time_at.insert(name, next);
    }

    /// Takes one try back: it was none.
    pub fn take_back(&mut self, name: &Name) {
        if let Some(at) = self.on_time_at.get_mut(name) {
            *at -= self.every_ms;
        }
    }

    /// Forgets the tries under a name: whoever it is knows the password.
    pub fn forget(&mut self, name: &Name) {
        self.on_time_at.remove(name);
    }

    fn is_full(&self, name: &Name, now: Millis) -> bool {
        self.on_time_at.len() >= self.names_max
            && !self.on_time_at.contains_key(name)
            && self.on_time_at.values().all(|at| *at > now)
    }

    /// A clock that was set back must not lock anybody out.
    fn on_time_at(&self, name: &Name, now: Millis) -> Millis {
        let latest = now + self.ahead_ms_max + self.every_ms;
        let known = self.on_time_at.get(name).copied();
        known.map_or(now, |at| at.clamp(now, latest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn throttle(names_max: usize) -> Throttle<&'static str> {
        Throttle::new(3, Duration::from_mins(1), names_max)
    }

    #[test]
    fn a_few_tries_go_at_once_and_then_one_every_so_often() {
        let mut throttle = throttle(10);
        for _ in 0..3 {
            assert_eq!(throttle.wait(&"a", 0), None);
            throttle.count("a", 0);
        }
        assert_eq!(throttle.wait(&"a", 0), Some(Duration::from_mins(1)));
        assert_eq!(throttle.wait(&"a", 59_999), Some(Duration::from_millis(1)));
        assert_eq!(throttle.wait(&"b", 0), None, "others are not concerned");
        assert_eq!(throttle.wait(&"a", 60_000), None);
        throttle.count("a", 60_000);
        assert_eq!(throttle.wait(&"a", 60_000), Some(Duration::from_mins(1)));
        throttle.take_back(&"a");
        assert_eq!(throttle.wait(&"a", 60_000), None);
        for _ in 0..3 {
            throttle.count("a", 60_000);
        }
        throttle.forget(&"a");
        assert_eq!(throttle.wait(&"a", 60_000), None);
    }

    #[test]
    fn so_many_names_are_counted_and_those_on_time_make_room() {
        let mut throttle = throttle(2);
        throttle.count("a", 0);
        throttle.count("b", 0);
        assert!(throttle.wait(&"c", 0).is_some(), "there is no room");
        assert_eq!(throttle.wait(&"a", 0), None, "who is counted may go on");
        assert_eq!(throttle.wait(&"c", 60_000), None);
        throttle.count("c", 60_000);
        assert_eq!(throttle.on_time_at.len(), 1);
    }

    #[test]
    fn a_clock_that_was_set_back_locks_nobody_out() {
        let mut throttle = throttle(10);
        for _ in 0..3 {
            throttle.count("a", 1_000_000_000);
        }
        assert_eq!(throttle.wait(&"a", 0), Some(Duration::from_mins(1)));
    }
}
