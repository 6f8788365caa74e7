//! Applications are made, found, listed, changed and deleted.

use tidings_domain::application::{ApplicationPatch, Metadata};
use tidings_domain::ids::ApplicationId;

use super::Harness;
use super::world::{ALL, DAY, NOW, World, done, key, new_application};
use crate::{NewApplication, Order, PageRequest, Reference, Written};

fn named(world: &World<'_>, uid: &str) -> NewApplication {
    NewApplication {
        uid: Some(uid.into()),
        ..new_application(world.environment, world.tail())
    }
}

pub(super) async fn an_application_is_kept_as_it_was_given(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let metadata = Metadata::from([("plan".into(), "owl".into()), ("a".into(), "1".into())]);
    let flags = vec!["beta".to_owned(), "a,b \"c\"".to_owned()];
    let new = NewApplication {
        throttle_rate: Some(50),
        metadata: metadata.clone(),
        feature_flags: Some(flags.clone()),
        created_at: NOW + 3,
        ..named(&world, "acme")
    };
    let tail = new.tail;
    let made = done(
        world
            .store()
            .create_application(new, None)
            .await
            .expect("a write"),
    );
    assert_eq!(made.id, ApplicationId::new(NOW + 3, 0, made.id.seq(), tail));
    assert_eq!(
        (made.uid.as_deref(), made.name.as_str()),
        (Some("acme"), "Cool Account")
    );
    assert_eq!((made.throttle_rate, &made.metadata), (Some(50), &metadata));
    assert_eq!(made.feature_flags, Some(flags));
    assert_eq!(
        (made.environment, made.created_at),
        (world.environment, NOW + 3)
    );
    assert_eq!(made.updated_at, NOW + 3);
    let store = world.store();
    assert_eq!(
        store.application_by_ordinal(made.id.seq()).await,
        Ok(Some(made.clone()))
    );
    for reference in [Reference::Id(made.id), Reference::Uid("acme".into())] {
        let found = store.application(world.environment, reference).await;
        assert_eq!(found, Ok(Some(made.clone())));
    }
}

pub(super) async fn a_guessed_id_or_another_environment_finds_no_application(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let store = world.store();
    let made = done(
        store
            .create_application(named(&world, "acme"), None)
            .await
            .expect("a write"),
    );
    let parts = made.id.parts();
    let wrong = [
        ApplicationId::new(parts.at_ms, 0, parts.seq, parts.tail + 1),
        ApplicationId::new(parts.at_ms + 1, 0, parts.seq, parts.tail),
        ApplicationId::new(parts.at_ms, 1, parts.seq, parts.tail),
        ApplicationId::new(parts.at_ms, 0, parts.seq + 1, parts.tail),
    ];
    for id in wrong {
        assert_eq!(
            store
                .application(world.environment, Reference::Id(id))
                .await,
            Ok(None)
        );
    }
    let other = store
        .ensure_environment("other".into(), NOW)
        .await
        .expect("a write")
        .ordinal;
    for reference in [Reference::Id(made.id), Reference::Uid("acme".into())] {
        assert_eq!(store.application(other, reference).await, Ok(None));
    }
}

pub(super) async fn an_applications_uid_is_unique_in_its_environment(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let first = done(
        store
            .create_application(named(&world, "acme"), None)
            .await
            .expect("a write"),
    );
    let version = store.version().await.expect("a read");
    let second = store.create_application(named(&world, "acme"), None).await;
    assert_eq!(second, Ok(Written::Taken(first.clone())));
    assert_eq!(store.version().await, Ok(version));
    let other = store
        .ensure_environment("other".into(), NOW)
        .await
        .expect("a write")
        .ordinal;
    let elsewhere = NewApplication {
        environment: other,
        ..named(&world, "acme")
    };
    done(
        store
            .create_application(elsewhere, None)
            .await
            .expect("a write"),
    );
    // Nor can one be renamed to it; its own name it can keep.
    let patch = ApplicationPatch {
        uid: Some(Some("acme".into())),
        ..ApplicationPatch::default()
    };
    let renamed = store
        .update_application(world.app(), patch.clone(), NOW)
        .await;
    assert_eq!(renamed, Ok(Written::Taken(first.clone())));
    done(
        store
            .update_application(first.id.seq(), patch, NOW)
            .await
            .expect("a write"),
    );
    // Deleted, it is free again.
    assert_eq!(
        store.delete_application(first.id.seq(), NOW).await,
        Ok(true)
    );
    let third = done(
        store
            .create_application(named(&world, "acme"), None)
            .await
            .expect("a write"),
    );
    assert_ne!(third.id.seq(), first.id.seq());
}

pub(super) async fn a_patch_changes_what_it_names_and_nothing_else(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let new = NewApplication {
        throttle_rate: Some(9),
        feature_flags: Some(Vec::new()),
        ..named(&world, "acme")
    };
    let made = done(store.create_application(new, None).await.expect("a write"));
    let patch = ApplicationPatch {
        name: Some("New".into()),
        ..ApplicationPatch::default()
    };
    let changed = store
        .update_application(made.id.seq(), patch, NOW + 5)
        .await;
    let changed = done(changed.expect("a write"));
    assert_eq!(
        (changed.name.as_str(), changed.updated_at),
        ("New", NOW + 5)
    );
    assert_eq!((changed.id, changed.created_at), (made.id, made.created_at));
    assert_eq!(
        (changed.uid.as_deref(), changed.throttle_rate),
        (Some("acme"), Some(9))
    );
    assert_eq!(changed.feature_flags, Some(Vec::new()));
    assert_eq!(
        store.application_by_ordinal(made.id.seq()).await,
        Ok(Some(changed))
    );
    let clear = ApplicationPatch {
        uid: Some(None),
        throttle_rate: Some(None),
        feature_flags: Some(None),
        ..ApplicationPatch::default()
    };
    let cleared = store
        .update_application(made.id.seq(), clear, NOW + 6)
        .await;
    let cleared = done(cleared.expect("a write"));
    assert_eq!((cleared.uid, cleared.throttle_rate), (None, None));
    assert_eq!(cleared.feature_flags, None);
    let missing = store
        .update_application(9_999, ApplicationPatch::default(), NOW)
        .await;
    assert_eq!(missing, Ok(Written::Missing));
}

pub(super) async fn a_deleted_application_takes_its_endpoints_along(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let (early, endpoint) = (world.endpoint().await, world.endpoint().await);
    store
        .delete_endpoint(early.ordinal(), NOW + 1)
        .await
        .expect("a write");
    assert_eq!(
        store.delete_application(world.app(), NOW + 2).await,
        Ok(true)
    );
    assert_eq!(
        store.delete_application(world.app(), NOW + 3).await,
        Ok(false)
    );
    assert_eq!(store.application_by_ordinal(world.app()).await, Ok(None));
    let by_id = Reference::Id(world.application.id);
    assert_eq!(store.application(world.environment, by_id).await, Ok(None));
    assert_eq!(
        store.endpoint_by_ordinal(endpoint.ordinal()).await,
        Ok(None)
    );
    let known = store
        .endpoints_by_ordinal(vec![early.ordinal(), endpoint.ordinal()])
        .await;
    let deleted: Vec<_> = known
        .expect("a read")
        .iter()
        .map(|known| known.deleted_at)
        .collect();
    assert_eq!(deleted, [Some(NOW + 1), Some(NOW + 2)]);
    let patch = ApplicationPatch::default();
    assert_eq!(
        store.update_application(world.app(), patch, NOW).await,
        Ok(Written::Missing)
    );
    assert_eq!(
        store.create_endpoint(world.new_endpoint(), None).await,
        Ok(Written::Missing)
    );
}

pub(super) async fn a_key_makes_one_application(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let create = async |uid, key| {
        store
            .create_application(named(&world, uid), Some(key))
            .await
    };
    let made = done(create("acme", key(1, 1)).await.expect("a write"));
    assert_eq!(
        create("acme", key(1, 1)).await,
        Ok(Written::Replayed(Some(made.clone())))
    );
    assert_eq!(create("acme", key(1, 2)).await, Ok(Written::KeyReused));
    // What was refused does not use its key up.
    assert_eq!(
        create("acme", key(2, 1)).await,
        Ok(Written::Taken(made.clone()))
    );
    done(create("other", key(2, 2)).await.expect("a write"));
    // A replay tells how things are now.
    let patch = ApplicationPatch {
        name: Some("New".into()),
        ..ApplicationPatch::default()
    };
    let changed = store
        .update_application(made.id.seq(), patch, NOW + 5)
        .await;
    let changed = done(changed.expect("a write"));
    assert_eq!(
        create("acme", key(1, 1)).await,
        Ok(Written::Replayed(Some(changed)))
    );
    store
        .delete_application(made.id.seq(), NOW)
        .await
        .expect("a write");
    assert_eq!(create("acme", key(1, 1)).await, Ok(Written::Replayed(None)));
    let late = NewApplication {
        created_at: NOW + DAY,
        ..named(&world, "acme")
    };
    done(
        store
            .create_application(late, Some(key(1, 1)))
            .await
            .expect("a write"),
    );
}

pub(super) async fn pages_of_applications_neither_skip_nor_repeat(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let mut expected = vec![world.application.clone()];
    for _ in 0..10 {
        expected.push(world.other_application().await);
    }
    let gone = expected.remove(4);
    store
        .delete_application(gone.id.seq(), NOW)
        .await
        .expect("a write");
    let other = store
        .ensure_environment("other".into(), NOW)
        .await
        .expect("a write")
        .ordinal;
    store
        .create_application(new_application(other, 1), None)
        .await
        .expect("a write");
    for order in [Order::Ascending, Order::Descending] {
        for limit in [1, 3, 10, ALL] {
            let (mut found, mut after) = (Vec::new(), None);
            loop {
                let page = PageRequest {
                    order,
                    after,
                    limit,
                };
                let rows = store
                    .applications(world.environment, page)
                    .await
                    .expect("a read");
                assert!(rows.len() <= limit);
                let Some(last) = rows.last() else { break };
                after = Some(last.id.seq());
                found.extend(rows);
            }
            if order == Order::Descending {
                found.reverse();
            }
            assert_eq!(found, expected);
        }
    }
}
