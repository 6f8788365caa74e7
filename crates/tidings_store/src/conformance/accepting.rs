//! A message is accepted: written down with what is owed of it, and handed over after the commit.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tidings_domain::clock::Millis;
use tidings_domain::delivery::PendingReason;
use tidings_domain::ids::MessageId;
use tokio::task::JoinSet;

use super::Harness;
use super::world::{DAY, NOW, World, key};
use crate::{
    Accepted, Handed, Handover, ListMessages, MessageReference, NewMessage, Order, SCAN_ROWS_MAX,
    Settled, Store, StoreError,
};

pub(super) async fn an_accepted_message_is_there_as_it_was_given(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let (one, two) = (world.endpoint().await, world.endpoint().await);
    let new = NewMessage {
        event_type: "invoice.paid".into(),
        payload: Bytes::from_static(b"{ \"b\": 1, \"a\": 2.0 }"),
        event_id: Some("evt-1".into()),
        channels: vec!["north".into(), "south".into()],
        tags: vec!["vip".into()],
        ..world.to(&[&one, &two])
    };
    let tail = new.tail;
    let message = world.accept(new).await;
    let journal = world.opened.journal;
    assert_eq!(
        message.id,
        MessageId::new(NOW, journal, message.id.seq(), tail)
    );
    assert_eq!(message.application, world.app());
    assert_eq!(message.event_type, "invoice.paid");
    assert_eq!(&message.payload[..], b"{ \"b\": 1, \"a\": 2.0 }");
    assert_eq!(message.event_id.as_deref(), Some("evt-1"));
    assert_eq!(message.channels, ["north", "south"]);
    assert_eq!(message.tags, ["vip"]);
    assert_eq!(message.targets, [one.ordinal(), two.ordinal()]);
    let found = world
        .store()
        .message(world.app(), MessageReference::Id(message.id))
        .await;
    assert_eq!(found, Ok(Some((*message).clone())));
}

pub(super) async fn what_was_admitted_is_handed_over_and_the_rest_is_owed(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let targets = world.endpoints(3).await;
    let mut new = world.to(&[&targets[0], &targets[1], &targets[2]]);
    world.admit(&mut new, &targets[0]);
    world.admit(&mut new, &targets[2]);
    let message = world.accept(new).await;
    let key = message.key();
    // Handed over before `accept` has returned.
    let handed = world.recorder.handed();
    assert_eq!(
        handed,
        [(key, targets[0].ordinal()), (key, targets[2].ordinal())]
    );
    assert_eq!(world.all_owed().await, [(key, targets[1].ordinal())]);
    assert_eq!(world.recorder.owed(), [(targets[1].ordinal(), NOW)]);
    let rows = world.owed(targets[1].ordinal()).await;
    assert_eq!(
        (rows[0].due_at, rows[0].reason),
        (NOW, PendingReason::Spilled)
    );
    assert_eq!((rows[0].attempts_count, rows[0].recoveries_count), (0, 0));
}

pub(super) async fn a_message_nobody_wants_is_kept_all_the_same(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let message = world.accept(world.to(&[])).await;
    assert!(message.targets.is_empty());
    assert!(world.all_owed().await.is_empty());
    assert!(world.recorder.handed().is_empty());
}

/// Reads each message, through the store, at the moment in which it is handed over.
struct Reader {
    store: Arc<dyn Store>,
    were_there: Mutex<Vec<bool>>,
}

impl Handover for Reader {
    fn committed(&self, handed: Vec<Handed>) {
        for handed in handed {
            let read = self.store.message_by_key(handed.message.key());
            let found =
                tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(read));
            let was_there = matches!(found, Ok(Some(message)) if message == *handed.message);
            let mut were_there = self
                .were_there
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            were_there.push(was_there);
        }
    }

    fn owed(&self, _rows: &[(crate::Creditor, Millis)]) {}

    fn changed(&self) {}

    fn wants_settled(&self) -> bool {
        false
    }

    fn settled(&self, _settled: Vec<Settled>) {}
}

pub(super) async fn a_message_is_handed_over_only_once_others_can_read_it(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let (first, second) = (harness.open().await, harness.open().await);
    let reader = Arc::new(Reader {
        store: second.store(),
        were_there: Mutex::default(),
    });
    first.set_handover(reader.clone());
    first
        .store()
        .open_journal("reader".into(), NOW)
        .await
        .expect("a journal opens");
    for _ in 0..20 {
        let accepted = first.store().accept(world.handed_to(&[&endpoint])).await;
        assert!(matches!(accepted, Ok(Accepted::Done(_))));
    }
    let were_there = reader
        .were_there
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    assert_eq!(were_there, [true; 20]);
}

pub(super) async fn a_message_is_never_seen_without_what_is_owed_of_it(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let targets = world.endpoints(2).await;
    let mut accepting = JoinSet::new();
    for _ in 0..200 {
        let (store, new) = (world.store(), world.to(&[&targets[0], &targets[1]]));
        accepting.spawn(async move { store.accept(new).await });
    }
    let mut after = None;
    let mut seen_count = 0;
    while seen_count < 200 {
        let list = ListMessages {
            application: world.app(),
            order: Order::Ascending,
            after,
            limit: 50,
            read_max: SCAN_ROWS_MAX,
            channel: None,
            tag: None,
            event_types: Vec::new(),
            from: None,
            to: None,
            with_payload: false,
        };
        for message in world.store().messages(list).await.expect("a read").rows {
            for trace in world
                .store()
                .delivery_facts(message.key())
                .await
                .expect("a read")
            {
                assert_eq!(trace.facts.due_at, Some(NOW), "{message:?}");
            }
            after = Some(message.id.parts());
            seen_count += 1;
        }
    }
    while let Some(accepted) = accepting.join_next().await {
        assert!(matches!(accepted, Ok(Ok(Accepted::Done(_)))));
    }
}

pub(super) async fn a_repeated_message_is_not_handed_over_and_gives_its_places_back(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let new = || NewMessage {
        dedup: Some(key(1, 1)),
        ..world.handed_to(&[&endpoint])
    };
    let message = world.accept(new()).await;
    let repeated = world.store().accept(new()).await;
    assert_eq!(repeated, Ok(Accepted::Replayed(message.clone())));
    assert_eq!(
        world.recorder.handed(),
        [(message.key(), endpoint.ordinal())]
    );
    assert_eq!(world.places.taken(), 0);
}

pub(super) async fn a_caller_who_hangs_up_does_not_stop_the_hand_over(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let store = world.store();
    // Asked once, then dropped.
    let accepting = store.accept(world.handed_to(&[&endpoint]));
    let _ = tokio::time::timeout(Duration::ZERO, accepting).await;
    world.flush().await;
    assert_eq!(world.recorder.handed().len(), 1);
    assert_eq!(world.places.taken(), 0);
}

pub(super) async fn nothing_is_accepted_without_an_open_journal(harness: &dyn Harness) {
    let mut world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    world.store().close_journal().await.expect("it closes");
    let accepted = world.store().accept(world.handed_to(&[&endpoint])).await;
    assert!(
        matches!(accepted, Err(StoreError::Unavailable(_))),
        "{accepted:?}"
    );
    world.crash().await;
    let accepted = world.store().accept(world.handed_to(&[&endpoint])).await;
    assert!(
        matches!(accepted, Err(StoreError::Unavailable(_))),
        "{accepted:?}"
    );
    assert_eq!(world.places.taken(), 0);
    assert!(world.recorder.handed().is_empty());
    world
        .store()
        .open_journal("node".into(), NOW + DAY)
        .await
        .expect("it opens");
    world.accept(world.handed_to(&[&endpoint])).await;
}

pub(super) async fn many_at_once_are_all_accepted_each_under_its_own_number(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let mut accepting = JoinSet::new();
    for _ in 0..500 {
        let (store, new) = (world.store(), world.handed_to(&[&endpoint]));
        accepting.spawn(async move { store.accept(new).await });
    }
    let mut numbers = Vec::new();
    while let Some(accepted) = accepting.join_next().await {
        match accepted {
            Ok(Ok(Accepted::Done(id))) => numbers.push((world.key(id), endpoint.ordinal())),
            other => panic!("not accepted: {other:?}"),
        }
    }
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 500);
    assert_eq!(world.recorder.handed(), numbers);
}
