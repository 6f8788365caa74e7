//! The pulse of an environment: what went through this process in the last seconds, and in the hour before now.

use std::collections::VecDeque;

use tidings_domain::clock::Millis;
use tidings_store::traffic::Counted;

/// What goes through just now is measured over so many seconds.
const NOW_SECS: usize = 10;
/// The hour is kept in parts of 30 seconds.
pub const PART_MS: Millis = 30_000;
/// How many parts there are.
pub const PARTS: usize = 120;

/// What went through in a part of the last hour.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Part {
    /// Messages accepted each second.
    pub accepted: f64,
    /// Deliveries each second.
    pub delivered: f64,
    /// Failed attempts each second.
    pub failed: f64,
    /// Within how many milliseconds half of the deliveries were there; none if there were none.
    pub half_within: Option<Millis>,
    /// And 99 of 100.
    pub most_within: Option<Millis>,
}

/// What is remembered of an environment.
#[derive(Debug, Default)]
pub(crate) struct Pulse {
    /// The counts of the last seconds, the oldest first.
    recent: VecDeque<(Millis, Counted)>,
    /// Parts that are over, the oldest first.
    parts: VecDeque<Part>,
    /// When the part began that goes on, and what had been counted by then.
    began: Option<(Millis, Counted)>,
}

impl Pulse {
    /// Notes what has been counted by now; to be called every second.
    pub(crate) fn note(&mut self, now: Millis, counted: &Counted) {
        self.recent.push_back((now, counted.clone()));
        if self.recent.len() > NOW_SECS + 1 {
            self.recent.pop_front();
        }
        let (began_at, before) = self.began.get_or_insert_with(|| (now, counted.clone()));
        let span = now - *began_at;
        if span < PART_MS {
            return;
        }
        let part = part(&counted.since(before), span);
        self.began = Some((now, counted.clone()));
        self.parts.push_back(part);
        if self.parts.len() > PARTS {
            self.parts.pop_front();
        }
    }

    /// What goes through just now.
    pub(crate) fn now(&self) -> Part {
        match (self.recent.front(), self.recent.back()) {
            (Some((from, before)), Some((to, counted))) if to > from => {
                part(&counted.since(before), to - from)
            }
            _ => Part::default(),
        }
    }

    /// The last hour, the oldest first; shorter if the process is younger.
    pub(crate) fn hour(&self) -> Vec<Part> {
        self.parts.iter().copied().collect()
    }
}

fn part(counted: &Counted, span: Millis) -> Part {
    let number = |count: u64| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    let seconds = number(span.unsigned_abs()) / 1_000.0;
    Part {
        accepted: number(counted.accepted) / seconds,
        delivered: number(counted.delivered) / seconds,
        failed: number(counted.failed) / seconds,
        half_within: counted.within(50),
        most_within: counted.within(99),
    }
}

#[cfg(test)]
mod tests {
    use tidings_domain::delivery::Outcome;
    use tidings_store::traffic::Traffic;

    use super::*;

    fn is_near(found: f64, expected: f64) -> bool {
        (found - expected).abs() < 1e-9
    }

    #[test]
    fn rates_are_of_the_last_seconds_and_fall_when_nothing_comes() {
        let (mut pulse, traffic) = (Pulse::default(), Traffic::default());
        assert!(is_near(pulse.now().accepted, 0.0));
        for second in 0..=20 {
            pulse.note(second * 1_000, &traffic.read());
            for _ in 0..5 {
                traffic.accepted();
            }
            traffic.settled(Outcome::Success, Some(4));
        }
        assert!(is_near(pulse.now().accepted, 5.0));
        assert!(is_near(pulse.now().delivered, 1.0));
        assert_eq!(pulse.now().half_within, Some(4));
        for second in 21..=32 {
            pulse.note(second * 1_000, &traffic.read());
        }
        assert!(is_near(pulse.now().accepted, 0.0));
        assert_eq!(pulse.now().most_within, None);
    }

    #[test]
    fn the_last_hour_is_kept_and_not_more() {
        let (mut pulse, traffic) = (Pulse::default(), Traffic::default());
        for second in 0..=4_000 {
            pulse.note(second * 1_000, &traffic.read());
            traffic.settled(Outcome::Retry, None);
        }
        let hour = pulse.hour();
        assert_eq!(hour.len(), PARTS);
        assert!(hour.iter().all(|part| is_near(part.failed, 1.0)));
    }
}
