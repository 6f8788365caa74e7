//! Tests: an attempt without anybody who is owed it.

use tidings_domain::delivery::{DeliveryState, Trigger};

use super::Harness;
use super::world::World;
use crate::Settlement;

pub(super) async fn a_test_leaves_its_attempt_and_owes_nobody_anything(harness: &dyn Harness) {
    let mut world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let (tested, lost) = (
        world.accept(world.to(&[])).await,
        world.accept(world.to(&[])).await,
    );
    // What is in memory only beside it must still be found after a crash.
    let in_memory = world.accept(world.handed_to(&[&endpoint])).await;
    let settlement = Settlement {
        trigger: Trigger::Test,
        ..world.exhausted(&tested, &endpoint)
    };
    world.settle(settlement).await;
    let rows = world.attempts(&tested).await;
    assert_eq!((rows.len(), rows[0].attempt.trigger), (1, Trigger::Test));
    let facts = world.facts(&tested, endpoint.ordinal()).await;
    let facts = facts.expect("an attempt makes a delivery");
    assert_eq!(facts.state(), DeliveryState::Failed);
    assert!(world.all_owed().await.is_empty());

    let opened = world.crash_and_recover().await;
    assert_eq!(opened.recovered, 1);
    let owed = world.all_owed().await;
    assert_eq!(owed, [(in_memory.key(), endpoint.ordinal())]);
    assert!(world.attempts(&lost).await.is_empty());
}
