//! What is owed to endpoints that are off, or for too long, is canceled with a row that says why.

use std::sync::Arc;

use tidings_domain::clock::Millis;
use tidings_domain::delivery::{AttemptError, DeliveryState, OWED_FOR_MAX_MS, Outcome};
use tidings_domain::endpoint::{DisabledReason, EndpointPatch, EndpointState};

use super::Harness;
use super::world::{NOW, World, done, hold, key};
use crate::target::Target;
use crate::{EndpointUpdate, NewMessage, Resend, Settlement};

async fn owe(world: &World<'_>, endpoint: &Arc<Target>, count: usize) {
    for _ in 0..count {
        world.accept(world.to(&[endpoint])).await;
    }
}

async fn cancel(world: &World<'_>, now: Millis, limit: usize) -> usize {
    world
        .store()
        .cancel_stale(now, limit)
        .await
        .expect("a write")
}

async fn disable(world: &World<'_>, endpoint: &Target) {
    let patch = EndpointPatch {
        is_disabled: Some(true),
        ..EndpointPatch::default()
    };
    let update = EndpointUpdate {
        ordinal: endpoint.ordinal(),
        patch,
        expected_version: None,
        now: NOW,
    };
    done(
        world
            .store()
            .update_endpoint(update, None)
            .await
            .expect("a write"),
    );
}

/// Every attempt at an endpoint is a cancellation for this reason.
async fn assert_canceled(world: &World<'_>, endpoint: &Target, count: usize, why: AttemptError) {
    let list = super::world::list_attempts(world.of_endpoint(endpoint));
    let rows = world.store().attempts(list).await.expect("a read").rows;
    assert_eq!(rows.len(), count);
    for row in rows {
        let exchange = &row.attempt.exchange;
        assert_eq!(
            (row.attempt.outcome, exchange.error),
            (Outcome::Canceled, Some(why))
        );
        assert_eq!(
            (exchange.status, exchange.url.as_str()),
            (None, "https://example.com/hook")
        );
        assert!(!row.attempt.is_late);
    }
}

pub(super) async fn what_is_owed_to_a_disabled_endpoint_is_canceled_a_few_at_a_time(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let (off, on) = (world.endpoint().await, world.endpoint().await);
    owe(&world, &off, 5).await;
    let message = world.accept(world.to(&[&off, &on])).await;
    assert_eq!(cancel(&world, NOW, 100).await, 0);
    disable(&world, &off).await;
    assert_eq!(cancel(&world, NOW + 1, 4).await, 4);
    assert_eq!(world.owed(off.ordinal()).await.len(), 2);
    assert_eq!(cancel(&world, NOW + 1, 4).await, 2);
    assert_eq!(cancel(&world, NOW + 1, 4).await, 0);
    assert_canceled(&world, &off, 6, AttemptError::EndpointDisabled).await;
    assert_eq!(world.all_owed().await, [(message.key(), on.ordinal())]);
    let facts = world
        .facts(&message, off.ordinal())
        .await
        .expect("a target");
    assert_eq!(facts.state(), DeliveryState::Canceled);
}

pub(super) async fn what_is_owed_to_an_endpoint_that_was_given_up_is_canceled(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.handed_to(&[&endpoint])).await;
    let state = EndpointState {
        disabled: Some((DisabledReason::Gone, NOW)),
        ..EndpointState::default()
    };
    let retry = world.retry(&message, &endpoint, NOW + 50_000);
    world
        .settle(Settlement {
            state: Some(state),
            ..retry
        })
        .await;
    assert_eq!(cancel(&world, NOW, 100).await, 1);
    let last = world
        .attempts(&message)
        .await
        .pop()
        .expect("it was canceled")
        .attempt;
    assert_eq!(last.exchange.error, Some(AttemptError::EndpointDisabled));
    assert_eq!(last.number, 2);
}

pub(super) async fn what_is_owed_to_a_deleted_endpoint_is_canceled(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    owe(&world, &endpoint, 2).await;
    assert_eq!(
        world.store().delete_endpoint(endpoint.ordinal(), NOW).await,
        Ok(true)
    );
    assert_eq!(cancel(&world, NOW, 100).await, 2);
    assert_canceled(&world, &endpoint, 2, AttemptError::EndpointDeleted).await;
}

pub(super) async fn what_is_owed_to_a_deleted_application_is_canceled(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    owe(&world, &endpoint, 2).await;
    assert_eq!(
        world.store().delete_application(world.app(), NOW).await,
        Ok(true)
    );
    assert_eq!(cancel(&world, NOW, 100).await, 2);
    assert_canceled(&world, &endpoint, 2, AttemptError::EndpointDeleted).await;
}

pub(super) async fn what_is_owed_for_more_than_30_days_is_canceled_as_expired(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.to(&[&endpoint])).await;
    // A retry does not start the 30 days anew.
    let row = world.owed(endpoint.ordinal()).await.remove(0);
    let retry = world.retry(&message, &endpoint, NOW + OWED_FOR_MAX_MS + 60_000);
    world
        .settle(Settlement {
            hold: hold(&row),
            ..retry
        })
        .await;
    assert_eq!(cancel(&world, NOW + OWED_FOR_MAX_MS, 100).await, 0);
    assert_eq!(cancel(&world, NOW + OWED_FOR_MAX_MS + 1, 100).await, 1);
    let last = world
        .attempts(&message)
        .await
        .pop()
        .expect("it was canceled")
        .attempt;
    assert_eq!(last.exchange.error, Some(AttemptError::Expired));
    assert!(world.all_owed().await.is_empty());
}

pub(super) async fn a_resend_starts_the_30_days_anew(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.to(&[&endpoint])).await;
    let now = NOW + OWED_FOR_MAX_MS + 1;
    let resend = Resend {
        message: message.key(),
        endpoint: endpoint.ordinal(),
        now,
    };
    world.store().resend(resend, None).await.expect("a write");
    assert_eq!(cancel(&world, now, 100).await, 0);
}

pub(super) async fn a_canceled_delivery_can_be_resent(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.to(&[&endpoint])).await;
    disable(&world, &endpoint).await;
    assert_eq!(cancel(&world, NOW, 100).await, 1);
    let resend = Resend {
        message: message.key(),
        endpoint: endpoint.ordinal(),
        now: NOW,
    };
    world.store().resend(resend, None).await.expect("a write");
    // No request was made, so the next one is the first.
    assert_eq!(world.owed(endpoint.ordinal()).await[0].attempts_count, 0);
}

pub(super) async fn keys_that_have_run_out_are_removed_a_part_at_a_time(harness: &dyn Harness) {
    let world = World::new(harness).await;
    for number in 0..20 {
        let mut dedup = key(number, 1);
        dedup.expires_at = NOW + if number % 2 == 0 { 10 } else { 1_000 };
        world
            .accept(NewMessage {
                dedup: Some(dedup),
                ..world.to(&[])
            })
            .await;
    }
    let store = world.store();
    let mut removed = Vec::new();
    for _ in 0..5 {
        removed.push(store.sweep_dedup(NOW + 10, 6).await.expect("a write"));
    }
    assert!(removed.iter().all(|count| *count <= 6));
    assert_eq!(removed.iter().sum::<usize>(), 10);
    for number in 0..20 {
        let new = NewMessage {
            dedup: Some(key(number, 1)),
            ..world.to(&[])
        };
        let is_new = matches!(store.accept(new).await, Ok(crate::Accepted::Done(_)));
        assert_eq!(is_new, number % 2 == 0);
    }
}
