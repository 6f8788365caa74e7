//! The checker: what was accepted, what came, and what the API says of it.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use super::accounts::{Account, State};
use super::{Endpoint, Outage, Posted, Rig, Settings};
use crate::client::Client;
use crate::receiver::Received;
use crate::signature;

/// How many names of a kind are kept for people.
const SHOWN_MAX: usize = 10;

/// What came of a run.
#[derive(Debug, Clone, Default)]
pub struct Verdict {
    /// Servers that died.
    pub crashes: usize,
    /// Messages accepted.
    pub accepted: usize,
    /// Requests that the load had to repeat.
    pub posts_repeated: usize,
    /// Requests that endpoints received.
    pub received: usize,
    /// Deliveries that recovery brought back, by the server's own log.
    pub recovered: usize,
    /// Deliveries that ended in success.
    pub delivered: usize,
    /// Deliveries that were canceled because servers died three times in a row over them.
    pub poisoned: usize,
    /// Messages or deliveries that were accepted and are gone, or have not ended.
    pub lost: usize,
    /// Some of them.
    pub lost_shown: Vec<String>,
    /// Requests for messages that nobody posted.
    pub phantoms: usize,
    /// Messages beyond the first with the same key.
    pub twins: usize,
    /// Bodies that differ from what was posted.
    pub bodies_changed: usize,
    /// Signatures that do not verify.
    pub signatures_wrong: usize,
    /// Requests beyond those that attempts explain.
    pub repeats: usize,
    /// Those of them that the server sent twice because the first connection broke at once.
    pub repeats_by_reset: usize,
    /// The same by the crash that explains most of them.
    pub repeats_of_one_crash: usize,
    /// The most that one crash may explain.
    pub repeats_max: usize,
    /// Requests beyond those that attempts explain, with no crash in between.
    pub repeats_without_crash: usize,
}

impl Verdict {
    /// Prints it.
    #[expect(clippy::print_stdout, reason = "the figures are what the run is for")]
    pub fn show(&self, what: &str) {
        println!("--- {what} ---\n{self}");
    }

    /// Requests that neither attempts nor connections that broke at once explain.
    pub fn duplicates(&self) -> usize {
        self.repeats - self.repeats_by_reset
    }

    /// Panics unless every promise was kept.
    #[track_caller]
    pub fn assert_kept(&self) {
        if let Err(broken) = self.check() {
            panic!("{broken}\n{self}");
        }
    }

    /// Whether every promise was kept.
    ///
    /// # Errors
    /// Which was not.
    pub fn check(&self) -> Result<(), String> {
        let lost = format!("accepted and lost: {:?}", self.lost_shown);
        for (is_broken, promise) in [
            (self.accepted == 0, "nothing was accepted"),
            (self.lost > 0, &lost),
            (self.phantoms > 0, "phantoms"),
            (self.twins > 0, "one key, several messages"),
            (self.bodies_changed > 0, "bodies changed"),
            (self.signatures_wrong > 0, "signatures wrong"),
            (self.repeats_without_crash > 0, "repeats without a crash"),
            (
                self.repeats_of_one_crash > self.repeats_max,
                "too many repeats",
            ),
        ] {
            if is_broken {
                return Err(promise.to_owned());
            }
        }
        Ok(())
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = [
            ("servers that died", self.crashes),
            ("messages accepted", self.accepted),
            ("posts repeated for want of an answer", self.posts_repeated),
            ("requests received by endpoints", self.received),
            ("deliveries that recovery brought back", self.recovered),
            ("deliveries that succeeded", self.delivered),
            ("deliveries canceled as poison", self.poisoned),
            ("accepted and lost", self.lost),
            ("phantoms", self.phantoms),
            ("further messages with the same key", self.twins),
            ("bodies changed", self.bodies_changed),
            ("signatures wrong", self.signatures_wrong),
            (
                "requests repeated beyond what attempts explain",
                self.repeats,
            ),
            (
                "  of these on connections that broke at once",
                self.repeats_by_reset,
            ),
            (
                "  of these by one crash, at most",
                self.repeats_of_one_crash,
            ),
            (
                "  allowed for one crash (window and one batch)",
                self.repeats_max,
            ),
            ("  without a crash in between", self.repeats_without_crash),
        ];
        for (name, count) in lines {
            writeln!(f, "{name:<50} {count:>8}")?;
        }
        Ok(())
    }
}

impl Rig {
    pub(crate) async fn check(
        &self,
        address: SocketAddr,
        posted: Vec<Posted>,
        settings: &Settings,
    ) -> Verdict {
        let client = Client::new(address).with_key(&self.key);
        let posts_repeated = posted.iter().map(|one| one.requests_count - 1).sum();
        let accounts = self.calm_down(&client, posted, settings).await;
        let known: HashSet<&str> = accounts.iter().map(|one| one.posted.id.as_str()).collect();
        let listed = self.list_messages(&client).await;
        let requests = self.receiver.requests();
        let mut verdict = Verdict {
            crashes: self.outages.len(),
            accepted: accounts.len(),
            posts_repeated,
            received: requests.len(),
            recovered: recovered(&self.program.log_text()),
            twins: listed
                .iter()
                .filter(|id| !known.contains(id.as_str()))
                .count(),
            repeats_max: settings.repeats_max(),
            ..Verdict::default()
        };
        for account in &accounts {
            verdict.delivered += account.delivered;
            verdict.poisoned += account.poisoned;
            if account.state != State::Ended {
                let Posted { key, id, .. } = &account.posted;
                let state = &account.state;
                verdict.lost += 1;
                let statuses = &account.statuses;
                let shown = format!("{id} ({key}): {state:?} {statuses:?}");
                verdict.lost_shown.push(shown);
            }
        }
        compare(&mut verdict, &accounts, &requests, &self.endpoints);
        count_repeats(&mut verdict, &accounts, &requests, self);
        verdict.lost_shown.truncate(SHOWN_MAX);
        verdict
    }
}

/// Looks at every request that came.
fn compare(
    verdict: &mut Verdict,
    accounts: &[Account],
    requests: &[Arc<Received>],
    endpoints: &[Endpoint],
) {
    let by_id: HashMap<&str, &Account> = accounts
        .iter()
        .map(|account| (account.posted.id.as_str(), account))
        .collect();
    for request in requests {
        match by_id.get(request.id()) {
            None => verdict.phantoms += 1,
            Some(account) if account.posted.payload != request.body => verdict.bodies_changed += 1,
            Some(_) => {}
        }
        let endpoint = endpoints
            .iter()
            .find(|endpoint| endpoint.path == request.path);
        let is_signed = endpoint.is_some_and(|endpoint| {
            signature::verify_as_it_came(request, &endpoint.secret).is_ok()
        });
        verdict.signatures_wrong += usize::from(!is_signed);
    }
}

/// Finds requests that no attempt tells of, and the crash that each was caught in; and messages of which
/// more deliveries are said to have succeeded than came.
fn count_repeats(
    verdict: &mut Verdict,
    accounts: &[Account],
    requests: &[Arc<Received>],
    rig: &Rig,
) {
    let mut by_delivery: HashMap<(&str, &str), Vec<&Received>> = HashMap::new();
    for request in requests {
        let delivery = (request.id(), request.path.as_str());
        by_delivery.entry(delivery).or_default().push(request);
    }
    let mut by_crash = vec![0_usize; rig.outages.len()];
    for account in accounts {
        let mut endpoints_reached = 0;
        for endpoint in &rig.endpoints {
            let delivery = (account.posted.id.as_str(), endpoint.path.as_str());
            let came = by_delivery
                .get(&delivery)
                .map(Vec::as_slice)
                .unwrap_or_default();
            endpoints_reached += usize::from(came.iter().any(|request| !request.was_reset));
            let told = account.attempts.get(&endpoint.id).copied().unwrap_or(0);
            let untold = came.len().saturating_sub(told);
            verdict.repeats += untold;
            let crashes = crashes_between(came, &rig.outages);
            for crash in crashes.iter().take(untold) {
                by_crash[*crash] += 1;
            }
            // A kept connection that breaks at once looks as if it had been closed before: the attempt
            // goes on with a new one, and there are two requests of one attempt.
            let resets = came.iter().filter(|request| request.was_reset).count();
            verdict.repeats_by_reset += untold.min(resets);
            verdict.repeats_without_crash += untold.saturating_sub(crashes.len() + resets);
        }
        if endpoints_reached < account.delivered {
            let id = &account.posted.id;
            verdict.lost += 1;
            verdict
                .lost_shown
                .push(format!("{id}: delivered, but it did not come"));
        }
    }
    verdict.repeats_of_one_crash = by_crash.into_iter().max().unwrap_or(0);
}

/// For each request the first crash that may have caught it: after it came, and before the next one did.
fn crashes_between(came: &[&Received], outages: &[Outage]) -> Vec<usize> {
    let caught = |place: usize| {
        let next = came.get(place + 1);
        outages.iter().position(|outage| {
            outage.to >= came[place].arrived_at
                && next.is_none_or(|next| outage.from <= next.arrived_at)
        })
    };
    (0..came.len()).filter_map(caught).collect()
}

/// Adds up what servers logged about what they brought back.
fn recovered(log: &str) -> usize {
    let counts = log.split("Recovered ").skip(1);
    let counts = counts.filter_map(|rest| rest.split(' ').next()?.parse::<usize>().ok());
    counts.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_recovery_brought_back_is_read_from_the_log() {
        let log = "x INFO Recovered 3 deliveries that an earlier run had in hand\ny INFO Recovered 14 deliveries";
        assert_eq!(recovered(log), 17);
    }
}
