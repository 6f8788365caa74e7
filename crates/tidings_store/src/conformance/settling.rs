//! An attempt is settled: its row, and what follows from it.

use std::sync::atomic::Ordering;

use bytes::Bytes;
use tidings_domain::delivery::{
    AttemptError, DeliveryState, Exchange, Outcome, PendingReason, Phases, Trigger,
};
use tidings_domain::endpoint::EndpointPatch;
use tidings_domain::ids::AttemptId;

use super::Harness;
use super::world::{NOW, World, done, hold};
use crate::{EndpointUpdate, Hold, Next, Settlement};

pub(super) async fn a_first_success_leaves_one_attempt_and_nothing_owed(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.handed_to(&[&endpoint])).await;
    let facts = world
        .facts(&message, endpoint.ordinal())
        .await
        .expect("a target");
    assert_eq!(facts.state(), DeliveryState::Sending);
    world.settle(world.success(&message, &endpoint)).await;
    assert!(world.all_owed().await.is_empty());
    assert_eq!(world.attempts(&message).await.len(), 1);
    let facts = world
        .facts(&message, endpoint.ordinal())
        .await
        .expect("a target");
    assert_eq!((facts.due_at, facts.latest), (None, Some(Outcome::Success)));
    assert_eq!(facts.state(), DeliveryState::Delivered);
}

pub(super) async fn an_attempt_is_kept_with_everything_sent_and_received(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.handed_to(&[&endpoint])).await;
    let exchange = Exchange {
        url: "https://example.com/hook?x=1".into(),
        request_headers: "webhook-id: 1\nuser-agent: Tidings".into(),
        status: Some(503),
        response_headers: Bytes::from_static(b"retry-after: 5\nx: \xFF"),
        response: Bytes::from_static(b"\x00 no \xC3\x28"),
        is_truncated: true,
        error: Some(AttemptError::Status),
        error_detail: "answered 503".into(),
        peer: Some("2001:db8::7".parse().expect("an address")),
        phases: Phases {
            resolve_us: 1,
            connect_us: 2,
            tls_us: 3,
            head_us: 4,
            body_us: 5,
        },
    };
    let settlement = Settlement {
        exchange: exchange.clone(),
        number: 4,
        trigger: Trigger::Manual,
        started_at: NOW + 7,
        tail: 99,
        ..world.exhausted(&message, &endpoint)
    };
    world.settle(settlement).await;
    let rows = world.attempts(&message).await;
    let attempt = &rows[0].attempt;
    let journal = world.opened.journal;
    assert_eq!(
        attempt.id,
        AttemptId::new(NOW + 7, journal, attempt.id.seq(), 99)
    );
    assert_eq!(
        (attempt.message, attempt.endpoint),
        (message.id, endpoint.endpoint.id)
    );
    assert_eq!((attempt.number, attempt.started_at), (4, NOW + 7));
    assert_eq!(
        (attempt.trigger, attempt.outcome),
        (Trigger::Manual, Outcome::Exhausted)
    );
    assert_eq!(attempt.exchange, exchange);
    assert!(!attempt.is_late);
    let found = world.store().attempt(world.app(), attempt.id).await;
    assert_eq!(
        found.map(|found| found.map(|found| found.attempt)),
        Ok(Some(attempt.clone()))
    );
}

pub(super) async fn a_retry_is_owed_from_its_time_on(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.handed_to(&[&endpoint])).await;
    world
        .settle(world.retry(&message, &endpoint, NOW + 5_000))
        .await;
    let before = world
        .store()
        .due(world.creditor(endpoint.ordinal()), NOW + 4_999, 10)
        .await
        .expect("a read");
    assert!(before.rows.is_empty());
    assert_eq!(before.next_at, Some(NOW + 5_000));
    let due = world
        .store()
        .due(world.creditor(endpoint.ordinal()), NOW + 5_000, 10)
        .await
        .expect("a read");
    assert_eq!(due.next_at, None);
    let row = &due.rows[0];
    assert_eq!(
        (row.message, row.endpoint),
        (message.key(), endpoint.ordinal())
    );
    assert_eq!((row.due_at, row.attempts_count), (NOW + 5_000, 1));
    assert_eq!(
        (row.reason, row.trigger),
        (PendingReason::Retry, Trigger::Scheduled)
    );
    assert_eq!(world.recorder.owed(), [(endpoint.ordinal(), NOW + 5_000)]);
    let facts = world
        .facts(&message, endpoint.ordinal())
        .await
        .expect("a target");
    assert_eq!(facts.state(), DeliveryState::Pending);
}

pub(super) async fn what_is_taken_stays_owed_until_it_is_settled(harness: &dyn Harness) {
    let mut world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.to(&[&endpoint])).await;
    let taken = world.owed(endpoint.ordinal()).await;
    assert_eq!(world.owed(endpoint.ordinal()).await, taken);
    world.crash_and_recover().await;
    let after = world.owed(endpoint.ordinal()).await;
    assert_eq!(after.len(), 1);
    assert_eq!(
        (after[0].message, after[0].version, after[0].due_at),
        (taken[0].message, taken[0].version, taken[0].due_at)
    );
    let settlement = Settlement {
        hold: hold(&taken[0]),
        ..world.success(&message, &endpoint)
    };
    world.settle(settlement).await;
    assert!(world.owed(endpoint.ordinal()).await.is_empty());
}

pub(super) async fn a_retry_moves_the_row_that_was_taken(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.to(&[&endpoint])).await;
    let taken = world.owed(endpoint.ordinal()).await.remove(0);
    let settlement = Settlement {
        hold: hold(&taken),
        ..world.retry(&message, &endpoint, NOW + 5_000)
    };
    world.settle(settlement).await;
    let rows = world.owed(endpoint.ordinal()).await;
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].due_at, rows[0].attempts_count), (NOW + 5_000, 1));
    assert_eq!(rows[0].reason, PendingReason::Retry);
    assert_ne!(rows[0].version, taken.version);
}

pub(super) async fn a_settlement_of_another_version_leaves_the_row_alone(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.to(&[&endpoint])).await;
    let taken = world.owed(endpoint.ordinal()).await.remove(0);
    let first = Settlement {
        hold: hold(&taken),
        ..world.retry(&message, &endpoint, NOW + 5_000)
    };
    world.settle(first).await;
    let moved = world.owed(endpoint.ordinal()).await;
    // The same outcome once more, and another one, by somebody who took the row before it moved.
    let again = Settlement {
        hold: hold(&taken),
        ..world.retry(&message, &endpoint, NOW + 9_000)
    };
    world.settle(again).await;
    assert_eq!(world.owed(endpoint.ordinal()).await, moved);
    let success = Settlement {
        hold: hold(&taken),
        ..world.success(&message, &endpoint)
    };
    world.settle(success).await;
    assert_eq!(world.owed(endpoint.ordinal()).await, moved);
    assert_eq!(world.attempts(&message).await.len(), 3);
}

pub(super) async fn a_place_comes_back_when_the_outcome_is_on_disk(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.handed_to(&[&endpoint])).await;
    let settlement = Settlement {
        permit: Some(world.places.take()),
        ..world.success(&message, &endpoint)
    };
    assert_eq!(world.places.taken(), 1);
    world.settle(settlement).await;
    assert_eq!(world.places.taken(), 0);
}

pub(super) async fn whoever_listens_hears_of_every_settled_attempt(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.handed_to(&[&endpoint])).await;
    world
        .settle(world.retry(&message, &endpoint, NOW + 5_000))
        .await;
    let settled = world.recorder.settled();
    let id = world.attempts(&message).await[0].attempt.id;
    assert_eq!(settled.len(), 1);
    assert_eq!((settled[0].attempt, settled[0].message), (id, message.id));
    assert_eq!(
        (settled[0].endpoint, settled[0].application),
        (endpoint.endpoint.id, world.app())
    );
    assert_eq!(
        (settled[0].outcome, settled[0].status),
        (Outcome::Retry, Some(500))
    );
    assert_eq!(settled[0].next_at, Some(NOW + 5_000));
    assert_eq!(&*settled[0].event_type, "user.created");
    world.recorder.is_deaf.store(true, Ordering::SeqCst);
    let message = world.accept(world.handed_to(&[&endpoint])).await;
    world.settle(world.success(&message, &endpoint)).await;
    assert_eq!(world.recorder.settled().len(), 1);
}

pub(super) async fn a_retry_whose_row_was_canceled_meanwhile_is_owed_again(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.to(&[&endpoint])).await;
    let taken = world.owed(endpoint.ordinal()).await.remove(0);
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
    assert_eq!(world.store().cancel_stale(NOW, 10).await, Ok(1));
    // The request was under way all the time. Its retry must not be left in nobody's hands.
    let settlement = Settlement {
        hold: hold(&taken),
        ..world.retry(&message, &endpoint, NOW + 5)
    };
    world.settle(settlement).await;
    assert_eq!(world.owed(endpoint.ordinal()).await.len(), 1);
    assert_eq!(world.store().cancel_stale(NOW, 10).await, Ok(1));
    let facts = world
        .facts(&message, endpoint.ordinal())
        .await
        .expect("a target");
    assert_eq!(facts.state(), DeliveryState::Canceled);
    // One that has succeeded is not brought back.
    let success = Settlement {
        hold: hold(&taken),
        ..world.success(&message, &endpoint)
    };
    world.settle(success).await;
    let again = Settlement {
        hold: hold(&taken),
        ..world.retry(&message, &endpoint, NOW + 5)
    };
    world.settle(again).await;
    assert!(world.owed(endpoint.ordinal()).await.is_empty());
}

pub(super) async fn outcomes_that_are_asked_for_are_written_in_order(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.handed_to(&[&endpoint])).await;
    let store = world.store();
    for number in 1..=50 {
        let hold = if number == 1 {
            Hold::Handed
        } else {
            Hold::Pending {
                version: u32::from(number) - 1,
            }
        };
        let retry = world.retry(&message, &endpoint, NOW + i64::from(number));
        store.settle(Settlement {
            number,
            hold,
            ..retry
        });
    }
    store.settle(Settlement {
        number: 51,
        hold: Hold::Pending { version: 50 },
        next: Next::Done,
        ..world.success(&message, &endpoint)
    });
    world.flush().await;
    let numbers: Vec<u16> = world
        .attempts(&message)
        .await
        .iter()
        .map(|row| row.attempt.number)
        .collect();
    assert_eq!(numbers, (1..=51).collect::<Vec<u16>>());
    assert!(world.all_owed().await.is_empty());
}
