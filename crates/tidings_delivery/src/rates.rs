//! Rates: at most so many requests a second to an endpoint, or to all endpoints of an application.
//!
//! Requests take turns, evenly spaced, so that in no second there are more than the rate allows. Only the
//! node that owns the slot sends to such an endpoint, so its turns are all there are.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tidings_store::target::Target;

use crate::shared::Shared;

/// A stop is noticed this often by those who wait for their turn.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Whose rate it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Whose {
    Endpoint(i64),
    Application(i64),
}

/// When the next turn of each is.
#[derive(Default)]
pub(crate) struct Rates(Mutex<HashMap<Whose, Instant>>);

impl Rates {
    /// Takes the next turn that suits all these rates; gives when it is.
    fn take_turn(&self, rates: &[(Whose, u32)], now: Instant) -> Instant {
        let mut next = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = rates.iter().filter_map(|(whose, _)| next.get(whose));
        let turn = known.copied().fold(now, Instant::max);
        for (whose, rate) in rates {
            next.insert(*whose, turn + Duration::from_secs(1) / (*rate).max(1));
        }
        turn
    }

    /// Forgets those whose next turn could be now.
    pub(crate) fn forget_idle(&self) {
        let now = Instant::now();
        let mut next = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        next.retain(|_, turn| *turn > now);
    }
}

/// The rates that hold for a target.
fn of(target: &Target) -> Vec<(Whose, u32)> {
    let endpoint = target.endpoint.throttle_rate;
    let endpoint = endpoint.map(|rate| (Whose::Endpoint(target.ordinal()), rate));
    let application = Whose::Application(target.endpoint.application);
    let application = target.application_rate.map(|rate| (application, rate));
    endpoint.into_iter().chain(application).collect()
}

/// Waits for a turn. False if the node stops before it comes.
pub(crate) async fn wait_for_turn(shared: &Arc<Shared>, target: &Target) -> bool {
    if !target.is_rated() {
        return true;
    }
    let turn = shared.rates.take_turn(&of(target), Instant::now());
    loop {
        let left = turn.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return true;
        }
        if shared.is_draining() {
            return false;
        }
        tokio::time::sleep(left.min(LOOK_EVERY)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUICK: (Whose, u32) = (Whose::Endpoint(1), 10);

    /// After how many milliseconds a turn comes.
    fn take(rates: &Rates, of: &[(Whose, u32)], now: Instant) -> u128 {
        rates.take_turn(of, now).duration_since(now).as_millis()
    }

    #[test]
    fn turns_are_evenly_spaced_and_suit_the_endpoint_and_its_application() {
        let (rates, now) = (Rates::default(), Instant::now());
        let turns = [QUICK, QUICK, QUICK].map(|rate| take(&rates, &[rate], now));
        assert_eq!(turns, [0, 100, 200]);
        assert_eq!(take(&rates, &[], now), 0, "without a rate");
        let shared = (Whose::Application(7), 4);
        let turns = [3, 4, 3].map(|number| {
            let own = (Whose::Endpoint(number), 100);
            take(&rates, &[own, shared], now)
        });
        assert_eq!(turns, [0, 250, 500]);
    }

    #[test]
    fn a_turn_that_was_not_used_is_not_saved_up() {
        let (rates, now) = (Rates::default(), Instant::now());
        take(&rates, &[QUICK], now);
        let later = now + Duration::from_mins(1);
        assert_eq!(take(&rates, &[QUICK], later), 0);
        assert_eq!(take(&rates, &[QUICK], later), 100);
    }
}
