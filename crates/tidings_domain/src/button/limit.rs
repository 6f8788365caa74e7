//! How often a board session may press: so many times a second, after a few at once.
//!
//! Kept for each session is only when its next press would be on time if it had pressed evenly. Whoever is
//! not ahead of that is forgotten, so memory is bounded.

use std::collections::HashMap;
use std::hash::Hash;

use crate::clock::Millis;

/// Counts the presses of sessions.
#[derive(Debug)]
pub struct PressLimit<Session> {
    /// How long after a press the next one is on time.
    every_ms: Millis,
    /// How far ahead a session may be.
    ahead_ms_max: Millis,
    sessions_max: usize,
    on_time_at: HashMap<Session, Millis>,
}

impl<Session: Eq + Hash> PressLimit<Session> {
    /// Allows `at_once` presses and then `per_second`, of no more than `sessions_max` sessions in one moment.
    pub fn new(per_second: u32, at_once: u32, sessions_max: usize) -> Self {
        let every_ms = 1000 / Millis::from(per_second.max(1));
        Self {
            every_ms,
            ahead_ms_max: every_ms * Millis::from(at_once.saturating_sub(1)),
            sessions_max,
            on_time_at: HashMap::new(),
        }
    }

    /// Takes one press of a session.
    ///
    /// # Errors
    /// It came too soon, by so many milliseconds.
    pub fn take(&mut self, session: Session, now: Millis) -> Result<(), Millis> {
        let on_time_at = self.on_time_at.get(&session).copied();
        // A clock that was set back must not lock anybody out.
        let latest = now + self.ahead_ms_max + self.every_ms;
        let on_time_at = on_time_at.map_or(now, |at| at.clamp(now, latest));
        let too_soon = on_time_at - now - self.ahead_ms_max;
        if too_soon > 0 {
            self.on_time_at.insert(session, on_time_at);
            return Err(too_soon);
        }
        if self.on_time_at.len() >= self.sessions_max && !self.on_time_at.contains_key(&session) {
            self.on_time_at.retain(|_, at| *at > now);
            if self.on_time_at.len() >= self.sessions_max {
                return Err(self.every_ms);
            }
        }
        self.on_time_at.insert(session, on_time_at + self.every_ms);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(limit: &mut PressLimit<&'static str>, session: &'static str, now: Millis) -> usize {
        (0..100)
            .filter(|_| limit.take(session, now).is_ok())
            .count()
    }

    #[test]
    fn a_few_presses_go_at_once_and_then_so_many_a_second() {
        let mut limit = PressLimit::new(5, 10, 100);
        assert_eq!(taken(&mut limit, "a", 0), 10);
        assert_eq!(limit.take("a", 0), Err(200));
        assert_eq!(limit.take("a", 150), Err(50));
        assert_eq!(taken(&mut limit, "a", 200), 1);
        assert_eq!(taken(&mut limit, "a", 1_200), 5);
        assert_eq!(taken(&mut limit, "a", 100_000), 10);
    }

    #[test]
    fn a_session_does_not_hold_up_another() {
        let mut limit = PressLimit::new(5, 10, 100);
        assert_eq!(taken(&mut limit, "a", 0), 10);
        assert_eq!(taken(&mut limit, "b", 0), 10);
    }

    #[test]
    fn sessions_are_bounded_and_those_at_rest_are_forgotten() {
        let mut limit = PressLimit::new(5, 10, 2);
        assert!(limit.take("a", 0).is_ok() && limit.take("b", 0).is_ok());
        assert_eq!(limit.take("c", 0), Err(200));
        assert!(limit.take("a", 0).is_ok());
        assert!(limit.take("c", 200).is_ok());
        assert_eq!(limit.on_time_at.len(), 2);
    }

    #[test]
    fn a_clock_that_was_set_back_locks_nobody_out_for_long() {
        let mut limit = PressLimit::new(5, 10, 2);
        assert_eq!(taken(&mut limit, "a", 1_000_000), 10);
        assert_eq!(limit.take("a", 0), Err(200));
        assert!(limit.take("a", 200).is_ok());
    }
}
