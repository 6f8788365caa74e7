//! Inboxes, and what they have caught.

use tidings_domain::clock::Millis;
use tidings_domain::ids::InboxRequestId;
use tidings_domain::inbox::{CannedAnswer, Inbox, InboxPatch, InboxRequest, KEY_BYTES};

use super::Harness;
use super::world::{DAY, NOW, World, done, key};
use crate::{CaughtRequest, ListInboxRequests, NewInbox, Order, PageRequest, Written};

const KEPT_MAX: usize = 3;

fn named(world: &World<'_>, name: &str) -> NewInbox {
    NewInbox {
        environment: world.environment,
        name: name.into(),
        key: [7; KEY_BYTES],
        created_at: NOW,
        tail: 1,
    }
}

async fn made(world: &World<'_>, name: &str) -> Inbox {
    let made = world.store().create_inbox(named(world, name), None).await;
    done(made.expect("a write"))
}

/// The request with this number, that many milliseconds after the beginning.
fn request(number: i64) -> InboxRequest {
    InboxRequest {
        id: InboxRequestId::new(NOW + number, 0, number, 1),
        method: "PROPFIND".into(),
        path: "/a%20\u{1a}0".into(),
        query: Some("q=\u{e9}".into()),
        headers: vec![
            ("b".into(), vec![0xff, b':', b' ']),
            ("a".into(), Vec::new()),
            ("a".into(), b"x".to_vec()),
        ],
        body: vec![0, 0xff, b'\n'],
        body_bytes: 3,
        remote: "[::1]:80".into(),
    }
}

async fn caught(world: &World<'_>, inbox: &Inbox, number: i64) {
    let caught = CaughtRequest {
        inbox: inbox.ordinal(),
        request: request(number),
        kept_max: KEPT_MAX,
    };
    let kept = world.store().catch_request(caught).await;
    kept.expect("a write");
}

fn list(inbox: &Inbox) -> ListInboxRequests {
    ListInboxRequests {
        inbox: inbox.ordinal(),
        order: Order::Descending,
        after: None,
        limit: 100,
        with_body: false,
    }
}

async fn numbers(world: &World<'_>, list: ListInboxRequests) -> Vec<i64> {
    let rows = world.store().inbox_requests(list).await.expect("a read");
    rows.iter().map(|row| row.id.seq()).collect()
}

pub(super) async fn an_inbox_is_kept_as_it_was_given_and_changes(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let inbox = made(&world, "na\u{1a}0me").await;
    assert_eq!(inbox.name, "na\u{1a}0me");
    assert_eq!(
        (inbox.environment, inbox.key),
        (world.environment, [7; KEY_BYTES])
    );
    assert_eq!((inbox.id.at_ms(), inbox.id.parts().tail), (NOW, 1));
    assert_eq!(
        (&inbox.answer, &inbox.secret),
        (&CannedAnswer::default(), &None)
    );
    let found = store.inbox(inbox.ordinal()).await.expect("a read");
    assert_eq!(found.as_ref(), Some(&inbox));

    let patch = InboxPatch {
        status: Some(503),
        headers: Some(vec![("a".into(), "b".into()), ("a".into(), "c".into())]),
        body: Some(vec![0, 0xff]),
        delay_ms: Some(30_000),
        failure_percent: Some(100),
        secret: Some(Some(vec![1, 2])),
        ..InboxPatch::default()
    };
    let changed = store.update_inbox(inbox.ordinal(), patch, NOW + 1).await;
    let changed = changed.expect("a write").expect("it is there");
    assert_eq!(
        (changed.answer.status, changed.answer.delay_ms),
        (503, 30_000)
    );
    assert_eq!(changed.answer.headers[1], ("a".into(), "c".into()));
    assert_eq!((&changed.name, changed.updated_at), (&inbox.name, NOW + 1));
    let found = store.inbox(inbox.ordinal()).await.expect("a read");
    assert_eq!(found, Some(changed));
    let patch = InboxPatch {
        secret: Some(None),
        ..InboxPatch::default()
    };
    let changed = store.update_inbox(inbox.ordinal(), patch, NOW + 2).await;
    assert_eq!(changed.expect("a write").expect("it is there").secret, None);
    let missing = store.update_inbox(9_999, InboxPatch::default(), NOW).await;
    assert_eq!(missing, Ok(None));
}

pub(super) async fn a_key_makes_one_inbox(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let first = store
        .create_inbox(named(&world, "a"), Some(key(1, 1)))
        .await;
    let first = done(first.expect("a write"));
    let again = store
        .create_inbox(named(&world, "a"), Some(key(1, 1)))
        .await;
    assert_eq!(again, Ok(Written::Replayed(Some(first))));
    let other = store
        .create_inbox(named(&world, "b"), Some(key(1, 2)))
        .await;
    assert_eq!(other, Ok(Written::KeyReused));
}

pub(super) async fn inboxes_are_listed_in_their_environment(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let inboxes = [
        made(&world, "a").await,
        made(&world, "b").await,
        made(&world, "c").await,
    ];
    let page = |order, after: Option<&Inbox>, limit| PageRequest {
        order,
        after: after.map(Inbox::ordinal),
        limit,
    };
    let up = store
        .inboxes(
            world.environment,
            page(Order::Ascending, Some(&inboxes[0]), 1),
        )
        .await;
    assert_eq!(up.expect("a read"), inboxes[1..2]);
    let down = store
        .inboxes(world.environment, page(Order::Descending, None, 2))
        .await;
    assert_eq!(
        down.expect("a read"),
        [inboxes[2].clone(), inboxes[1].clone()]
    );
    let other = store
        .inboxes(world.environment + 1, page(Order::Ascending, None, 9))
        .await;
    assert_eq!(other, Ok(Vec::new()));
}

pub(super) async fn a_caught_request_is_kept_exactly(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let (inbox, other) = (made(&world, "a").await, made(&world, "b").await);
    caught(&world, &inbox, 1).await;
    let found = store.inbox_request(inbox.ordinal(), request(1).id).await;
    assert_eq!(found, Ok(Some(request(1))));
    let elsewhere = store.inbox_request(other.ordinal(), request(1).id).await;
    assert_eq!(elsewhere, Ok(None));
    let guessed = InboxRequestId::new(NOW + 1, 0, 1, 2);
    assert_eq!(
        store.inbox_request(inbox.ordinal(), guessed).await,
        Ok(None)
    );
    let rows = store.inbox_requests(list(&inbox)).await.expect("a read");
    assert_eq!((rows[0].body.len(), rows[0].body_bytes), (0, 3));
    let with_body = ListInboxRequests {
        with_body: true,
        ..list(&inbox)
    };
    let rows = store.inbox_requests(with_body).await;
    assert_eq!(rows, Ok(vec![request(1)]));
}

pub(super) async fn an_inbox_keeps_the_newest_requests_and_no_more(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let (inbox, other) = (made(&world, "a").await, made(&world, "b").await);
    caught(&world, &other, 1).await;
    for number in 1..=3 {
        caught(&world, &inbox, number).await;
    }
    assert_eq!(numbers(&world, list(&inbox)).await, [3, 2, 1]);
    caught(&world, &inbox, 4).await;
    assert_eq!(numbers(&world, list(&inbox)).await, [4, 3, 2]);
    assert_eq!(numbers(&world, list(&other)).await, [1]);
    let behind = |order, number| ListInboxRequests {
        order,
        after: Some(request(number).id),
        limit: 1,
        ..list(&inbox)
    };
    assert_eq!(numbers(&world, behind(Order::Descending, 4)).await, [3]);
    assert_eq!(numbers(&world, behind(Order::Ascending, 2)).await, [3]);
    assert!(
        numbers(&world, behind(Order::Descending, 2))
            .await
            .is_empty()
    );
}

pub(super) async fn requests_go_one_by_one_or_all_at_once_or_with_their_inbox(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let store = world.store();
    let (inbox, other) = (made(&world, "a").await, made(&world, "b").await);
    for number in 1..=3 {
        caught(&world, &inbox, number).await;
        caught(&world, &other, number).await;
    }
    let (ours, second) = (inbox.ordinal(), Some(request(2).id));
    assert_eq!(store.delete_inbox_requests(ours, second).await, Ok(1));
    assert_eq!(store.delete_inbox_requests(ours, second).await, Ok(0));
    assert_eq!(numbers(&world, list(&inbox)).await, [3, 1]);
    assert_eq!(store.delete_inbox_requests(ours, None).await, Ok(2));
    assert!(numbers(&world, list(&inbox)).await.is_empty());
    assert_eq!(numbers(&world, list(&other)).await, [3, 2, 1]);
    assert_eq!(store.delete_inbox(other.ordinal()).await, Ok(true));
    assert_eq!(store.delete_inbox(other.ordinal()).await, Ok(false));
    assert_eq!(store.inbox(other.ordinal()).await, Ok(None));
    assert!(numbers(&world, list(&other)).await.is_empty());
    assert_eq!(made(&world, "c").await.ordinal(), other.ordinal() + 1);
}

pub(super) async fn requests_past_their_time_are_swept(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let (inbox, other) = (made(&world, "a").await, made(&world, "b").await);
    let late: Millis = DAY;
    for number in [1, 2, late] {
        caught(&world, &inbox, number).await;
    }
    caught(&world, &other, 1).await;
    let mut swept = 0;
    loop {
        let more = store.sweep_inboxes(NOW + late).await.expect("a write");
        if more == 0 {
            break;
        }
        swept += more;
    }
    assert_eq!(swept, 3);
    assert_eq!(numbers(&world, list(&inbox)).await, [late]);
    assert!(numbers(&world, list(&other)).await.is_empty());
}
