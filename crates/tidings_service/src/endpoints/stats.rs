//! What became of the deliveries to an endpoint in a span of time, in figures.

use std::collections::HashMap;

use tidings_domain::clock::Millis;
use tidings_domain::ids::EndpointId;
use tidings_store::{CountOutcomes, InHand, ListRecent, OutcomeCounts, RecentOutcomes};

use super::NOT_FOUND;
use crate::error::ServiceError;
use crate::{Caller, Service};

/// The longest span: 28 days.
pub const STATS_SPAN_MAX_MS: Millis = 28 * 24 * HOUR_MS;
const HOUR_MS: Millis = 60 * 60 * 1000;
/// How many of the newest attempts to an endpoint tell how it does.
pub const RECENT_MAX: usize = 100;
/// What a span may be longer, since the clock of who asks for the last 28 days is another one.
const GRACE_MS: Millis = 60 * 1000;

/// The span that is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StatsSpan {
    /// From here on; none means 28 days before the end.
    pub since: Option<Millis>,
    /// Up to here; none means now.
    pub until: Option<Millis>,
}

/// How many deliveries are in which state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EndpointStats {
    /// Arrived.
    pub success: u64,
    /// Owed.
    pub pending: u64,
    /// Being sent, or next to be, by the node that was asked.
    pub sending: u64,
    /// Failed for good.
    pub fail: u64,
    /// Given up without a request.
    pub canceled: u64,
}

/// How many attempts ended in which way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EndpointAttemptStats {
    /// With a 2xx.
    pub success: u64,
    /// With anything else.
    pub fail: u64,
    /// Without a request.
    pub canceled: u64,
}

impl StatsSpan {
    /// From when to when, from the first up to, but without, the second.
    fn bounds(self, now: Millis) -> Result<(Millis, Millis), ServiceError> {
        // What happens in this very millisecond is in it.
        let until = self.until.unwrap_or(now + 1);
        let since = self.since.unwrap_or(until - STATS_SPAN_MAX_MS);
        let why = if since > until {
            "`since` must not be after `until`"
        } else if until - since > STATS_SPAN_MAX_MS + GRACE_MS {
            "`since` and `until` may be at most 28 days apart"
        } else {
            return Ok((since, until));
        };
        Err(ServiceError::Refused {
            code: "invalid_range",
            detail: why.to_owned(),
        })
    }
}

impl Service {
    /// The states of the deliveries to an endpoint.
    pub async fn endpoint_stats(
        &self,
        caller: Caller,
        application: &str,
        name: &str,
        span: StatsSpan,
    ) -> Result<EndpointStats, ServiceError> {
        let (from, to) = span.bounds(self.now())?;
        let (counts, endpoint) = self
            .outcome_counts(caller, application, name, (from, to))
            .await?;
        let in_hand = self.admission.in_hand(endpoint);
        let is_off = self
            .store
            .endpoint_by_ordinal(endpoint)
            .await?
            .ok_or(NOT_FOUND)?
            .is_off();
        Ok(states(&counts, in_hand, is_off))
    }

    /// The outcomes of the attempts to an endpoint, in whole hours.
    pub async fn endpoint_attempt_stats(
        &self,
        caller: Caller,
        application: &str,
        name: &str,
        span: StatsSpan,
    ) -> Result<EndpointAttemptStats, ServiceError> {
        let (from, to) = span.bounds(self.now())?;
        let from = from.div_euclid(HOUR_MS) * HOUR_MS;
        let to = (to + HOUR_MS - 1).div_euclid(HOUR_MS) * HOUR_MS;
        let (counts, _) = self
            .outcome_counts(caller, application, name, (from, to))
            .await?;
        Ok(EndpointAttemptStats {
            success: counts.success,
            fail: counts.retry + counts.exhausted,
            canceled: counts.canceled,
        })
    }

    /// What became of the newest [`RECENT_MAX`] attempts to each of some endpoints of an application, as many as a page
    /// has. What that costs does not depend on how many attempts there ever were.
    pub async fn recent_outcomes(
        &self,
        caller: Caller,
        application: &str,
        endpoints: &[EndpointId],
    ) -> Result<HashMap<EndpointId, RecentOutcomes>, ServiceError> {
        let view = self.view(caller, application).await?;
        let list = ListRecent {
            application: view.ordinal(),
            endpoints: endpoints.iter().map(|id| id.seq()).collect(),
            limit: RECENT_MAX,
        };
        let found = self.store.recent_outcomes(list).await?.into_iter();
        Ok(found.map(|one| (one.last.endpoint, one)).collect())
    }

    async fn outcome_counts(
        &self,
        caller: Caller,
        application: &str,
        name: &str,
        (from, to): (Millis, Millis),
    ) -> Result<(OutcomeCounts, i64), ServiceError> {
        let (view, target) = self.target(caller, application, name).await?;
        let count = CountOutcomes {
            application: view.ordinal(),
            endpoint: target.ordinal(),
            from,
            to,
        };
        let counts = self.store.outcome_counts(count).await?;
        Ok((counts, target.ordinal()))
    }
}

/// What is owed to an endpoint that is off reads as canceled; the row that says so comes a little later.
fn states(counts: &OutcomeCounts, in_hand: InHand, is_off: bool) -> EndpointStats {
    let owed = counts.owed.saturating_sub(in_hand.rows);
    let canceled = counts.canceled - counts.canceled_and_not_the_end;
    EndpointStats {
        success: counts.success,
        pending: if is_off { 0 } else { owed },
        sending: in_hand.deliveries,
        fail: counts.exhausted - counts.exhausted_and_not_the_end,
        canceled: if is_off { canceled + owed } else { canceled },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_at_most_28_days_and_does_not_run_backwards() {
        let now = 100 * STATS_SPAN_MAX_MS;
        let bounds = |since, until| StatsSpan { since, until }.bounds(now);
        assert_eq!(
            bounds(None, None).unwrap(),
            (now + 1 - STATS_SPAN_MAX_MS, now + 1)
        );
        assert_eq!(bounds(Some(5), Some(5)).unwrap(), (5, 5));
        let least = now + 1 - STATS_SPAN_MAX_MS - GRACE_MS;
        assert_eq!(bounds(Some(least), None).unwrap(), (least, now + 1));
        assert_eq!(bounds(None, Some(7)).unwrap(), (7 - STATS_SPAN_MAX_MS, 7));
        for (since, until) in [
            (Some(6), Some(5)),
            (Some(least - 1), None),
            (Some(0), Some(STATS_SPAN_MAX_MS + GRACE_MS + 1)),
        ] {
            let refused = bounds(since, until).unwrap_err();
            let is_refused =
                matches!(refused, ServiceError::Refused { code, .. } if code == "invalid_range");
            assert!(is_refused, "{since:?} {until:?}");
        }
    }

    #[test]
    fn what_is_in_hand_is_not_pending_and_what_is_owed_to_nobody_is_canceled() {
        let counts = OutcomeCounts {
            success: 7,
            retry: 5,
            exhausted: 4,
            canceled: 3,
            exhausted_and_not_the_end: 1,
            canceled_and_not_the_end: 2,
            owed: 6,
        };
        let in_hand = InHand {
            deliveries: 4,
            rows: 2,
        };
        let on = states(&counts, in_hand, false);
        let expected = EndpointStats {
            success: 7,
            pending: 4,
            sending: 4,
            fail: 3,
            canceled: 1,
        };
        assert_eq!(on, expected);
        let off = states(&counts, InHand::default(), true);
        assert_eq!((off.pending, off.canceled), (0, 7));
    }
}
