//! What an exchange means: for the delivery, for the endpoint's health, for the lane.

use std::time::Duration;

use tidings_domain::clock::Millis;
use tidings_domain::delivery::{AttemptError, Exchange, Outcome, PendingReason};
use tidings_domain::endpoint::{DisabledReason, EndpointState};
use tidings_domain::retry::wish::{self, Wish};
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
        retry::Next::Exhausted
        | retry::Next::Gone
        | retry::Next::Aborted
        | retry::Next::Refused => (Outcome::Exhausted, Next::Done),
    }
}

pub(super) fn next_state(
    before: &EndpointState,
    decided: retry::Next,
    wish: Option<Wish>,
    now: Millis,
) -> Option<EndpointState> {
    let asked = match (wish, decided) {
        (Some(Wish::Disable), _) => Some(DisabledReason::Wished),
        (_, retry::Next::Gone) => Some(DisabledReason::Gone),
        _ => None,
    };
    if decided != retry::Next::Delivered {
        return Some(health::after_failure(before, asked, now));
    }
    let after = health::after_success(before, asked, now);
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
    values(&exchange.response_headers, "retry-after")
        .next()
        .and_then(|value| retry::parse_retry_after(value, now))
}

/// What the receiver wishes. An answer that broke off before its body says nothing for certain.
pub(super) fn wish(exchange: &Exchange) -> Option<Wish> {
    if !matches!(exchange.error, None | Some(AttemptError::Status)) {
        return None;
    }
    values(&exchange.response_headers, wish::HEADER)
        .filter_map(wish::parse)
        .max()
}

/// The values of a header in lines of `name: value`.
fn values<'a>(lines: &'a [u8], name: &'a str) -> impl Iterator<Item = &'a [u8]> {
    let lines = lines.split(|byte| *byte == b'\n');
    lines.filter_map(|line| {
        let (head, value) = line.split_at_checked(name.len())?;
        let is_named = head.eq_ignore_ascii_case(name.as_bytes());
        value.strip_prefix(b":").filter(|_| is_named)
    })
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

    #[test]
    fn of_several_wishes_the_one_that_goes_further_counts() {
        let exchange = |error, lines: &'static str| Exchange {
            status: Some(500),
            error,
            response_headers: lines.into(),
            ..Exchange::default()
        };
        let status = Some(AttemptError::Status);
        for (lines, wished) in [
            (
                "webhook-delivery: abort-message\n",
                Some(Wish::AbortMessage),
            ),
            (
                "a: b\nWebhook-Delivery:Disable\nwebhook-delivery: abort-message\n",
                Some(Wish::Disable),
            ),
            ("webhook-delivery: maybe\n", None),
            (
                "x-webhook-delivery: disable\nwebhook-deliver: disable\n",
                None,
            ),
            ("", None),
        ] {
            assert_eq!(wish(&exchange(status, lines)), wished, "{lines}");
        }
        let broken = exchange(Some(AttemptError::Reset), "webhook-delivery: disable\n");
        assert_eq!(wish(&broken), None);
    }
}
