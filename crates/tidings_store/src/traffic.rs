//! What goes through this process, counted by environment while it happens.
//!
//! It is on the hot path, so a count is one addition without a lock. Whoever wants a rate reads twice and takes the
//! difference.

use std::sync::atomic::{AtomicU64, Ordering};

use tidings_domain::clock::Millis;
use tidings_domain::delivery::Outcome;

/// Spans are counted in so many steps: single milliseconds first, then four steps for each doubling, up to two minutes.
const STEPS: usize = 64;
/// Up to here each millisecond has a step of its own: 8 ms.
const SINGLE: usize = 8;

/// What has gone through so far, of one environment.
#[derive(Debug)]
pub struct Traffic {
    accepted: AtomicU64,
    delivered: AtomicU64,
    failed: AtomicU64,
    spans: [AtomicU64; STEPS],
}

/// What had gone through at some moment, or between two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// Messages that are on disk.
    pub accepted: u64,
    /// Attempts that delivered.
    pub delivered: u64,
    /// Attempts that failed.
    pub failed: u64,
    spans: [u64; STEPS],
}

impl Default for Traffic {
    fn default() -> Self {
        Self {
            accepted: AtomicU64::new(0),
            delivered: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            spans: std::array::from_fn(|_| AtomicU64::new(0)),
        }
    }
}

impl Traffic {
    /// A message is on disk.
    pub fn accepted(&self) {
        self.accepted.fetch_add(1, Ordering::Relaxed);
    }

    /// An attempt has ended. `since_due` is how long after the message was due, for the first attempts of deliveries.
    pub fn settled(&self, outcome: Outcome, since_due: Option<Millis>) {
        match outcome {
            Outcome::Success => {
                self.delivered.fetch_add(1, Ordering::Relaxed);
                if let Some(span) = since_due {
                    self.spans[step(span)].fetch_add(1, Ordering::Relaxed);
                }
            }
            Outcome::Retry | Outcome::Exhausted => {
                self.failed.fetch_add(1, Ordering::Relaxed);
            }
            Outcome::Canceled => {}
        }
    }

    /// What has gone through so far.
    pub fn read(&self) -> Counted {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Counted {
            accepted: read(&self.accepted),
            delivered: read(&self.delivered),
            failed: read(&self.failed),
            spans: std::array::from_fn(|number| read(&self.spans[number])),
        }
    }
}

impl Default for Counted {
    fn default() -> Self {
        Self {
            accepted: 0,
            delivered: 0,
            failed: 0,
            spans: [0; STEPS],
        }
    }
}

impl Counted {
    /// What went through since an earlier moment.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let spans = self.spans.iter().zip(earlier.spans);
        let mut between = spans.map(|(now, before)| now.saturating_sub(before));
        Self {
            accepted: self.accepted.saturating_sub(earlier.accepted),
            delivered: self.delivered.saturating_sub(earlier.delivered),
            failed: self.failed.saturating_sub(earlier.failed),
            spans: std::array::from_fn(|_| between.next().unwrap_or(0)),
        }
    }

    /// Within how long so many percent were delivered, of those that were delivered by their first attempt; never less
    /// than it was. None if there were none.
    pub fn within(&self, percent: u64) -> Option<Millis> {
        let all: u64 = self.spans.iter().sum();
        if all == 0 {
            return None;
        }
        let wanted = (all * percent).div_ceil(100).max(1);
        let mut seen = 0;
        let found = self.spans.iter().position(|count| {
            seen += count;
            seen >= wanted
        });
        found.map(longest)
    }
}

fn step(span: Millis) -> usize {
    let span = usize::try_from(span.max(0)).unwrap_or(usize::MAX);
    if span < SINGLE {
        return span;
    }
    let doublings = span.ilog2();
    let quarter = (span >> (doublings - 2)) & 3;
    let doublings = usize::try_from(doublings).unwrap_or(usize::MAX);
    (SINGLE + (doublings - 3) * 4 + quarter).min(STEPS - 1)
}

/// The longest span of a step.
fn longest(step: usize) -> Millis {
    let longest = match step.checked_sub(SINGLE) {
        None => step,
        Some(above) => {
            let quarters = (above % 4 + 4) + 1;
            (quarters << (above / 4 + 1)) - 1
        }
    };
    Millis::try_from(longest).unwrap_or(Millis::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_lies_within_its_step_and_steps_follow_one_another() {
        let mut before = -1;
        for number in 0..STEPS - 1 {
            let last = longest(number);
            assert!(last > before, "{number}");
            assert_eq!((step(before + 1), step(last)), (number, number));
            before = last;
        }
        assert!(before > 60_000, "{before}");
        assert_eq!((step(-5), step(Millis::MAX)), (0, STEPS - 1));
    }

    #[test]
    fn what_went_through_between_two_moments_is_told_apart() {
        let traffic = Traffic::default();
        traffic.accepted();
        traffic.settled(Outcome::Success, Some(3));
        let before = traffic.read();
        traffic.accepted();
        traffic.settled(Outcome::Retry, Some(900));
        traffic.settled(Outcome::Exhausted, None);
        traffic.settled(Outcome::Canceled, None);
        traffic.settled(Outcome::Success, None);
        let between = traffic.read().since(&before);
        assert_eq!(
            (between.accepted, between.delivered, between.failed),
            (1, 1, 2)
        );
        assert_eq!(between.within(50), None);
        assert_eq!(traffic.read().within(50), Some(3));
    }

    #[test]
    fn so_many_percent_were_not_slower_than_is_said() {
        let traffic = Traffic::default();
        for _ in 0..98 {
            traffic.settled(Outcome::Success, Some(2));
        }
        traffic.settled(Outcome::Success, Some(100));
        traffic.settled(Outcome::Success, Some(2_000));
        let counted = traffic.read();
        assert_eq!(counted.within(50), Some(2));
        assert_eq!(counted.within(98), Some(2));
        let (slow, slowest) = (counted.within(99), counted.within(100));
        assert!((100..125).contains(&slow.unwrap()), "{slow:?}");
        assert!((2_000..2_500).contains(&slowest.unwrap()), "{slowest:?}");
    }
}
