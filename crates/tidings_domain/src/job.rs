//! Jobs: work that goes on behind a request, a part at a time.
//!
//! What a job is to do never changes once it is there; how far it has come is written along with what
//! it does, so that whoever goes on after a crash repeats nothing.

mod shown;
pub mod usage;

use serde::{Deserialize, Serialize};

use crate::clock::Millis;
use crate::delivery::{AttemptError, DeliveryFacts, DeliveryState, Outcome, stored_enum};
use crate::ids::{JobId, MessageId};
use usage::Usage;

stored_enum! {
    /// What a job does.
    JobKind {
        /// Sends what an endpoint would get now and has never been sent.
        ReplayMissing = 0 / "endpoint.replay",
        /// Sends again what has failed at an endpoint.
        Recover = 1 / "endpoint.recover",
        /// Sends again what a filter lets through.
        BulkReplay = 2 / "endpoint.bulk-replay",
        /// Removes all payloads of an application.
        Purge = 3 / "application.purge_content",
        /// Counts what applications have sent.
        ApplicationStats = 4 / "application.stats",
        /// Counts the messages of each event type.
        EventTypeStats = 5 / "event-type.aggregate",
    }
}

impl JobKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::ReplayMissing,
        Self::Recover,
        Self::BulkReplay,
        Self::Purge,
        Self::ApplicationStats,
        Self::EventTypeStats,
    ];

    /// The inverse of `as_str`.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

stored_enum! {
    /// Where a job stands.
    JobState {
        /// It waits or works.
        Running = 0 / "running",
        /// It has done everything.
        Finished = 1 / "finished",
        /// It could not go on; its progress says why.
        Failed = 2 / "failed",
        /// Somebody has stopped it.
        Canceled = 3 / "canceled",
    }
}

/// How many deliveries of jobs are owed to one endpoint at most at a time.
pub const REPLAY_PENDING_MAX: usize = 1_000;
/// How many messages one step of a job reads at most.
pub const STEP_MESSAGES_MAX: usize = 500;
/// Most jobs of one application, or of one environment, that run at a time.
pub const RUNNING_MAX: usize = 20;
/// How far back messages are sent again: 14 days.
pub const RECOVER_FOR_MAX_MS: Millis = 14 * 24 * 60 * 60 * 1000;
/// How long a job that has ended is kept: 30 days.
pub const KEPT_FOR_MS: Millis = 30 * 24 * 60 * 60 * 1000;

/// What a job is to do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct JobOrder {
    /// Messages accepted at or after.
    pub since: Millis,
    /// Messages accepted before.
    pub until: Millis,
    /// Whether it only counts.
    pub is_dry_run: bool,
    /// The id of its application, for people.
    pub application_id: Option<String>,
    /// The id of its endpoint, for people.
    pub endpoint_id: Option<String>,
    /// Only these types; empty means all.
    pub event_types: Vec<String>,
    /// Only those on this channel.
    pub channel: Option<String>,
    /// Only those with this tag.
    pub tag: Option<String>,
    /// Only deliveries in one of these states; empty means all.
    pub states: Vec<DeliveryState>,
    /// Only those whose latest attempt was answered with a status from the first up to, but without, the
    /// second; (0, 100) for none at all.
    pub status_between: Option<(u16, u16)>,
    /// Only these applications, by number, in their order; none means all of the environment.
    pub applications: Option<Vec<i64>>,
}

/// What a job is at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// It counts what there is to do.
    #[default]
    Counting,
    /// It does it.
    Working,
}

/// Why messages that a job looked for were not sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Skipped {
    /// Their delivery is owed or under way anyway.
    pub owed: u64,
    /// Their payload is gone.
    pub expunged: u64,
    /// The process has died of them three times.
    pub poison: u64,
}

impl Skipped {
    /// How many in all.
    pub fn total(&self) -> u64 {
        self.owed + self.expunged + self.poison
    }
}

/// How far a job has come.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct JobProgress {
    /// What it is at.
    pub phase: Phase,
    /// The id of the last message that it has seen to in this phase.
    pub cursor: Option<String>,
    /// Messages read in this phase.
    pub read: u64,
    /// Messages that it is about, as far as counted; all of them once it works.
    pub matched: u64,
    /// Messages that are owed now because of it.
    pub sent: u64,
    /// Messages that it is about and that were left out.
    pub skipped: Skipped,
    /// Since when it works.
    pub working_since: Option<Millis>,
    /// Why it cannot go on just now, for programs.
    pub waits_for: Option<String>,
    /// Why it failed, for programs.
    pub error: Option<String>,
    /// What it has found out, if that is what it is for.
    pub usage: Option<Box<Usage>>,
}

impl JobProgress {
    /// Behind which message it goes on.
    pub fn place(&self) -> Option<MessageId> {
        self.cursor.as_deref()?.parse().ok()
    }

    /// From counting on to doing.
    pub fn begin_working(&mut self, now: Millis) {
        self.phase = Phase::Working;
        self.cursor = None;
        self.read = 0;
        self.skipped = Skipped::default();
        self.working_since = Some(now);
    }
}

/// Work that goes on behind a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// Where it belongs, by number.
    pub environment: i64,
    /// Its application, by number; 0 if it is about several.
    pub application: i64,
    /// Its endpoint, by number; 0 if it is about none.
    pub endpoint: i64,
    /// What it does.
    pub kind: JobKind,
    /// Where it stands.
    pub state: JobState,
    /// What it is to do.
    pub order: JobOrder,
    /// How far it has come.
    pub progress: JobProgress,
    /// Counts changes of the row.
    pub version: i64,
    /// When it was asked for.
    pub created_at: Millis,
    /// When it last came on.
    pub updated_at: Millis,
    /// When it ended.
    pub finished_at: Option<Millis>,
}

/// What is known of a message at the endpoint of a job.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trace {
    /// What the state of the delivery follows from.
    pub facts: DeliveryFacts,
    /// What the latest attempt was answered with.
    pub status: Option<u16>,
    /// Why the latest attempt failed.
    pub error: Option<AttemptError>,
}

/// What becomes of a message that a job looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The job is not about it.
    Other,
    /// It is sent again; or purged, if that is what the job is for.
    Send,
    /// It is owed or under way anyway.
    Owed,
    /// There is nothing to send any more.
    Expunged,
    /// It has killed the process three times.
    Poison,
}

/// What a job does with a message. `wants` is whether the endpoint would get it now.
pub fn judge(
    kind: JobKind,
    order: &JobOrder,
    trace: Option<&Trace>,
    has_payload: bool,
    wants: impl FnOnce() -> bool,
) -> Verdict {
    let is_about = match (kind, trace) {
        (JobKind::ReplayMissing, None) => wants(),
        (JobKind::Recover, Some(trace)) => matches!(
            trace.facts.state(),
            DeliveryState::Failed | DeliveryState::Canceled
        ),
        (JobKind::BulkReplay, Some(trace)) => is_asked_for(order, trace),
        (JobKind::Purge, _) if has_payload => return Verdict::Send,
        _ => false,
    };
    if !is_about {
        return Verdict::Other;
    }
    if !has_payload {
        return Verdict::Expunged;
    }
    let Some(trace) = trace else {
        return Verdict::Send;
    };
    let state = trace.facts.state();
    if matches!(state, DeliveryState::Pending | DeliveryState::Sending) {
        return Verdict::Owed;
    }
    let is_canceled = trace.facts.latest == Some(Outcome::Canceled);
    if is_canceled && trace.error == Some(AttemptError::Poison) {
        return Verdict::Poison;
    }
    Verdict::Send
}

fn is_asked_for(order: &JobOrder, trace: &Trace) -> bool {
    let status = trace.status.unwrap_or(0);
    (order.states.is_empty() || order.states.contains(&trace.facts.state()))
        && order
            .status_between
            .is_none_or(|(from, to)| (from..to).contains(&status))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(latest: Option<Outcome>) -> Trace {
        Trace {
            facts: DeliveryFacts {
                latest,
                has_succeeded: latest == Some(Outcome::Success),
                ..DeliveryFacts::default()
            },
            status: Some(500),
            error: None,
        }
    }

    fn judged(kind: JobKind, trace: Option<&Trace>) -> Verdict {
        judge(kind, &JobOrder::default(), trace, true, || true)
    }

    #[test]
    fn each_kind_is_about_its_own_messages() {
        let failed = trace(Some(Outcome::Exhausted));
        let delivered = trace(Some(Outcome::Success));
        let canceled = trace(Some(Outcome::Canceled));
        for (kind, trace, expected) in [
            (JobKind::Recover, Some(&failed), Verdict::Send),
            (JobKind::Recover, Some(&canceled), Verdict::Send),
            (JobKind::Recover, Some(&delivered), Verdict::Other),
            (JobKind::Recover, None, Verdict::Other),
            (JobKind::ReplayMissing, None, Verdict::Send),
            (JobKind::ReplayMissing, Some(&failed), Verdict::Other),
            (JobKind::BulkReplay, Some(&delivered), Verdict::Send),
            (JobKind::BulkReplay, None, Verdict::Other),
        ] {
            assert_eq!(judged(kind, trace), expected, "{kind:?} {trace:?}");
        }
    }

    #[test]
    fn what_is_owed_or_under_way_is_left_alone() {
        let mut owed = trace(Some(Outcome::Retry));
        owed.facts.due_at = Some(1);
        for trace in [owed, trace(None)] {
            assert_eq!(judged(JobKind::BulkReplay, Some(&trace)), Verdict::Owed);
            assert_eq!(judged(JobKind::Recover, Some(&trace)), Verdict::Other);
        }
    }

    #[test]
    fn a_message_without_payload_and_one_that_kills_are_left_out() {
        let failed = trace(Some(Outcome::Exhausted));
        let order = JobOrder::default();
        let verdict = judge(JobKind::Recover, &order, Some(&failed), false, || true);
        assert_eq!(verdict, Verdict::Expunged);
        let poison = Trace {
            error: Some(AttemptError::Poison),
            ..trace(Some(Outcome::Canceled))
        };
        assert_eq!(judged(JobKind::Recover, Some(&poison)), Verdict::Poison);
    }

    #[test]
    fn a_bulk_replay_is_filtered_by_state_and_by_status() {
        let failed = trace(Some(Outcome::Exhausted));
        for (states, status_between, expected) in [
            (vec![DeliveryState::Failed], None, Verdict::Send),
            (vec![DeliveryState::Delivered], None, Verdict::Other),
            (vec![], Some((500, 600)), Verdict::Send),
            (vec![], Some((400, 500)), Verdict::Other),
        ] {
            let order = JobOrder {
                states,
                status_between,
                ..JobOrder::default()
            };
            let verdict = judge(JobKind::BulkReplay, &order, Some(&failed), true, || true);
            assert_eq!(verdict, expected, "{order:?}");
        }
    }

    #[test]
    fn kinds_read_back_from_their_words() {
        for kind in JobKind::ALL {
            assert_eq!(JobKind::parse(kind.as_str()), Some(kind));
            assert_eq!(JobKind::from_code(kind.code()), Some(kind));
        }
        assert_eq!(JobKind::parse("sdk.generate"), None);
    }
}
