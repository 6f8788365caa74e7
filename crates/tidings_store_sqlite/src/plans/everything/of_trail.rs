//! Every step that concerns what the server tells of its own changes, once.

use tidings_domain::operational::{Occasion, OperationalEventType};
use tidings_store::NewApplication;

use super::NOW;
use crate::step::Scope;
use crate::{applications, operational};

pub(super) fn run(scope: &mut Scope<'_>) {
    let connection = scope.connection;
    let new = NewApplication {
        environment: 1,
        uid: None,
        name: String::new(),
        throttle_rate: None,
        plan: None,
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
