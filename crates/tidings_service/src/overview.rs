//! How it goes just now, for whoever watches: what goes through this process, what is owed, and which endpoints are in
//! trouble.
//!
//! What goes through is counted in memory as it happens. The store is asked for little, and at most every few seconds
//! however many watch. On several nodes each tells of its own part.

mod pulse;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tidings_domain::clock::Millis;
use tidings_domain::delivery::Outcome;
use tidings_domain::endpoint::Endpoint;
use tidings_store::{
    AttemptRow, AttemptsOf, Creditor, KnownEndpoint, ListAttempts, Order, OwedCount, StoreFuture,
};

use crate::error::ServiceError;
use crate::{Caller, Service};

use pulse::Pulse;
pub use pulse::{PART_MS, PARTS, Part};

/// The store is asked again after so long: 3 s.
const ASK_EVERY_MS: Millis = 3_000;
/// How many endpoints in trouble are looked at.
const FAILING_MAX: usize = 500;
/// How many of them are shown with all that is known of them.
const SHOWN_MAX: usize = 10;
/// What is owed is counted for so many endpoints, and up to so much in all, of which each has the same share.
const OWED_ENDPOINTS_MAX: usize = 50;
const OWED_COUNT_MAX: usize = 10_000;
/// How many reads go on at once.
const READS_AT_ONCE: usize = 4;

/// How it goes.
#[derive(Debug, Clone)]
pub struct Overview {
    /// What goes through just now.
    pub now: Part,
    /// The last hour in parts of [`PART_MS`], the oldest first.
    pub hour: Vec<Part>,
    /// What is owed, and who is in trouble.
    pub standing: Arc<Standing>,
}

/// What is owed, and who is in trouble, a few seconds ago at most.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// What is owed to all endpoints.
    pub owed: OwedCount,
    /// Whether more is owed than was counted.
    pub has_more_owed: bool,
    /// How many endpoints fail, or were switched off for it.
    pub failing_count: usize,
    /// Whether there are more than were looked at.
    pub has_more_failing: bool,
    /// How many get a rest.
    pub resting_count: usize,
    /// Those that are in trouble, the longest first.
    pub troubles: Vec<Trouble>,
}

/// An endpoint in trouble.
#[derive(Debug, Clone)]
pub struct Trouble {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// The id of its application; empty for operational webhooks, whose application nobody can name.
    pub application: String,
    /// What people call that.
    pub application_name: String,
    /// Whether its breaker is open.
    pub is_resting: bool,
    /// What it is owed.
    pub owed: OwedCount,
    /// Whether it is owed more than was counted.
    pub has_more_owed: bool,
    /// Its last failed attempt, with the message.
    pub last: Option<AttemptRow>,
}

/// What endpoints are owed.
struct Debts {
    /// By number.
    by_endpoint: HashMap<i64, OwedCount>,
    /// How far each was counted.
    count_max: usize,
    /// Whether that is not all.
    has_more: bool,
}

/// Whether there may be more than was counted.
fn is_cut(owed: &OwedCount, count_max: usize) -> bool {
    usize::try_from(owed.count).is_ok_and(|count| count >= count_max)
}

/// What is remembered, by environment.
#[derive(Default)]
pub(crate) struct Pulses(Mutex<HashMap<i64, Pulse>>);

/// What the store has said last, by environment. It is locked while the store is asked, so that it is asked once.
pub(crate) type Standings = tokio::sync::Mutex<HashMap<i64, (Millis, Arc<Standing>)>>;

impl Pulses {
    fn lock(&self) -> MutexGuard<'_, HashMap<i64, Pulse>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Service {
    /// Notes what has gone through; whoever serves calls it every second.
    pub fn note_traffic(&self) {
        let now = self.now();
        let all = self.directory.all_traffic();
        let mut pulses = self.pulses.lock();
        for (environment, traffic) in all {
            pulses
                .entry(environment)
                .or_default()
                .note(now, &traffic.read());
        }
    }

    /// How it goes in the caller's environment.
    pub async fn overview(&self, caller: Caller) -> Result<Overview, ServiceError> {
        let standing = self.standing_of(caller.environment).await?;
        let mut pulses = self.pulses.lock();
        let pulse = pulses.entry(caller.environment).or_default();
        Ok(Overview {
            now: pulse.now(),
            hour: pulse.hour(),
            standing,
        })
    }

    async fn standing_of(&self, environment: i64) -> Result<Arc<Standing>, ServiceError> {
        let mut known = self.standings.lock().await;
        let now = self.now();
        if let Some((at, standing)) = known.get(&environment)
            && (0..ASK_EVERY_MS).contains(&(now - at))
        {
            return Ok(Arc::clone(standing));
        }
        let standing = Arc::new(self.ask_standing(environment).await?);
        known.insert(environment, (now, Arc::clone(&standing)));
        Ok(standing)
    }

    async fn ask_standing(&self, environment: i64) -> Result<Standing, ServiceError> {
        let is_of = |known: &KnownEndpoint| {
            known.deleted_at.is_none() && known.endpoint.environment == environment
        };
        let failing = self.store.failing_endpoints(FAILING_MAX).await?;
        let has_more_failing = failing.len() == FAILING_MAX;
        let failing = self.store.endpoints_by_ordinal(failing).await?;
        let mut failing: Vec<Endpoint> = failing
            .into_iter()
            .filter(is_of)
            .map(|known| known.endpoint)
            .collect();
        failing.sort_by_key(|endpoint| endpoint.state.failing_since.unwrap_or(Millis::MAX));
        let owed = self.ask_owed(&is_of).await?;
        let resting: HashSet<i64> = self.admission.resting().into_iter().collect();
        let is_resting = |endpoint: &&Endpoint| resting.contains(&endpoint.id.seq());
        let mut standing = Standing {
            failing_count: failing.len(),
            has_more_failing,
            resting_count: failing.iter().filter(is_resting).count(),
            has_more_owed: owed.has_more,
            ..Standing::default()
        };
        for one in owed.by_endpoint.values() {
            standing.owed.count += one.count;
            standing.owed.since = match (standing.owed.since, one.since) {
                (Some(since), Some(other)) => Some(since.min(other)),
                (since, other) => since.or(other),
            };
        }
        let mut troubles = Vec::new();
        for endpoint in failing.into_iter().take(SHOWN_MAX) {
            let is_resting = resting.contains(&endpoint.id.seq());
            troubles.push(self.ask_trouble(endpoint, is_resting, &owed));
        }
        let troubles: Vec<Option<Trouble>> = stream::iter(troubles)
            .buffered(READS_AT_ONCE)
            .try_collect()
            .await?;
        standing.troubles = troubles.into_iter().flatten().collect();
        Ok(standing)
    }

    /// What endpoints are owed.
    async fn ask_owed(
        &self,
        is_of: &impl Fn(&KnownEndpoint) -> bool,
    ) -> Result<Debts, ServiceError> {
        let creditors = self.store.due_endpoints(None, OWED_ENDPOINTS_MAX).await?;
        let mut has_more = creditors.len() == OWED_ENDPOINTS_MAX;
        let creditors: HashMap<i64, Creditor> = creditors
            .into_iter()
            .filter(|(creditor, _)| !creditor.is_fan_out() && !creditor.is_jobs())
            .map(|(creditor, _)| (creditor.endpoint, creditor))
            .collect();
        let ordinals = creditors.keys().copied().collect();
        let known = self.store.endpoints_by_ordinal(ordinals).await?;
        let known = known.iter().filter(|known| is_of(known));
        let owed: Vec<Creditor> = known
            .filter_map(|known| creditors.get(&known.id().seq()).copied())
            .collect();
        let count_max = OWED_COUNT_MAX / owed.len().max(1);
        let count = |creditor: &Creditor| self.store.owed(*creditor, count_max);
        let counts: Vec<StoreFuture<'_, OwedCount>> = owed.iter().map(count).collect();
        let counts: Vec<OwedCount> = stream::iter(counts)
            .buffered(READS_AT_ONCE)
            .try_collect()
            .await?;
        has_more |= counts.iter().any(|owed| is_cut(owed, count_max));
        let numbers = owed.iter().map(|creditor| creditor.endpoint);
        Ok(Debts {
            by_endpoint: numbers.zip(counts).collect(),
            count_max,
            has_more,
        })
    }

    async fn ask_trouble(
        &self,
        endpoint: Endpoint,
        is_resting: bool,
        owed: &Debts,
    ) -> Result<Option<Trouble>, ServiceError> {
        let counted = owed.by_endpoint.get(&endpoint.id.seq());
        let counted = counted.copied().unwrap_or_default();
        let application = self.store.application_by_ordinal(endpoint.application);
        let Some(application) = application.await? else {
            return Ok(None);
        };
        let of = AttemptsOf::Endpoint {
            application: endpoint.application,
            endpoint: endpoint.id.seq(),
        };
        let last = ListAttempts {
            outcomes: vec![Outcome::Retry, Outcome::Exhausted],
            with_message: true,
            ..ListAttempts::first(of, Order::Descending, 1)
        };
        let last = self.store.attempts(last).await?.rows.into_iter().next();
        Ok(Some(Trouble {
            endpoint,
            application: if application.is_operational {
                String::new()
            } else {
                application.id.to_string()
            },
            application_name: application.name,
            is_resting,
            owed: counted,
            has_more_owed: is_cut(&counted, owed.count_max),
            last,
        }))
    }
}
