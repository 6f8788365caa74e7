//! How many attempts to an endpoint ended in which way.

use tidings_domain::clock::Millis;
use tidings_domain::delivery::{Outcome, Trigger};

use super::Harness;
use super::world::{NOW, World, hold};
use crate::target::Target;
use crate::{
    CountDeliveries, CountOutcomes, DeliveryCounts, ListRecent, OutcomeCounts, Resend, Settlement,
};

async fn counts(world: &World<'_>, endpoint: &Target, from: Millis, to: Millis) -> OutcomeCounts {
    let count = CountOutcomes {
        application: world.app(),
        endpoint: endpoint.ordinal(),
        from,
        to,
    };
    let counts = world.store().outcome_counts(count).await;
    counts.expect("outcomes are counted")
}

pub(super) async fn outcomes_are_counted_by_endpoint_and_time(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let (endpoint, other) = (world.endpoint().await, world.endpoint().await);
    let none = counts(&world, &endpoint, 0, NOW + 100).await;
    assert_eq!(none, OutcomeCounts::default());
    for at in [0, 10, 20] {
        let message = world.accept(world.handed_to(&[&endpoint, &other])).await;
        let to_other = Settlement {
            started_at: NOW + at,
            ..world.success(&message, &other)
        };
        world.settle(to_other).await;
        for outcome in [Outcome::Success, Outcome::Exhausted, Outcome::Canceled] {
            let message = world.accept(world.handed_to(&[&endpoint])).await;
            let settlement = Settlement {
                outcome,
                started_at: NOW + at,
                ..world.success(&message, &endpoint)
            };
            world.settle(settlement).await;
        }
        let retry = Settlement {
            started_at: NOW + at,
            ..world.retry(&message, &endpoint, NOW + 50_000)
        };
        world.settle(retry).await;
    }
    for (from, to, count) in [(0, 20, 2), (0, 21, 3), (1, 20, 1), (10, 10, 0), (21, 99, 0)] {
        let found = counts(&world, &endpoint, NOW + from, NOW + to).await;
        let expected = OutcomeCounts {
            success: count,
            retry: count,
            exhausted: count,
            canceled: count,
            owed: count,
            ..OutcomeCounts::default()
        };
        assert_eq!(found, expected, "from {from} to {to}");
        let found = counts(&world, &other, NOW + from, NOW + to).await;
        let expected = OutcomeCounts {
            success: count,
            ..OutcomeCounts::default()
        };
        assert_eq!(found, expected, "from {from} to {to}, another endpoint");
    }
}

pub(super) async fn the_newest_attempts_are_counted_for_each_of_some_endpoints(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let endpoints = world.endpoints(4).await;
    let [busy, calm, quiet, other] = &endpoints[..] else {
        panic!("there are four");
    };
    for (at, endpoint, outcome) in [
        (0, busy, Outcome::Success),
        (1, busy, Outcome::Success),
        (2, busy, Outcome::Canceled),
        (3, busy, Outcome::Exhausted),
        (4, calm, Outcome::Success),
        (5, busy, Outcome::Retry),
        (6, other, Outcome::Success),
    ] {
        let message = world.accept(world.handed_to(&[endpoint])).await;
        let mut settlement = world.exhausted(&message, endpoint);
        settlement.outcome = outcome;
        settlement.started_at = NOW + at;
        world.settle(settlement).await;
    }
    let recent = async |limit| {
        let list = ListRecent {
            application: world.app(),
            endpoints: vec![quiet.ordinal(), busy.ordinal(), calm.ordinal()],
            limit,
        };
        let found = world.store().recent_outcomes(list).await;
        let mut found = found.expect("outcomes are counted");
        found.sort_by_key(|one| one.last.endpoint.seq());
        let seen = found.into_iter().map(|one| {
            let newest = (one.last.endpoint, one.last.started_at, one.last.outcome);
            (one.success, one.fail, newest)
        });
        seen.collect::<Vec<_>>()
    };
    let of_busy = (busy.endpoint.id, NOW + 5, Outcome::Retry);
    let of_calm = (calm.endpoint.id, NOW + 4, Outcome::Success);
    assert_eq!(recent(10).await, [(2, 2, of_busy), (1, 0, of_calm)]);
    assert_eq!(recent(4).await, [(1, 2, of_busy), (1, 0, of_calm)]);
    assert_eq!(recent(1).await, [(0, 1, of_busy), (1, 0, of_calm)]);
}

pub(super) async fn a_failure_that_was_not_the_end_is_told_apart(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let fail = async |outcome| {
        let message = world.accept(world.handed_to(&[&endpoint])).await;
        let settlement = Settlement {
            outcome,
            ..world.exhausted(&message, &endpoint)
        };
        world.settle(settlement).await;
        message
    };
    let resend = async |message: &tidings_domain::message::Message| {
        let resend = Resend {
            message: message.key(),
            endpoint: endpoint.ordinal(),
            now: NOW + 5,
        };
        let asked = world.store().resend(resend, None).await;
        asked.expect("it is asked for again");
        world.owed(endpoint.ordinal()).await.remove(0)
    };
    let apart = async || {
        let counts = counts(&world, &endpoint, NOW, NOW + 100).await;
        let ends = (counts.exhausted, counts.canceled);
        let not = (
            counts.exhausted_and_not_the_end,
            counts.canceled_and_not_the_end,
        );
        (ends, not, counts.owed)
    };
    let failed = fail(Outcome::Exhausted).await;
    fail(Outcome::Canceled).await;
    assert_eq!(apart().await, ((1, 1), (0, 0), 0));

    // It is owed again, then arrives.
    let row = resend(&failed).await;
    assert_eq!(apart().await, ((1, 1), (1, 0), 1));
    let arrives = Settlement {
        hold: hold(&row),
        number: 2,
        trigger: Trigger::Manual,
        started_at: NOW + 6,
        ..world.success(&failed, &endpoint)
    };
    world.settle(arrives).await;
    assert_eq!(apart().await, ((1, 1), (1, 0), 0));

    // What has arrived stays so when it fails later; what fails twice has failed once.
    let row = resend(&failed).await;
    let fails_late = Settlement {
        hold: hold(&row),
        number: 3,
        trigger: Trigger::Manual,
        started_at: NOW + 7,
        ..world.exhausted(&failed, &endpoint)
    };
    world.settle(fails_late).await;
    assert_eq!(apart().await, ((2, 1), (2, 0), 0));
    let twice = fail(Outcome::Exhausted).await;
    let row = resend(&twice).await;
    let again = Settlement {
        hold: hold(&row),
        number: 2,
        trigger: Trigger::Manual,
        started_at: NOW + 8,
        ..world.exhausted(&twice, &endpoint)
    };
    world.settle(again).await;
    assert_eq!(apart().await, ((4, 1), (3, 0), 0));
}

pub(super) async fn the_deliveries_of_messages_are_counted_by_how_they_ended(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let (first, second) = (world.endpoint().await, world.endpoint().await);
    let count = async |messages: Vec<_>| {
        let of = CountDeliveries {
            application: world.app(),
            messages,
        };
        let counts = world.store().delivery_counts(of).await;
        counts.expect("deliveries are counted")
    };
    assert_eq!(count(vec![]).await, DeliveryCounts::default());
    // One arrives at the second try and is given up at the other endpoint, one is canceled at both.
    let mixed = world.accept(world.handed_to(&[&first, &second])).await;
    world.settle(world.retry(&mixed, &first, NOW + 5)).await;
    world.settle(world.exhausted(&mixed, &second)).await;
    let untried = world.accept(world.handed_to(&[&first, &second])).await;
    for endpoint in [&first, &second] {
        let canceled = Settlement {
            outcome: Outcome::Canceled,
            ..world.success(&untried, endpoint)
        };
        world.settle(canceled).await;
    }
    let counts = |success, fail, attempts| DeliveryCounts {
        success,
        fail,
        attempts,
    };
    assert_eq!(count(vec![mixed.id]).await, counts(0, 1, 2));
    let arrived = Settlement {
        number: 2,
        ..world.success(&mixed, &first)
    };
    world.settle(arrived).await;
    assert_eq!(count(vec![mixed.id]).await, counts(1, 1, 3));
    // What was given up first and arrived when it was sent again has arrived.
    let again = Settlement {
        number: 2,
        ..world.success(&mixed, &second)
    };
    world.settle(again).await;
    assert_eq!(count(vec![mixed.id]).await, counts(2, 0, 4));
    assert_eq!(count(vec![untried.id]).await, DeliveryCounts::default());
    let both = count(vec![mixed.id, untried.id]).await;
    assert_eq!(both, counts(2, 0, 4));
}
