//! Every statement of the store is prepared on a real server, and keeps the rules.

use tidings_store_postgres::{Options, PostgresStore};
use tidings_testkit::postgres::{Database, Version};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_15_every_statement_can_be_prepared_and_has_a_name_of_its_own() {
    every_statement_can_be_prepared(Version::V15).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_18_every_statement_can_be_prepared_and_has_a_name_of_its_own() {
    every_statement_can_be_prepared(Version::V18).await;
}

async fn every_statement_can_be_prepared(version: Version) {
    let database = Database::new(version);
    let url = database.url();
    let store = PostgresStore::open(&Options::new(url.clone())).await;
    drop(store.expect("the database opens"));
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls)
        .await
        .expect("a connection");
    let reading = tokio::spawn(connection);
    let mut names = std::collections::BTreeSet::new();
    for sql in tidings_store_postgres::statements() {
        let name = sql.lines().next().unwrap_or_default().trim();
        assert!(name.starts_with("-- "), "{sql}");
        assert!(names.insert(name), "{name} is there twice");
        if let Err(error) = client.prepare(sql).await {
            panic!("{name} cannot be prepared: {:?}", error.as_db_error());
        }
    }
    assert!(names.len() > 60, "{}", names.len());
    drop(client);
    let _ = reading.await;
}

#[test]
fn no_statement_asks_the_clock_or_chance_where_every_row_would_get_another_answer() {
    for sql in tidings_store_postgres::statements() {
        for forbidden in [
            "clock_timestamp",
            "random()",
            "nextval",
            "MERGE",
            "SKIP LOCKED",
        ] {
            assert!(!sql.contains(forbidden), "{forbidden} in {sql}");
        }
    }
}
