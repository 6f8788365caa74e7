//! How an endpoint is tried again where it has rules of its own instead of the server's.
//!
//! Only whole seconds: what people choose for a receiver is not finer, and it is the form of the API.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Schedule;
use crate::clock::Millis;

/// Most waits in an endpoint's own schedule.
pub const OWN_WAITS_MAX: usize = 20;
/// Longest single wait of an endpoint's own schedule, in seconds: 24 hours.
pub const OWN_WAIT_SECS_MAX: u32 = 86_400;
/// Longest time in which an endpoint may want to be tried, in seconds: 30 days, after which nothing is owed.
pub const MAX_AGE_SECS_MAX: u32 = 30 * 86_400;

/// The rules as they are written, in the API and in the store.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[schemars(rename = "RetryPolicyOut")]
#[serde(rename_all = "camelCase")]
pub struct WrittenPolicy {
    /// The waits between attempts, in seconds; none means one attempt.
    pub schedule: Vec<u32>,
    /// The share of a wait that chance adds at most; none means the server's.
    pub jitter_percent: Option<u32>,
    /// For how long after the first is due a further attempt may be made; none means as long as the schedule goes.
    pub max_age_seconds: Option<u32>,
}

/// The rules, checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WrittenPolicy", into = "WrittenPolicy")]
pub struct RetryPolicy {
    written: WrittenPolicy,
    schedule: Schedule,
}

/// Why rules are refused, and which part of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} {why}")]
pub struct RefusedPolicy {
    /// The part, by the name that it has in the API.
    pub field: &'static str,
    /// What is wrong with it.
    pub why: String,
}

impl TryFrom<WrittenPolicy> for RetryPolicy {
    type Error = RefusedPolicy;

    fn try_from(written: WrittenPolicy) -> Result<Self, RefusedPolicy> {
        let refused = |field, why: String| Err(RefusedPolicy { field, why });
        let count = written.schedule.len();
        if count > OWN_WAITS_MAX {
            let why = format!("may have at most {OWN_WAITS_MAX} waits, not {count}");
            return refused("schedule", why);
        }
        let is_wrong = |secs: &&u32| !(1..=OWN_WAIT_SECS_MAX).contains(*secs);
        if let Some(secs) = written.schedule.iter().find(is_wrong) {
            let why = format!("has a wait of {secs} seconds; each must be from 1 to 86400");
            return refused("schedule", why);
        }
        if written.jitter_percent.is_some_and(|percent| percent > 100) {
            return refused("jitterPercent", "must be from 0 to 100".to_owned());
        }
        let is_age = |secs| (1..=MAX_AGE_SECS_MAX).contains(&secs);
        if !written.max_age_seconds.is_none_or(is_age) {
            let why = "must be from 1 to 2592000, which is 30 days".to_owned();
            return refused("maxAgeSeconds", why);
        }
        let waits = written.schedule.iter();
        let waits = waits.map(|secs| Duration::from_secs(u64::from(*secs)));
        match Schedule::new(waits.collect()) {
            Ok(schedule) => Ok(Self { written, schedule }),
            Err(invalid) => refused("schedule", invalid.to_string()),
        }
    }
}

impl From<RetryPolicy> for WrittenPolicy {
    fn from(policy: RetryPolicy) -> Self {
        policy.written
    }
}

impl RetryPolicy {
    /// The rules as they were written.
    pub fn written(&self) -> &WrittenPolicy {
        &self.written
    }

    /// The waits between attempts.
    pub fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    /// The share of a wait that chance may add, from 0 to 1; none means the server's.
    pub fn jitter_share(&self) -> Option<f64> {
        let percent = self.written.jitter_percent?;
        Some(f64::from(percent) / 100.0)
    }

    /// After when no further attempt is made of what was first due then.
    pub fn last_retry_at(&self, due_at: Millis) -> Option<Millis> {
        let secs = Millis::from(self.written.max_age_seconds?);
        Some(due_at.saturating_add(secs * 1_000))
    }

    /// As text, to be stored.
    ///
    /// # Panics
    /// Never: numbers are JSON.
    pub fn to_text(&self) -> String {
        serde_json::to_string(&self.written).expect("numbers are JSON")
    }

    /// The inverse of [`RetryPolicy::to_text`].
    pub fn from_text(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(schedule: Vec<u32>, jitter: Option<u32>, age: Option<u32>) -> WrittenPolicy {
        WrittenPolicy {
            schedule,
            jitter_percent: jitter,
            max_age_seconds: age,
        }
    }

    #[test]
    fn what_is_at_the_limits_is_taken_and_reads_back() {
        for written in [
            written(vec![], None, None),
            written(vec![1, 86_400], Some(0), Some(1)),
            written(vec![60; 20], Some(100), Some(2_592_000)),
        ] {
            let policy = RetryPolicy::try_from(written.clone()).unwrap();
            assert_eq!(policy.written(), &written);
            assert_eq!(RetryPolicy::from_text(&policy.to_text()), Some(policy));
        }
    }

    #[test]
    fn what_is_beyond_them_is_refused_by_its_name() {
        for (written, field) in [
            (written(vec![60; 21], None, None), "schedule"),
            (written(vec![5, 0], None, None), "schedule"),
            (written(vec![86_401], None, None), "schedule"),
            (written(vec![], Some(101), None), "jitterPercent"),
            (written(vec![], None, Some(0)), "maxAgeSeconds"),
            (written(vec![], None, Some(2_592_001)), "maxAgeSeconds"),
        ] {
            let text = serde_json::to_string(&written).unwrap();
            assert_eq!(RetryPolicy::from_text(&text), None);
            assert_eq!(RetryPolicy::try_from(written).unwrap_err().field, field);
        }
    }

    #[test]
    fn the_rules_are_what_was_written() {
        let policy = RetryPolicy::try_from(written(vec![5, 300], Some(50), Some(60))).unwrap();
        assert_eq!(
            policy.schedule().waits(),
            [Duration::from_secs(5), Duration::from_mins(5)]
        );
        assert_eq!(policy.jitter_share(), Some(0.5));
        assert_eq!(policy.last_retry_at(1_000), Some(61_000));
        let policy = RetryPolicy::try_from(written(vec![5], None, None)).unwrap();
        assert_eq!(
            (policy.jitter_share(), policy.last_retry_at(1_000)),
            (None, None)
        );
    }
}
