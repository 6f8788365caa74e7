//! Every step that concerns what the server tells of its own changes, once.

use tidings_domain::audit::{Actor, Entry, EntryId};
use tidings_domain::operational::{Occasion, OperationalEventType};
use tidings_store::{ListEntries, NewApplication, Order};

use super::NOW;
use crate::step::Scope;
use crate::{applications, audit, operational};

pub(super) fn run(scope: &mut Scope<'_>) {
    let connection = scope.connection;
    run_audit_log(scope);
    let new = NewApplication {
        environment: 1,
        uid: None,
        name: String::new(),
        throttle_rate: None,
        plan: None,
        feature_flags: None,
        metadata: std::collections::BTreeMap::new(),
        created_at: NOW,
        tail: 1,
    };
    applications::ensure_operational(scope, &new).unwrap();
    let occasion = Occasion { at: NOW, tail: 1 };
    let event = occasion.event(
        OperationalEventType::EndpointCreated,
        (1, 1),
        &serde_json::Value::Null,
    );
    let forgotten = [(1, event.id.clone())];
    operational::write(connection, [event], scope.effects).unwrap();
    operational::is_switched_off(connection, 1).unwrap();
    operational::list(connection, 1).unwrap();
    operational::forget(scope, &forgotten).unwrap();
}

fn run_audit_log(scope: &mut Scope<'_>) {
    let entry = Entry {
        id: EntryId {
            at_ms: NOW,
            journal: 0,
            seq: 1,
            tail: 0,
        },
        environment: 1,
        actor: Actor::system(),
        action: "endpoint.disable".into(),
        target: None,
        target_uid: None,
        application: None,
        changes: "[]".into(),
        address: None,
        request_id: None,
        user_agent: None,
    };
    audit::write(scope.connection, &entry).unwrap();
    let all = |order| ListEntries {
        environment: 1,
        order,
        after: None,
        limit: 1,
        since: None,
        until: None,
        actor_kind: None,
        actor: None,
        action: None,
        application: None,
        target: None,
        target_uid: None,
    };
    let word = || Some("a".to_owned());
    for order in [Order::Ascending, Order::Descending] {
        let lists = [
            all(order),
            ListEntries {
                target: word(),
                ..all(order)
            },
            ListEntries {
                target_uid: word(),
                ..all(order)
            },
            ListEntries {
                application: word(),
                ..all(order)
            },
            ListEntries {
                actor: word(),
                ..all(order)
            },
            ListEntries {
                action: word(),
                ..all(order)
            },
        ];
        for list in lists {
            audit::list(scope.connection, &list).unwrap();
        }
    }
    audit::sweep(scope, NOW, 1).unwrap();
}
