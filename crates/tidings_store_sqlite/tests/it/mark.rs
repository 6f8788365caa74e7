//! The mark of a journal follows what is settled, so that a takeover reads little.

use std::sync::Arc;

use tidings_store::Accepted;
use tidings_store::prelude::*;
use tidings_store_sqlite::SqliteStore;
use tokio::task::JoinSet;

use crate::support::{Customer, Folder};

fn mark(folder: &Folder) -> i64 {
    folder
        .connection()
        .query_row("SELECT mark FROM journal", [], |row| row.get(0))
        .unwrap()
}

/// Accepts and settles so many messages.
async fn deliver(store: &Arc<SqliteStore>, customer: &Arc<Customer>, count: usize) {
    let mut delivering = JoinSet::new();
    for _ in 0..count {
        let (store, customer) = (store.clone(), customer.clone());
        delivering.spawn(async move {
            let accepted = store.accept(customer.handed_message()).await;
            let Ok(Accepted::Done(id)) = accepted else {
                panic!("not accepted: {accepted:?}")
            };
            let message = store
                .message_by_key(customer.key(id))
                .await
                .expect("a read");
            store.settle(customer.success(&Arc::new(message.expect("it is there"))));
        });
    }
    while let Some(delivered) = delivering.join_next().await {
        delivered.expect("delivered");
    }
    store.flush().await.expect("a write");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_mark_moves_with_what_is_settled_and_stops_at_what_is_not() {
    let folder = Folder::new();
    let store = Arc::new(SqliteStore::open(&folder.options()).expect("the folder opens"));
    let customer = Arc::new(Customer::new(&*store).await);
    assert_eq!(mark(&folder), 0);
    deliver(&store, &customer, 5_000).await;
    // At most 4,096 behind, and one commit.
    customer.accept(&*store).await;
    let moved = mark(&folder);
    assert!((900..=5_000).contains(&moved), "{moved}");
    // That last one stays in memory.
    deliver(&store, &customer, 6_000).await;
    deliver(&store, &customer, 1).await;
    assert!(
        (moved..=5_000).contains(&mark(&folder)),
        "{}",
        mark(&folder)
    );
}
