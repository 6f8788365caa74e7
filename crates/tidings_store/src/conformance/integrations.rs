//! Integrations: kept as they were given, found by their number, listed, changed and removed.

use tidings_domain::integration::{Integration, IntegrationPatch};

use super::Harness;
use super::world::{NOW, World, done};
use crate::{Dedup, NewIntegration, Order, PageRequest, Subject, Written};

fn new_integration(world: &World<'_>, name: &str) -> NewIntegration {
    NewIntegration {
        environment: world.environment,
        application: world.app(),
        name: name.to_owned(),
        feature_flags: vec!["beta".to_owned(), "b,c".to_owned()],
        created_at: NOW,
        tail: 7,
    }
}

async fn make(world: &World<'_>, name: &str) -> Integration {
    let new = new_integration(world, name);
    let made = world.store().create_integration(new, None).await;
    done(made.expect("a write"))
}

async fn find(world: &World<'_>, ordinal: i64) -> Option<Integration> {
    world.store().integration(ordinal).await.expect("a read")
}

pub(super) async fn an_integration_is_kept_as_it_was_given(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let made = make(&world, "na\u{ef}ve").await;
    let id = made.id;
    assert_eq!((id.at_ms(), id.parts().tail), (NOW, 7));
    assert_eq!(made.name, "na\u{ef}ve");
    assert_eq!(made.feature_flags, ["beta", "b,c"]);
    assert_eq!((made.hash, made.updated_at), (None, NOW));
    assert_eq!(made.application, world.app());
    assert_eq!(made.environment, world.environment);
    assert_eq!(find(&world, made.ordinal()).await, Some(made.clone()));
    assert_eq!(find(&world, made.ordinal() + 1).await, None);
    let nowhere = NewIntegration {
        application: 9_999,
        ..new_integration(&world, "x")
    };
    let made = world.store().create_integration(nowhere, None).await;
    assert_eq!(made, Ok(Written::Missing));
}

pub(super) async fn a_key_makes_one_integration(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let dedup = |body: u8| Dedup {
        key: [5; 16],
        body: [body; 16],
        expires_at: NOW + 1_000,
    };
    let create = |body| store.create_integration(new_integration(&world, "x"), Some(dedup(body)));
    let made = done(create(1).await.expect("a write"));
    assert_eq!(create(1).await, Ok(Written::Replayed(Some(made))));
    assert_eq!(create(2).await, Ok(Written::KeyReused));
}

pub(super) async fn pages_of_integrations_are_those_of_one_application(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let other = world.other_application().await.id.seq();
    let (first, second) = (make(&world, "1").await, make(&world, "2").await);
    let elsewhere = NewIntegration {
        application: other,
        ..new_integration(&world, "3")
    };
    let elsewhere = done(
        store
            .create_integration(elsewhere, None)
            .await
            .expect("a write"),
    );
    let third = make(&world, "4").await;
    let page = |application, order, after, limit| {
        let page = PageRequest {
            order,
            after,
            limit,
        };
        store.integrations(application, page)
    };
    let (up, down) = (Order::Ascending, Order::Descending);
    let (app, place) = (world.app(), second.ordinal());
    assert_eq!(
        page(app, up, None, 2).await,
        Ok(vec![first.clone(), second.clone()])
    );
    assert_eq!(page(app, up, Some(place), 2).await, Ok(vec![third.clone()]));
    assert_eq!(page(app, down, None, 2).await, Ok(vec![third, second]));
    assert_eq!(page(app, down, Some(place), 2).await, Ok(vec![first]));
    assert_eq!(page(other, up, None, 9).await, Ok(vec![elsewhere]));
}

pub(super) async fn a_change_of_an_integration_is_told_and_leaves_the_rest(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let made = make(&world, "a").await;
    let ordinal = made.ordinal();
    let before = store.version().await.expect("a read");
    let update = |patch| store.update_integration(ordinal, patch, NOW + 5);
    let keyed = IntegrationPatch {
        hash: Some([9; 32]),
        ..IntegrationPatch::default()
    };
    let after = update(keyed).await.expect("a write").expect("it is there");
    let expected = Integration {
        hash: Some([9; 32]),
        updated_at: NOW + 5,
        ..made
    };
    assert_eq!(after, expected);
    let named = IntegrationPatch {
        name: Some("b".to_owned()),
        feature_flags: Some(Vec::new()),
        hash: None,
    };
    let after = update(named).await.expect("a write").expect("it is there");
    let expected = Integration {
        name: "b".to_owned(),
        feature_flags: Vec::new(),
        ..expected
    };
    assert_eq!(after, expected);
    assert_eq!(find(&world, ordinal).await, Some(expected));
    assert_eq!(store.delete_integration(ordinal).await, Ok(true));
    assert_eq!(store.delete_integration(ordinal).await, Ok(false));
    assert_eq!(find(&world, ordinal).await, None);
    let gone = store.update_integration(ordinal, IntegrationPatch::default(), NOW);
    assert_eq!(gone.await, Ok(None));
    let changes = store.changes_since(before).await.expect("a read");
    let subjects: Vec<Subject> = changes.iter().map(|change| change.subject).collect();
    assert_eq!(subjects, [Subject::Integration(ordinal); 3]);
    // Its number is not given to another one.
    assert!(make(&world, "c").await.ordinal() > ordinal);
}
