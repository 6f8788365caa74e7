//! Records: a change, its message and its place in the history are one transaction, made from the
//! version that the caller knew.

use std::sync::Arc;

use bytes::Bytes;
use tidings_domain::record::RecordAction;
use tokio::task::JoinSet;

use super::Harness;
use super::world::{DAY, NOW, World, key};
use crate::{
    Accepted, ListRecordChanges, ListRecords, NewMessage, Order, RecordChange, RecordHead,
    RecordKey, RecordWrite, Store,
};

const NEW: RecordAction = RecordAction::New;
const UPDATE: RecordAction = RecordAction::Update;
const DELETE: RecordAction = RecordAction::Delete;

fn write(id: &str, expected_version: i64, action: RecordAction, value: u8) -> RecordWrite {
    let body = match action {
        DELETE => Bytes::new(),
        _ => Bytes::from(format!("{{\"value\": {value}}}")),
    };
    RecordWrite {
        entity_type: "user".into(),
        id: id.into(),
        expected_version,
        action,
        entity_id: format!("\"{id}\""),
        hash: [value; 32],
        body,
    }
}

fn telling(world: &World<'_>, write: RecordWrite) -> NewMessage {
    NewMessage {
        event_type: write.action.event_type(&write.entity_type),
        record: Some(Box::new(write)),
        ..world.to(&[])
    }
}

fn key_of(world: &World<'_>, id: &str) -> RecordKey {
    RecordKey {
        application: world.app(),
        entity_type: "user".into(),
        id: id.into(),
    }
}

async fn head(world: &World<'_>, id: &str) -> Option<RecordHead> {
    let store = world.store();
    let heads = store.record_heads(world.app(), "user".into(), vec![id.into()]);
    heads.await.expect("a read").pop()
}

async fn body(world: &World<'_>, id: &str) -> Option<Bytes> {
    let found = world.store().record(key_of(world, id)).await;
    found.expect("a read").map(|record| record.body)
}

async fn history(world: &World<'_>, id: &str, order: Order) -> Vec<RecordChange> {
    let list = ListRecordChanges {
        key: key_of(world, id),
        order,
        after: None,
        limit: 100,
    };
    world.store().record_changes(list).await.expect("a read")
}

pub(super) async fn a_record_is_kept_changed_and_gone_with_a_message_for_each(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let (at_first, later, at_last) = (NOW + 1, NOW + 2, NOW + 3);
    let at = |accepted_at, new| NewMessage { accepted_at, ..new };
    let first = at(at_first, telling(&world, write("7", 0, NEW, 1)));
    let first = world.accept(first).await;
    assert_eq!(
        body(&world, "7").await.as_deref(),
        Some(&b"{\"value\": 1}"[..])
    );
    let second = at(later, telling(&world, write("7", 1, UPDATE, 2)));
    let second = world.accept(second).await;
    let known = head(&world, "7").await.expect("it is there");
    assert_eq!(
        known,
        RecordHead {
            id: "7".into(),
            version: 2,
            hash: [2; 32],
            entity_id: "\"7\"".into(),
            created_at: at_first,
            updated_at: later,
            deleted_at: None,
        }
    );
    let third = at(at_last, telling(&world, write("7", 2, DELETE, 0)));
    let third = world.accept(third).await;
    assert_eq!(body(&world, "7").await, None);
    let known = head(&world, "7").await.expect("its row is kept");
    assert_eq!((known.version, known.deleted_at), (3, Some(at_last)));
    // What comes back has a new beginning, and goes on with the numbers.
    let again = at(NOW + DAY, telling(&world, write("7", 3, NEW, 1)));
    let fourth = world.accept(again).await;
    let known = head(&world, "7").await.expect("it is there");
    assert_eq!((known.version, known.created_at), (4, NOW + DAY));
    let changes = history(&world, "7", Order::Ascending).await;
    let told: Vec<_> = changes
        .iter()
        .map(|change| (change.version, change.action, change.message))
        .collect();
    assert_eq!(
        told,
        [
            (1, NEW, first.id),
            (2, UPDATE, second.id),
            (3, DELETE, third.id),
            (4, NEW, fourth.id)
        ]
    );
    assert_eq!(changes[1].changed_at, later);
    let mut newest_first = history(&world, "7", Order::Descending).await;
    newest_first.reverse();
    assert_eq!(newest_first, changes);
}

pub(super) async fn a_change_of_a_record_from_another_version_leaves_nothing_behind(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let store = world.store();
    world.accept(telling(&world, write("7", 0, NEW, 1))).await;
    for stale in [
        write("7", 0, NEW, 2),
        write("7", 2, UPDATE, 2),
        write("7", 0, DELETE, 2),
    ] {
        let new = NewMessage {
            dedup: Some(key(1, 1)),
            event_id: Some("e".into()),
            ..telling(&world, stale)
        };
        assert_eq!(store.accept(new).await, Ok(Accepted::RecordChanged));
    }
    assert_eq!(head(&world, "7").await.expect("there").version, 1);
    assert_eq!(history(&world, "7", Order::Ascending).await.len(), 1);
    assert!(world.recorder.handed().is_empty());
    // Neither the key nor the event id was used up.
    let new = NewMessage {
        dedup: Some(key(1, 1)),
        event_id: Some("e".into()),
        ..telling(&world, write("7", 1, UPDATE, 2))
    };
    world.accept(new).await;
    assert_eq!(head(&world, "7").await.expect("there").hash, [2; 32]);
}

pub(super) async fn a_message_that_was_sent_before_changes_no_record(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let keyed = |dedup, write| NewMessage {
        dedup: Some(dedup),
        ..telling(&world, write)
    };
    let first = world.accept(keyed(key(1, 1), write("7", 0, NEW, 1))).await;
    let again = store
        .accept(keyed(key(1, 1), write("7", 1, UPDATE, 2)))
        .await;
    assert_eq!(again, Ok(Accepted::Replayed(first.clone())));
    let reused = store
        .accept(keyed(key(1, 2), write("7", 1, UPDATE, 2)))
        .await;
    assert_eq!(reused, Ok(Accepted::KeyReused));
    assert_eq!(head(&world, "7").await.expect("there").version, 1);
    assert_eq!(history(&world, "7", Order::Ascending).await.len(), 1);
    let keys = vec![key(1, 1), key(2, 1), key(1, 2)];
    let earlier = store.earlier_messages(world.app(), keys, NOW).await;
    let expected = vec![
        Some(Accepted::Replayed(first)),
        None,
        Some(Accepted::KeyReused),
    ];
    assert_eq!(earlier, Ok(expected));
    let later = store.earlier_messages(world.app(), vec![key(1, 1)], NOW + 30 * DAY);
    assert_eq!(later.await, Ok(vec![None]));
}

/// Tries until it is the one whose change is made.
async fn count_up(store: Arc<dyn Store>, key: RecordKey, new: impl Fn(RecordWrite) -> NewMessage) {
    loop {
        let ids = vec![key.id.clone()];
        let heads = store.record_heads(key.application, key.entity_type.clone(), ids);
        let version = heads
            .await
            .expect("a read")
            .pop()
            .map_or(0, |head| head.version);
        let action = if version == 0 { NEW } else { UPDATE };
        let change = write(&key.id, version, action, 1);
        match store.accept(new(change)).await {
            Ok(Accepted::Done(_)) => return,
            Ok(Accepted::RecordChanged) => {}
            other => panic!("neither made nor late: {other:?}"),
        }
    }
}

pub(super) async fn of_many_changes_of_one_record_at_once_each_is_made_once_and_in_order(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let mut tasks = JoinSet::new();
    for number in 0..20 {
        let (store, template) = (world.store(), telling(&world, write("7", 0, NEW, 1)));
        let key = key_of(&world, "7");
        tasks.spawn(async move {
            let (application, event_id_until) = (template.application, template.event_id_until);
            let new = |write: RecordWrite| NewMessage {
                application,
                event_type: write.action.event_type("user"),
                payload: template.payload.clone(),
                event_id: None,
                channels: Vec::new(),
                tags: Vec::new(),
                targets: Vec::new(),
                admitted: Vec::new(),
                in_line: Vec::new(),
                accepted_at: NOW,
                tail: number,
                dedup: None,
                event_id_until,
                record: Some(Box::new(write)),
                options: None,
            };
            count_up(store, key, new).await;
        });
    }
    tasks.join_all().await;
    assert_eq!(head(&world, "7").await.expect("there").version, 20);
    let changes = history(&world, "7", Order::Ascending).await;
    let versions: Vec<i64> = changes.iter().map(|change| change.version).collect();
    assert_eq!(versions, (1..=20).collect::<Vec<_>>());
    // The messages were accepted in the order of the changes.
    let messages: Vec<_> = changes.iter().map(|change| change.message.seq()).collect();
    assert!(messages.is_sorted(), "{messages:?}");
    for change in &changes {
        let message = world.message(change.message).await;
        assert_eq!(message.event_type, change.action.event_type("user"));
    }
}

pub(super) async fn records_are_kept_apart_and_listed_by_id_both_ways(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let other = world.other_application().await;
    for id in ["b", "A", "a.1", "c"] {
        world.accept(telling(&world, write(id, 0, NEW, 1))).await;
    }
    world
        .accept(telling(&world, write("b", 1, DELETE, 0)))
        .await;
    let elsewhere = NewMessage {
        application: other.id.seq(),
        ..telling(&world, write("a.1", 0, NEW, 9))
    };
    world.accept(elsewhere).await;
    let company = RecordWrite {
        entity_type: "company".into(),
        ..write("a.1", 0, NEW, 8)
    };
    world.accept(telling(&world, company)).await;
    let list = |order, after: Option<&str>, limit| {
        let (store, application) = (world.store(), world.app());
        let list = ListRecords {
            application,
            entity_type: "user".into(),
            order,
            after: after.map(str::to_owned),
            limit,
        };
        async move {
            let heads = store.records(list).await.expect("a read");
            heads.into_iter().map(|head| head.id).collect::<Vec<_>>()
        }
    };
    assert_eq!(list(Order::Ascending, None, 9).await, ["A", "a.1", "c"]);
    assert_eq!(list(Order::Ascending, Some("A"), 1).await, ["a.1"]);
    assert_eq!(list(Order::Descending, None, 2).await, ["c", "a.1"]);
    assert_eq!(list(Order::Descending, Some("a.1"), 9).await, ["A"]);
    assert_eq!(head(&world, "a.1").await.expect("there").hash, [1; 32]);
    let ids = ["c", "b", "x"].map(str::to_owned).to_vec();
    let store = world.store();
    let heads = store.record_heads(world.app(), "user".into(), ids);
    let heads = heads.await.expect("a read");
    let ids: Vec<&str> = heads.iter().map(|head| head.id.as_str()).collect();
    assert_eq!(ids, ["b", "c"]);
}

pub(super) async fn a_crash_leaves_a_record_with_its_message_or_neither(harness: &dyn Harness) {
    let mut world = World::new(harness).await;
    let message = world.accept(telling(&world, write("7", 0, NEW, 1))).await;
    world.crash_and_recover().await;
    let changes = history(&world, "7", Order::Ascending).await;
    assert_eq!(changes[0].message, message.id);
    assert_eq!(*world.message(message.id).await, *message);
    assert_eq!(head(&world, "7").await.expect("there").version, 1);
}

pub(super) async fn records_of_a_deleted_application_are_removed_a_part_at_a_time(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let store = world.store();
    let other = world.other_application().await;
    let elsewhere = NewMessage {
        application: other.id.seq(),
        ..telling(&world, write("1", 0, NEW, 9))
    };
    world.accept(elsewhere).await;
    for id in ["1", "2", "3"] {
        world.accept(telling(&world, write(id, 0, NEW, 1))).await;
    }
    assert_eq!(store.sweep_records(100).await, Ok(0));
    let deleted = store.delete_application(world.app(), NOW).await;
    assert_eq!(deleted, Ok(true));
    assert_eq!(store.sweep_records(4).await, Ok(4));
    assert_eq!(store.sweep_records(4).await, Ok(2));
    assert_eq!(store.sweep_records(4).await, Ok(0));
    assert_eq!(head(&world, "1").await, None);
    assert!(history(&world, "1", Order::Ascending).await.is_empty());
    let kept = store.record_heads(other.id.seq(), "user".into(), vec!["1".into()]);
    assert_eq!(kept.await.expect("a read").len(), 1);
}
