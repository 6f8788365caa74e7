//! Whole catalogues at once.

use serde_json::json;
use tidings_domain::event_type::EventTypePatch;

use super::Harness;
use super::event_types::{SAMPLE, archived, named, sample, wording};
use super::world::{NOW, World, done};
use crate::{ImportMode, Imported, NewEventType};

pub(super) async fn an_import_writes_only_what_is_not_just_so(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let (store, environment) = (world.store(), world.environment);
    let new = |name: &str, label: &str| NewEventType {
        group_name: Some("g".into()),
        schemas: Some(json!({ "1": { "n": 1.5 } })),
        schema_policy: None,
        wording: Some(wording(label)),
        sample: Some(sample(SAMPLE)),
        ..named(&world, name)
    };
    let import = async |event_types, mode| {
        let imported = store.import_event_types(event_types, mode).await;
        imported.expect("an import")
    };
    let version = async || store.version().await.expect("a read");
    let before = version().await;
    let both = || vec![new("a", "A"), new("b", "B")];
    assert_eq!(
        import(both(), ImportMode::DryRun).await,
        [Imported::Created; 2]
    );
    assert_eq!(store.event_type(environment, "a".into()).await, Ok(None));
    assert_eq!(version().await, before);
    assert_eq!(
        import(both(), ImportMode::Apply).await,
        [Imported::Created; 2]
    );
    let made = store.event_type(environment, "a".into()).await;
    let made = made.expect("a read").expect("it is there");
    assert_eq!((&made.wording, made.updated_at), (&wording("A"), NOW));
    let told = store.changes_since(before).await.expect("a read");
    assert_eq!(told.len(), 1, "one change for the whole file");

    let later = |new: NewEventType| NewEventType {
        created_at: NOW + 5,
        ..new
    };
    let again = vec![
        later(new("a", "A")),
        later(new("b", "other")),
        new("c", "C"),
    ];
    let after = version().await;
    assert_eq!(
        import(again.clone(), ImportMode::DryRun).await,
        [Imported::Unchanged, Imported::Updated, Imported::Created]
    );
    assert_eq!(
        import(again.clone(), ImportMode::Apply).await,
        [Imported::Unchanged, Imported::Updated, Imported::Created]
    );
    assert_eq!(
        store.event_type(environment, "a".into()).await,
        Ok(Some(made))
    );
    let changed = store.event_type(environment, "b".into()).await;
    let changed = changed.expect("a read").expect("it is there");
    assert_eq!((changed.created_at, changed.updated_at), (NOW, NOW + 5));
    assert_eq!(changed.wording, wording("other"));
    let settled = version().await;
    assert!(settled > after);
    assert_eq!(
        import(again, ImportMode::Apply).await,
        [Imported::Unchanged; 3]
    );
    assert_eq!(version().await, settled);
    assert_eq!(import(Vec::new(), ImportMode::Apply).await, []);
}

pub(super) async fn an_import_leaves_alone_what_a_catalogue_does_not_speak_of(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let (store, environment) = (world.store(), world.environment);
    let new = || NewEventType {
        wording: Some(wording("A")),
        sample: Some(sample(SAMPLE)),
        ..named(&world, "a")
    };
    done(store.create_event_type(new(), None).await.expect("a write"));
    let patch = EventTypePatch {
        feature_flags: Some(vec!["beta".into()]),
        ..archived()
    };
    let kept = store
        .update_event_type(environment, "a".into(), patch, NOW + 1)
        .await
        .expect("a write");
    let imported = store.import_event_types(vec![new()], ImportMode::Apply);
    assert_eq!(imported.await, Ok(vec![Imported::Unchanged]));
    let found = store.event_type(environment, "a".into()).await;
    assert_eq!(found, Ok(kept));
    let other = store
        .ensure_environment("other".into(), NOW)
        .await
        .expect("a write")
        .ordinal;
    let elsewhere = NewEventType {
        environment: other,
        ..new()
    };
    let imported = store.import_event_types(vec![elsewhere], ImportMode::Apply);
    assert_eq!(imported.await, Ok(vec![Imported::Created]));
}
