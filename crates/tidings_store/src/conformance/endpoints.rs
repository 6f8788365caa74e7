//! Endpoints are made, found, listed, changed and deleted.

use tidings_domain::application::Metadata;
use tidings_domain::body_format::BodyFormat;
use tidings_domain::co_signature::{CoSignature, CoSignatureStyle};
use tidings_domain::endpoint::{Endpoint, EndpointPatch, EndpointState, SealedSecret};
use tidings_domain::ids::EndpointId;
use tidings_domain::retry::policy::{RetryPolicy, WrittenPolicy};

use super::Harness;
use super::world::{ALL, NOW, World, done, key};
use crate::{EndpointUpdate, NewEndpoint, Order, PageRequest, Reference, Written};

fn policy(schedule: Vec<u32>) -> RetryPolicy {
    let written = WrittenPolicy {
        schedule,
        jitter_percent: Some(7),
        max_age_seconds: None,
    };
    RetryPolicy::try_from(written).expect("a few waits")
}

fn co_signature(style: CoSignatureStyle) -> CoSignature {
    CoSignature {
        style,
        header: Some("x-acme".into()),
        secret: vec![0, 255, 7],
    }
}

fn named(world: &World<'_>, uid: &str) -> NewEndpoint {
    NewEndpoint {
        uid: Some(uid.into()),
        ..world.new_endpoint()
    }
}

fn update(endpoint: &Endpoint, patch: EndpointPatch) -> EndpointUpdate {
    EndpointUpdate {
        ordinal: endpoint.id.seq(),
        patch,
        expected_version: None,
        now: NOW + 5,
    }
}

fn described(description: &str) -> EndpointPatch {
    EndpointPatch {
        description: Some(description.into()),
        ..EndpointPatch::default()
    }
}

async fn make(world: &World<'_>, new: NewEndpoint) -> Endpoint {
    done(
        world
            .store()
            .create_endpoint(new, None)
            .await
            .expect("a write"),
    )
}

/// One with something in every field.
fn full(world: &World<'_>) -> NewEndpoint {
    NewEndpoint {
        url: "https://example.com/a?b=c".into(),
        description: "orders".into(),
        is_disabled: true,
        event_types: vec!["a.b".into(), "c".into()],
        channels: vec!["north".into()],
        filter: Some(r#"{"a":{"$eq":"\u0000ä"}}"#.into()),
        throttle_rate: Some(7),
        is_fifo: true,
        batch_size: Some(100),
        max_wait_secs: Some(5),
        retry_policy: Some(Box::new(policy(vec![5, 60]))),
        format: BodyFormat::CloudEventsBinary,
        metadata: Metadata::from([("k".into(), "v".into())]),
        headers: Some(vec![0, 255, 7]),
        credentials: Some(vec![255, 0]),
        co_signature: Some(Box::new(co_signature(CoSignatureStyle::GitHub))),
        ..named(world, "hook")
    }
}

pub(super) async fn an_endpoint_is_kept_as_it_was_given(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let secrets = vec![
        SealedSecret {
            sealed: (0..=255).collect(),
            expires_at: None,
        },
        SealedSecret {
            sealed: Vec::new(),
            expires_at: Some(NOW + 9),
        },
    ];
    let new = NewEndpoint {
        secrets: secrets.clone(),
        ..full(&world)
    };
    let made = make(&world, new.clone()).await;
    let expected = Endpoint {
        id: EndpointId::new(NOW, 0, made.id.seq(), new.tail),
        application: world.app(),
        number: 1,
        environment: world.environment,
        uid: Some("hook".into()),
        url: new.url,
        description: new.description,
        is_disabled: true,
        event_types: new.event_types,
        channels: new.channels,
        filter: new.filter,
        throttle_rate: Some(7),
        is_fifo: true,
        batch_size: Some(100),
        max_wait_secs: Some(5),
        retry_policy: new.retry_policy,
        format: BodyFormat::CloudEventsBinary,
        metadata: new.metadata,
        headers: new.headers,
        credentials: new.credentials,
        secrets,
        co_signature: new.co_signature,
        version: made.version,
        created_at: NOW,
        updated_at: NOW,
        state: EndpointState::default(),
    };
    assert_eq!(made, expected);
    let store = world.store();
    assert_eq!(
        store.endpoint_by_ordinal(made.id.seq()).await,
        Ok(Some(made.clone()))
    );
    for reference in [Reference::Id(made.id), Reference::Uid("hook".into())] {
        assert_eq!(
            store.endpoint(world.app(), reference).await,
            Ok(Some(made.clone()))
        );
    }
}

pub(super) async fn endpoints_are_numbered_in_their_application_and_no_number_comes_twice(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let store = world.store();
    let first = make(&world, world.new_endpoint()).await;
    let other = NewEndpoint {
        application: world.other_application().await.id.seq(),
        ..world.new_endpoint()
    };
    assert_eq!((first.number, make(&world, other).await.number), (1, 1));
    // Asked for all at once, then with the newest gone.
    let making = (0..9).map(|_| store.create_endpoint(world.new_endpoint(), None));
    let mut numbers = Vec::new();
    for made in making.collect::<Vec<_>>() {
        numbers.push(done(made.await.expect("a write")).number);
    }
    numbers.sort_unstable();
    assert!(numbers.into_iter().eq(2..=10));
    let newest = make(&world, world.new_endpoint()).await;
    let gone = store.delete_endpoint(newest.id.seq(), NOW).await;
    assert_eq!((newest.number, gone), (11, Ok(true)));
    let next = make(&world, world.new_endpoint()).await;
    assert_eq!(next.number, 12);
    let patch = update(&next, described("changed"));
    let changed = store.update_endpoint(patch, None).await.expect("a write");
    assert_eq!(done(changed).number, 12);
}

pub(super) async fn a_guessed_id_or_another_application_finds_no_endpoint(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let made = make(&world, named(&world, "hook")).await;
    let parts = made.id.parts();
    let wrong = [
        EndpointId::new(parts.at_ms, 0, parts.seq, parts.tail + 1),
        EndpointId::new(parts.at_ms - 1, 0, parts.seq, parts.tail),
        EndpointId::new(parts.at_ms, 3, parts.seq, parts.tail),
    ];
    for id in wrong {
        assert_eq!(
            store.endpoint(world.app(), Reference::Id(id)).await,
            Ok(None)
        );
    }
    let other = world.other_application().await.id.seq();
    for reference in [Reference::Id(made.id), Reference::Uid("hook".into())] {
        assert_eq!(store.endpoint(other, reference).await, Ok(None));
    }
}

pub(super) async fn an_endpoints_uid_is_unique_in_its_application(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let first = make(&world, named(&world, "hook")).await;
    let taken = store.create_endpoint(named(&world, "hook"), None).await;
    assert_eq!(taken, Ok(Written::Taken(first.clone())));
    let other = world.other_application().await.id.seq();
    make(
        &world,
        NewEndpoint {
            application: other,
            ..named(&world, "hook")
        },
    )
    .await;
    let second = make(&world, named(&world, "second")).await;
    let rename = EndpointPatch {
        uid: Some(Some("hook".into())),
        ..EndpointPatch::default()
    };
    let renamed = store
        .update_endpoint(update(&second, rename.clone()), None)
        .await;
    assert_eq!(renamed, Ok(Written::Taken(first.clone())));
    done(
        store
            .update_endpoint(update(&first, rename), None)
            .await
            .expect("a write"),
    );
    assert_eq!(store.delete_endpoint(first.id.seq(), NOW).await, Ok(true));
    make(&world, named(&world, "hook")).await;
}

pub(super) async fn a_change_made_from_another_version_is_refused(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let made = make(&world, world.new_endpoint()).await;
    let from = |version| EndpointUpdate {
        expected_version: Some(version),
        ..update(&made, described("one"))
    };
    let changed = store.update_endpoint(from(made.version), None).await;
    let changed = done(changed.expect("a write"));
    assert_eq!(
        (changed.version, changed.updated_at),
        (made.version + 1, NOW + 5)
    );
    assert_eq!(changed.description, "one");
    let version = store.version().await.expect("a read");
    let stale = store.update_endpoint(from(made.version), None).await;
    assert_eq!(stale, Ok(Written::Stale(changed.clone())));
    assert_eq!(store.version().await, Ok(version));
    // A refused change does not use its key up.
    let stale = store
        .update_endpoint(from(made.version), Some(key(1, 1)))
        .await;
    assert_eq!(stale, Ok(Written::Stale(changed.clone())));
    let changed = store
        .update_endpoint(from(changed.version), Some(key(1, 2)))
        .await;
    let changed = done(changed.expect("a write"));
    // Whoever does not care names none.
    let any = store
        .update_endpoint(update(&made, described("two")), None)
        .await;
    assert_eq!(done(any.expect("a write")).version, changed.version + 1);
}

pub(super) async fn a_patch_of_an_endpoint_changes_what_it_names(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let new = NewEndpoint {
        filter: Some(r#"{"a":1}"#.into()),
        throttle_rate: Some(3),
        ..named(&world, "hook")
    };
    let made = make(&world, new).await;
    let secret = SealedSecret {
        sealed: vec![1],
        expires_at: None,
    };
    let patch = EndpointPatch {
        uid: Some(None),
        url: Some("https://example.org".into()),
        description: Some("d".into()),
        is_disabled: Some(true),
        event_types: Some(vec!["x".into()]),
        channels: Some(vec!["y".into()]),
        filter: Some(None),
        throttle_rate: Some(None),
        is_fifo: Some(true),
        batch_size: Some(Some(20)),
        max_wait_secs: Some(Some(7)),
        retry_policy: Some(Some(Box::new(policy(vec![])))),
        format: Some(BodyFormat::Xml),
        metadata: Some(Metadata::from([("k".into(), "v".into())])),
        headers: Some(Some(vec![9])),
        credentials: Some(Some(vec![8])),
        secrets: Some(vec![secret]),
        co_signature: Some(Some(Box::new(co_signature(CoSignatureStyle::Stripe)))),
    };
    let changed = store
        .update_endpoint(update(&made, patch.clone()), None)
        .await;
    let changed = done(changed.expect("a write"));
    let mut expected = made.clone();
    patch.apply(&mut expected, NOW + 5);
    assert_eq!(changed, expected);
    assert_eq!(
        store.endpoint_by_ordinal(made.id.seq()).await,
        Ok(Some(expected.clone()))
    );
    let nothing = update(&made, EndpointPatch::default());
    let same = done(store.update_endpoint(nothing, None).await.expect("a write"));
    assert_eq!(
        Endpoint {
            version: expected.version,
            ..same
        },
        expected
    );
    let missing = EndpointUpdate {
        ordinal: 9_999,
        ..update(&made, described(""))
    };
    assert_eq!(
        store.update_endpoint(missing, None).await,
        Ok(Written::Missing)
    );
}

pub(super) async fn a_key_makes_or_changes_one_endpoint_once(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let create = async |key| {
        store
            .create_endpoint(named(&world, "hook"), Some(key))
            .await
    };
    let made = done(create(key(1, 1)).await.expect("a write"));
    assert_eq!(
        create(key(1, 1)).await,
        Ok(Written::Replayed(Some(made.clone())))
    );
    assert_eq!(create(key(1, 2)).await, Ok(Written::KeyReused));
    assert_eq!(create(key(2, 1)).await, Ok(Written::Taken(made.clone())));
    let change = async |key| {
        let change = update(&made, described("new"));
        store.update_endpoint(change, Some(key)).await
    };
    let changed = done(change(key(2, 2)).await.expect("a write"));
    assert_eq!(changed.version, made.version + 1);
    assert_eq!(
        change(key(2, 2)).await,
        Ok(Written::Replayed(Some(changed.clone())))
    );
    assert_eq!(change(key(2, 3)).await, Ok(Written::KeyReused));
    assert_eq!(
        store.endpoint_by_ordinal(made.id.seq()).await,
        Ok(Some(changed))
    );
    store
        .delete_endpoint(made.id.seq(), NOW)
        .await
        .expect("a write");
    assert_eq!(create(key(1, 1)).await, Ok(Written::Replayed(None)));
}

pub(super) async fn a_deleted_endpoint_is_only_found_by_number(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let (gone, stays) = (
        make(&world, named(&world, "hook")).await,
        world.endpoint().await,
    );
    assert_eq!(
        store.delete_endpoint(gone.id.seq(), NOW + 7).await,
        Ok(true)
    );
    assert_eq!(
        store.delete_endpoint(gone.id.seq(), NOW + 8).await,
        Ok(false)
    );
    assert_eq!(store.endpoint_by_ordinal(gone.id.seq()).await, Ok(None));
    for reference in [Reference::Id(gone.id), Reference::Uid("hook".into())] {
        assert_eq!(store.endpoint(world.app(), reference).await, Ok(None));
    }
    let patched = store
        .update_endpoint(update(&gone, described("")), None)
        .await;
    assert_eq!(patched, Ok(Written::Missing));
    let numbers = vec![gone.id.seq(), 9_999, stays.ordinal()];
    let known = store.endpoints_by_ordinal(numbers).await.expect("a read");
    assert_eq!(known.len(), 2);
    assert_eq!(
        (known[0].id(), known[0].deleted_at),
        (gone.id, Some(NOW + 7))
    );
    assert_eq!(
        (&known[1].endpoint, known[1].deleted_at),
        (&stays.endpoint, None)
    );
}

pub(super) async fn pages_of_endpoints_neither_skip_nor_repeat(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let mut expected = Vec::new();
    for _ in 0..11 {
        expected.push(make(&world, world.new_endpoint()).await);
    }
    let gone = expected.remove(5);
    store
        .delete_endpoint(gone.id.seq(), NOW)
        .await
        .expect("a write");
    let other = world.other_application().await.id.seq();
    make(
        &world,
        NewEndpoint {
            application: other,
            ..world.new_endpoint()
        },
    )
    .await;
    for order in [Order::Ascending, Order::Descending] {
        for limit in [1, 3, 10, ALL] {
            let (mut found, mut after) = (Vec::new(), None);
            loop {
                let page = PageRequest {
                    order,
                    after,
                    limit,
                };
                let rows = store.endpoints(world.app(), page).await.expect("a read");
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
