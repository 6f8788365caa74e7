//! A node that is paused in the middle of a batch leaves its journal's row locked. It must hold up nobody.

use std::time::{Duration, Instant};

use tidings_store::Accepted;
use tidings_store::prelude::*;
use tidings_store_postgres::{Options, PostgresStore};
use tidings_testkit::postgres::{Database, Version};

use crate::outage::{NOW, application, message};

/// What a step takes that waits for nobody; the wait for a lock is 10 seconds long.
const AT_ONCE: Duration = Duration::from_secs(5);
const LEASE: Duration = Duration::from_secs(1);

async fn node(database: &Database) -> PostgresStore {
    let options = Options {
        lease_for: LEASE,
        renew_every: LEASE / 3,
        ..Options::new(database.url())
    };
    let store = PostgresStore::open(&options).await.expect("it opens");
    let opened = store.open_journal("node".into(), NOW).await;
    opened.expect("a journal opens");
    store
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_paused_in_the_middle_of_a_batch_holds_up_nobody() {
    let database = Database::new(Version::V15);
    let paused = node(&database).await;
    let journal = database.query("SELECT id FROM journal");
    let other = node(&database).await;
    let application = application(&other).await;

    let (client, connection) = tokio_postgres::connect(&database.url(), tokio_postgres::NoTls)
        .await
        .expect("a connection");
    let reading = tokio::spawn(connection);
    let lock = format!("BEGIN; SELECT 1 FROM journal WHERE id = {journal} FOR UPDATE");
    client.batch_execute(&lock).await.expect("a lock");

    // By the end of this its lease has run out, and the other judges it in each round.
    let began = Instant::now();
    while began.elapsed() < 4 * LEASE {
        let asked_at = Instant::now();
        let balance = other.balance(Vec::new(), NOW).await;
        assert_eq!(
            balance.expect("a round").taken_over,
            0,
            "it is not done yet"
        );
        let accepted = other.accept(message(application)).await;
        assert!(matches!(accepted, Ok(Accepted::Done(_))), "{accepted:?}");
        assert!(asked_at.elapsed() < AT_ONCE, "{:?}", asked_at.elapsed());
    }
    let lapsed = format!(
        "SELECT lease_until < extract(epoch FROM now()) * 1000 FROM journal WHERE id = {journal}"
    );
    assert_eq!(database.query(&lapsed), "t", "its lease has run out");

    client
        .batch_execute("ROLLBACK")
        .await
        .expect("the lock goes");
    drop((paused, client));
    let _ = reading.await;
}
