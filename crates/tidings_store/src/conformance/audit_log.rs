//! The audit log: an entry with each change, and lists of them.

use tidings_domain::audit::{Action, Actor, ActorKind, Entry, Origin};
use tidings_domain::endpoint::{DisabledReason, EndpointPatch, EndpointState};
use tidings_domain::operational::{About, Occasion, OperationalEventTypes};

use super::Harness;
use super::world::{NOW, World, done};
use crate::{Audit, EndpointUpdate, ListEntries, NewEndpoint, Note, Order, Told, Written};

fn audit(world: &World<'_>, action: Action, at: i64) -> Audit {
    Audit {
        environment: world.environment,
        action,
        actor: Actor {
            kind: ActorKind::ApiKey,
            id: Some("7".into()),
            name: Some("na\0me".into()),
        },
        origin: Origin::default(),
        target: None,
        target_uid: None,
        application: Some(world.application.id.to_string()),
        changes: Vec::new(),
        occasion: Occasion {
            at,
            tail: world.tail(),
        },
    }
}

fn note(audit: Audit) -> Note {
    Note {
        occasion: audit.occasion,
        told: OperationalEventTypes::default(),
        audit: Some(audit),
    }
}

fn all(world: &World<'_>, order: Order) -> ListEntries {
    ListEntries {
        environment: world.environment,
        order,
        after: None,
        limit: 100,
        since: None,
        until: None,
        actor_kind: None,
        actor: None,
        action: None,
        application: None,
        target: None,
        target_uid: None,
    }
}

async fn entries(world: &World<'_>, list: ListEntries) -> Vec<Entry> {
    let entries = world.store().audit_entries(list).await;
    entries.expect("a read")
}

pub(super) async fn an_entry_is_written_with_its_change_and_says_what_was_before(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let new = NewEndpoint {
        uid: Some("one".into()),
        ..world.new_endpoint()
    };
    let store = world
        .store()
        .noting(note(audit(&world, Action::EndpointCreate, NOW)));
    let made = done(store.create_endpoint(new, None).await.expect("made"));
    let patch = EndpointPatch {
        description: Some("new".into()),
        headers: Some(Some(vec![1, 2, 3])),
        ..EndpointPatch::default()
    };
    let update = EndpointUpdate {
        ordinal: made.id.seq(),
        patch,
        expected_version: None,
        now: NOW,
    };
    let store = world
        .store()
        .noting(note(audit(&world, Action::EndpointUpdate, NOW + 1)));
    done(store.update_endpoint(update, None).await.expect("changed"));
    let found = entries(&world, all(&world, Order::Ascending)).await;
    let actions: Vec<&str> = found.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["endpoint.create", "endpoint.update"]);
    for entry in &found {
        assert_eq!(entry.target, Some(made.id.to_string()));
        assert_eq!(entry.target_uid.as_deref(), Some("one"));
        assert_eq!(entry.application, Some(world.application.id.to_string()));
        assert_eq!(
            entry.actor,
            audit(&world, Action::EndpointCreate, NOW).actor
        );
    }
    let changes: serde_json::Value = serde_json::from_str(&found[1].changes).expect("JSON");
    let expected = serde_json::json!([
        {"field": "description", "before": "", "after": "new"},
        {"field": "headers"},
    ]);
    assert_eq!(changes, expected);
}

pub(super) async fn a_change_that_is_refused_leaves_no_entry(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let new = NewEndpoint {
        uid: Some("one".into()),
        ..world.new_endpoint()
    };
    done(
        world
            .store()
            .create_endpoint(new.clone(), None)
            .await
            .expect("made"),
    );
    let store = world
        .store()
        .noting(note(audit(&world, Action::EndpointCreate, NOW)));
    let taken = store.create_endpoint(new, None).await;
    assert!(matches!(taken, Ok(Written::Taken(_))), "{taken:?}");
    let store = world
        .store()
        .noting(note(audit(&world, Action::EndpointDelete, NOW)));
    assert_eq!(store.delete_endpoint(9_999, NOW).await, Ok(false));
    assert_eq!(entries(&world, all(&world, Order::Ascending)).await, []);
}

pub(super) async fn an_endpoint_that_is_switched_off_is_in_the_log_once(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    for _ in 0..2 {
        let message = world.accept(world.handed_to(&[&endpoint])).await;
        let mut settlement = world.exhausted(&message, &endpoint);
        let state = EndpointState {
            failing_since: Some(NOW),
            last_failure_at: Some(NOW),
            failures_count: 1,
            disabled: Some((DisabledReason::Gone, NOW)),
        };
        let occasion = Occasion {
            at: NOW,
            tail: world.tail(),
        };
        settlement.told = Some(Box::new(Told {
            occasion,
            about: About {
                environment: world.environment,
                application: world.application.id,
                application_uid: None,
                endpoint: settlement.endpoint,
                endpoint_uid: None,
            },
            attempt: None,
            is_disabled: false,
            audit: Some(Box::new(Audit::switched_off(
                &endpoint,
                Some(&state),
                occasion,
            ))),
        }));
        settlement.state = Some(state);
        world.store().settle(settlement);
        world.flush().await;
    }
    let found = entries(&world, all(&world, Order::Ascending)).await;
    let [entry] = &found[..] else {
        panic!("one entry and not {found:?}");
    };
    assert_eq!(entry.action, "endpoint.disable");
    assert_eq!(entry.actor, Actor::system());
    assert!(entry.changes.contains("gone"), "{entry:?}");
}

pub(super) async fn entries_are_listed_by_every_condition_in_both_directions(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    for number in 0..5 {
        let odd = number % 2 == 1;
        let mut audit = audit(&world, Action::BoardDelete, NOW + number);
        if odd {
            audit.action = Action::ButtonDelete;
            audit.actor = Actor::system();
            audit.application = None;
        }
        audit.target = Some(format!("t{number}"));
        audit.target_uid = Some(format!("u{}", number % 2));
        // Something that is there to be deleted each time.
        let made = world
            .store()
            .create_endpoint(world.new_endpoint(), None)
            .await;
        let made = done(made.expect("made")).id.seq();
        let store = world.store().noting(note(audit));
        assert_eq!(store.delete_endpoint(made, NOW).await, Ok(true));
    }
    let up = all(&world, Order::Ascending);
    let of_application = ListEntries {
        application: Some(world.application.id.to_string()),
        ..up.clone()
    };
    for (list, expected) in conditions(&up)
        .into_iter()
        .chain([(of_application, vec![0, 2, 4])])
    {
        check_list(&world, &list, &expected).await;
    }
}

/// Lists, and the entries that each has.
fn conditions(up: &ListEntries) -> Vec<(ListEntries, Vec<i64>)> {
    let mut lists = vec![up.clone(); 8];
    (lists[1].since, lists[1].until) = (Some(NOW + 1), Some(NOW + 3));
    lists[2].actor_kind = Some(ActorKind::System);
    lists[3].actor = Some("7".into());
    lists[4].action = Some("button.delete".into());
    lists[5].target = Some("t3".into());
    lists[6].target_uid = Some("u1".into());
    lists[7].environment += 1;
    let expected: [&[i64]; 8] = [
        &[0, 1, 2, 3, 4],
        &[1, 2],
        &[1, 3],
        &[0, 2, 4],
        &[1, 3],
        &[3],
        &[1, 3],
        &[],
    ];
    let expected = expected.map(<[i64]>::to_vec);
    lists.into_iter().zip(expected).collect()
}

/// Reads a list in both directions, and one by one, each behind the one before.
async fn check_list(world: &World<'_>, list: &ListEntries, expected: &[i64]) {
    let numbers = async |list: ListEntries| -> Vec<i64> {
        let found = entries(world, list).await;
        found.iter().map(|entry| entry.at() - NOW).collect()
    };
    assert_eq!(numbers(list.clone()).await, expected, "{list:?}");
    let down = ListEntries {
        order: Order::Descending,
        ..list.clone()
    };
    let mut backwards = numbers(down).await;
    backwards.reverse();
    assert_eq!(backwards, expected, "{list:?}");
    let (mut after, mut paged) = (None, Vec::new());
    loop {
        let page = ListEntries {
            after,
            limit: 1,
            ..list.clone()
        };
        let page = entries(world, page).await;
        let Some(entry) = page.first() else { break };
        paged.push(entry.at() - NOW);
        after = Some(entry.id);
    }
    assert_eq!(paged, expected, "{list:?}");
}

pub(super) async fn old_entries_are_removed_a_part_at_a_time(harness: &dyn Harness) {
    let world = World::new(harness).await;
    for number in 0..5 {
        let made = world
            .store()
            .create_endpoint(world.new_endpoint(), None)
            .await;
        let made = done(made.expect("made")).id.seq();
        let audit = audit(&world, Action::EndpointDelete, NOW + number);
        let store = world.store().noting(note(audit));
        assert_eq!(store.delete_endpoint(made, NOW).await, Ok(true));
    }
    for expected in [2, 1, 0] {
        assert_eq!(
            world.store().sweep_audit_log(NOW + 3, 2).await,
            Ok(expected)
        );
    }
    let left = entries(&world, all(&world, Order::Ascending)).await;
    let left: Vec<i64> = left.iter().map(|entry| entry.at() - NOW).collect();
    assert_eq!(left, [3, 4]);
}
