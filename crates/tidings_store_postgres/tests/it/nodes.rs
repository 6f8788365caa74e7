//! Several nodes on one database: they share the slots, hear of each other, and take over.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tidings_domain::application::Metadata;
use tidings_domain::body_format::BodyFormat;
use tidings_domain::clock::Millis;
use tidings_domain::delivery::{Exchange, Outcome, Trigger};
use tidings_domain::ids::EndpointId;
use tidings_domain::message::{Message, MessageKey};
use tidings_store::prelude::*;
use tidings_store::{
    Accepted, AttemptsOf, Creditor, Handed, Handover, Hold, ListAttempts, NewEndpoint, NewMessage,
    Next, Order, Settled, Settlement, StoreError, Written,
};
use tidings_store_postgres::{Options, PostgresStore};
use tidings_testkit::postgres::{Database, Version};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::outage::{NOW, application, message};

/// An endpoint that need not be there.
pub(crate) const ENDPOINT: i64 = 77;
const HEAR_WITHIN: Duration = Duration::from_secs(20);

/// Hears what delivery would hear.
struct Ear {
    owed: UnboundedSender<(Creditor, Millis)>,
    /// Acknowledges every change at once.
    store: OnceLock<Arc<PostgresStore>>,
    has_heard: AtomicBool,
}

impl Handover for Ear {
    fn committed(&self, _handed: Vec<Handed>) {}

    fn owed(&self, rows: &[(Creditor, Millis)]) {
        for row in rows {
            let _ = self.owed.send(*row);
        }
    }

    fn changed(&self) {
        self.has_heard.store(true, Ordering::SeqCst);
        if let Some(store) = self.store.get() {
            store.acknowledge(7);
        }
    }

    fn wants_settled(&self) -> bool {
        false
    }

    fn settled(&self, _settled: Vec<Settled>) {}
}

pub(crate) struct Node {
    pub(crate) store: Arc<PostgresStore>,
    ear: Arc<Ear>,
    owed: UnboundedReceiver<(Creditor, Millis)>,
}

static NODES: AtomicUsize = AtomicUsize::new(1);

/// A node that has joined, under a name of its own.
pub(crate) async fn node(database: &Database, change: impl FnOnce(&mut Options)) -> Node {
    let mut options = Options::new(database.url());
    change(&mut options);
    let store = PostgresStore::open(&options).await.expect("it opens");
    let store = Arc::new(store);
    let (sender, owed) = unbounded_channel();
    let ear = Arc::new(Ear {
        owed: sender,
        store: OnceLock::new(),
        has_heard: AtomicBool::new(false),
    });
    store.set_handover(ear.clone());
    let name = format!("node {}", NODES.fetch_add(1, Ordering::SeqCst));
    let opened = store.open_journal(name, NOW).await;
    opened.expect("a journal opens");
    Node { store, ear, owed }
}

pub(crate) fn slots(store: &PostgresStore) -> Vec<i16> {
    (0..1024).filter(|slot| store.owns(*slot)).collect()
}

/// One round at each node, twice, so that what one gives away the other has.
pub(crate) async fn balance(nodes: &[&Node]) {
    for _ in 0..2 {
        for node in nodes {
            let balance = node.store.balance(Vec::new(), NOW).await;
            assert_eq!(balance.expect("a round").nodes_count, nodes.len());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_share_the_slots_fairly_and_one_that_leaves_gives_its_share_back() {
    let database = Database::new(Version::V15);
    let first = node(&database, |_| {}).await;
    assert_eq!(slots(&first.store).len(), 1024, "at once");
    let second = node(&database, |_| {}).await;
    assert!(slots(&second.store).is_empty(), "nobody has given any away");
    let busy = vec![1023];
    for _ in 0..2 {
        let balance = first.store.balance(busy.clone(), NOW).await;
        assert_eq!(balance.expect("a round").nodes_count, 2);
    }
    let balance = second.store.balance(Vec::new(), NOW).await;
    assert!(balance.expect("a round").has_gained);
    let (mine, theirs) = (slots(&first.store), slots(&second.store));
    assert_eq!((mine.len(), theirs.len()), (512, 512));
    assert!(mine.contains(&1023), "what is busy goes last");
    assert!(theirs.iter().all(|slot| !mine.contains(slot)));

    second.store.close_journal().await.expect("it closes");
    balance_alone(&first).await;
    assert_eq!(slots(&first.store).len(), 1024);
}

async fn balance_alone(node: &Node) {
    balance(&[node]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_does_not_deliver_gets_no_slots_and_accepts_all_the_same() {
    let database = Database::new(Version::V15);
    let api = node(&database, |options| options.delivers = false).await;
    let worker = node(&database, |_| {}).await;
    assert!(slots(&api.store).is_empty());
    assert_eq!(slots(&worker.store).len(), 1024);
    let balance = api.store.balance(Vec::new(), NOW).await.expect("a round");
    assert_eq!((balance.nodes_count, balance.has_gained), (1, false));
    let accepted = api
        .store
        .accept(message(application(&api.store).await))
        .await;
    assert!(matches!(accepted, Ok(Accepted::Done(_))), "{accepted:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_node_accepts_and_cannot_send_the_owner_of_the_slot_is_told_of_and_finds() {
    let database = Database::new(Version::V15);
    let mut first = node(&database, |_| {}).await;
    let mut second = node(&database, |_| {}).await;
    balance(&[&first, &second]).await;
    let application = application(&first.store).await;
    let slot = first.store.slot_of(application);
    if first.store.owns(slot) {
        std::mem::swap(&mut first, &mut second);
    }
    assert!(second.store.owns(slot) && !first.store.owns(slot));
    let new = NewMessage {
        targets: vec![ENDPOINT],
        ..message(application)
    };
    let accepted = first.store.accept(new).await;
    assert!(matches!(accepted, Ok(Accepted::Done(_))), "{accepted:?}");
    let creditor = Creditor {
        slot,
        endpoint: ENDPOINT,
    };
    let heard = tokio::time::timeout(HEAR_WITHIN, second.owed.recv()).await;
    assert_eq!(heard, Ok(Some((creditor, NOW))));
    let owed = second.store.due_endpoints(None, 10).await;
    assert_eq!(owed, Ok(vec![(creditor, NOW)]));
    let owed = first.store.due_endpoints(None, 10).await;
    assert_eq!(owed, Ok(Vec::new()), "it is not the first one's to send");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_of_the_configuration_waits_until_every_node_knows() {
    let database = Database::new(Version::V15);
    let first = node(&database, |_| {}).await;
    let second = node(&database, |_| {}).await;
    second.ear.has_heard.store(false, Ordering::SeqCst);
    let _ = second.ear.store.set(second.store.clone());
    first.store.acknowledge(7);
    first.store.publish(7).await.expect("it is told");
    assert!(second.ear.has_heard.load(Ordering::SeqCst));
    // A node that never answers holds nobody up for ever.
    first.store.publish(8).await.expect("it is told");
}

pub(crate) fn new_endpoint(application: i64) -> NewEndpoint {
    NewEndpoint {
        application,
        environment: 1,
        uid: None,
        url: "https://example.com/".into(),
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
        format: BodyFormat::Json,
        metadata: Metadata::new(),
        headers: None,
        credentials: None,
        secrets: Vec::new(),
        created_at: NOW,
        tail: 1,
    }
}

pub(crate) async fn endpoint(store: &PostgresStore, application: i64) -> EndpointId {
    match store.create_endpoint(new_endpoint(application), None).await {
        Ok(Written::Done(made)) => made.id,
        other => panic!("not made: {other:?}"),
    }
}

/// What a worker of this node brings back.
pub(crate) fn outcome(
    message: &Arc<Message>,
    endpoint: EndpointId,
    hold: Hold,
    journal: u16,
) -> Settlement {
    Settlement {
        message: message.clone(),
        endpoint,
        number: 1,
        trigger: Trigger::Scheduled,
        outcome: Outcome::Success,
        started_at: NOW,
        tail: 1,
        exchange: Exchange::default(),
        hold,
        journal,
        next: Next::Done,
        state: None,
        told: None,
        permit: None,
    }
}

async fn are_late(store: &PostgresStore, message: &Message) -> Vec<bool> {
    let list = ListAttempts::first(AttemptsOf::Message(message.key()), Order::Ascending, 10);
    let rows = store.attempts(list).await.expect("a read").rows;
    rows.iter().map(|row| row.attempt.is_late).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_was_taken_over_begins_anew_and_what_it_had_in_hand_is_late() {
    let database = Database::new(Version::V15);
    // A lease of no length has always run out.
    let paused = node(&database, |options| options.lease_for = Duration::ZERO).await;
    let application = application(&paused.store).await;
    let endpoint = endpoint(&paused.store, application).await;
    let new = NewMessage {
        targets: vec![endpoint.seq()],
        ..message(application)
    };
    let accepted = paused.store.accept(new).await;
    let Ok(Accepted::Done(id)) = accepted else {
        panic!("not accepted: {accepted:?}")
    };
    let key = MessageKey { application, id };
    let message_read = paused.store.message_by_key(key).await.expect("a read");
    let message_read = Arc::new(message_read.expect("it is there"));
    let creditor = Creditor {
        slot: paused.store.slot_of(application),
        endpoint: endpoint.seq(),
    };
    let due = paused.store.due(creditor, NOW, 10).await.expect("a read");
    let hold = Hold::Pending {
        version: due.rows[0].version,
    };
    let before = paused.store.journal(creditor.slot);

    let other = node(&database, |_| {}).await;
    assert_eq!(slots(&other.store).len(), 1024);
    let refused = paused.store.accept(message(application)).await;
    assert!(
        matches!(refused, Err(StoreError::Unavailable(_))),
        "{refused:?}"
    );
    let balance = paused.store.balance(Vec::new(), NOW).await;
    assert!(balance.expect("a round").is_fenced);
    let opened = paused.store.open_journal("anew".into(), NOW).await;
    assert_ne!(opened.expect("a journal opens").journal, before);
    let accepted = paused.store.accept(message(application)).await;
    assert!(matches!(accepted, Ok(Accepted::Done(_))), "{accepted:?}");

    // What it had taken from a row, and what it had been handed, before it was taken over.
    let outcome = |hold, journal| outcome(&message_read, endpoint, hold, journal);
    paused.store.settle(outcome(hold, before));
    paused.store.settle(outcome(Hold::Handed, 0));
    paused.store.flush().await.expect("it is written");
    assert_eq!(are_late(&other.store, &message_read).await, [true, true]);
    let due = other.store.due(creditor, NOW, 10).await.expect("a read");
    assert_eq!(due.rows.len(), 1, "it is still owed");
    let journal = other.store.journal(creditor.slot);
    other.store.settle(outcome(hold, journal));
    other.store.flush().await.expect("it is written");
    let due = other.store.due(creditor, NOW, 10).await.expect("a read");
    assert!(due.rows.is_empty());
}
