//! How many requests a second somebody may make: as many as that at once, and then evenly.
//!
//! Kept is only when the next request would be on time if all had come evenly, in one atomic number: whoever takes a
//! request neither waits for others nor allocates.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use crate::clock::Millis;

const SECOND_NS: i64 = 1_000_000_000;

/// The pace of one caller.
#[derive(Debug, Default)]
pub struct Pace {
    /// In nanoseconds since 1970.
    on_time_at: AtomicI64,
}

/// A request that was taken, or came too soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paced {
    /// Requests a second that are allowed.
    pub rate: u32,
    /// How many more may come at once.
    pub left: u32,
    /// How long until this one may come; nothing if it was taken.
    pub wait: Option<Duration>,
}

impl Pace {
    /// Takes a request, if there may be one now.
    pub fn take(&self, rate: u32, now: Millis) -> Paced {
        let rate = rate.max(1);
        let every = SECOND_NS / i64::from(rate);
        let now = now.saturating_mul(1_000_000);
        let ahead_of = |on_time_at: i64| {
            // A clock that was set back must not lock anybody out.
            let ahead = on_time_at.saturating_sub(now).clamp(0, SECOND_NS);
            ahead + every
        };
        let take = |on_time_at| {
            let ahead = ahead_of(on_time_at);
            (ahead <= SECOND_NS).then(|| now.saturating_add(ahead))
        };
        let (ordering, relaxed) = (Ordering::Relaxed, Ordering::Relaxed);
        match self.on_time_at.fetch_update(ordering, relaxed, take) {
            Ok(before) => Paced {
                rate,
                left: u32::try_from((SECOND_NS - ahead_of(before)) / every).unwrap_or(0),
                wait: None,
            },
            Err(before) => {
                let too_soon = ahead_of(before) - SECOND_NS;
                Paced {
                    rate,
                    left: 0,
                    wait: Some(Duration::from_nanos(too_soon.unsigned_abs())),
                }
            }
        }
    }

    /// Whether nothing would change if it were forgotten.
    pub fn is_on_time(&self, now: Millis) -> bool {
        self.on_time_at.load(Ordering::Relaxed) <= now.saturating_mul(1_000_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(pace: &Pace, rate: u32, now: Millis) -> usize {
        let takes = (0..1_000).map(|_| pace.take(rate, now));
        takes.filter(|paced| paced.wait.is_none()).count()
    }

    #[test]
    fn a_second_s_worth_comes_at_once_and_then_evenly() {
        let pace = Pace::default();
        assert_eq!(taken(&pace, 10, 1_000), 10);
        let paced = pace.take(10, 1_000);
        assert_eq!(
            (paced.left, paced.wait),
            (0, Some(Duration::from_millis(100)))
        );
        assert_eq!(pace.take(10, 1_060).wait, Some(Duration::from_millis(40)));
        assert_eq!(taken(&pace, 10, 1_100), 1);
        assert_eq!(taken(&pace, 10, 1_300), 2);
        assert!(!pace.is_on_time(1_300));
        assert!(pace.is_on_time(2_300));
        assert_eq!(taken(&pace, 10, 60_000), 10, "nothing is saved up");
    }

    #[test]
    fn it_says_how_many_are_left() {
        let pace = Pace::default();
        let left: Vec<u32> = (0..3).map(|_| pace.take(3, 5).left).collect();
        assert_eq!(left, [2, 1, 0]);
        assert_eq!(pace.take(1, 9_000).left, 0);
        assert_eq!(Pace::default().take(1_000_000, 5).left, 999_999);
    }

    #[test]
    fn a_clock_that_was_set_back_locks_nobody_out() {
        let pace = Pace::default();
        assert_eq!(taken(&pace, 5, 9_000_000_000), 5);
        assert_eq!(pace.take(5, 1_000).wait, Some(Duration::from_millis(200)));
        assert_eq!(taken(&pace, 5, 1_000), 0);
        pace.take(5, 2_100);
    }

    #[test]
    fn of_many_at_once_no_more_are_taken_than_there_may_be() {
        let pace = Pace::default();
        let taken: usize = std::thread::scope(|scope| {
            let threads = (0..4).map(|_| scope.spawn(|| taken(&pace, 50, 77)));
            let threads: Vec<_> = threads.collect();
            threads.into_iter().map(|one| one.join().unwrap()).sum()
        });
        assert_eq!(taken, 50);
    }
}
