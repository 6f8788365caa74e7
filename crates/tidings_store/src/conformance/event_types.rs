//! The catalogue of event types.

use serde_json::json;
use tidings_domain::event_type::{EventTypePatch, Wording};

use tidings_domain::language::Language;
use tidings_domain::sample::Sample;
use tidings_domain::schema::drift::Drift;
use tidings_domain::schema::{Mismatch, SchemaPolicy};

use super::Harness;
use super::world::{NOW, World, done, key};
use crate::{ListEventTypes, NewEventType, Order, Subject, Written};

pub(super) fn named(world: &World<'_>, name: &str) -> NewEventType {
    NewEventType {
        environment: world.environment,
        name: name.into(),
        description: "what it means".into(),
        is_archived: false,
        is_deprecated: false,
        schemas: None,
        schema_policy: None,
        group_name: None,
        feature_flags: Vec::new(),
        wording: None,
        sample: None,
        created_at: NOW,
    }
}

pub(super) fn wording(label: &str) -> Wording {
    Wording {
        labels: [(Language::En, label.into()), (Language::Fi, "ä".into())].into(),
        descriptions: [(Language::De, "was es heißt".into())].into(),
        group_labels: [(Language::It, "gruppo".into())].into(),
    }
}

/// A sample that a store which rewrites JSON would change.
pub(super) fn sample(json: &str) -> Sample {
    let rules = [("/b".to_owned(), "digits".to_owned())].into();
    Sample::new(json, &rules).expect("a sample")
}

pub(super) const SAMPLE: &str = r#"{ "b" : 10, "a":1.50, "z": "\u0000\/" }"#;

pub(super) fn archived() -> EventTypePatch {
    EventTypePatch {
        is_archived: Some(true),
        ..EventTypePatch::default()
    }
}

pub(super) async fn an_event_type_is_kept_as_it_was_given(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let new = NewEventType {
        is_deprecated: true,
        schemas: Some(json!({ "1": { "type": "object", "n": 1.5 } })),
        schema_policy: Some(SchemaPolicy::Warn),
        group_name: Some("users".into()),
        feature_flags: vec!["beta".into()],
        wording: Some(wording("A user was created")),
        sample: Some(sample(SAMPLE)),
        ..named(&world, "user.created")
    };
    let made = done(
        store
            .create_event_type(new.clone(), None)
            .await
            .expect("a write"),
    );
    assert_eq!(
        (&made.name, &made.description),
        (&new.name, &new.description)
    );
    assert_eq!((made.is_archived, made.is_deprecated), (false, true));
    assert_eq!(
        (&made.schemas, &made.group_name),
        (&new.schemas, &new.group_name)
    );
    assert_eq!(
        (&made.feature_flags, made.created_at),
        (&new.feature_flags, NOW)
    );
    assert_eq!(Some(&made.wording), new.wording.as_ref());
    assert_eq!(made.sample, new.sample);
    assert_eq!(made.schema_policy, SchemaPolicy::Warn);
    let found = store
        .event_type(world.environment, "user.created".into())
        .await;
    assert_eq!(found, Ok(Some(made.clone())));
    let taken = store.create_event_type(new, None).await;
    assert_eq!(taken, Ok(Written::Taken(made)));
    let other = store
        .ensure_environment("other".into(), NOW)
        .await
        .expect("a write")
        .ordinal;
    assert_eq!(
        store.event_type(other, "user.created".into()).await,
        Ok(None)
    );
    let elsewhere = NewEventType {
        environment: other,
        ..named(&world, "user.created")
    };
    done(
        store
            .create_event_type(elsewhere, None)
            .await
            .expect("a write"),
    );
}

pub(super) async fn an_archived_event_type_comes_back_with_new_values(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let made = done(
        store
            .create_event_type(named(&world, "a"), None)
            .await
            .expect("a write"),
    );
    let changed = store
        .update_event_type(world.environment, "a".into(), archived(), NOW + 1)
        .await;
    let changed = changed.expect("a write").expect("it is there");
    assert_eq!((changed.is_archived, changed.updated_at), (true, NOW + 1));
    assert_eq!(changed.description, "what it means");
    let new = NewEventType {
        description: "something else".into(),
        schemas: Some(json!({})),
        created_at: NOW + 2,
        ..named(&world, "a")
    };
    let back = done(store.create_event_type(new, None).await.expect("a write"));
    assert_eq!(
        (back.ordinal, back.created_at, back.updated_at),
        (made.ordinal, NOW, NOW + 2)
    );
    assert_eq!(
        (back.is_archived, back.description.as_str()),
        (false, "something else")
    );
    assert_eq!(back.schemas, Some(json!({})));
    assert_eq!(
        store.event_type(world.environment, "a".into()).await,
        Ok(Some(back))
    );
}

pub(super) async fn event_types_whose_payloads_are_checked_are_found(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let environment = world.environment;
    let mut wanted = Vec::new();
    for (name, policy) in [
        ("a", None),
        ("b", Some(SchemaPolicy::Off)),
        ("c", Some(SchemaPolicy::Warn)),
        ("d", Some(SchemaPolicy::Refuse)),
    ] {
        let new = NewEventType {
            schema_policy: policy,
            is_archived: name == "d",
            ..named(&world, name)
        };
        let made = done(store.create_event_type(new, None).await.expect("a write"));
        assert_eq!(made.schema_policy, policy.unwrap_or_default());
        if made.schema_policy != SchemaPolicy::Off {
            wanted.push(made);
        }
    }
    let checked = async || {
        let mut checked = store
            .checked_event_types(environment)
            .await
            .expect("a read");
        checked.sort_by_key(|event_type| event_type.ordinal);
        checked
    };
    assert_eq!(checked().await, wanted);
    let patch = EventTypePatch {
        schema_policy: Some(SchemaPolicy::Off),
        ..EventTypePatch::default()
    };
    let changed = store.update_event_type(environment, "c".into(), patch, NOW + 1);
    let changed = changed.await.expect("a write").expect("it is there");
    assert_eq!(changed.schema_policy, SchemaPolicy::Off);
    assert_eq!(checked().await, wanted[1..]);
    assert_eq!(
        store.checked_event_types(environment + 1).await,
        Ok(Vec::new())
    );
}

pub(super) async fn event_types_with_feature_flags_are_found(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let (store, environment) = (world.store(), world.environment);
    for (name, flags) in [
        ("b", vec!["beta", "a,b \"c\""]),
        ("plain", vec![]),
        ("a", vec!["x"]),
    ] {
        let new = NewEventType {
            feature_flags: flags.into_iter().map(str::to_owned).collect(),
            is_archived: name == "a",
            ..named(&world, name)
        };
        done(store.create_event_type(new, None).await.expect("a write"));
    }
    let flagged = async |environment| {
        let found = store.flagged_event_types(environment).await;
        let found = found.expect("a read").into_iter();
        found.map(|one| (one.name, one.flags)).collect::<Vec<_>>()
    };
    let expected = [
        ("a".to_owned(), vec!["x".to_owned()]),
        (
            "b".to_owned(),
            vec!["beta".to_owned(), "a,b \"c\"".to_owned()],
        ),
    ];
    assert_eq!(flagged(environment).await, expected);
    assert_eq!(flagged(environment + 1).await, []);
    let patch = EventTypePatch {
        feature_flags: Some(Vec::new()),
        ..EventTypePatch::default()
    };
    let changed = store.update_event_type(environment, "b".into(), patch, NOW + 1);
    changed.await.expect("a write").expect("it is there");
    assert_eq!(flagged(environment).await, expected[..1]);
}

pub(super) async fn drift_adds_up_and_is_forgotten_when_that_is_wanted(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let (environment, name) = (world.environment, || "a".to_owned());
    let made = store.create_event_type(named(&world, "a"), None).await;
    let made = done(made.expect("a write"));
    assert_eq!(made.drift, None);
    let seen = |pointer: &str, at| {
        let mismatch = Mismatch {
            pointer: pointer.to_owned(),
            why: "5 is not a text".to_owned(),
            rule: "no text \u{0}".to_owned(),
        };
        Drift::of_message("1", &[mismatch], at)
    };
    let before = store.version().await.expect("a read");
    let gone = (made.ordinal + 1_000, seen("/a", NOW));
    let first = vec![(made.ordinal, seen("/a", NOW + 2)), gone];
    assert_eq!(store.note_drift(first).await, Ok(()));
    let second = vec![(made.ordinal, seen("/b", NOW + 1))];
    assert_eq!(store.note_drift(second).await, Ok(()));
    assert_eq!(store.version().await, Ok(before), "it is no change");
    let mut wanted = seen("/a", NOW + 2);
    wanted.add(&seen("/b", NOW + 1));
    let found = async || store.event_type(environment, name()).await.expect("a read");
    assert_eq!(
        found().await.expect("it is there").drift,
        Some(wanted.clone())
    );

    let patch = |forgets_drift| EventTypePatch {
        description: Some("d".into()),
        forgets_drift,
        ..EventTypePatch::default()
    };
    for (forgets, left) in [(false, Some(wanted)), (true, None)] {
        let changed = store.update_event_type(environment, name(), patch(forgets), NOW + 3);
        let changed = changed.await.expect("a write").expect("it is there");
        assert_eq!(changed.drift, left);
        assert_eq!(found().await, Some(changed));
    }
}

pub(super) async fn an_event_type_changes_and_goes_and_every_cache_is_told(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let before = store.version().await.expect("a read");
    let (environment, name) = (world.environment, || "a".to_owned());
    done(
        store
            .create_event_type(named(&world, "a"), None)
            .await
            .expect("a write"),
    );
    let patch = EventTypePatch {
        description: Some("d".into()),
        is_deprecated: Some(true),
        schemas: Some(Some(json!([1]))),
        group_name: Some(Some("g".into())),
        feature_flags: Some(vec!["f".into()]),
        labels: Some(wording("l").labels),
        group_labels: Some(wording("l").group_labels),
        sample: Some(Some(sample(SAMPLE))),
        ..EventTypePatch::default()
    };
    let changed = store
        .update_event_type(environment, name(), patch.clone(), NOW + 1)
        .await;
    let changed = changed.expect("a write").expect("it is there");
    assert_eq!(
        (changed.description.as_str(), changed.is_deprecated),
        ("d", true)
    );
    assert_eq!(
        (changed.schemas.clone(), changed.group_name.as_deref()),
        (Some(json!([1])), Some("g"))
    );
    assert_eq!(changed.wording.labels, wording("l").labels);
    assert!(changed.wording.descriptions.is_empty());
    assert_eq!(changed.sample, Some(sample(SAMPLE)));
    assert_eq!(
        store.event_type(environment, name()).await,
        Ok(Some(changed))
    );
    assert_eq!(
        store.expunge_event_type(environment, name()).await,
        Ok(true)
    );
    assert_eq!(
        store.expunge_event_type(environment, name()).await,
        Ok(false)
    );
    assert_eq!(
        store
            .update_event_type(environment, name(), patch, NOW)
            .await,
        Ok(None)
    );
    assert_eq!(store.event_type(environment, name()).await, Ok(None));
    let told = store.changes_since(before).await.expect("a read");
    let subjects: Vec<Subject> = told.iter().map(|change| change.subject).collect();
    assert_eq!(subjects, [Subject::EventTypes(environment); 3]);
}

pub(super) async fn event_types_are_listed_by_name_both_ways(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let names = ["B", "a", "a.b", "a.c", "a_b", "b", "z\u{e9}"]; // in order of their bytes
    for name in ["a_b", "z\u{e9}", "B", "a.c", "b", "a", "a.b"] {
        done(
            store
                .create_event_type(named(&world, name), None)
                .await
                .expect("a write"),
        );
    }
    store
        .update_event_type(world.environment, "a.c".into(), archived(), NOW)
        .await
        .expect("written");
    for (with_archived, expected_count) in [(true, 7), (false, 6)] {
        for order in [Order::Ascending, Order::Descending] {
            for limit in [1, 2, 7, 100] {
                let (mut found, mut after) = (Vec::new(), None);
                loop {
                    let page = ListEventTypes {
                        order,
                        after,
                        limit,
                        with_archived,
                    };
                    let rows = store
                        .event_types(world.environment, page)
                        .await
                        .expect("a read");
                    assert!(rows.len() <= limit);
                    let Some(last) = rows.last() else { break };
                    after = Some(last.name.clone());
                    found.extend(rows.into_iter().map(|row| row.name));
                }
                if order == Order::Descending {
                    found.reverse();
                }
                let is_listed = |name: &&&str| with_archived || **name != "a.c";
                let expected: Vec<&str> = names.iter().filter(is_listed).copied().collect();
                assert_eq!(found, expected);
                assert_eq!(found.len(), expected_count);
            }
        }
    }
}

pub(super) async fn names_that_the_catalogue_lacks_are_told_in_their_order(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    for name in ["a", "b"] {
        done(
            store
                .create_event_type(named(&world, name), None)
                .await
                .expect("a write"),
        );
    }
    store
        .update_event_type(world.environment, "b".into(), archived(), NOW)
        .await
        .expect("written");
    let asked = ["z", "a", "y", "b"].map(String::from).to_vec();
    let unknown = store.unknown_event_types(world.environment, asked).await;
    assert_eq!(unknown, Ok(vec!["z".into(), "y".into()]));
}

pub(super) async fn a_key_makes_one_event_type(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let create = async |name, key| {
        store
            .create_event_type(named(&world, name), Some(key))
            .await
    };
    let made = done(create("a", key(1, 1)).await.expect("a write"));
    assert_eq!(
        create("a", key(1, 1)).await,
        Ok(Written::Replayed(Some(made.clone())))
    );
    assert_eq!(create("a", key(1, 2)).await, Ok(Written::KeyReused));
    assert_eq!(create("a", key(2, 1)).await, Ok(Written::Taken(made)));
    done(create("b", key(2, 2)).await.expect("a write"));
    store
        .expunge_event_type(world.environment, "a".into())
        .await
        .expect("a write");
    // Neither the one that is gone nor one that came after it.
    done(create("c", key(3, 1)).await.expect("a write"));
    assert_eq!(create("a", key(1, 1)).await, Ok(Written::Replayed(None)));
}
