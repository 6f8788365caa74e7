//! The health of an endpoint changes with its attempts.

use tidings_domain::endpoint::{DisabledReason, EndpointPatch, EndpointState};

use super::Harness;
use super::world::{NOW, World, done};
use crate::{EndpointUpdate, Settlement, Subject};

pub(super) async fn the_health_of_an_endpoint_is_kept_with_its_attempts(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.handed_to(&[&endpoint])).await;
    let failing = EndpointState {
        failing_since: Some(NOW),
        last_failure_at: Some(NOW + 1),
        failures_count: 3,
        disabled: None,
    };
    let version = world.store().version().await.expect("a read");
    let settlement = Settlement {
        state: Some(failing.clone()),
        ..world.retry(&message, &endpoint, NOW + 5)
    };
    world.settle(settlement).await;
    let read = async || {
        let found = world.store().endpoint_by_ordinal(endpoint.ordinal()).await;
        found.expect("a read").expect("it is there")
    };
    assert_eq!(read().await.state, failing);
    let found = world.store().failing_endpoints(9).await;
    assert_eq!(found, Ok(vec![endpoint.ordinal()]));
    // Its configuration has not changed, so no cache hears of it.
    assert_eq!(read().await.version, endpoint.endpoint.version);
    assert_eq!(world.store().version().await, Ok(version));
}

pub(super) async fn an_endpoint_that_is_switched_off_stays_off_for_the_first_reason(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.handed_to(&[&endpoint])).await;
    let version = world.store().version().await.expect("a read");
    let off = |reason, at| EndpointState {
        disabled: Some((reason, at)),
        ..EndpointState::default()
    };
    let states = [
        off(DisabledReason::Gone, NOW),
        off(DisabledReason::Failing, NOW + 1),
        EndpointState::default(),
    ];
    for state in states {
        let settlement = Settlement {
            state: Some(state),
            ..world.exhausted(&message, &endpoint)
        };
        world.settle(settlement).await;
    }
    let found = world
        .store()
        .endpoint_by_ordinal(endpoint.ordinal())
        .await
        .expect("a read");
    let found = found.expect("it is there");
    assert_eq!(found.state.disabled, Some((DisabledReason::Gone, NOW)));
    let failing = async || world.store().failing_endpoints(9).await.expect("a read");
    assert_eq!(failing().await, [endpoint.ordinal()]);
    let changes = world.store().changes_since(version).await.expect("a read");
    assert!(
        changes
            .iter()
            .all(|change| change.subject == Subject::Application(world.app()))
    );
    assert!(!changes.is_empty());
    // Its owner switches it on: a clean slate.
    let patch = EndpointPatch {
        is_disabled: Some(false),
        ..EndpointPatch::default()
    };
    let update = EndpointUpdate {
        ordinal: endpoint.ordinal(),
        patch,
        expected_version: None,
        now: NOW + 2,
    };
    let updated = done(
        world
            .store()
            .update_endpoint(update, None)
            .await
            .expect("a write"),
    );
    assert_eq!(updated.state, EndpointState::default());
    assert_eq!(failing().await, [0; 0]);
    let found = world
        .store()
        .endpoint_by_ordinal(endpoint.ordinal())
        .await
        .expect("a read");
    assert_eq!(found, Some(updated));
}
