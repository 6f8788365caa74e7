//! What a copy into the store must not forget.

use std::collections::BTreeSet;

use tidings_store::copy::{Checksum, CopyPage, CopyProgress, Table, Value};
use tidings_store_postgres::{NOT_COPIED, Options, PostgresImport, PostgresStore, copied_tables};
use tidings_testkit::postgres::{Database, Version};

const TABLES: &str = "SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_table_is_copied_or_named_as_left_out() {
    let database = Database::new(Version::V15);
    let store = PostgresStore::open(&Options::new(database.url())).await;
    drop(store.expect("the database opens"));
    let tables = database.query(TABLES);
    let tables: BTreeSet<&str> = tables.split_whitespace().collect();
    let known: BTreeSet<&str> = copied_tables().chain(NOT_COPIED).collect();
    let unknown: Vec<_> = tables.difference(&known).collect();
    assert!(unknown.is_empty(), "would be left behind: {unknown:?}");
    assert!(copied_tables().all(|table| tables.contains(table)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_copies_into_one_database_do_not_mix() {
    let database = Database::new(Version::V15);
    let options = Options::new(database.url());
    let mut one = PostgresImport::open(&options).await.expect("it opens");
    let mut other = PostgresImport::open(&options).await.expect("it opens");
    one.begin("a", 1).await.expect("it begins");
    let refused = other.begin("a", 1).await.expect_err("the first is at work");
    assert!(refused.to_string().contains("under way"), "{refused}");
    let refused = PostgresStore::open(&options).await.err();
    let refused = refused.expect("a half copy is no store").to_string();
    assert!(refused.contains("tidings copy"), "{refused}");
    one.finish().await.expect("it ends");
    let store = PostgresStore::open(&options).await;
    assert!(store.is_ok(), "an ended copy is a store");
}

/// A page of two environments.
fn page() -> CopyPage {
    let row = |ordinal: i64, name: &str| {
        let name = Value::Text(name.to_owned());
        let plans = Value::Text("[]".to_owned());
        vec![
            Value::Number(ordinal * 10),
            name,
            Value::Number(ordinal),
            plans,
            Value::Text("{}".to_owned()),
        ]
    };
    let rows = vec![row(1, "one\0"), row(2, "two")];
    let mut checksum = Checksum::default();
    for row in &rows {
        checksum.add(row);
    }
    CopyPage {
        table: Table::Environment,
        columns: ["created_at", "name", "ordinal", "plans", "theme"]
            .map(str::to_owned)
            .to_vec(),
        rows,
        cursor: vec![2],
        is_last: true,
        checksum,
    }
}

async fn copied(database: &Database) -> (PostgresImport, CopyProgress) {
    let options = Options::new(database.url());
    let mut import = PostgresImport::open(&options).await.expect("it opens");
    import.begin("a", 1).await.expect("it begins");
    let mut progress = CopyProgress::default();
    let taken = import.take(&page(), &mut progress).await;
    taken.expect("a page is taken");
    (import, progress)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_taken_reads_back_as_it_was_given_and_a_row_that_differs_is_noticed() {
    let database = Database::new(Version::V15);
    let (import, progress) = copied(&database).await;
    let found = import.checksum(Table::Environment).await;
    assert_eq!(found, Ok(progress.checksum));
    database.query("UPDATE environment SET created_at = 21 WHERE ordinal = 2");
    let found = import.checksum(Table::Environment).await.expect("a read");
    assert_ne!(found, progress.checksum);
    assert_eq!(found.rows, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_goes_on_behind_the_last_page_and_of_the_same_source_only() {
    let database = Database::new(Version::V15);
    let (import, progress) = copied(&database).await;
    drop(import);
    let options = Options::new(database.url());
    let begun = loop {
        let mut import = PostgresImport::open(&options).await.expect("it opens");
        match import.begin("a", 5).await {
            Ok(begun) => break begun,
            // The server has not noticed yet that the first has gone.
            Err(error) => assert!(error.to_string().contains("under way"), "{error}"),
        }
    };
    assert!(begun.is_resumed);
    assert_eq!(begun.started_at, 1);
    assert_eq!(begun.tables[0], (Table::Environment, progress));
    assert_eq!(begun.tables[1], (Table::ApiKey, CopyProgress::default()));
    let refused = loop {
        let mut import = PostgresImport::open(&options).await.expect("it opens");
        let refused = import.begin("b", 5).await.expect_err("other data");
        if !refused.to_string().contains("under way") {
            break refused.to_string();
        }
    };
    assert!(refused.contains("of other data"), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_with_other_columns_stops_a_copy() {
    let database = Database::new(Version::V15);
    let options = Options::new(database.url());
    let mut import = PostgresImport::open(&options).await.expect("it opens");
    import.begin("a", 1).await.expect("it begins");
    let mut other = page();
    other.columns[0] = "made_at".into();
    let refused = import.take(&other, &mut CopyProgress::default()).await;
    let refused = refused.expect_err("another column").to_string();
    assert!(refused.contains("made_at"), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_a_newer_version_takes_no_copy() {
    let database = Database::new(Version::V15);
    let options = Options::new(database.url());
    drop(PostgresImport::open(&options).await.expect("it opens"));
    database.query("UPDATE schema_version SET version = 99");
    let refused = PostgresImport::open(&options).await.err();
    let refused = refused.expect("it is newer").to_string();
    assert!(refused.contains("newer version"), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_counter_is_compared() {
    let database = Database::new(Version::V15);
    let options = Options::new(database.url());
    let import = PostgresImport::open(&options).await.expect("it opens");
    // What nodes have promised each other is not of the source.
    let all = database.query("SELECT count(*) FROM counter WHERE name <> 'floor'");
    let compared = import.checksum(Table::Counter).await.expect("a read");
    assert_eq!(all.trim(), compared.rows.to_string());
}
