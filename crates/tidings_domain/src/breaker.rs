//! When an endpoint gets a rest: a circuit breaker that does not burn the attempts of those who wait.
//!
//! It opens when an endpoint fails again and again. While it is open nothing is sent, and what is owed
//! keeps the attempts that it has left. After the rest one request goes out as a probe: a success
//! closes the breaker, a failure makes it rest again.

use crate::clock::Millis;

/// So many failures in a row open it.
pub const FAILURES_IN_A_ROW: u32 = 10;
/// So many requests within [`COUNT_FOR_MS`] are needed before their share of failures counts.
pub const REQUESTS_COUNT_MIN: u32 = 10;
/// This share of failures opens it, in percent.
pub const FAILED_PERCENT: u32 = 70;
/// Requests are counted for so long: 5 minutes.
pub const COUNT_FOR_MS: Millis = 5 * 60 * 1000;

/// What may be sent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passage {
    /// Everything.
    Open,
    /// One request, to see whether the endpoint is back.
    Probe,
    /// Nothing before this instant.
    ClosedUntil(Millis),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Closed,
    Resting { until: Millis },
    Probing,
}

/// The breaker of one endpoint.
#[derive(Debug, Clone)]
pub struct Breaker {
    state: State,
    rest_ms: Millis,
    since: Millis,
    requests: u32,
    failures: u32,
    in_a_row: u32,
}

impl Breaker {
    /// A breaker that is closed, and rests for `rest_ms` milliseconds once it opens.
    pub fn new(rest_ms: Millis) -> Self {
        Self {
            state: State::Closed,
            rest_ms,
            since: 0,
            requests: 0,
            failures: 0,
            in_a_row: 0,
        }
    }

    /// What may be sent now. Asking does not change anything; see [`Breaker::begin`].
    pub fn passage(&self, now: Millis) -> Passage {
        match self.state {
            State::Closed => Passage::Open,
            State::Resting { until } if now >= until => Passage::Probe,
            State::Resting { until } => Passage::ClosedUntil(until),
            State::Probing => Passage::ClosedUntil(now + self.rest_ms),
        }
    }

    /// Whether nothing is to be sent now, not even a probe.
    pub fn is_resting(&self, now: Millis) -> bool {
        matches!(self.state, State::Resting { until } if now < until)
    }

    /// A request begins; the first one after a rest is the probe.
    pub fn begin(&mut self, now: Millis) {
        if self.passage(now) == Passage::Probe {
            self.state = State::Probing;
        }
    }

    /// The endpoint worked.
    pub fn succeed(&mut self, now: Millis) {
        if self.state != State::Closed {
            *self = Self {
                since: now,
                ..Self::new(self.rest_ms)
            };
        }
        self.in_a_row = 0;
        self.count(now, 0);
    }

    /// The endpoint failed. True if it rests from now on and did not before.
    pub fn fail(&mut self, now: Millis) -> bool {
        self.in_a_row = self.in_a_row.saturating_add(1);
        self.count(now, 1);
        let has_failed_much = self.requests >= REQUESTS_COUNT_MIN
            && u64::from(self.failures) * 100
                >= u64::from(self.requests) * u64::from(FAILED_PERCENT);
        match self.state {
            State::Closed if self.in_a_row >= FAILURES_IN_A_ROW || has_failed_much => {
                self.state = State::Resting {
                    until: now + self.rest_ms,
                };
                true
            }
            // A request that began before the rest tells nothing new.
            State::Closed | State::Resting { .. } => false,
            State::Probing => {
                self.state = State::Resting {
                    until: now + self.rest_ms,
                };
                true
            }
        }
    }

    /// The probe ended without a word about the endpoint, so the next request is the probe.
    pub fn abandon_probe(&mut self, now: Millis) {
        if self.state == State::Probing {
            self.state = State::Resting { until: now };
        }
    }

    fn count(&mut self, now: Millis, failures: u32) {
        if now - self.since >= COUNT_FOR_MS {
            (self.since, self.requests, self.failures) = (now, 0, 0);
        }
        self.requests = self.requests.saturating_add(1);
        self.failures = self.failures.saturating_add(failures);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REST: Millis = 30_000;

    fn failed(times: u32) -> Breaker {
        let mut breaker = Breaker::new(REST);
        for _ in 0..times {
            breaker.fail(0);
        }
        breaker
    }

    #[test]
    fn ten_failures_in_a_row_open_it_and_nine_do_not() {
        assert_eq!(failed(9).passage(0), Passage::Open);
        assert_eq!(failed(10).passage(0), Passage::ClosedUntil(REST));
    }

    #[test]
    fn after_the_rest_one_probe_goes_out_and_nothing_beside_it() {
        let mut breaker = failed(10);
        assert_eq!(breaker.passage(REST), Passage::Probe);
        breaker.begin(REST);
        assert!(matches!(breaker.passage(REST), Passage::ClosedUntil(_)));
    }

    #[test]
    fn a_probe_that_succeeds_closes_it_and_one_that_fails_makes_it_rest_again() {
        let mut breaker = failed(10);
        breaker.begin(REST);
        assert!(breaker.fail(REST + 1));
        assert_eq!(
            breaker.passage(REST + 1),
            Passage::ClosedUntil(2 * REST + 1)
        );
        breaker.begin(2 * REST + 1);
        breaker.succeed(2 * REST + 2);
        assert_eq!(breaker.passage(2 * REST + 2), Passage::Open);
    }

    #[test]
    fn seven_of_ten_failures_open_it_even_if_mixed_with_successes() {
        let mut breaker = Breaker::new(REST);
        let mut opened = false;
        for round in 0..10 {
            match round % 3 {
                0 => breaker.succeed(0),
                _ => opened |= breaker.fail(0),
            }
        }
        assert!(!opened, "six of ten are not enough");
        let mut breaker = Breaker::new(REST);
        for round in 0..10 {
            if round < 3 {
                breaker.succeed(0);
            } else {
                opened |= breaker.fail(0);
            }
        }
        assert!(opened, "seven of ten are");
    }

    #[test]
    fn a_probe_that_told_nothing_is_made_again() {
        let mut breaker = failed(10);
        breaker.begin(REST);
        breaker.abandon_probe(REST + 5);
        assert_eq!(breaker.passage(REST + 5), Passage::Probe);
    }

    #[test]
    fn old_failures_are_forgotten_after_five_minutes() {
        let mut breaker = Breaker::new(REST);
        for at in 0..7 {
            breaker.fail(at);
        }
        breaker.succeed(7);
        for at in 0..3 {
            assert!(!breaker.fail(COUNT_FOR_MS + at));
        }
    }
}
