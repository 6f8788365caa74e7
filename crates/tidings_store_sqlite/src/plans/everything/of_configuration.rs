//! Every step that concerns the configuration, once; inboxes are beside it.

use tidings_domain::access::Capabilities;
use tidings_domain::api_key::ApiKeyPatch;
use tidings_domain::application::ApplicationPatch;
use tidings_domain::endpoint::EndpointPatch;
use tidings_domain::event_type::EventTypePatch;
use tidings_domain::integration::IntegrationPatch;
use tidings_domain::plan::Plan;
use tidings_domain::schema::drift::Drift;
use tidings_domain::session::{LinkUsed, Session};
use tidings_store::{
    EndpointUpdate, EventTypeImport, EventTypesImport, ImportMode, NewApiUser, NewApplication,
    NewEndpoint, NewEventType, NewIntegration, Order, PageRequest, Reference, Subject,
};

use super::{NOW, key, of_boards};
use crate::step::Scope;
use crate::{
    api_users, applications, changes, endpoint_kinds, endpoints, event_types, integrations, keys,
    plan_list, sessions, theme,
};

pub(super) fn run(scope: &mut Scope<'_>) {
    run_configuration(scope);
    run_event_types(scope);
    run_endpoints(scope);
}

fn run_configuration(scope: &mut Scope<'_>) {
    let connection = scope.connection;
    keys::ensure_environment(scope, "default", NOW).unwrap();
    keys::environments(connection).unwrap();
    let key_record = tidings_domain::application::ApiKeyRecord {
        ordinal: 1,
        environment: 1,
        name: String::new(),
        hash: [0; 32],
        created_at: NOW,
        last_used_at: None,
        revoked_at: None,
        role: tidings_domain::access::Role::Admin,
        expires_at: None,
        old_hashes: Vec::new(),
        rate_limit: None,
    };
    keys::create_api_key(scope, &key_record).unwrap();
    keys::api_key(connection, 1).unwrap();
    keys::api_keys(connection, 1).unwrap();
    keys::change_api_key(scope, (1, 1), ApiKeyPatch::default(), true, NOW).unwrap();
    keys::touch_api_keys(scope, &[(1, NOW)]).unwrap();
    changes::note(connection, Subject::ApiKey(1)).unwrap();
    changes::since(connection, 0).unwrap();
    changes::version(connection).unwrap();
    let new = NewApplication {
        environment: 1,
        uid: Some("u".into()),
        name: String::new(),
        throttle_rate: None,
        plan: None,
        feature_flags: None,
        metadata: std::collections::BTreeMap::new(),
        created_at: NOW,
        tail: 1,
    };
    applications::create(scope, &new, Some(&key(9))).unwrap();
    let plan = Plan {
        uid: "a".into(),
        name: "A".into(),
        has_webhooks: true,
        endpoints_max: None,
        rate_max: None,
        retention_days: None,
        features: Vec::new(),
    };
    plan_list::write(scope, 1, &[plan]).unwrap();
    plan_list::write(scope, 1, &[]).unwrap();
    theme::write(scope, 1, &theme::read(connection, 1).unwrap()).unwrap();
    applications::find(connection, 1, &Reference::Uid("u".into())).unwrap();
    applications::update(scope, 1, ApplicationPatch::default(), NOW).unwrap();
    let new = NewApiUser {
        environment: 1,
        application: 1,
        login: "u".into(),
        password_hash: String::new(),
        created_at: NOW,
    };
    api_users::create(scope, &new).unwrap();
    api_users::list(connection, 1).unwrap();
    api_users::replace_password(scope, 1, 1, "").unwrap();
    api_users::revoke(scope, 1, 1, NOW).unwrap();
    api_users::touch(scope, &[(1, NOW)]).unwrap();
    run_sessions(scope);
    run_integrations(scope);
}

fn run_integrations(scope: &mut Scope<'_>) {
    let new = NewIntegration {
        environment: 1,
        application: 1,
        name: "n".into(),
        feature_flags: Vec::new(),
        created_at: NOW,
        tail: 1,
    };
    let page = PageRequest {
        order: Order::Ascending,
        after: None,
        limit: 1,
    };
    integrations::create(scope, &new, None).unwrap();
    integrations::by_ordinal(scope.connection, 1).unwrap();
    integrations::list(scope.connection, 1, page).unwrap();
    integrations::update(scope, 1, IntegrationPatch::default(), NOW).unwrap();
    integrations::delete(scope, 1).unwrap();
}

fn run_sessions(scope: &mut Scope<'_>) {
    let used = LinkUsed {
        at: NOW,
        hash: [0; 32],
    };
    let new = Session {
        ordinal: 1,
        environment: 1,
        application: 1,
        session_id: None,
        capabilities: Capabilities::all(),
        feature_flags: Vec::new(),
        hash: [0; 32],
        link_hash: [0; 32],
        link_used: None,
        created_at: NOW,
        expires_at: NOW + 1,
        revoked_at: None,
    };
    sessions::create(scope, &new, None).unwrap();
    sessions::open(scope, 1, used).unwrap();
    sessions::expire(scope, 1, &[], NOW).unwrap();
    sessions::revoke(scope, 1, NOW).unwrap();
    sessions::sweep(scope, NOW + 2, 1).unwrap();
}

fn run_event_types(scope: &mut Scope<'_>) {
    let connection = scope.connection;
    let new = NewEventType {
        environment: 1,
        name: "a".into(),
        description: String::new(),
        is_archived: true,
        is_deprecated: false,
        schemas: None,
        schema_policy: None,
        group_name: None,
        feature_flags: Vec::new(),
        wording: None,
        sample: None,
        created_at: NOW,
    };
    event_types::create(scope, &new, None).unwrap();
    event_types::create(scope, &new, None).unwrap();
    let other = NewEventType {
        name: "b".into(),
        is_archived: false,
        ..new.clone()
    };
    event_types::create(scope, &other, None).unwrap();
    let import = EventTypesImport {
        environment: 1,
        event_types: vec![EventTypeImport {
            change: new.catalogued(),
            new,
        }],
        archives_others: true,
        plans: Vec::new(),
        mode: ImportMode::Apply,
        now: NOW,
    };
    event_types::import(scope, &import).unwrap();
    event_types::note_drift(scope, &[(1, Drift::default())]).unwrap();
    event_types::checked(connection, 1).unwrap();
    event_types::flagged(connection, 1).unwrap();
    event_types::unknown(connection, 1, vec!["a".into()]).unwrap();
    event_types::update(scope, 1, "a", EventTypePatch::default(), NOW).unwrap();
    event_types::expunge(scope, 1, "a").unwrap();
}

fn run_endpoints(scope: &mut Scope<'_>) {
    let connection = scope.connection;
    let new = NewEndpoint {
        application: 1,
        environment: 1,
        uid: Some("u".into()),
        url: String::new(),
        description: String::new(),
        is_disabled: false,
        event_types: Vec::new(),
        channels: Vec::new(),
        filter: None,
        throttle_rate: None,
        is_fifo: false,
        batch_size: None,
        max_wait_secs: None,
        retry_policy: None,
        co_signature: None,
        format: tidings_domain::body_format::BodyFormat::Json,
        metadata: std::collections::BTreeMap::new(),
        headers: None,
        credentials: None,
        secrets: Vec::new(),
        created_at: NOW,
        tail: 1,
    };
    endpoints::create(scope, &new, None, endpoints::Shown::Endpoint).unwrap();
    endpoints::find(connection, 1, &Reference::Uid("u".into())).unwrap();
    endpoint_kinds::read(connection, &[1], &[]).unwrap();
    endpoints::known(connection, &[1]).unwrap();
    let patch = EndpointPatch {
        is_disabled: Some(false),
        ..EndpointPatch::default()
    };
    let update = EndpointUpdate {
        ordinal: 1,
        patch,
        expected_version: None,
        now: NOW,
    };
    endpoints::update(scope, update, None).unwrap();
    of_boards::run(scope, NewEndpoint { uid: None, ..new });
}
