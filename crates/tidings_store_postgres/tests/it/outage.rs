//! The database goes away and comes back.

use std::time::{Duration, Instant};

use bytes::Bytes;
use tidings_domain::application::Metadata;
use tidings_domain::clock::Millis;
use tidings_store::prelude::*;
use tidings_store::{
    Accepted, ListMessages, NewApplication, NewMessage, Order, SCAN_ROWS_MAX, StoreError, Written,
};
use tidings_store_postgres::{Options, PostgresStore};
use tidings_testkit::postgres::{Database, Version};

pub(crate) const NOW: Millis = 1_700_000_000_000;

pub(crate) async fn application(store: &PostgresStore) -> i64 {
    let environment = store.ensure_environment("default".into(), NOW).await;
    let new = NewApplication {
        environment: environment.expect("a write").ordinal,
        uid: None,
        name: "Cool Account".into(),
        throttle_rate: None,
        plan: None,
        feature_flags: None,
        metadata: Metadata::new(),
        created_at: NOW,
        tail: 1,
    };
    match store.create_application(new, None).await {
        Ok(Written::Done(made)) => made.id.seq(),
        other => panic!("not made: {other:?}"),
    }
}

pub(crate) fn message(application: i64) -> NewMessage {
    NewMessage {
        application,
        event_type: "a".into(),
        payload: Bytes::from_static(b"{}"),
        event_id: None,
        channels: Vec::new(),
        tags: Vec::new(),
        targets: Vec::new(),
        admitted: Vec::new(),
        in_line: Vec::new(),
        accepted_at: NOW,
        tail: 1,
        dedup: None,
        event_id_until: NOW,
        record: None,
        options: None,
    }
}

pub(crate) async fn count(store: &PostgresStore, application: i64) -> usize {
    let list = ListMessages {
        application,
        order: Order::Ascending,
        after: None,
        limit: 100_000,
        read_max: SCAN_ROWS_MAX,
        channel: None,
        tag: None,
        event_types: Vec::new(),
        from: None,
        to: None,
        with_payload: false,
    };
    store.messages(list).await.expect("a read").rows.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_are_cut_lose_nothing_accepted_and_come_back_by_themselves() {
    let database = Database::new(Version::V15);
    let store = PostgresStore::open(&Options::new(database.url())).await;
    let store = store.expect("the database opens");
    let application = application(&store).await;
    store
        .open_journal("node".into(), NOW)
        .await
        .expect("a journal opens");
    let (mut accepted, mut refused) = (0, 0);
    for _ in 0..5 {
        for _ in 0..20 {
            match store.accept(message(application)).await {
                Ok(Accepted::Done(_)) => accepted += 1,
                other => panic!("not accepted: {other:?}"),
            }
        }
        database.cut_connections();
        let cut_at = Instant::now();
        loop {
            match store.accept(message(application)).await {
                Ok(_) => break,
                Err(StoreError::Unavailable(_)) => refused += 1,
                Err(other) => panic!("not a matter of time: {other:?}"),
            }
            assert!(
                cut_at.elapsed() < Duration::from_secs(5),
                "it is still away"
            );
        }
        accepted += 1;
    }
    // One whose answer was lost may be there as well.
    let there = count(&store, application).await;
    assert!((accepted..=accepted + refused).contains(&there), "{there}");
    store.close_journal().await.expect("it closes");
    store.close().await;
}

/// Stops or continues the server's processes for this database.
fn signal(processes: &[String], signal: &str) {
    let ended = std::process::Command::new("kill")
        .arg(signal)
        .args(processes)
        .status();
    assert!(ended.is_ok_and(|status| status.success()), "{signal}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_says_nothing_is_not_waited_for_for_ever() {
    let database = Database::new(Version::V15);
    let options = Options {
        statement_for_max: Duration::from_millis(500),
        ..Options::new(database.url())
    };
    let store = PostgresStore::open(&options).await.expect("it opens");
    let application = application(&store).await;
    let opened = store.open_journal("node".into(), NOW).await;
    opened.expect("a journal opens");
    let processes = database.query(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() \
         AND pid <> pg_backend_pid()",
    );
    let processes: Vec<String> = processes.lines().map(str::to_owned).collect();
    signal(&processes, "-STOP");
    let refused = store.accept(message(application)).await;
    signal(&processes, "-CONT");
    assert!(
        matches!(refused, Err(StoreError::Unavailable(_))),
        "{refused:?}"
    );
    // It comes back by itself, with new connections.
    let began = Instant::now();
    while store.accept(message(application)).await.is_err() {
        assert!(began.elapsed() < Duration::from_secs(10));
    }
    store.environments().await.expect("a read");
    store.close_journal().await.expect("it closes");
    store.close().await;
}
