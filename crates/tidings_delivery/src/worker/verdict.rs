//! What an exchange means: for the delivery, for the endpoint's health, for the lane.

use std::time::Duration;

use tidings_domain::clock::Millis;
use tidings_domain::delivery::{AttemptError, Exchange, Outcome, PendingReason};
use tidings_domain::endpoint::EndpointState;
use tidings_domain::{health, retry};
use tidings_store::Next;

pub(super) fn what_follows(decided: retry::Next) -> (Outcome, Next) {
    match decided {
        retry::Next::Delivered => (Outcome::Success, Next::Done),
        retry::Next::RetryAt(due_at) => (
            Outcome::Retry,
            Next::At {
                due_at,
                reason: PendingReason::Retry,
            },
        ),
        retry::Next::Exhausted | retry::Next::Gone | retry::Next::Refused => {
            (Outcome::Exhausted, Next::Done)
        }
    }
}

pub(super) fn next_state(
    before: &EndpointState,
    is_success: bool,
    is_gone: bool,
    now: Millis,
) -> Option<EndpointState> {
    if !is_success {
        return Some(health::after_failure(before, is_gone, now));
    }
    let after = health::after_success(before);
    (after != *before).then_some(after)
}

pub(super) fn tried_outcome(exchange: &Exchange) -> retry::Outcome {
    match (exchange.status, exchange.error) {
        (_, Some(AttemptError::Policy)) => retry::Outcome::Refused,
        (Some(status), None | Some(AttemptError::Status)) => retry::Outcome::Status(status),
        _ => retry::Outcome::NoAnswer,
    }
}

pub(super) fn is_overload(exchange: &Exchange) -> bool {
    exchange.status.is_some_and(retry::slows_lane)
        || matches!(
            exchange.error,
            Some(AttemptError::Timeout | AttemptError::Unreachable)
        )
}

pub(super) fn retry_after(exchange: &Exchange, now: Millis) -> Option<Duration> {
    if matches!(exchange.status, None | Some(200..=299)) {
        return None;
    }
    let name = b"retry-after:";
    exchange
        .response_headers
        .split(|byte| *byte == b'\n')
        .find(|line| line.len() >= name.len() && line[..name.len()].eq_ignore_ascii_case(name))
        .and_then(|line| retry::parse_retry_after(&line[name.len()..], now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_found_whatever_its_case() {
        let exchange = Exchange {
            status: Some(503),
            response_headers: "date: x\nRetry-After: 7\n".into(),
            ..Exchange::default()
        };
        assert_eq!(retry_after(&exchange, 0), Some(Duration::from_secs(7)));
    }

    #[test]
    fn a_broken_answer_is_no_answer_even_with_a_status() {
        let exchange = Exchange {
            status: Some(500),
            error: Some(AttemptError::Reset),
            ..Exchange::default()
        };
        assert_eq!(tried_outcome(&exchange), retry::Outcome::NoAnswer);
    }
}
