//! Operational events: written with what they tell of, and kept until they are messages.

use tidings_domain::application::Application;
use tidings_domain::endpoint::{DisabledReason, EndpointPatch, EndpointState};
use tidings_domain::operational::{
    About, Occasion, OperationalEvent, OperationalEventType, OperationalEventTypes,
};

use super::Harness;
use super::world::{NOW, World, done, new_application};
use crate::{
    EndpointUpdate, NewApplication, NewEndpoint, Note, Order, PageRequest, Settlement, Subject,
    Told, Written,
};

const ALL: PageRequest = PageRequest {
    order: Order::Ascending,
    after: None,
    limit: 100,
};

fn note(world: &World<'_>) -> Note {
    Note {
        occasion: Occasion {
            at: NOW,
            tail: world.tail(),
        },
        told: OperationalEventTypes::all(),
        audit: None,
    }
}

async fn events(world: &World<'_>) -> Vec<OperationalEvent> {
    let events = world.store().operational_events(100).await;
    events.expect("a read")
}

async fn types(world: &World<'_>) -> Vec<OperationalEventType> {
    let mut types: Vec<_> = events(world)
        .await
        .iter()
        .map(|one| one.event_type)
        .collect();
    types.sort();
    types
}

async fn operational(world: &World<'_>) -> Application {
    let new = NewApplication {
        uid: None,
        ..new_application(world.environment, world.tail())
    };
    let made = world.store().ensure_operational_application(new).await;
    made.expect("it is made")
}

pub(super) async fn an_environment_has_one_operational_application_that_no_list_shows(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let store = world.store();
    let environment = world.environment;
    assert_eq!(store.operational_application(environment).await, Ok(None));
    let before = store.version().await.expect("a read");
    let made = operational(&world).await;
    assert!(made.is_operational);
    let changes = store.changes_since(before).await.expect("a read");
    let subjects: Vec<Subject> = changes.iter().map(|change| change.subject).collect();
    assert_eq!(subjects, [Subject::Operational(environment)]);
    assert_eq!(operational(&world).await, made);
    let found = store.operational_application(environment).await;
    assert_eq!(found, Ok(Some(made.clone())));
    let other = store.ensure_environment("other".into(), NOW).await;
    let other = other.expect("it is made").ordinal;
    assert_eq!(store.operational_application(other).await, Ok(None));

    for order in [Order::Ascending, Order::Descending] {
        let page = PageRequest { order, ..ALL };
        let listed = store.applications(environment, page).await;
        let listed = listed.expect("a read");
        assert!(listed.iter().all(|one| !one.is_operational), "{listed:?}");
        assert!(!listed.is_empty());
    }
    let by_id = crate::Reference::Id(made.id);
    assert_eq!(store.application(environment, by_id).await, Ok(None));
}

pub(super) async fn what_is_told_of_a_change_is_written_with_it_and_kept_until_it_is_forgotten(
    harness: &dyn Harness,
) {
    let mut world = World::new(harness).await;
    let noting = |world: &World<'_>| world.store().noting(note(world));
    let new = world.new_endpoint();
    let made = done(
        noting(&world)
            .create_endpoint(new, None)
            .await
            .expect("made"),
    );
    let told = events(&world).await;
    let [created] = &told[..] else {
        panic!("one event and not {told:?}");
    };
    assert_eq!(created.event_type, OperationalEventType::EndpointCreated);
    assert_eq!(created.environment, world.environment);
    assert_eq!(created.application, world.app());
    assert!(
        created.payload.contains(&made.id.to_string()),
        "{created:?}"
    );

    world.crash_and_recover().await;
    assert_eq!(events(&world).await, told);
    let patch = EndpointPatch {
        is_disabled: Some(true),
        ..EndpointPatch::default()
    };
    let update = EndpointUpdate {
        ordinal: made.id.seq(),
        patch,
        expected_version: None,
        now: NOW,
    };
    let updated = noting(&world).update_endpoint(update, None).await;
    done(updated.expect("it is changed"));
    let deleted = noting(&world).delete_endpoint(made.id.seq(), NOW).await;
    assert_eq!(deleted, Ok(true));
    let expected = [
        OperationalEventType::EndpointCreated,
        OperationalEventType::EndpointUpdated,
        OperationalEventType::EndpointDeleted,
        OperationalEventType::EndpointDisabled,
    ];
    assert_eq!(types(&world).await, expected);

    let first = (created.application, created.id.clone());
    let forgotten = world.store().forget_operational_events(vec![first]).await;
    assert_eq!(forgotten, Ok(()));
    assert_eq!(types(&world).await, expected[1..]);
    let limited = world.store().operational_events(2).await;
    assert_eq!(limited.map(|events| events.len()), Ok(2));
}

pub(super) async fn what_nobody_wants_and_what_was_refused_is_not_told(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let new = NewEndpoint {
        uid: Some("one".into()),
        ..world.new_endpoint()
    };
    let nobody = Note {
        told: OperationalEventTypes::default(),
        ..note(&world)
    };
    let made = store
        .noting(nobody)
        .create_endpoint(new.clone(), None)
        .await;
    done(made.expect("it is made"));
    assert_eq!(events(&world).await, []);
    let taken = store.noting(note(&world)).create_endpoint(new, None).await;
    assert!(matches!(taken, Ok(Written::Taken(_))), "{taken:?}");
    let missing = store.noting(note(&world)).delete_endpoint(9_999, NOW).await;
    assert_eq!(missing, Ok(false));
    // A change without a note tells nothing either.
    let plain = store.create_endpoint(world.new_endpoint(), None).await;
    done(plain.expect("it is made"));
    assert_eq!(events(&world).await, []);
}

pub(super) async fn what_is_done_to_operational_endpoints_is_told_to_nobody(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let application = operational(&world).await.id.seq();
    let new = NewEndpoint {
        application,
        ..world.new_endpoint()
    };
    let store = world.store().noting(note(&world));
    let made = done(store.create_endpoint(new, None).await.expect("made"));
    let deleted = store.delete_endpoint(made.id.seq(), NOW).await;
    assert_eq!(deleted, Ok(true));
    assert_eq!(events(&world).await, []);
}

fn told(world: &World<'_>, settlement: &Settlement) -> Told {
    Told {
        occasion: note(world).occasion,
        about: About {
            environment: world.environment,
            application: world.application.id,
            application_uid: None,
            endpoint: settlement.endpoint,
            endpoint_uid: None,
        },
        attempt: None,
        is_disabled: false,
        audit: None,
    }
}

pub(super) async fn what_is_told_of_an_outcome_is_written_with_its_attempt(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.handed_to(&[&endpoint])).await;
    let mut settlement = world.exhausted(&message, &endpoint);
    let exhausted = OperationalEventType::AttemptExhausted;
    settlement.told = Some(Box::new(Told {
        attempt: Some(exhausted),
        ..told(&world, &settlement)
    }));
    world.store().settle(settlement);
    world.flush().await;
    assert_eq!(types(&world).await, [exhausted]);
    let attempts = world.attempts(&message).await;
    let id = attempts[0].attempt.id.to_string();
    let payload = &events(&world).await[0].payload;
    assert!(payload.contains(&id), "{payload} does not name {id}");
    assert!(payload.contains(&message.id.to_string()), "{payload}");
}

pub(super) async fn an_endpoint_that_was_off_is_not_told_of_as_switched_off_again(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    for _ in 0..2 {
        let message = world.accept(world.handed_to(&[&endpoint])).await;
        let mut settlement = world.exhausted(&message, &endpoint);
        settlement.state = Some(EndpointState {
            failing_since: Some(NOW),
            last_failure_at: Some(NOW),
            failures_count: 1,
            disabled: Some((DisabledReason::Gone, NOW)),
        });
        settlement.told = Some(Box::new(Told {
            is_disabled: true,
            ..told(&world, &settlement)
        }));
        world.store().settle(settlement);
        world.flush().await;
    }
    assert_eq!(
        types(&world).await,
        [OperationalEventType::EndpointDisabled]
    );
}
