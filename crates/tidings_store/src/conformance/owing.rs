//! Deliveries that were only in memory are written down: they waited too long, or the node stops.

use tidings_domain::delivery::{PendingReason, Trigger};
use tidings_domain::message::MessageKey;

use super::Harness;
use super::world::{NOW, World, hold};
use crate::{Hold, Owed, Resend, Resent, Settlement};

fn owed(message: MessageKey, endpoint: i64, hold: Hold) -> Owed {
    Owed {
        message,
        endpoint,
        due_at: NOW + 10,
        reason: PendingReason::Drained,
        hold,
    }
}

pub(super) async fn what_waited_in_memory_can_be_written_down(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.handed_to(&[&endpoint])).await;
    let delivery = owed(message.key(), endpoint.ordinal(), Hold::Handed);
    world.store().owe(vec![delivery]).await.expect("a write");
    let row = world.owed(endpoint.ordinal()).await.remove(0);
    assert_eq!((row.message, row.due_at), (message.key(), NOW + 10));
    assert_eq!(
        (row.reason, row.trigger),
        (PendingReason::Drained, Trigger::Scheduled)
    );
    assert_eq!(world.recorder.owed(), [(endpoint.ordinal(), NOW + 10)]);
    // All of it is owed: the journal can be closed, and nothing is found twice.
    world.store().close_journal().await.expect("it closes");
    let opened = world
        .store()
        .open_journal("next".into(), NOW)
        .await
        .expect("it opens");
    assert_eq!((opened.taken_over, opened.recovered), (0, 0));
}

pub(super) async fn what_was_taken_from_a_row_is_only_given_back(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.to(&[&endpoint])).await;
    let row = world.owed(endpoint.ordinal()).await.remove(0);
    let delivery = owed(message.key(), endpoint.ordinal(), hold(&row));
    world.store().owe(vec![delivery]).await.expect("a write");
    assert_eq!(world.owed(endpoint.ordinal()).await, [row]);
}

pub(super) async fn what_is_settled_before_it_is_written_down_is_not_owed(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.handed_to(&[&endpoint])).await;
    world.settle(world.success(&message, &endpoint)).await;
    let delivery = owed(message.key(), endpoint.ordinal(), Hold::Handed);
    world.store().owe(vec![delivery]).await.expect("a write");
    assert!(world.all_owed().await.is_empty());
}

pub(super) async fn what_is_settled_after_it_is_written_down_is_not_owed(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    for _ in 0..2 {
        let message = world.accept(world.handed_to(&[&endpoint])).await;
        let delivery = owed(message.key(), endpoint.ordinal(), Hold::Handed);
        world.store().owe(vec![delivery]).await.expect("a write");
        // The worker that held it in memory did end in time.
        world.settle(world.success(&message, &endpoint)).await;
        assert!(world.all_owed().await.is_empty());
    }
    let message = world.accept(world.handed_to(&[&endpoint])).await;
    let delivery = owed(message.key(), endpoint.ordinal(), Hold::Handed);
    world.store().owe(vec![delivery]).await.expect("a write");
    world
        .settle(world.retry(&message, &endpoint, NOW + 70_000))
        .await;
    let rows = world.owed(endpoint.ordinal()).await;
    assert_eq!(
        (rows.len(), rows[0].due_at, rows[0].attempts_count),
        (1, NOW + 70_000, 1)
    );
}

pub(super) async fn what_is_written_down_late_does_not_hide_what_is_still_in_memory(
    harness: &dyn Harness,
) {
    let mut world = World::new(harness).await;
    let targets = world.endpoints(2).await;
    let message = world
        .accept(world.handed_to(&[&targets[0], &targets[1]]))
        .await;
    let key = message.key();
    let delivery = owed(key, targets[0].ordinal(), Hold::Handed);
    world.store().owe(vec![delivery]).await.expect("a write");
    world.settle(world.success(&message, &targets[0])).await;
    // The first is done, written down or not; the second was in memory all the time.
    world.store().close_journal().await.expect("a write");
    let opened = world.crash_and_recover().await;
    assert_eq!((opened.taken_over, opened.recovered), (1, 1));
    assert_eq!(world.all_owed().await, [(key, targets[1].ordinal())]);
}

pub(super) async fn a_resend_is_not_cleared_by_who_held_the_delivery_before(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.handed_to(&[&endpoint])).await;
    let resend = Resend {
        message: message.key(),
        endpoint: endpoint.ordinal(),
        now: NOW,
    };
    assert_eq!(world.store().resend(resend, None).await, Ok(Resent::Done));
    let delivery = owed(message.key(), endpoint.ordinal(), Hold::Handed);
    world.store().owe(vec![delivery]).await.expect("a write");
    world.settle(world.success(&message, &endpoint)).await;
    let rows = world.owed(endpoint.ordinal()).await;
    assert_eq!((rows.len(), rows[0].trigger), (1, Trigger::Manual));
    let settlement = Settlement {
        hold: hold(&rows[0]),
        ..world.success(&message, &endpoint)
    };
    world.settle(settlement).await;
    assert!(world.all_owed().await.is_empty());
}
