//! When an endpoint is given up: five days of nothing but failures.

use crate::clock::Millis;
use crate::endpoint::{DisabledReason, EndpointState};

/// How long an endpoint may fail before it is switched off: 5 days.
pub const FAILING_FOR_MAX_MS: Millis = 5 * 24 * 60 * 60 * 1000;
/// How many failures it takes besides the time, so that one lonely message cannot switch it off.
pub const FAILURES_COUNT_MIN: u32 = 3;

/// The state after an attempt that succeeded; `asked` where the endpoint wants no more all the same.
pub fn after_success(
    state: &EndpointState,
    asked: Option<DisabledReason>,
    now: Millis,
) -> EndpointState {
    EndpointState {
        disabled: state.disabled.or(asked.map(|reason| (reason, now))),
        ..EndpointState::default()
    }
}

/// The state after an attempt that failed; `asked` where the endpoint wants no more, with how it said so.
pub fn after_failure(
    state: &EndpointState,
    asked: Option<DisabledReason>,
    now: Millis,
) -> EndpointState {
    let failing_since = state.failing_since.unwrap_or(now);
    let failures_count = state.failures_count.saturating_add(1);
    let has_failed_for_long =
        now - failing_since >= FAILING_FOR_MAX_MS && failures_count >= FAILURES_COUNT_MIN;
    let reason = asked.or(has_failed_for_long.then_some(DisabledReason::Failing));
    let disabled = state.disabled.or(reason.map(|reason| (reason, now)));
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
            state = after_failure(&state, None, at);
            assert_eq!(state.disabled, None, "at {at}");
        }
        state = after_failure(&state, None, FAILING_FOR_MAX_MS);
        assert_eq!(
            state.disabled,
            Some((DisabledReason::Failing, FAILING_FOR_MAX_MS))
        );
    }

    #[test]
    fn one_success_starts_the_count_anew() {
        let failing = after_failure(&EndpointState::default(), None, 0);
        assert_eq!(after_success(&failing, None, 1), EndpointState::default());
    }

    #[test]
    fn two_failures_five_days_apart_are_not_enough() {
        let state = after_failure(&EndpointState::default(), None, 0);
        let state = after_failure(&state, None, FAILING_FOR_MAX_MS * 2);
        assert_eq!(state.disabled, None);
    }

    #[test]
    fn gone_switches_off_at_once() {
        let state = after_failure(&EndpointState::default(), Some(DisabledReason::Gone), 7);
        assert_eq!(state.disabled, Some((DisabledReason::Gone, 7)));
    }

    #[test]
    fn a_success_may_be_the_last_one_that_is_wanted() {
        let failing = after_failure(&EndpointState::default(), None, 0);
        let state = after_success(&failing, Some(DisabledReason::Wished), 7);
        assert_eq!(state.disabled, Some((DisabledReason::Wished, 7)));
        assert_eq!(state.failing_since, None);
        let later = after_success(&state, Some(DisabledReason::Wished), 9);
        assert_eq!(later, state, "the first time counts");
    }
}
