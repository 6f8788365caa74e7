//! Environments, API keys, and the log of changes.

use tidings_domain::application::ApiKeyRecord;

use super::Harness;
use super::world::{NOW, World};
use crate::{Change, Subject};

fn api_key(environment: i64, ordinal: i64) -> ApiKeyRecord {
    ApiKeyRecord {
        ordinal,
        environment,
        name: format!("key {ordinal}"),
        hash: [7; 32],
        created_at: NOW + ordinal,
        last_used_at: None,
        revoked_at: None,
    }
}

pub(super) async fn an_environment_is_made_once_and_found_afterwards(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let first = store
        .ensure_environment("test".into(), NOW + 1)
        .await
        .expect("a write");
    assert_eq!((first.name.as_str(), first.created_at), ("test", NOW + 1));
    assert_ne!(first.ordinal, world.environment);
    assert_eq!(
        store.ensure_environment("test".into(), NOW + 9).await,
        Ok(first.clone())
    );
    let all = store.environments().await.expect("a read");
    assert_eq!(all.len(), 2);
    assert_eq!(all[1], first);
}

pub(super) async fn api_keys_are_kept_listed_and_found_by_number(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let other = store
        .ensure_environment("other".into(), NOW)
        .await
        .expect("a write")
        .ordinal;
    // The number in a key is random, so it says nothing about the order.
    let keys = [
        api_key(world.environment, 900),
        api_key(world.environment, 1_200),
    ];
    for key in [&keys[1], &keys[0], &api_key(other, 1)] {
        store.create_api_key(key.clone()).await.expect("a write");
    }
    assert_eq!(store.api_keys(world.environment).await, Ok(keys.to_vec()));
    assert_eq!(store.api_key(900).await, Ok(Some(keys[0].clone())));
    assert_eq!(store.api_key(2).await, Ok(None));
}

pub(super) async fn a_key_is_revoked_once_and_in_its_own_environment_only(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let other = store
        .ensure_environment("other".into(), NOW)
        .await
        .expect("a write")
        .ordinal;
    store
        .create_api_key(api_key(world.environment, 5))
        .await
        .expect("a write");
    assert_eq!(store.revoke_api_key(other, 5, NOW + 1).await, Ok(false));
    assert_eq!(
        store.revoke_api_key(world.environment, 6, NOW + 1).await,
        Ok(false)
    );
    let read = async || {
        store
            .api_key(5)
            .await
            .expect("a read")
            .expect("it is there")
            .revoked_at
    };
    assert_eq!(read().await, None);
    assert_eq!(
        store.revoke_api_key(world.environment, 5, NOW + 2).await,
        Ok(true)
    );
    assert_eq!(
        store.revoke_api_key(world.environment, 5, NOW + 3).await,
        Ok(true)
    );
    assert_eq!(read().await, Some(NOW + 2));
}

pub(super) async fn when_a_key_was_last_seen_only_moves_forward(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    store
        .create_api_key(api_key(world.environment, 5))
        .await
        .expect("a write");
    let version = store.version().await.expect("a read");
    for (at, expected) in [(NOW + 9, NOW + 9), (NOW + 3, NOW + 9), (NOW + 10, NOW + 10)] {
        store
            .touch_api_keys(vec![(5, at), (6, at)])
            .await
            .expect("a write");
        let key = store
            .api_key(5)
            .await
            .expect("a read")
            .expect("it is there");
        assert_eq!(key.last_used_at, Some(expected));
    }
    // Caches need not hear of it.
    assert_eq!(store.version().await, Ok(version));
}

pub(super) async fn every_change_of_the_configuration_is_told_in_order(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let before = store.version().await.expect("a read");
    let endpoint = world.endpoint().await;
    store
        .create_api_key(api_key(world.environment, 5))
        .await
        .expect("a write");
    store
        .revoke_api_key(world.environment, 5, NOW)
        .await
        .expect("a write");
    store
        .delete_endpoint(endpoint.ordinal(), NOW)
        .await
        .expect("a write");
    store
        .delete_application(world.app(), NOW)
        .await
        .expect("a write");
    let changes = store.changes_since(before).await.expect("a read");
    let subjects: Vec<Subject> = changes.iter().map(|change| change.subject).collect();
    let (key, application) = (Subject::ApiKey(5), Subject::Application(world.app()));
    assert_eq!(subjects, [application, key, key, application, application]);
    assert!(changes.is_sorted_by(|one, two| one.version < two.version));
    assert!(changes[0].version > before);
    let last = changes[4].version;
    assert_eq!(store.version().await, Ok(last));
    assert_eq!(store.changes_since(last).await, Ok(Vec::<Change>::new()));
    assert_eq!(
        store.changes_since(changes[1].version).await,
        Ok(changes[2..].to_vec())
    );
    // What changed nothing is not told.
    store
        .delete_endpoint(endpoint.ordinal(), NOW)
        .await
        .expect("a write");
    store
        .revoke_api_key(world.environment, 99, NOW)
        .await
        .expect("a write");
    assert_eq!(store.version().await, Ok(last));
}

pub(super) async fn at_most_a_thousand_changes_are_told_at_once(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    store
        .create_api_key(api_key(world.environment, 5))
        .await
        .expect("a write");
    let before = store.version().await.expect("a read");
    let revoking = (0..1_001).map(|_| store.revoke_api_key(world.environment, 5, NOW));
    for revoked in revoking.collect::<Vec<_>>() {
        assert_eq!(revoked.await, Ok(true));
    }
    let first = store.changes_since(before).await.expect("a read");
    assert_eq!(first.len(), 1_000);
    let rest = store
        .changes_since(first[999].version)
        .await
        .expect("a read");
    assert_eq!(rest.len(), 1);
}
