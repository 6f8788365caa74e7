//! When an endpoint is given up: five days of nothing but failures.

use crate::clock::Millis;
use crate::endpoint::{DisabledReason, EndpointState};

/// How long an endpoint may fail before it is switched off: 5 days.
pub const FAILING_FOR_MAX_MS: Millis = 5 * 24 * 60 * 60 * 1000;
/// How many failures it takes besides the time, so that one lonely message cannot switch it off.
pub const FAILURES_COUNT_MIN: u32 = 3;

/// The state after an attempt that succeeded.
pub fn after_success(state: &EndpointState) -> EndpointState {
    EndpointState {
        disabled: state.disabled,
        ..EndpointState::default()
    }
}

/// The state after an attempt that failed; `is_gone` where the endpoint answered 410.
pub fn after_failure(state: &EndpointState, is_gone: bool, now: Millis) -> EndpointState {
    let failing_since = state.failing_since.unwrap_or(now);
    let failures_count = state.failures_count.saturating_add(1);
    let has_failed_for_long =
        now - failing_since >= FAILING_FOR_MAX_MS && failures_count >= FAILURES_COUNT_MIN;
    let disabled = match state.disabled {
        Some(disabled) => Some(disabled),
        None if is_gone => Some((DisabledReason::Gone, now)),
        None if has_failed_for_long => Some((DisabledReason::Failing, now)),
        None => None,
    };
    EndpointState {
        failing_since: Some(failing_since),
        last_failure_at: Some(now),
        failures_count,
        disabled,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_days_of_failures_switch_an_endpoint_off_and_not_an_hour_less() {
        let mut state = EndpointState::default();
        for at in [0, 1, FAILING_FOR_MAX_MS - 1] {
            state = after_failure(&state, false, at);
            assert_eq!(state.disabled, None, "at {at}");
        }
        state = after_failure(&state, false, FAILING_FOR_MAX_MS);
        assert_eq!(
            state.disabled,
            Some((DisabledReason::Failing, FAILING_FOR_MAX_MS))
        );
    }

    #[test]
    fn one_success_starts_the_count_anew() {
        let failing = after_failure(&EndpointState::default(), false, 0);
        assert_eq!(after_success(&failing), EndpointState::default());
    }

    #[test]
    fn two_failures_five_days_apart_are_not_enough() {
        let state = after_failure(&EndpointState::default(), false, 0);
        let state = after_failure(&state, false, FAILING_FOR_MAX_MS * 2);
        assert_eq!(state.disabled, None);
    }

    #[test]
    fn gone_switches_off_at_once() {
        let state = after_failure(&EndpointState::default(), true, 7);
        assert_eq!(state.disabled, Some((DisabledReason::Gone, 7)));
    }
}
