//! Somebody asks for a delivery once more.

use tidings_domain::delivery::{AttemptError, DeliveryState, Outcome, PendingReason, Trigger};
use tidings_domain::message::MessageKey;

use super::Harness;
use super::world::{NOW, World, hold, key};
use crate::{Resend, Resent, Settlement};

pub(super) async fn a_resend_is_owed_now_and_its_failure_does_not_undo_a_success(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.handed_to(&[&endpoint])).await;
    world.settle(world.success(&message, &endpoint)).await;
    let resend = Resend {
        message: message.key(),
        endpoint: endpoint.ordinal(),
        now: NOW + 100,
    };
    assert_eq!(world.store().resend(resend, None).await, Ok(Resent::Done));
    assert_eq!(world.recorder.owed(), [(endpoint.ordinal(), NOW + 100)]);
    let row = world.owed(endpoint.ordinal()).await.remove(0);
    assert_eq!((row.due_at, row.attempts_count), (NOW + 100, 1));
    assert_eq!(
        (row.reason, row.trigger),
        (PendingReason::Resend, Trigger::Manual)
    );
    let facts = world
        .facts(&message, endpoint.ordinal())
        .await
        .expect("a target");
    assert_eq!(facts.state(), DeliveryState::Pending);
    let settlement = Settlement {
        hold: hold(&row),
        number: 2,
        trigger: Trigger::Manual,
        ..world.exhausted(&message, &endpoint)
    };
    world.settle(settlement).await;
    assert!(world.all_owed().await.is_empty());
    let facts = world
        .facts(&message, endpoint.ordinal())
        .await
        .expect("a target");
    assert_eq!(facts.latest, Some(Outcome::Exhausted));
    assert_eq!(facts.state(), DeliveryState::Delivered);
}

pub(super) async fn a_resend_of_what_is_owed_makes_it_due_now(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.handed_to(&[&endpoint])).await;
    world
        .settle(world.retry(&message, &endpoint, NOW + 50_000))
        .await;
    let taken = world.owed(endpoint.ordinal()).await.remove(0);
    let resend = Resend {
        message: message.key(),
        endpoint: endpoint.ordinal(),
        now: NOW + 1,
    };
    assert_eq!(world.store().resend(resend, None).await, Ok(Resent::Done));
    let rows = world.owed(endpoint.ordinal()).await;
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].due_at, rows[0].attempts_count), (NOW + 1, 1));
    assert_eq!(
        (rows[0].reason, rows[0].trigger),
        (PendingReason::Resend, Trigger::Manual)
    );
    // Whoever held it before does not clear what was asked for since.
    let settlement = Settlement {
        hold: hold(&taken),
        ..world.success(&message, &endpoint)
    };
    world.settle(settlement).await;
    assert_eq!(world.owed(endpoint.ordinal()).await, rows);
}

pub(super) async fn a_resend_stands_beside_the_delivery_that_is_in_memory(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let resent = async |message: MessageKey| {
        let resend = Resend {
            message,
            endpoint: endpoint.ordinal(),
            now: NOW + 1,
        };
        assert_eq!(world.store().resend(resend, None).await, Ok(Resent::Done));
    };
    let first = world.accept(world.handed_to(&[&endpoint])).await;
    resent(first.key()).await;
    world.settle(world.success(&first, &endpoint)).await;
    assert_eq!(world.all_owed().await, [(first.key(), endpoint.ordinal())]);
    // A retry of the first does not put it off, and the next attempt has the next number.
    let second = world.accept(world.handed_to(&[&endpoint])).await;
    resent(second.key()).await;
    world
        .settle(world.retry(&second, &endpoint, NOW + 50_000))
        .await;
    let rows = world.owed(endpoint.ordinal()).await;
    let row = rows
        .iter()
        .find(|row| row.message == second.key())
        .expect("it is owed");
    assert_eq!(
        (row.due_at, row.trigger, row.attempts_count),
        (NOW + 1, Trigger::Manual, 1)
    );
}

pub(super) async fn a_resend_goes_to_endpoints_the_message_was_not_for(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.to(&[])).await;
    assert_eq!(world.facts(&message, endpoint.ordinal()).await, None);
    let resend = Resend {
        message: message.key(),
        endpoint: endpoint.ordinal(),
        now: NOW,
    };
    assert_eq!(world.store().resend(resend, None).await, Ok(Resent::Done));
    let facts = world
        .facts(&message, endpoint.ordinal())
        .await
        .expect("it is owed");
    assert_eq!(facts.state(), DeliveryState::Pending);
}

pub(super) async fn a_canceled_attempt_does_not_count_as_a_request(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.handed_to(&[&endpoint])).await;
    world.settle(world.success(&message, &endpoint)).await;
    let mut canceled = world.exhausted(&message, &endpoint);
    canceled.outcome = Outcome::Canceled;
    canceled.number = 2;
    canceled.exchange.status = None;
    canceled.exchange.error = Some(AttemptError::Poison);
    world.settle(canceled).await;
    let resend = Resend {
        message: message.key(),
        endpoint: endpoint.ordinal(),
        now: NOW,
    };
    assert_eq!(world.store().resend(resend, None).await, Ok(Resent::Done));
    assert_eq!(world.owed(endpoint.ordinal()).await[0].attempts_count, 1);
}

pub(super) async fn a_repeated_resend_asks_only_once(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.handed_to(&[&endpoint])).await;
    world.settle(world.success(&message, &endpoint)).await;
    let resend = Resend {
        message: message.key(),
        endpoint: endpoint.ordinal(),
        now: NOW,
    };
    let store = world.store();
    assert_eq!(
        store.resend(resend, Some(key(1, 1))).await,
        Ok(Resent::Done)
    );
    let row = world.owed(endpoint.ordinal()).await.remove(0);
    let settlement = Settlement {
        hold: hold(&row),
        ..world.success(&message, &endpoint)
    };
    world.settle(settlement).await;
    assert_eq!(
        store.resend(resend, Some(key(1, 1))).await,
        Ok(Resent::Replayed)
    );
    assert_eq!(
        store.resend(resend, Some(key(1, 2))).await,
        Ok(Resent::KeyReused)
    );
    assert!(world.all_owed().await.is_empty());
}
