//! Whole catalogues at once.

use serde_json::json;
use tidings_domain::event_type::EventTypePatch;
use tidings_domain::plan::Plan;

use super::Harness;
use super::event_types::{SAMPLE, archived, named, sample, wording};
use super::world::{NOW, World, done};
use crate::{EventTypeImport, EventTypesImport, ImportMode, Imported, ImportedAll, NewEventType};

/// An import as a catalogue is one.
fn catalogue(
    environment: i64,
    event_types: Vec<NewEventType>,
    mode: ImportMode,
) -> EventTypesImport {
    let event_types = event_types.into_iter().map(|new| EventTypeImport {
        change: new.catalogued(),
        new,
    });
    let event_types: Vec<_> = event_types.collect();
    EventTypesImport {
        environment,
        archives_others: false,
        plans: Vec::new(),
        mode,
        now: event_types
            .iter()
            .map(|one| one.new.created_at)
            .max()
            .unwrap_or(NOW),
        event_types,
    }
}

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
        let imported = store
            .import_event_types(catalogue(environment, event_types, mode))
            .await;
        imported.expect("an import").event_types
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
    let import = catalogue(environment, vec![new()], ImportMode::Apply);
    let imported = store.import_event_types(import).await.expect("an import");
    assert_eq!(imported.event_types, [Imported::Unchanged]);
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
    let import = catalogue(other, vec![elsewhere], ImportMode::Apply);
    let imported = store.import_event_types(import).await.expect("an import");
    assert_eq!(imported.event_types, [Imported::Created]);
}

pub(super) async fn an_import_archives_what_it_does_not_have_where_that_is_wanted(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let (store, environment) = (world.store(), world.environment);
    for name in ["a", "b", "c"] {
        let new = NewEventType {
            is_archived: name == "c",
            ..named(&world, name)
        };
        done(store.create_event_type(new, None).await.expect("a write"));
    }
    let import = |mode| EventTypesImport {
        archives_others: true,
        now: NOW + 3,
        ..catalogue(environment, vec![named(&world, "a")], mode)
    };
    let state = async |name: &str| {
        let found = store.event_type(environment, name.to_owned()).await;
        let found = found.expect("a read").expect("it is there");
        (found.is_archived, found.updated_at)
    };
    let wanted = ImportedAll {
        event_types: vec![Imported::Unchanged],
        archived: vec!["b".to_owned()],
    };
    let dry = store.import_event_types(import(ImportMode::DryRun)).await;
    assert_eq!(dry, Ok(wanted.clone()));
    assert_eq!(state("b").await, (false, NOW));
    let before = store.version().await.expect("a read");
    let meant = store.import_event_types(import(ImportMode::Apply)).await;
    assert_eq!(meant, Ok(wanted));
    assert_eq!(state("a").await, (false, NOW));
    assert_eq!(state("b").await, (true, NOW + 3));
    assert_eq!(state("c").await, (true, NOW));
    assert!(store.version().await.expect("a read") > before);
    let again = store.import_event_types(import(ImportMode::Apply)).await;
    assert_eq!(again.expect("an import").archived, [""; 0]);
}

pub(super) async fn plans_come_with_an_import_and_none_goes(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let (store, environment) = (world.store(), world.environment);
    let plan = |uid: &str, name: &str| Plan {
        uid: uid.to_owned(),
        name: name.to_owned(),
        has_webhooks: true,
        endpoints_max: Some(3),
        rate_max: None,
        retention_days: None,
        features: vec!["sso".to_owned()],
    };
    let kept = vec![plan("free", "Free"), plan("pro", "Pro")];
    let put = store.put_plans(environment, kept.clone()).await;
    assert_eq!(put, Ok(None));
    let import = |mode| EventTypesImport {
        plans: vec![plan("top", "Top"), plan("free", "Gratis")],
        ..catalogue(environment, Vec::new(), mode)
    };
    let dry = store.import_event_types(import(ImportMode::DryRun)).await;
    assert_eq!(dry, Ok(ImportedAll::default()));
    assert_eq!(store.plans(environment).await, Ok(kept));
    let before = store.version().await.expect("a read");
    for _ in 0..2 {
        let meant = store.import_event_types(import(ImportMode::Apply)).await;
        assert_eq!(meant, Ok(ImportedAll::default()));
        let wanted = vec![
            plan("free", "Gratis"),
            plan("pro", "Pro"),
            plan("top", "Top"),
        ];
        assert_eq!(store.plans(environment).await, Ok(wanted));
    }
    let told = store.changes_since(before).await.expect("a read");
    assert_eq!(told.len(), 1, "what is just so is not written");
}
