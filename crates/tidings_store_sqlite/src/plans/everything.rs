//! Every step of the store, once.

mod of_boards;
mod of_configuration;
mod of_contents;
mod of_jobs;
mod of_members;
mod of_records;
mod of_trail;

use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use tidings_domain::clock::Millis;
use tidings_domain::delivery::{Exchange, Outcome, PendingReason, Trigger};
use tidings_domain::endpoint::EndpointState;
use tidings_domain::ids::{AttemptId, InboxRequestId, MessageId};
use tidings_domain::inbox::{InboxPatch, InboxRequest};
use tidings_domain::message::{Message, MessageKey, pack_targets};
use tidings_store::commit::Acceptance;
use tidings_store::copy::Table;
use tidings_store::{
    AttemptsOf, CaughtRequest, CountOutcomes, Dedup, Hold, ListAttempts, ListEventTypes,
    ListInboxRequests, ListMessages, ListRecent, MessageReference, NewInbox, NewMessage, Next,
    Order, Owed, PageRequest, Resend, SCAN_ROWS_MAX, Settlement,
};

use crate::export::rows;
use crate::step::Scope;
use crate::{
    accept, applications, endpoints, event_types, inboxes, journal, line, lists, pending, records,
    retention, settle, upkeep,
};

const NOW: Millis = 1_700_000_000_000;
/// Runs everything.
pub(super) fn run(scope: &mut Scope<'_>) {
    of_configuration::run(scope);
    run_inboxes(scope);
    run_messages(scope);
    of_contents::run(scope);
    of_records::run(scope);
    of_trail::run(scope);
    of_jobs::run(scope);
    of_members::run(scope);
    run_takeover(scope);
    run_lists(scope.connection);
    run_export(scope.connection);
    endpoints::delete(scope, 1, NOW).unwrap();
    applications::delete(scope, 1, NOW).unwrap();
    records::next_deleted(scope.connection, 0).unwrap();
}

fn run_export(connection: &rusqlite::Connection) {
    rows::has_journals(connection).unwrap();
    rows::state(connection).unwrap();
    rows::counts(connection).unwrap();
    rows::endpoints_count(connection).unwrap();
    for table in Table::ALL {
        let mut reading = rows::Reading {
            table,
            cursor: None,
            event_ids_since: 0,
            event_ids_for: 1,
        };
        reading.next_page(connection).unwrap();
    }
}

fn new_message(targets: Vec<i64>) -> NewMessage {
    NewMessage {
        application: 1,
        event_type: "a".into(),
        payload: bytes::Bytes::from_static(b"{}"),
        event_id: Some(format!("e{}", targets.len())),
        channels: Vec::new(),
        tags: Vec::new(),
        targets,
        admitted: Vec::new(),
        in_line: Vec::new(),
        accepted_at: NOW,
        tail: 1,
        dedup: Some(key(1)),
        event_id_until: NOW + 1,
        record: None,
        options: None,
    }
}

fn message_key() -> MessageKey {
    MessageKey {
        application: 1,
        id: MessageId::new(NOW, 1, 1, 1),
    }
}

fn key(number: u8) -> Dedup {
    Dedup {
        key: [number; 16],
        body: [0; 16],
        expires_at: NOW + 1,
    }
}

fn accept(scope: &mut Scope<'_>, new: NewMessage) {
    let (reply, _) = tokio::sync::oneshot::channel();
    let packed_targets = pack_targets(&new.targets);
    let acceptance = Acceptance {
        new,
        packed_targets,
        reply: Some(reply),
    };
    accept::write(
        scope.connection,
        scope.journal,
        &[acceptance],
        scope.effects,
    )
    .unwrap();
}

fn settlement(seq: i64, hold: Hold, next: Next) -> Settlement {
    Settlement {
        message: Arc::new(Message {
            id: MessageId::new(NOW, 1, seq, 1),
            application: 1,
            event_type: "a".into(),
            payload: bytes::Bytes::new(),
            event_id: None,
            channels: Vec::new(),
            tags: Vec::new(),
            targets: vec![1],
            options: None,
        }),
        endpoint: tidings_domain::ids::EndpointId::new(NOW, 0, 1, 1),
        number: 1,
        trigger: Trigger::Scheduled,
        outcome: Outcome::Retry,
        started_at: NOW,
        tail: 1,
        exchange: Exchange::default(),
        hold,
        journal: 0,
        next,
        state: Some(EndpointState::default()),
        told: None,
        permit: None,
    }
}

fn run_inboxes(scope: &mut Scope<'_>) {
    let new = NewInbox {
        environment: 1,
        name: String::new(),
        key: [0; 16],
        created_at: NOW,
        tail: 1,
    };
    inboxes::create(scope, &new, None).unwrap();
    inboxes::update(scope, 1, InboxPatch::default(), NOW).unwrap();
    let request = InboxRequest {
        id: InboxRequestId::new(NOW, 0, 1, 1),
        method: String::new(),
        path: String::new(),
        query: None,
        headers: Vec::new(),
        body: Vec::new(),
        body_bytes: 0,
        remote: String::new(),
    };
    let id = request.id;
    let caught = CaughtRequest {
        inbox: 1,
        request,
        kept_max: 1,
    };
    inboxes::catch(scope, &caught).unwrap();
    for order in [Order::Ascending, Order::Descending] {
        let page = PageRequest {
            order,
            after: None,
            limit: 5,
        };
        inboxes::list(scope.connection, 1, page).unwrap();
        let list = ListInboxRequests {
            inbox: 1,
            order,
            after: Some(id),
            limit: 5,
            with_body: true,
        };
        inboxes::requests(scope.connection, list).unwrap();
    }
    inboxes::request(scope.connection, 1, id).unwrap();
    inboxes::delete_requests(scope, 1, Some(id)).unwrap();
    inboxes::sweep(scope, NOW).unwrap();
    inboxes::delete(scope, 1).unwrap();
}

fn run_messages(scope: &mut Scope<'_>) {
    journal::open(scope, "node", NOW).unwrap();
    accept(scope, new_message(vec![1]));
    accept(
        scope,
        NewMessage {
            dedup: Some(key(2)),
            ..new_message((1..=300).collect())
        },
    );
    accept(
        scope,
        NewMessage {
            event_id: None,
            ..new_message(vec![1])
        },
    );
    let at = Next::At {
        due_at: NOW,
        reason: PendingReason::Retry,
    };
    let settlements = [
        settlement(1, Hold::Handed, at),
        settlement(1, Hold::Pending { version: 1 }, at),
        settlement(1, Hold::Pending { version: 9 }, at),
        settlement(1, Hold::Pending { version: 2 }, Next::Done),
    ];
    settle::write(
        scope.connection,
        scope.journal,
        &settlements,
        false,
        scope.effects,
    )
    .unwrap();
    scope.journal.catch_up(scope.connection).unwrap();
    let owed = Owed {
        message: message_key(),
        endpoint: 2,
        due_at: NOW,
        reason: PendingReason::Drained,
        hold: Hold::Handed,
    };
    pending::owe(scope, &[owed]).unwrap();
    pending::resend(
        scope,
        &Resend {
            message: message_key(),
            endpoint: 1,
            now: NOW,
        },
        None,
    )
    .unwrap();
    pending::due_endpoints(scope.connection, None, 10).unwrap();
    pending::owed(scope.connection, 1, 10).unwrap();
    endpoints::failing(scope.connection, 10).unwrap();
    let due = pending::due(scope.connection, 1, NOW, 10).unwrap();
    pending::count_recoveries(scope, &due.rows).unwrap();
    while !pending::expand_fan_out(scope, 2, NOW).unwrap().1 {}
    run_lines(scope);
    upkeep::cancel_stale(scope, NOW, 10_000).unwrap();
    upkeep::sweep_dedup(scope, &[], NOW, 10).unwrap();
}

fn run_lines(scope: &mut Scope<'_>) {
    let new = NewMessage {
        event_id: None,
        dedup: None,
        in_line: vec![1],
        ..new_message((1..=300).collect())
    };
    let message = scope.journal.numbers.message + 1;
    accept(scope, new);
    line::all(scope.connection, None, 10).unwrap();
    line::first(scope.connection, 1, 10).unwrap();
    line::due_beside(scope.connection, 1, NOW, 10).unwrap();
    line::suspect_first(scope.connection).unwrap();
    while !pending::expand_fan_out(scope, message, NOW).unwrap().1 {}
    line::leave(scope, 1, 10).unwrap();
}

fn run_takeover(scope: &mut Scope<'_>) {
    scope.journal.committed(scope.effects);
    // A run that died with a delivery in memory.
    journal::open(scope, "next", NOW).unwrap();
    scope
        .connection
        .execute("UPDATE journal SET mark = 0", [])
        .unwrap();
    accept(
        scope,
        NewMessage {
            event_id: None,
            dedup: None,
            ..new_message(vec![1])
        },
    );
    scope.connection.execute("DELETE FROM pending", []).unwrap();
    journal::open(scope, "last", NOW).unwrap();
    scope.journal.write_mark(scope.connection).unwrap();
    scope.connection.execute("DELETE FROM pending", []).unwrap();
    retention::remove_before(scope, &AtomicI64::new(0), NOW + 1, 100).unwrap();
    journal::close(scope).unwrap();
}

fn run_lists(connection: &rusqlite::Connection) {
    for order in [Order::Ascending, Order::Descending] {
        let page = PageRequest {
            order,
            after: Some(5),
            limit: 5,
        };
        applications::list(connection, 1, page).unwrap();
        endpoints::list(connection, 1, page).unwrap();
        for after in [None, Some("a".into())] {
            let list = ListEventTypes {
                order,
                after,
                limit: 5,
                with_archived: false,
            };
            event_types::list(connection, 1, &list).unwrap();
        }
        let list = ListMessages {
            application: 1,
            order,
            after: Some(message_key().id.parts()),
            limit: 5,
            read_max: SCAN_ROWS_MAX,
            channel: None,
            tag: None,
            event_types: Vec::new(),
            from: None,
            to: None,
            with_payload: true,
        };
        lists::messages(connection, &list).unwrap();
        let of_endpoint = AttemptsOf::Endpoint {
            application: 1,
            endpoint: 1,
        };
        let tried = attempts(of_endpoint, order, Vec::new());
        lists::attempted_messages(connection, &tried).unwrap();
        for of in [of_endpoint, AttemptsOf::Message(message_key())] {
            for outcomes in [Vec::new(), vec![Outcome::Retry]] {
                lists::attempts(connection, &attempts(of, order, outcomes)).unwrap();
            }
        }
    }
    lists::message(connection, 1, &MessageReference::EventId("e1".into())).unwrap();
    lists::message_by_seq(connection, 1).unwrap();
    lists::attempt(connection, 1, AttemptId::new(NOW, 1, 1, 1)).unwrap();
    lists::delivery_facts(connection, 1).unwrap();
    let count = CountOutcomes {
        application: 1,
        endpoint: 1,
        from: 0,
        to: NOW + 1,
    };
    lists::outcome_counts(connection, &count).unwrap();
    let recent = ListRecent {
        application: 1,
        endpoints: vec![1],
        limit: 5,
    };
    lists::recent_outcomes(connection, &recent).unwrap();
    lists::recent_failures(connection, &recent, 0).unwrap();
}

fn attempts(of: AttemptsOf, order: Order, outcomes: Vec<Outcome>) -> ListAttempts {
    ListAttempts {
        after: Some(message_key().id.parts()),
        outcomes,
        with_message: true,
        with_payload: true,
        ..ListAttempts::first(of, order, 5)
    }
}
