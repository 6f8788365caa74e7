//! How many requests a second a caller may make, and the headers that say so.
//!
//! The headers are those of draft-ietf-httpapi-ratelimit-headers-10: `RateLimit-Policy` says how many there may be in
//! how many seconds, `RateLimit` how many are left and in how many seconds all of them will be there again. Each node
//! counts by itself and in memory. Where nobody is limited nothing is looked up and nothing is counted.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use axum::response::Response;
use futures_util::FutureExt as _;
use http::{HeaderMap, HeaderValue};
use tidings_domain::audit::ActorKind;
use tidings_domain::clock::Millis;
use tidings_domain::pace::{Pace, Paced};
use tidings_service::Caller;

use crate::Api;
use crate::problem::Problem;

const SHARDS_COUNT: usize = 16;
/// Most callers that are counted in one shard; beyond, those who are on time are forgotten.
const PACES_MAX: usize = 4_096;

/// Who is counted: a key, or a session, with its limit, so that one that is changed holds at once.
type Who = (ActorKind, i64, u32);

/// The paces of all callers.
#[derive(Default)]
pub(crate) struct Paces {
    shards: [RwLock<HashMap<Who, Arc<Pace>>>; SHARDS_COUNT],
}

tokio::task_local! {
    /// How the caller of the request that is being answered stands. A field of the request would cost each of them an
    /// allocation, since nobody knows yet whether its caller is limited.
    static STANDING: Cell<Option<Paced>>;
}

impl Paces {
    fn take(&self, who: Who, now: Millis) -> Paced {
        let rate = who.2;
        let shard = usize::try_from(who.1.unsigned_abs()).unwrap_or(0) % SHARDS_COUNT;
        let shard = &self.shards[shard];
        {
            let paces = shard.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(pace) = paces.get(&who) {
                return pace.take(rate, now);
            }
        }
        let mut paces = shard.write().unwrap_or_else(PoisonError::into_inner);
        if paces.len() >= PACES_MAX {
            paces.retain(|_, pace| !pace.is_on_time(now));
        }
        let pace = paces.entry(who).or_default().clone();
        pace.take(rate, now)
    }
}

/// Answers a request, and says in the answer how its caller stands, if it is limited.
///
/// No async function, which would hold what it is given once more for each layer.
pub(crate) fn telling<F>(answering: F) -> impl Future<Output = Response> + Send
where
    F: Future<Output = Response> + Send,
{
    let counted = answering.map(|mut response| {
        if let Ok(Some(paced)) = STANDING.try_with(Cell::get) {
            write(paced, response.headers_mut());
        }
        response
    });
    STANDING.scope(Cell::new(None), counted)
}

/// Counts a request of this caller, and refuses it if it comes too soon.
pub(crate) fn pace(api: &Api, caller: Caller) -> Result<(), Problem> {
    let own = api.service.rate_limit_of(caller);
    let Some(rate) = own.or(api.settings.rate_limit) else {
        return Ok(());
    };
    let who = (caller.kind, caller.key, rate);
    let paced = api.paces.take(who, api.service.now());
    // Outside of a request there is no answer to write it into.
    let _ = STANDING.try_with(|standing| standing.set(Some(paced)));
    match paced.wait {
        None => Ok(()),
        Some(wait) => Err(Problem::rate_limited(rate, wait)),
    }
}

fn write(Paced { rate, left, .. }: Paced, headers: &mut HeaderMap) {
    let policy = format!("\"default\";q={rate};w=1");
    let limit = format!("\"default\";r={left};t=1");
    for (name, value) in [("ratelimit-policy", policy), ("ratelimit", limit)] {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_caller_has_a_pace_of_its_own() {
        let paces = Paces::default();
        let taken = |who| {
            let takes = (0..10).map(|_| paces.take(who, 1_000));
            takes.filter(|paced| paced.wait.is_none()).count()
        };
        assert_eq!(taken((ActorKind::ApiKey, 1, 3)), 3);
        assert_eq!(taken((ActorKind::ApiKey, 17, 3)), 3, "of the same shard");
        assert_eq!(taken((ActorKind::PortalSession, 1, 3)), 3);
        assert_eq!(taken((ActorKind::ApiKey, 1, 3)), 0);
        assert_eq!(taken((ActorKind::ApiKey, 1, 5)), 5, "with another limit");
    }

    #[test]
    fn who_is_on_time_makes_room() {
        let paces = Paces::default();
        let count = i64::try_from(PACES_MAX * SHARDS_COUNT).unwrap();
        for key in 0..count {
            paces.take((ActorKind::ApiKey, key, 1), 1_000);
        }
        paces.take((ActorKind::ApiKey, count, 1), 9_000);
        let counted = paces.shards[0].read().unwrap().len();
        assert_eq!(counted, 1);
    }
}
