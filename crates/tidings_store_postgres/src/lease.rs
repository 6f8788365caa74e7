//! How long this node may believe that its journal in a group is its own.

use std::sync::atomic::{AtomicI64, AtomicU16, Ordering};
use std::time::{Duration, Instant};

/// The lease of one journal, read on the path of each delivery.
pub(crate) struct Lease {
    /// The open journal; 0 if none is.
    journal: AtomicU16,
    began: Instant,
    /// Until when it runs at least, and since when it has been renewed in time without a gap; both in
    /// milliseconds after `began`.
    until_ms: AtomicI64,
    since_ms: AtomicI64,
}

impl Default for Lease {
    fn default() -> Self {
        Self {
            journal: AtomicU16::new(0),
            began: Instant::now(),
            until_ms: AtomicI64::new(-1),
            since_ms: AtomicI64::new(0),
        }
    }
}

impl Lease {
    /// The open journal; 0 if none is.
    pub(crate) fn journal(&self) -> u16 {
        self.journal.load(Ordering::SeqCst)
    }

    pub(crate) fn set_journal(&self, journal: u16) {
        self.journal.store(journal, Ordering::SeqCst);
    }

    /// Whether it has surely not run out.
    pub(crate) fn holds(&self) -> bool {
        self.ms(Instant::now()) < self.until_ms.load(Ordering::Relaxed)
    }

    /// It was renewed by a commit that began at this instant.
    pub(crate) fn renewed(&self, began: Instant, lease_for: Duration) {
        let at = self.ms(began);
        let until = at.saturating_add(i64::try_from(lease_for.as_millis()).unwrap_or(i64::MAX));
        let before = self.until_ms.swap(until, Ordering::Relaxed);
        if before < at {
            self.since_ms.store(at, Ordering::Relaxed);
        }
    }

    /// Whether it was renewed without a gap for as long as one lasts. Until then other nodes that seem dead
    /// may have been cut off just like this one.
    pub(crate) fn may_judge(&self, lease_for: Duration) -> bool {
        let for_ms = self.ms(Instant::now()) - self.since_ms.load(Ordering::Relaxed);
        u128::try_from(for_ms).is_ok_and(|for_ms| for_ms >= lease_for.as_millis())
    }

    fn ms(&self, at: Instant) -> i64 {
        let since = at.saturating_duration_since(self.began);
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    #[test]
    fn a_lease_holds_from_its_renewal_until_it_has_run_out() {
        let lease = Lease::default();
        assert!(!lease.holds(), "there is none yet");
        lease.renewed(Instant::now(), MINUTE);
        assert!(lease.holds());
        lease.renewed(Instant::now(), Duration::ZERO);
        assert!(!lease.holds());
    }

    #[test]
    fn a_node_that_was_cut_off_does_not_judge_others_for_as_long_as_a_lease_lasts() {
        let lease = Lease::default();
        lease.renewed(Instant::now(), MINUTE);
        assert!(!lease.may_judge(MINUTE));
        assert!(lease.may_judge(Duration::ZERO));
    }
}
