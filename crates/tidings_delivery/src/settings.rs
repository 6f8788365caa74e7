//! What operators may set about delivery.

use std::time::Duration;

use tidings_domain::job::REPLAY_PENDING_MAX;
use tidings_domain::retry::{JITTER_SHARE, Schedule};

/// Limits and times of delivery. Every one has a default that suits most.
#[derive(Debug, Clone)]
pub struct DeliverySettings {
    /// Whether this node delivers at all; if not, everything is written down for nodes that do.
    pub delivers: bool,
    /// The waits between attempts.
    pub schedule: Schedule,
    /// The share of a wait that chance may add, 0 to 1.
    pub jitter_share: f64,
    /// Requests at once to one endpoint: where a lane starts.
    pub lane_requests_start: usize,
    /// Requests at once to one endpoint: how far a lane may grow.
    pub lane_requests_max: usize,
    /// Deliveries of one endpoint in memory at once, requests included.
    pub lane_window: usize,
    /// Deliveries of jobs that are owed to one endpoint at once.
    pub replay_pending_max: usize,
    /// Deliveries of all endpoints in memory at once.
    pub window: usize,
    /// Bytes of payload in memory at once.
    pub window_bytes: usize,
    /// How long a message may wait for a place in memory before its delivery is written down as owed.
    pub admit_for_max: Duration,
    /// How long a delivery may wait in memory before it is written down as owed.
    pub queued_for_max: Duration,
    /// How long an endpoint that fails again and again gets a rest before it is probed.
    pub breaker_rest: Duration,
    /// How long a stop waits for requests that are under way.
    pub drain_for_max: Duration,
    /// How long messages and attempts are kept; for ever if none.
    pub kept_for: Option<Duration>,
    /// How long entries of the audit log are kept; for ever if none.
    pub audit_kept_for: Option<Duration>,
}

impl Default for DeliverySettings {
    fn default() -> Self {
        Self {
            delivers: true,
            schedule: Schedule::default(),
            jitter_share: JITTER_SHARE,
            lane_requests_start: 8,
            lane_requests_max: 64,
            lane_window: 256,
            replay_pending_max: REPLAY_PENDING_MAX,
            window: 8_192,
            window_bytes: 64 << 20,
            admit_for_max: Duration::from_millis(50),
            queued_for_max: Duration::from_secs(10),
            breaker_rest: Duration::from_secs(30),
            drain_for_max: Duration::from_secs(25),
            kept_for: None,
            audit_kept_for: None,
        }
    }
}
