//! Idempotency keys and event ids of messages: a repeat has no second effect.

use tokio::task::JoinSet;

use super::Harness;
use super::world::{DAY, NOW, World, key};
use crate::{Accepted, ListMessages, NewMessage, Order, SCAN_ROWS_MAX};

async fn count(world: &World<'_>) -> usize {
    let list = ListMessages {
        application: world.app(),
        order: Order::Ascending,
        after: None,
        limit: super::world::ALL,
        read_max: SCAN_ROWS_MAX,
        channel: None,
        tag: None,
        event_types: Vec::new(),
        from: None,
        to: None,
        with_payload: false,
    };
    world
        .store()
        .messages(list)
        .await
        .expect("a read")
        .rows
        .len()
}

fn with_event_id(world: &World<'_>, event_id: &str) -> NewMessage {
    NewMessage {
        event_id: Some(event_id.into()),
        ..world.to(&[])
    }
}

fn with_key(world: &World<'_>, name: u8, body: u8) -> NewMessage {
    NewMessage {
        dedup: Some(key(name, body)),
        ..world.to(&[])
    }
}

fn at(new: NewMessage, now: i64) -> NewMessage {
    NewMessage {
        accepted_at: now,
        event_id_until: now + DAY,
        ..new
    }
}

pub(super) async fn an_event_id_is_taken_for_a_day_and_free_afterwards(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let first = world.accept(with_event_id(&world, "e1")).await;
    let later = store
        .accept(at(with_event_id(&world, "e1"), NOW + DAY - 1))
        .await;
    assert_eq!(later, Ok(Accepted::EventIdTaken(first.id)));
    assert_eq!(count(&world).await, 1);
    world.accept(with_event_id(&world, "e2")).await;
    let second = world
        .accept(at(with_event_id(&world, "e1"), NOW + DAY))
        .await;
    // Now it counts from the second.
    let again = store
        .accept(at(with_event_id(&world, "e1"), NOW + DAY + 1))
        .await;
    assert_eq!(again, Ok(Accepted::EventIdTaken(second.id)));
}

pub(super) async fn an_event_id_is_taken_in_its_application_only(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let other = world.other_application().await;
    world.accept(with_event_id(&world, "e1")).await;
    let new = NewMessage {
        application: other.id.seq(),
        ..with_event_id(&world, "e1")
    };
    let accepted = world.store().accept(new).await;
    assert!(matches!(accepted, Ok(Accepted::Done(_))), "{accepted:?}");
}

pub(super) async fn a_key_with_the_same_body_gives_the_message_that_it_made(harness: &dyn Harness) {
    let mut world = World::new(harness).await;
    let first = world.accept(with_key(&world, 1, 1)).await;
    for _ in 0..2 {
        let repeated = world
            .store()
            .accept(at(with_key(&world, 1, 1), NOW + 5))
            .await;
        assert_eq!(repeated, Ok(Accepted::Replayed(first.clone())));
        world.crash_and_recover().await; // a key outlives the process
    }
    assert_eq!(count(&world).await, 1);
    world.accept(with_key(&world, 2, 1)).await;
}

pub(super) async fn a_key_with_another_body_is_refused(harness: &dyn Harness) {
    let world = World::new(harness).await;
    world.accept(with_key(&world, 1, 1)).await;
    let reused = world.store().accept(with_key(&world, 1, 2)).await;
    assert_eq!(reused, Ok(Accepted::KeyReused));
    assert_eq!(count(&world).await, 1);
}

pub(super) async fn a_key_that_has_run_out_is_free_again(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let first = world.accept(with_key(&world, 1, 1)).await;
    let still = world
        .store()
        .accept(at(with_key(&world, 1, 1), NOW + DAY - 1))
        .await;
    assert_eq!(still, Ok(Accepted::Replayed(first)));
    let mut new = at(with_key(&world, 1, 2), NOW + DAY);
    new.dedup.as_mut().expect("a key").expires_at = NOW + 2 * DAY;
    let second = world.accept(new).await;
    let repeated = world
        .store()
        .accept(at(with_key(&world, 1, 2), NOW + DAY + 1))
        .await;
    assert_eq!(repeated, Ok(Accepted::Replayed(second)));
}

pub(super) async fn of_many_at_once_with_one_key_one_is_accepted(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let mut accepting = JoinSet::new();
    for _ in 0..50 {
        let (store, new) = (world.store(), with_key(&world, 1, 1));
        accepting.spawn(async move { store.accept(new).await });
    }
    let (mut done, mut replayed) = (Vec::new(), Vec::new());
    while let Some(accepted) = accepting.join_next().await {
        match accepted {
            Ok(Ok(Accepted::Done(id))) => done.push(id),
            Ok(Ok(Accepted::Replayed(message))) => replayed.push(message.id),
            other => panic!("neither accepted nor replayed: {other:?}"),
        }
    }
    assert_eq!(replayed, vec![done[0]; 49]);
    assert_eq!(count(&world).await, 1);
}

pub(super) async fn of_many_at_once_with_one_event_id_one_is_accepted(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let mut accepting = JoinSet::new();
    for _ in 0..50 {
        let (store, new) = (world.store(), with_event_id(&world, "e1"));
        accepting.spawn(async move { store.accept(new).await });
    }
    let (mut done, mut taken) = (Vec::new(), Vec::new());
    while let Some(accepted) = accepting.join_next().await {
        match accepted {
            Ok(Ok(Accepted::Done(id))) => done.push(id),
            Ok(Ok(Accepted::EventIdTaken(id))) => taken.push(id),
            other => panic!("neither accepted nor taken: {other:?}"),
        }
    }
    assert_eq!(taken, vec![done[0]; 49]);
    assert_eq!(count(&world).await, 1);
}

pub(super) async fn a_refused_message_does_not_use_up_its_key(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let first = world.accept(with_event_id(&world, "e1")).await;
    let new = NewMessage {
        dedup: Some(key(1, 1)),
        ..with_event_id(&world, "e1")
    };
    assert_eq!(
        world.store().accept(new).await,
        Ok(Accepted::EventIdTaken(first.id))
    );
    world.accept(with_key(&world, 1, 2)).await;
}

pub(super) async fn a_repeat_with_both_key_and_event_id_is_a_repeat(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let new = |body| NewMessage {
        dedup: Some(key(1, body)),
        ..with_event_id(&world, "e1")
    };
    let first = world.accept(new(1)).await;
    assert_eq!(
        world.store().accept(new(1)).await,
        Ok(Accepted::Replayed(first))
    );
    assert_eq!(world.store().accept(new(2)).await, Ok(Accepted::KeyReused));
}
