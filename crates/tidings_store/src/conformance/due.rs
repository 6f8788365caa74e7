//! What is due is found: by endpoint, oldest first.

use tidings_domain::clock::Millis;
use tidings_domain::message::MessageOptions;

use super::Harness;
use super::world::{ALL, NOW, World};
use crate::{Due, NewMessage};

/// A message to be sent then.
fn due_at(at: Millis, new: NewMessage) -> NewMessage {
    let options = MessageOptions {
        deliver_at: Some(at),
        ..MessageOptions::default()
    };
    NewMessage {
        options: options.boxed(),
        ..new
    }
}

pub(super) async fn what_is_due_comes_oldest_first_and_not_before_its_time(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let (one, other) = (world.endpoint().await, world.endpoint().await);
    let mut expected = Vec::new();
    for after in [30, 10, 20, 40, 10] {
        let new = due_at(NOW + after, world.to(&[&one, &other]));
        expected.push((NOW + after, world.accept(new).await.key()));
    }
    expected.sort_unstable();
    let due = async |now, limit| {
        let due = world
            .store()
            .due(world.creditor(one.ordinal()), now, limit)
            .await
            .expect("a read");
        assert!(due.rows.iter().all(|row| row.endpoint == one.ordinal()));
        let rows: Vec<_> = due
            .rows
            .iter()
            .map(|row| (row.due_at, row.message))
            .collect();
        (rows, due.next_at)
    };
    assert_eq!(due(NOW + 9, ALL).await, (Vec::new(), Some(NOW + 10)));
    assert_eq!(
        due(NOW + 29, ALL).await,
        (expected[..3].to_vec(), Some(NOW + 30))
    );
    assert_eq!(
        due(NOW + 29, 2).await,
        (expected[..2].to_vec(), Some(NOW + 30))
    );
    assert_eq!(due(NOW + 40, ALL).await, (expected, None));
    let owed = async |endpoint, limit| {
        let (store, creditor) = (world.store(), world.creditor(endpoint));
        let owed = store.owed(creditor, limit).await.expect("a read");
        (owed.count, owed.since)
    };
    assert_eq!(owed(one.ordinal(), ALL).await, (5, Some(NOW + 10)));
    assert_eq!(owed(one.ordinal(), 2).await, (2, Some(NOW + 10)));
    assert_eq!(owed(9_999, ALL).await, (0, None));
    assert_eq!(
        world
            .store()
            .due(world.creditor(9_999), NOW + 40, ALL)
            .await,
        Ok(Due::default())
    );
}

pub(super) async fn endpoints_that_are_owed_something_are_listed_with_the_first_due_time(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let targets = world.endpoints(5).await;
    for (after, place) in [(5, 0), (3, 0), (9, 1), (7, 3), (8, 3)] {
        world
            .accept(due_at(NOW + after, world.to(&[&targets[place]])))
            .await;
    }
    let store = world.store();
    let creditor = |place: usize| world.creditor(targets[place].ordinal());
    let all = [
        (creditor(0), NOW + 3),
        (creditor(1), NOW + 9),
        (creditor(3), NOW + 7),
    ];
    let after = async |creditor, limit| store.due_endpoints(creditor, limit).await;
    let fan_outs = Some(world.creditor(0));
    assert_eq!(after(fan_outs, ALL).await, Ok(all.to_vec()));
    assert_eq!(after(None, ALL).await, Ok(all.to_vec()));
    assert_eq!(after(fan_outs, 2).await, Ok(all[..2].to_vec()));
    assert_eq!(after(Some(creditor(1)), ALL).await, Ok(all[2..].to_vec()));
    assert_eq!(after(Some(creditor(3)), ALL).await, Ok(Vec::new()));
    // A wide fan-out is found below every endpoint.
    world.accept(world.to_numbers((1..=300).collect())).await;
    assert_eq!(after(None, 1).await, Ok(vec![(world.creditor(0), NOW)]));
    assert_eq!(after(fan_outs, ALL).await, Ok(all.to_vec()));
}
