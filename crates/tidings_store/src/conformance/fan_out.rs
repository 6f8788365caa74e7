//! Messages with many targets: one row that is expanded a part at a time.

use std::collections::BTreeMap;

use tidings_domain::delivery::{PendingReason, Trigger};
use tidings_domain::message::{FAN_OUT_DIRECT_MAX, MessageKey};

use super::Harness;
use super::world::{DAY, NOW, World, hold};
use crate::{Settlement, Store};

const WIDE: i64 = 600;

fn wide() -> Vec<i64> {
    (1..=WIDE).collect()
}

pub(super) async fn up_to_256_targets_are_owed_one_by_one_and_more_by_a_cursor(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let most = i64::try_from(FAN_OUT_DIRECT_MAX).expect("a small number");
    let message = world.accept(world.to_numbers((1..=most).collect())).await;
    let owed = world.all_owed().await;
    assert_eq!(owed.len(), FAN_OUT_DIRECT_MAX);
    assert!(owed.iter().all(|row| row.0 == message.key() && row.1 > 0));

    let wider = world
        .accept(world.to_numbers((1..=most + 1).collect()))
        .await;
    let added: Vec<(MessageKey, i64)> = world
        .all_owed()
        .await
        .into_iter()
        .filter(|row| row.0 == wider.key())
        .collect();
    assert_eq!(added, [(wider.key(), 0)]);
    let cursor = world.owed(0).await.remove(0);
    assert_eq!((cursor.reason, cursor.due_at), (PendingReason::FanOut, NOW));
    assert!(world.recorder.owed().contains(&(0, NOW)));
}

pub(super) async fn nothing_of_a_wide_fan_out_is_handed_over(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let mut new = world.to_numbers(wide());
    world.admit(&mut new, &endpoint);
    world.accept(new).await;
    assert!(world.recorder.handed().is_empty());
    assert_eq!(world.places.taken(), 0);
}

pub(super) async fn every_target_of_a_wide_fan_out_reads_as_owed_all_the_time(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let message = world.accept(world.to_numbers(wide())).await;
    let mut is_done = false;
    while !is_done {
        let traces = world
            .store()
            .delivery_facts(message.key())
            .await
            .expect("a read");
        let endpoints: Vec<i64> = traces.iter().map(|trace| trace.endpoint).collect();
        assert_eq!(endpoints, wide());
        assert!(traces.iter().all(|trace| trace.facts.due_at.is_some()));
        is_done = expand(&*world.store(), message.key()).await.1;
    }
}

async fn expand(store: &dyn Store, message: MessageKey) -> (Vec<i64>, bool) {
    store
        .expand_fan_out(message, NOW + 5)
        .await
        .expect("a write")
}

pub(super) async fn a_wide_fan_out_is_expanded_256_at_a_time_each_target_once(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let key = world.accept(world.to_numbers(wide())).await.key();
    let mut parts = Vec::new();
    let mut all = Vec::new();
    loop {
        let (part, is_done) = expand(&*world.store(), key).await;
        let is_cursor_left = world.all_owed().await.contains(&(key, 0));
        assert_eq!(is_cursor_left, !is_done);
        parts.push(part.len());
        all.extend(part);
        if is_done {
            break;
        }
    }
    assert_eq!(parts, [256, 256, 88]);
    assert_eq!(all, wide());
    let row = world.owed(WIDE).await.remove(0);
    assert_eq!((row.due_at, row.attempts_count), (NOW + 5, 0));
    assert_eq!(
        (row.reason, row.trigger),
        (PendingReason::FanOut, Trigger::Scheduled)
    );
    // Once more does nothing.
    assert_eq!(expand(&*world.store(), key).await, (Vec::new(), true));
    assert_eq!(world.all_owed().await.len(), 600);
}

pub(super) async fn a_crash_between_two_parts_loses_no_target_and_repeats_none(
    harness: &dyn Harness,
) {
    let mut world = World::new(harness).await;
    let targets = world.endpoints(2).await;
    let message = world.accept(world.to_numbers(wide())).await;
    let key = message.key();
    let mut seen: BTreeMap<i64, usize> = BTreeMap::new();
    loop {
        let (part, is_done) = expand(&*world.store(), key).await;
        for endpoint in part {
            *seen.entry(endpoint).or_default() += 1;
        }
        // Some are settled between the parts; they must not come back.
        for target in &targets {
            for row in world.owed(target.ordinal()).await {
                let success = world.success(&message, target);
                world
                    .settle(Settlement {
                        hold: hold(&row),
                        ..success
                    })
                    .await;
            }
        }
        if is_done {
            break;
        }
        let opened = world.crash_and_recover().await;
        assert_eq!(opened.recovered, 0);
    }
    assert_eq!(seen.len(), 600);
    assert!(seen.values().all(|count| *count == 1));
    assert_eq!(world.all_owed().await.len(), 598);
    assert_eq!(world.crash_and_recover().await.recovered, 0);
}

pub(super) async fn a_late_part_has_been_owed_since_the_message_came(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let others: Vec<i64> = (1_001..1_001 + WIDE).collect();
    let mut numbers = vec![endpoint.ordinal()];
    numbers.extend(others);
    let key = world.accept(world.to_numbers(numbers)).await.key();
    let now = NOW + 31 * DAY;
    world
        .store()
        .expand_fan_out(key, now)
        .await
        .expect("a write");
    // Unknown endpoints are gone as well; what matters is the one that is there.
    world
        .store()
        .cancel_stale(now, 10_000)
        .await
        .expect("a write");
    assert!(world.owed(endpoint.ordinal()).await.is_empty());
}

pub(super) async fn a_message_for_a_thousand_endpoints_is_one_row_and_one_that_is_owed(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let targets: Vec<i64> = (1..=1_000).collect();
    let message = world.accept(world.to_numbers(targets.clone())).await;
    assert_eq!(world.all_owed().await, [(message.key(), 0)]);
    assert_eq!(message.targets, targets);
    let (mut expanded, mut parts) = (Vec::new(), 0);
    loop {
        let (part, is_done) = expand(&*world.store(), message.key()).await;
        expanded.extend(part);
        parts += 1;
        if is_done {
            break;
        }
    }
    assert_eq!((expanded, parts), (targets, 4));
    assert_eq!(world.all_owed().await.len(), 1_000);
}
