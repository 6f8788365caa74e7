//! Every statement of the store is prepared on a real server, and keeps the rules.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use tidings_store_postgres::{Options, PostgresStore};
use tidings_testkit::postgres::{Database, Version};

use crate::rules::{self, SLOT};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_15_every_statement_can_be_prepared_and_has_a_name_of_its_own() {
    every_statement_can_be_prepared(Version::V15).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_16_every_statement_can_be_prepared_and_has_a_name_of_its_own() {
    every_statement_can_be_prepared(Version::V16).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_17_every_statement_can_be_prepared_and_has_a_name_of_its_own() {
    every_statement_can_be_prepared(Version::V17).await;
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
    let mut names = BTreeSet::new();
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

/// Statements that break a rule, with the reason why they may.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("endpoints_by_ordinal", SLOT, HEALTH),
    ("endpoint_by_uid", SLOT, HEALTH),
    ("endpoint_kinds", SLOT, HEALTH),
    ("endpoints_up", SLOT, HEALTH),
    ("endpoints_down", SLOT, HEALTH),
    ("owe", SLOT, ANTI_JOIN),
    ("owe_again", SLOT, ANTI_JOIN),
    ("owe_recovered", SLOT, ANTI_JOIN),
    ("messages_above_mark", SLOT, RECOVERY),
    ("last_of_part", SLOT, SWEEP),
    ("sweep_dedup", SLOT, SWEEP),
    ("is_at_work", SLOT, BEFORE_A_COPY),
    ("is_owed_before", SLOT, RETENTION),
    ("holds_before", SLOT, RETENTION),
];
const HEALTH: &str = "the health of an endpoint is beside its configuration, which is kept in memory: it is read \
                      when that has changed, and the endpoint's row tells the slot";
const ANTI_JOIN: &str = "whether there is an attempt is asked for the rows of a batch, joined on the slot, which is \
     answered where the rows are";
const RECOVERY: &str = "a journal has messages of any slot, and a takeover reads them once";
const RETENTION: &str = "a day holds messages of all slots and journals, and is dropped once";
const BEFORE_A_COPY: &str =
    "it is asked once, before a copy begins, of a table with a row for each node";
const SWEEP: &str = "it walks the whole table, a thousand rows at a time";

#[test]
fn every_statement_keeps_the_rules_that_let_it_run_on_many_machines() {
    let tables = rules::slot_tables(include_str!("../../src/schema/version_1.sql"));
    for table in ["message", "attempt", "pending", "dedup", "journal"] {
        assert!(tables.contains(table), "{table} is keyed by slot");
    }
    let mut unused: BTreeSet<_> = EXCEPTIONS
        .iter()
        .map(|(name, rule, _)| (*name, *rule))
        .collect();
    let mut broken = Vec::new();
    for sql in tidings_store_postgres::statements() {
        let name = name(sql);
        for breach in rules::breaches(sql, &tables) {
            let is_excepted = EXCEPTIONS
                .iter()
                .any(|(excepted, rule, _)| *excepted == name && *rule == breach.rule);
            unused.remove(&(name, breach.rule));
            if !is_excepted {
                broken.push(format!("{name}: {} ({})", breach.rule, breach.what));
            }
        }
    }
    assert!(broken.is_empty(), "rules are broken: {broken:#?}");
    assert!(
        unused.is_empty(),
        "exceptions that nothing needs any more: {unused:?}"
    );
}

/// A statement that is in no list is one that no test has seen.
#[test]
fn every_named_statement_is_in_the_registry() {
    let registered: BTreeSet<_> = tidings_store_postgres::statements().map(name).collect();
    let mut written = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let names = text.split("\"-- ").skip(1);
                written.extend(names.map(|rest| rest.lines().next().unwrap().to_owned()));
            }
        }
    }
    let missing: Vec<_> = written
        .iter()
        .filter(|name| !registered.contains(name.as_str()))
        .collect();
    assert!(missing.is_empty(), "not in the registry: {missing:?}");
    assert_eq!(written.len(), registered.len());
}

/// The name in its first line.
fn name(sql: &str) -> &str {
    let first = sql.lines().next().unwrap_or_default();
    first.trim().trim_start_matches("-- ")
}
