//! How many requests a lane may have at once: more with successes, fewer with time-outs and overload.

use tidings_domain::clock::Millis;

/// At first it grows by one with each success, so that it soon finds what the endpoint takes; after a setback
/// by one for each full round, as TCP does (RFC 5681, section 3.1).
#[derive(Debug)]
pub(super) struct Cap {
    now: usize,
    /// Successes since it last changed, once it has shrunk.
    successes: usize,
    shrunk_at: Option<Millis>,
}

impl Cap {
    pub(super) fn new(start: usize) -> Self {
        Self {
            now: start,
            successes: 0,
            shrunk_at: None,
        }
    }

    /// Requests at once, at least one.
    pub(super) fn now(&self) -> usize {
        self.now
    }

    /// A request was too much for the endpoint. Those that were under way together say the same thing, and it
    /// counts once: half of them at once, not half for each.
    pub(super) fn shrink(&mut self, began_at: Millis, now: Millis) {
        if self.shrunk_at.is_some_and(|shrunk_at| began_at < shrunk_at) {
            return;
        }
        self.now = (self.now / 2).max(1);
        self.shrunk_at = Some(now);
        self.successes = 0;
    }

    /// A request succeeded while others waited. Whether there may be one more at once from now on.
    pub(super) fn grow(&mut self) -> bool {
        self.successes += 1;
        let grows = self.shrunk_at.is_none() || self.successes >= self.now;
        if grows {
            self.now += 1;
            self.successes = 0;
        }
        grows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_with_each_success_and_after_a_setback_with_each_round() {
        let mut cap = Cap::new(8);
        assert!(cap.grow() && cap.grow());
        assert_eq!(cap.now(), 10);
        cap.shrink(0, 100);
        assert_eq!(cap.now(), 5);
        assert_eq!(
            [(); 5].map(|()| cap.grow()),
            [false, false, false, false, true]
        );
        assert_eq!(cap.now(), 6);
    }

    #[test]
    fn what_was_under_way_together_shrinks_it_once() {
        let mut cap = Cap::new(64);
        for ended_at in 1_000..1_064 {
            cap.shrink(0, ended_at);
        }
        assert_eq!(cap.now(), 32);
        cap.shrink(1_001, 2_000);
        assert_eq!(cap.now(), 16, "this one began after it had shrunk");
    }

    #[test]
    fn one_request_is_always_allowed() {
        let mut cap = Cap::new(1);
        cap.shrink(0, 1);
        assert_eq!(cap.now(), 1);
    }
}
