//! A crash: what was in memory only is found and owed, and nothing else is.

use std::collections::BTreeSet;
use std::sync::Arc;

use tidings_domain::clock::{Entropy as _, SeededEntropy};
use tidings_domain::delivery::{PendingReason, Trigger};
use tidings_domain::message::MessageKey;
use tokio::task::JoinSet;

use super::Harness;
use super::world::{NOW, World, hold};
use crate::target::Target;
use crate::{Accepted, Resend, Settlement};

pub(super) async fn a_crash_brings_back_exactly_what_was_in_memory_only(harness: &dyn Harness) {
    let mut world = World::new(harness).await;
    let targets = world.endpoints(2).await;
    let (one, two) = (&targets[0], &targets[1]);
    let settled = world.accept(world.handed_to(&[one])).await;
    let in_memory = world.accept(world.handed_to(&[one, two])).await;
    let half = world.accept(world.handed_to(&[one, two])).await;
    let spilled = world.accept(world.to(&[one])).await;
    let retried = world.accept(world.handed_to(&[one])).await;
    let exhausted = world.accept(world.handed_to(&[two])).await;
    world.settle(world.success(&settled, one)).await;
    world.settle(world.success(&half, two)).await;
    world.settle(world.retry(&retried, one, NOW + 60_000)).await;
    world.settle(world.exhausted(&exhausted, two)).await;

    let opened = world.crash_and_recover().await;
    assert_eq!((opened.taken_over, opened.recovered), (1, 3));
    let (one, two) = (one.ordinal(), two.ordinal());
    let mut expected = [
        (in_memory.key(), one),
        (in_memory.key(), two),
        (half.key(), one),
        (spilled.key(), one),
        (retried.key(), one),
    ];
    expected.sort_unstable();
    assert_eq!(world.all_owed().await, expected);
    let rows = world.owed(one).await;
    let row = rows
        .iter()
        .find(|row| row.message == half.key())
        .expect("it is owed");
    assert_eq!((row.due_at, row.attempts_count), (NOW, 0));
    assert_eq!(
        (row.reason, row.trigger),
        (PendingReason::Recovered, Trigger::Scheduled)
    );
    assert_eq!(row.recoveries_count, 1);
    let row = rows
        .iter()
        .find(|row| row.message == spilled.key())
        .expect("it is owed");
    assert_eq!(
        row.recoveries_count, 1,
        "it was due, so the node may have died of it"
    );
    assert_eq!(world.recorder.owed().len(), 3);
}

pub(super) async fn a_second_crash_brings_nothing_back_twice(harness: &dyn Harness) {
    let mut world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    world.accept(world.handed_to(&[&endpoint])).await;
    assert_eq!(world.crash_and_recover().await.recovered, 1);
    let rows = world.owed(endpoint.ordinal()).await;
    for _ in 0..2 {
        let opened = world.crash_and_recover().await;
        assert_eq!((opened.taken_over, opened.recovered), (1, 0));
        assert_eq!(world.owed(endpoint.ordinal()).await, rows);
    }
}

pub(super) async fn a_journal_closed_in_good_order_is_not_taken_over(harness: &dyn Harness) {
    let mut world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.handed_to(&[&endpoint])).await;
    world.settle(world.success(&message, &endpoint)).await;
    world.store().close_journal().await.expect("it closes");
    let opened = world.crash_and_recover().await;
    assert_eq!((opened.taken_over, opened.recovered), (0, 0));
}

pub(super) async fn a_journal_closed_with_deliveries_in_hand_is_taken_over(harness: &dyn Harness) {
    let mut world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.handed_to(&[&endpoint])).await;
    world.store().close_journal().await.expect("a write");
    let opened = world.crash_and_recover().await;
    assert_eq!((opened.taken_over, opened.recovered), (1, 1));
    assert_eq!(
        world.all_owed().await,
        [(message.key(), endpoint.ordinal())]
    );
}

pub(super) async fn an_outcome_after_the_journal_was_closed_still_counts(harness: &dyn Harness) {
    let mut world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.handed_to(&[&endpoint])).await;
    world.store().close_journal().await.expect("a write");
    world.settle(world.success(&message, &endpoint)).await;
    assert_eq!(world.crash_and_recover().await.recovered, 0);
    assert!(world.all_owed().await.is_empty());
}

pub(super) async fn numbers_go_on_after_a_crash_under_a_new_journal(harness: &dyn Harness) {
    let mut world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let first = world.accept(world.handed_to(&[&endpoint])).await;
    world.settle(world.success(&first, &endpoint)).await;
    let opened = world.crash_and_recover().await;
    assert_ne!(opened.journal, world.opened.journal);
    let second = world.accept(world.handed_to(&[&endpoint])).await;
    world.settle(world.success(&second, &endpoint)).await;
    assert!(second.id.seq() > first.id.seq());
    assert_eq!(second.id.parts().journal, opened.journal);
    let earlier = world.attempts(&first).await[0].attempt.id;
    assert!(world.attempts(&second).await[0].attempt.id.seq() > earlier.seq());
}

pub(super) async fn a_failed_resend_does_not_hide_what_was_in_memory(harness: &dyn Harness) {
    let mut world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.handed_to(&[&endpoint])).await;
    let resend = Resend {
        message: message.key(),
        endpoint: endpoint.ordinal(),
        now: NOW,
    };
    world.store().resend(resend, None).await.expect("a write");
    let row = world.owed(endpoint.ordinal()).await.remove(0);
    let settlement = Settlement {
        hold: hold(&row),
        trigger: Trigger::Manual,
        ..world.exhausted(&message, &endpoint)
    };
    world.settle(settlement).await;
    assert_eq!(world.crash_and_recover().await.recovered, 1);
    assert_eq!(
        world.all_owed().await,
        [(message.key(), endpoint.ordinal())]
    );
}

pub(super) async fn recoveries_are_counted_until_a_request_has_come_to_an_end(
    harness: &dyn Harness,
) {
    let mut world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.handed_to(&[&endpoint])).await;
    world.crash_and_recover().await;
    for count in 1..=3 {
        let row = world.owed(endpoint.ordinal()).await.remove(0);
        assert_eq!(row.recoveries_count, count);
        world
            .store()
            .count_recoveries(vec![row])
            .await
            .expect("a write");
        world.crash_and_recover().await;
    }
    let row = world.owed(endpoint.ordinal()).await.remove(0);
    let stale = tidings_domain::delivery::Pending {
        version: row.version + 1,
        ..row.clone()
    };
    world
        .store()
        .count_recoveries(vec![stale])
        .await
        .expect("a write");
    let owed = world.owed(endpoint.ordinal()).await;
    assert_eq!(owed, std::slice::from_ref(&row));
    let retry = world.retry(&message, &endpoint, NOW + 5);
    world
        .settle(Settlement {
            hold: hold(&row),
            ..retry
        })
        .await;
    assert_eq!(world.owed(endpoint.ordinal()).await[0].recoveries_count, 0);
}

pub(super) async fn one_delivery_in_memory_is_found_behind_thousands_that_are_settled(
    harness: &dyn Harness,
) {
    let mut world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let hanging = world.accept(world.handed_to(&[&endpoint])).await;
    for _ in 0..5 {
        accept_and_settle(&world, &endpoint, 1_000, |_| true).await;
    }
    // Let the mark be written, if it is time to.
    world.accept(world.to(&[])).await;
    assert_eq!(world.crash_and_recover().await.recovered, 1);
    assert_eq!(
        world.all_owed().await,
        [(hanging.key(), endpoint.ordinal())]
    );
}

/// Accepts messages all at once and settles those whose number passes. Gives the numbers of the rest.
async fn accept_and_settle(
    world: &World<'_>,
    endpoint: &Arc<Target>,
    count: usize,
    is_settled: impl Fn(i64) -> bool,
) -> BTreeSet<MessageKey> {
    let mut accepting = JoinSet::new();
    for _ in 0..count {
        let (store, new) = (world.store(), world.handed_to(&[endpoint]));
        accepting.spawn(async move { store.accept(new).await });
    }
    let mut left = BTreeSet::new();
    while let Some(accepted) = accepting.join_next().await {
        let Ok(Ok(Accepted::Done(id))) = accepted else {
            panic!("not accepted: {accepted:?}");
        };
        if is_settled(id.seq()) {
            let message = world.message(id).await;
            world.store().settle(world.success(&message, endpoint));
        } else {
            left.insert(world.key(id));
        }
    }
    world.flush().await;
    left
}

pub(super) async fn whatever_is_settled_in_whatever_order_the_rest_comes_back_once(
    harness: &dyn Harness,
) {
    let mut world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let chance = SeededEntropy::new(7);
    let mut expected = BTreeSet::new();
    for round in 0..6 {
        let count = usize::try_from(chance.next_u64() % 200).expect("a small number");
        let divisor = i64::from(round) + 2;
        let left = accept_and_settle(&world, &endpoint, count, |seq| seq % divisor != 0).await;
        expected.extend(left.iter().map(|key| (*key, endpoint.ordinal())));
        let opened = world.crash_and_recover().await;
        assert_eq!(opened.recovered, left.len());
        assert_eq!(
            world.all_owed().await,
            expected.iter().copied().collect::<Vec<_>>()
        );
    }
}
