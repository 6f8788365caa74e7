//! Days of messages are dropped as a whole, and nobody waits for it.

use std::sync::Arc;

use tidings_store::Removal;
use tidings_store::prelude::*;
use tidings_store_postgres::{Options, PostgresStore};
use tidings_testkit::postgres::{Database, Version};
use tokio_postgres::{Client, NoTls};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// The beginning of a day.
const NOW: i64 = 19_675 * DAY_MS;
/// The partitions that there are.
const PARTITIONS: &str = "SELECT relname FROM pg_class WHERE relkind = 'r'
    AND relname ~ '_day_' ORDER BY relname";

async fn open(database: &Database) -> Arc<PostgresStore> {
    let store = PostgresStore::open(&Options::new(database.url())).await;
    let store = Arc::new(store.expect("the database opens"));
    // It makes the partitions of eight days.
    let opened = store.open_journal("node".into(), NOW).await;
    opened.expect("a journal opens");
    // The next commit says that nothing of that time is in memory.
    store.flush().await.expect("a write");
    store
}

async fn client(database: &Database) -> Client {
    let connected = tokio_postgres::connect(&database.url(), NoTls).await;
    let (client, connection) = connected.expect("a connection");
    tokio::spawn(connection);
    client
}

async fn remove(store: &PostgresStore, before: i64) -> Removal {
    store.remove_before(before, 500).await.expect("a write")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_goes_once_its_last_moment_is_old_and_one_at_a_time() {
    let database = Database::new(Version::V15);
    let store = open(&database).await;
    assert_eq!(remove(&store, NOW + DAY_MS - 1).await, Removal::Done);
    assert_eq!(database.query(PARTITIONS).lines().count(), 16);
    assert_eq!(remove(&store, NOW + 2 * DAY_MS).await, Removal::More);
    let left = database.query(PARTITIONS);
    assert_eq!(left.lines().count(), 14);
    assert!(!left.contains("19675"), "{left}");
    assert_eq!(remove(&store, NOW + 2 * DAY_MS).await, Removal::More);
    assert_eq!(remove(&store, NOW + 2 * DAY_MS).await, Removal::Done);
    let left = database.query(PARTITIONS);
    assert_eq!(left.lines().count(), 12);
    assert!(left.contains("message_day_19677"), "{left}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_removal_gives_way_to_who_reads_and_leaves_everything_as_it_was() {
    let database = Database::new(Version::V15);
    let store = open(&database).await;
    let reader = client(&database).await;
    let begun = reader.batch_execute("BEGIN; SELECT count(*) FROM message");
    begun.await.expect("a read");
    assert_eq!(remove(&store, NOW + DAY_MS).await, Removal::Done);
    assert_eq!(database.query(PARTITIONS).lines().count(), 16);
    reader.batch_execute("COMMIT").await.expect("it ends");
    assert_eq!(remove(&store, NOW + DAY_MS).await, Removal::More);
    assert_eq!(database.query(PARTITIONS).lines().count(), 14);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_node_at_a_time_removes() {
    let database = Database::new(Version::V15);
    let store = open(&database).await;
    let other = client(&database).await;
    // The lock of the schema and its partitions.
    let lock = i64::from_be_bytes(*b"tidings\x01");
    let locked = other.execute("SELECT pg_advisory_lock($1)", &[&lock]).await;
    locked.expect("the lock is free");
    assert_eq!(remove(&store, NOW + DAY_MS).await, Removal::Done);
    assert_eq!(database.query(PARTITIONS).lines().count(), 16);
    let unlock = other
        .execute("SELECT pg_advisory_unlock($1)", &[&lock])
        .await;
    unlock.expect("it was held");
    assert_eq!(remove(&store, NOW + DAY_MS).await, Removal::More);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_crash_left_of_a_removal_is_thrown_away() {
    let database = Database::new(Version::V15);
    let store = open(&database).await;
    database.query("ALTER TABLE message DETACH PARTITION message_day_19675");
    assert_eq!(remove(&store, NOW + DAY_MS).await, Removal::More);
    let left = database.query(PARTITIONS);
    assert!(!left.contains("19675"), "{left}");
}
