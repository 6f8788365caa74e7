//! Two nodes on the same data: one takes over from the other, which is still alive.

use tidings_domain::delivery::{DeliveryState, Outcome, PendingReason};
use tidings_domain::endpoint::EndpointState;

use super::Harness;
use super::Instance;
use super::world::{NOW, World};
use crate::{Hold, NewMessage, Owed, Settlement, Store, StoreError};

/// A second node that has taken over.
async fn take_over(world: &World<'_>) -> (Box<dyn Instance>, usize) {
    let second = world.second().await;
    let opened = second.store().open_journal("second".into(), NOW + 1).await;
    let opened = opened.expect("a journal opens");
    assert_eq!(opened.taken_over, 1);
    (second, opened.recovered)
}

pub(super) async fn after_a_takeover_the_old_node_accepts_nothing(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let (second, _) = take_over(&world).await;
    let new = || NewMessage {
        event_id: Some("e".into()),
        ..world.handed_to(&[&endpoint])
    };
    let refused = world.store().accept(new()).await;
    assert!(
        matches!(refused, Err(StoreError::Unavailable(_))),
        "{refused:?}"
    );
    assert!(world.recorder.handed().is_empty());
    assert_eq!(world.places.taken(), 0);
    assert!(world.all_owed().await.is_empty());
    // It left no trace: its event id is free.
    let accepted = second.store().accept(new()).await;
    assert!(
        matches!(accepted, Ok(crate::Accepted::Done(_))),
        "{accepted:?}"
    );
}

pub(super) async fn an_outcome_after_a_takeover_is_kept_as_late_and_changes_nothing_else(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let delivered = world.accept(world.handed_to(&[&endpoint])).await;
    let failed = world.accept(world.handed_to(&[&endpoint])).await;
    let (second, recovered) = take_over(&world).await;
    assert_eq!(recovered, 2);
    let rows = world.owed(endpoint.ordinal()).await;
    world.settle(world.success(&delivered, &endpoint)).await;
    let state = EndpointState {
        failures_count: 9,
        ..EndpointState::default()
    };
    let late = Settlement {
        state: Some(state),
        ..world.retry(&failed, &endpoint, NOW + 99)
    };
    world.settle(late).await;
    for version in 1..3 {
        let hold = Hold::Pending { version };
        world
            .settle(Settlement {
                hold,
                ..world.success(&delivered, &endpoint)
            })
            .await;
    }
    assert_eq!(world.owed(endpoint.ordinal()).await, rows);
    let read = second
        .store()
        .endpoint_by_ordinal(endpoint.ordinal())
        .await
        .expect("a read");
    assert_eq!(read.expect("it is there").state, EndpointState::default());
    let attempts = world.attempts(&delivered).await;
    assert_eq!(attempts.len(), 3);
    assert!(attempts.iter().all(|row| row.attempt.is_late));
    let facts = world
        .facts(&delivered, endpoint.ordinal())
        .await
        .expect("a target");
    assert_eq!(
        (facts.latest, facts.state()),
        (None, DeliveryState::Pending)
    );
    assert!(world.attempts(&failed).await[0].attempt.is_late);
}

pub(super) async fn late_outcomes_and_those_of_the_new_node_do_not_hide_each_other(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.handed_to(&[&endpoint])).await;
    let (second, _) = take_over(&world).await;
    let row = world.owed(endpoint.ordinal()).await.remove(0);
    let settle = async |store: &dyn Store, hold: Hold, after| {
        store.settle(Settlement {
            hold,
            started_at: NOW + after,
            ..world.success(&message, &endpoint)
        });
        store.flush().await.expect("a write");
    };
    settle(&*world.store(), Hold::Handed, 1).await;
    settle(&*second.store(), super::world::hold(&row), 2).await;
    settle(&*world.store(), Hold::Handed, 3).await;
    settle(&*second.store(), super::world::hold(&row), 4).await;
    let attempts = world.attempts(&message).await;
    let are_late: Vec<bool> = attempts.iter().map(|row| row.attempt.is_late).collect();
    assert_eq!(are_late, [true, false, true, false]);
    assert!(world.all_owed().await.is_empty());
}

pub(super) async fn a_late_outcome_does_not_decide_after_the_next_crash(harness: &dyn Harness) {
    let mut world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let (second, _) = take_over(&world).await;
    let accepted = second.store().accept(world.handed_to(&[&endpoint])).await;
    let Ok(crate::Accepted::Done(id)) = accepted else {
        panic!("not accepted: {accepted:?}")
    };
    // The old node has an outcome for a delivery that the new one holds in memory.
    let message = world.message(id).await;
    world.settle(world.exhausted(&message, &endpoint)).await;
    drop(second);
    let opened = world.crash_and_recover().await;
    assert_eq!((opened.taken_over, opened.recovered), (1, 1));
    let facts = world
        .facts(&message, endpoint.ordinal())
        .await
        .expect("a target");
    assert_eq!(
        (facts.latest, facts.state()),
        (None, DeliveryState::Pending)
    );
}

pub(super) async fn the_old_node_does_not_write_down_what_was_taken_over(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.handed_to(&[&endpoint])).await;
    let (_second, _) = take_over(&world).await;
    let rows = world.owed(endpoint.ordinal()).await;
    let delivery = Owed {
        message: message.key(),
        endpoint: endpoint.ordinal(),
        due_at: NOW + 500,
        reason: PendingReason::Drained,
        hold: Hold::Handed,
    };
    world.store().owe(vec![delivery]).await.expect("a write");
    assert_eq!(world.owed(endpoint.ordinal()).await, rows);
}

pub(super) async fn a_success_that_came_late_counts_once_nothing_is_owed(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.handed_to(&[&endpoint])).await;
    let (second, _) = take_over(&world).await;
    world.settle(world.success(&message, &endpoint)).await;
    let row = world.owed(endpoint.ordinal()).await.remove(0);
    let failed = world.exhausted(&message, &endpoint);
    second.store().settle(Settlement {
        hold: super::world::hold(&row),
        ..failed
    });
    second.store().flush().await.expect("a write");
    let facts = world
        .facts(&message, endpoint.ordinal())
        .await
        .expect("a target");
    assert_eq!(facts.latest, Some(Outcome::Exhausted));
    assert_eq!(facts.state(), DeliveryState::Delivered);
}
