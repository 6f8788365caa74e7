//! Who works at a lane, and whether what comes now would wait for them in vain.

/// The workers of a lane.
#[derive(Debug, Default)]
pub(super) struct Crew {
    count: usize,
    /// Something has waited here for too long, and no work has ended since.
    waits_for_an_end: bool,
}

impl Crew {
    /// Workers that have not left.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    pub(super) fn join(&mut self) {
        self.count += 1;
    }

    /// One has found nothing more to do.
    pub(super) fn leave(&mut self) {
        self.count -= 1;
    }

    /// Something was taken out again, since none of them had come to it in time.
    pub(super) fn was_waited_for(&mut self) {
        self.waits_for_an_end = true;
    }

    /// One of them is done with a piece of work.
    pub(super) fn has_ended_work(&mut self) {
        self.waits_for_an_end = false;
    }

    /// Whether what comes now would wait as well: only as long as somebody works here, for who else would
    /// bring the end that is waited for?
    pub(super) fn is_stuck(&self) -> bool {
        self.waits_for_an_end && self.count > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waited_too_long_keeps_others_out_until_work_ends() {
        let mut crew = Crew::default();
        crew.join();
        assert!(!crew.is_stuck());
        crew.was_waited_for();
        assert!(crew.is_stuck());
        crew.has_ended_work();
        assert!(!crew.is_stuck());
    }

    #[test]
    fn nobody_waits_for_a_crew_that_has_left() {
        let mut crew = Crew::default();
        crew.join();
        crew.was_waited_for();
        crew.leave();
        assert!(!crew.is_stuck(), "no work is left that could end");
    }
}
