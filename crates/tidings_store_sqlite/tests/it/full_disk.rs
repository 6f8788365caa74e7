//! The disk is full: nothing half is written, outcomes wait, and it heals by itself.

use std::sync::Arc;

use bytes::Bytes;
use tidings_domain::message::Message;
use tidings_store::prelude::*;
use tidings_store::{Accepted, Creditor, StoreError};
use tidings_store_sqlite::{Options, SqliteStore};

use crate::support::{Customer, Folder, NOW};

/// A store that may grow to about 3 MiB.
fn open(folder: &Folder) -> SqliteStore {
    let options = Options {
        pages_count_max: Some(400),
        ..folder.options()
    };
    SqliteStore::open(&options).expect("the folder opens")
}

/// Accepts messages, large ones and then small ones, until not even those fit.
async fn fill(store: &SqliteStore, customer: &Customer) {
    for payload_bytes in [200_000, 5_000, 1] {
        loop {
            let mut new = customer.message();
            new.payload = Bytes::from(vec![b'x'; payload_bytes]);
            match store.accept(new).await {
                Ok(Accepted::Done(_)) => {}
                Err(StoreError::Full) => break,
                other => panic!("neither accepted nor full: {other:?}"),
            }
        }
    }
}

fn free(folder: &Folder, keep: &Message) {
    let connection = folder.connection();
    connection
        .busy_timeout(std::time::Duration::from_secs(10))
        .unwrap();
    connection
        .execute("DELETE FROM message WHERE seq <> ?1", [keep.id.seq()])
        .unwrap();
}

/// An accepted message whose delivery is in memory, and an outcome of it that needs much room.
async fn outcome(
    store: &SqliteStore,
    customer: &Customer,
) -> (Arc<Message>, tidings_store::Settlement) {
    let message = customer.accept(store).await;
    let mut settlement = customer.success(&message);
    settlement.exchange.response = Bytes::from(vec![b'y'; 16 << 10]);
    (message, settlement)
}

async fn attempts_count(store: &SqliteStore, message: &Message) -> usize {
    let list = Customer::list(message);
    store.attempts(list).await.expect("a read").rows.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn outcomes_wait_for_room_and_are_written_when_there_is_some() {
    let folder = Folder::new();
    let store = open(&folder);
    let customer = Customer::new(&store).await;
    let (message, settlement) = outcome(&store, &customer).await;
    fill(&store, &customer).await;
    store.settle(settlement);
    // What comes while outcomes wait is refused, and does not wait as well.
    assert_eq!(store.flush().await, Err(StoreError::Full));
    assert_eq!(
        store.accept(customer.message()).await,
        Err(StoreError::Full)
    );
    assert_eq!(attempts_count(&store, &message).await, 0);
    // Another outcome comes while the first waits.
    store.settle(customer.success(&message));
    assert_eq!(store.flush().await, Err(StoreError::Full));
    free(&folder, &message);
    while store.flush().await == Err(StoreError::Full) {}
    assert_eq!(store.flush().await, Ok(()));
    assert_eq!(attempts_count(&store, &message).await, 2);
    customer.accept(&store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_message_leaves_no_trace_and_its_number_is_used_again() {
    let folder = Folder::new();
    let store = open(&folder);
    let customer = Customer::new(&store).await;
    let first = customer.accept(&store).await;
    fill(&store, &customer).await;
    let newest = |folder: &Folder| -> i64 {
        let sql = "SELECT max(seq) FROM message";
        folder
            .connection()
            .query_row(sql, [], |row| row.get(0))
            .unwrap()
    };
    let last = newest(&folder);
    let mut new = customer.message();
    new.event_id = Some("e".into());
    new.payload = Bytes::from(vec![b'x'; 200_000]);
    assert_eq!(store.accept(new).await, Err(StoreError::Full));
    free(&folder, &first);
    let mut new = customer.message();
    new.event_id = Some("e".into());
    let accepted = store.accept(new).await;
    assert!(
        matches!(accepted, Ok(Accepted::Done(id)) if id.seq() == last + 1),
        "{accepted:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_that_does_not_fit_is_refused_without_harm_to_others() {
    let folder = Folder::new();
    let store = open(&folder);
    let customer = Customer::new(&store).await;
    let first = customer.accept(&store).await;
    fill(&store, &customer).await;
    let mut endpoint = customer.new_endpoint();
    endpoint.description = "x".repeat(300_000);
    let version = store.version().await;
    let refused = store.create_endpoint(endpoint.clone(), None).await;
    assert_eq!(refused, Err(StoreError::Full));
    assert_eq!(store.version().await, version);
    free(&folder, &first);
    store
        .create_endpoint(endpoint, None)
        .await
        .expect("a write");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_can_end_with_outcomes_that_do_not_fit() {
    let folder = Folder::new();
    let store = open(&folder);
    let customer = Customer::new(&store).await;
    let (message, settlement) = outcome(&store, &customer).await;
    fill(&store, &customer).await;
    store.settle(settlement);
    drop(store);
    // The delivery is sent again: at least once.
    let store = SqliteStore::open(&folder.options()).expect("the folder opens");
    let opened = store
        .open_journal("node".into(), NOW)
        .await
        .expect("a journal opens");
    assert_eq!(opened.recovered, 1);
    let owed = store
        .due(Creditor::unslotted(customer.endpoint()), NOW, 10)
        .await
        .expect("a read")
        .rows;
    assert_eq!(owed[0].message, message.key());
}
