//! Environments, API keys, and the log of changes.

use tidings_domain::access::Role;
use tidings_domain::api_key::{ApiKeyPatch, Rotation};
use tidings_domain::application::{ApiKeyRecord, OldHash};
use tidings_domain::clock::Millis;

use super::Harness;
use super::world::{NOW, World};
use crate::{ApiKeyChanged, Change, Store, Subject};

fn api_key(environment: i64, ordinal: i64) -> ApiKeyRecord {
    ApiKeyRecord {
        ordinal,
        environment,
        name: format!("key {ordinal}"),
        hash: [7; 32],
        created_at: NOW + ordinal,
        last_used_at: None,
        revoked_at: None,
        role: Role::Admin,
        expires_at: None,
        old_hashes: Vec::new(),
        rate_limit: None,
    }
}

fn revoked(at: Millis) -> ApiKeyPatch {
    ApiKeyPatch {
        revoked_at: Some(at),
        ..ApiKeyPatch::default()
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
    let revoke = async |environment, ordinal, at| {
        let revoking = store.change_api_key((environment, ordinal), revoked(at), false, at);
        revoking.await.expect("a write")
    };
    assert_eq!(revoke(other, 5, NOW + 1).await, ApiKeyChanged::Missing);
    let nobody = revoke(world.environment, 6, NOW + 1).await;
    assert_eq!(nobody, ApiKeyChanged::Missing);
    assert_eq!(read(&*store, 5).await.revoked_at, None);
    let done = revoke(world.environment, 5, NOW + 2).await;
    assert_eq!(done, ApiKeyChanged::Done(read(&*store, 5).await));
    let again = revoke(world.environment, 5, NOW + 3).await;
    assert_eq!(again, ApiKeyChanged::Missing);
    assert_eq!(read(&*store, 5).await.revoked_at, Some(NOW + 2));
}

async fn read(store: &dyn Store, ordinal: i64) -> ApiKeyRecord {
    let key = store.api_key(ordinal).await.expect("a read");
    key.expect("it is there")
}

pub(super) async fn what_is_changed_of_a_key_is_kept_and_the_rest_stays(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let new = ApiKeyRecord {
        old_hashes: vec![OldHash {
            hash: [8; 32],
            ends_at: NOW + 50,
        }],
        ..api_key(world.environment, 5)
    };
    store.create_api_key(new.clone()).await.expect("a write");
    assert_eq!(read(&*store, 5).await, new);
    let patch = ApiKeyPatch {
        name: Some("other".into()),
        role: Some(Role::Viewer),
        expires_at: Some(Some(NOW + 100)),
        rate_limit: Some(Some(7)),
        rotation: Some(Rotation {
            hash: [9; 32],
            old_ends_at: NOW + 60,
        }),
        revoked_at: None,
    };
    let mut expected = new;
    patch.clone().apply(&mut expected, NOW);
    let key = (world.environment, 5);
    let changed = store.change_api_key(key, patch, false, NOW).await;
    assert_eq!(changed, Ok(ApiKeyChanged::Done(expected.clone())));
    assert_eq!(read(&*store, 5).await, expected);
    assert_eq!(expected.old_hashes.len(), 2);
    let unset = ApiKeyPatch {
        expires_at: Some(None),
        rate_limit: Some(None),
        ..ApiKeyPatch::default()
    };
    let changing = store.change_api_key(key, unset, false, NOW);
    changing.await.expect("a write");
    let expected = ApiKeyRecord {
        expires_at: None,
        rate_limit: None,
        ..expected
    };
    assert_eq!(read(&*store, 5).await, expected);
}

pub(super) async fn the_last_key_that_manages_keys_stays_if_that_is_asked_for(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let store = world.store();
    let viewer = ApiKeyRecord {
        role: Role::Viewer,
        ..api_key(world.environment, 6)
    };
    let expired = ApiKeyRecord {
        expires_at: Some(NOW),
        ..api_key(world.environment, 7)
    };
    let owner = ApiKeyRecord {
        role: Role::Owner,
        ..api_key(world.environment, 8)
    };
    for key in [api_key(world.environment, 5), viewer, expired] {
        store.create_api_key(key).await.expect("a write");
    }
    let key = |ordinal| (world.environment, ordinal);
    let lowered = ApiKeyPatch {
        role: Some(Role::Developer),
        ..ApiKeyPatch::default()
    };
    for patch in [revoked(NOW), lowered] {
        let refused = store.change_api_key(key(5), patch, true, NOW).await;
        assert_eq!(refused, Ok(ApiKeyChanged::LastAdmin));
    }
    assert_eq!(read(&*store, 5).await, api_key(world.environment, 5));
    let changed = store.change_api_key(key(6), revoked(NOW), true, NOW).await;
    assert!(matches!(changed, Ok(ApiKeyChanged::Done(_))), "{changed:?}");
    store.create_api_key(owner).await.expect("a write");
    let changed = store.change_api_key(key(5), revoked(NOW), true, NOW).await;
    assert!(matches!(changed, Ok(ApiKeyChanged::Done(_))), "{changed:?}");
    let changed = store.change_api_key(key(8), revoked(NOW), false, NOW).await;
    assert!(matches!(changed, Ok(ApiKeyChanged::Done(_))), "{changed:?}");
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
        .change_api_key((world.environment, 5), revoked(NOW), false, NOW)
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
        .change_api_key((world.environment, 99), revoked(NOW), false, NOW)
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
    let key = (world.environment, 5);
    let change = |_| store.change_api_key(key, ApiKeyPatch::default(), false, NOW);
    for changed in (0..1_001).map(change).collect::<Vec<_>>() {
        assert!(matches!(changed.await, Ok(ApiKeyChanged::Done(_))));
    }
    let first = store.changes_since(before).await.expect("a read");
    assert_eq!(first.len(), 1_000);
    let rest = store
        .changes_since(first[999].version)
        .await
        .expect("a read");
    assert_eq!(rest.len(), 1);
}
