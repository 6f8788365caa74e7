//! What a lane learns from each request: how quick its endpoint is, how much it takes, how it is.

use std::sync::Arc;

use tidings_domain::breaker::Passage;
use tidings_domain::clock::Millis;
use tidings_domain::endpoint::EndpointState;
use tidings_domain::message::MessageKey;

use super::Lane;
use crate::shared::Shared;

/// How much the latest request counts in the average.
const AVERAGE_SHARE: f64 = 0.1;

impl Lane {
    /// The endpoint's health as this lane knows it; starts anew when the configuration has changed.
    pub(crate) fn health(&self, version: u32, stored: &EndpointState) -> EndpointState {
        self.lock().health.of(version, stored).clone()
    }

    /// Learns from a request: how long it took, whether it worked, whether to slow down. True if the
    /// endpoint gets a rest from now on, or is left to the node that owns its slot, so that what waits
    /// here must be written down.
    pub(crate) fn learn(self: &Arc<Self>, shared: &Arc<Shared>, lesson: &Lesson) -> bool {
        let now = shared.clock.now_ms();
        let mut state = self.lock();
        state.probe.take_if(|probe| *probe == lesson.message);
        let rests_now = if lesson.is_success {
            if state.breaker.passage(now) != Passage::Open {
                shared.due.note(self.creditor, now);
            }
            state.breaker.succeed(now);
            false
        } else if shared.store.owns(self.creditor.slot) {
            state.breaker.fail(now)
        } else {
            state.left_to_owner_until = now + super::millis(shared.settings.breaker_rest);
            true
        };
        let took_us = f64::from(lesson.took_us);
        state.average_us += (took_us - state.average_us) * AVERAGE_SHARE;
        if let Some(health) = &lesson.health {
            state.health.learn(health);
        }
        if lesson.is_overload {
            let began_at = now - Millis::from(lesson.took_us / 1_000);
            state.cap.shrink(began_at, now);
        } else if lesson.is_success
            && !state.queue.is_empty()
            && state.cap.now() < shared.lane_requests_max()
            && state.cap.grow()
        {
            self.start_worker(&mut state, shared);
        }
        state.under_way.remove(&lesson.message);
        state.crew.has_ended_work();
        rests_now
    }
}

/// What one request teaches its lane.
pub(crate) struct Lesson {
    pub(crate) message: MessageKey,
    pub(crate) took_us: u32,
    pub(crate) is_success: bool,
    /// It timed out, or the endpoint said that it has too much to do.
    pub(crate) is_overload: bool,
    pub(crate) health: Option<EndpointState>,
}
