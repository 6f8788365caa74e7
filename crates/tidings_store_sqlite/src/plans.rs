//! Runs every statement once and looks at its plan: none may read a large table from end to end.

mod everything;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use rusqlite::Connection;
use rusqlite::trace::{TraceEvent, TraceEventCodes};

use tidings_store::commit::Effects;

use crate::journal::Journal;
use crate::step::Scope;
use crate::{Synchronous, connect, schema};

/// Tables that grow with what is sent or with the number of customers.
const LARGE: [&str; 16] = [
    "message",
    "attempt",
    "pending",
    "dedup",
    "record",
    "record_change",
    "application",
    "endpoint",
    "event_type",
    "board",
    "button",
    "inbox",
    "inbox_request",
    "job",
    "session",
    "integration",
];

/// Every statement with a name that a run of everything makes.
fn statements(connection: &mut Connection) -> BTreeSet<String> {
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    let sink = seen.clone();
    let trace = move |event: TraceEvent<'_>| {
        if let TraceEvent::Stmt(statement, _) = event {
            let sql = statement.sql().into_owned();
            if sql.starts_with("-- ") {
                sink.lock().unwrap().insert(sql);
            }
        }
    };
    connection
        .trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(trace))
        .unwrap();
    let (mut journal, mut effects) = (Journal::none(), Effects::default());
    everything::run(&mut Scope {
        connection,
        journal: &mut journal,
        effects: &mut effects,
        note: None,
        before: None,
    });
    connection
        .trace_v2(TraceEventCodes::empty(), None::<fn(TraceEvent<'_>)>)
        .unwrap();
    seen.lock().unwrap().clone()
}

fn name(sql: &str) -> &str {
    let line = sql.lines().next().unwrap_or_default();
    line.trim_start_matches("-- ").trim()
}

/// The names that stand before a statement somewhere in the source.
fn names_in_source(folder: &std::path::Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            names.extend(names_in_source(&path));
        } else if !path.ends_with("plans.rs") {
            let source = std::fs::read_to_string(&path).unwrap();
            for found in source.split("\"-- ").skip(1) {
                let name: String = found
                    .chars()
                    .take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_')
                    .collect();
                names.insert(name);
            }
        }
    }
    names
}

fn plan(connection: &Connection, sql: &str) -> Vec<String> {
    let mut explain = connection
        .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
        .unwrap();
    let mut rows = explain.raw_query();
    let mut plan = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        plan.push(row.get(3).unwrap());
    }
    plan
}

fn fresh() -> (tempfile::TempDir, Connection) {
    let folder = tempfile::TempDir::new().unwrap();
    let mut connection = connect(&folder.path().join("plans.db"), Synchronous::Normal).unwrap();
    schema::migrate(&mut connection).unwrap();
    (folder, connection)
}

#[test]
fn no_statement_reads_a_large_table_from_end_to_end_or_sorts_it() {
    let (_folder, mut connection) = fresh();
    let statements = statements(&mut connection);
    let run: BTreeSet<String> = statements.iter().map(|sql| name(sql).to_owned()).collect();
    let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let not_run: Vec<String> = names_in_source(&source).difference(&run).cloned().collect();
    assert_eq!(not_run, [""; 0], "these statements are not looked at");
    for sql in &statements {
        for line in plan(&connection, sql) {
            let is_scan = LARGE.iter().any(|table| {
                line.strip_prefix("SCAN ")
                    .and_then(|rest| rest.split(' ').next())
                    == Some(table)
            });
            assert!(!is_scan, "{}: {line}", name(sql));
            let is_sorted = line.contains("TEMP B-TREE") && name(sql) != "api_keys";
            assert!(!is_sorted, "{}: {line}", name(sql));
        }
    }
}

#[test]
fn a_list_reads_along_the_index_that_is_there_for_it() {
    let (_folder, mut connection) = fresh();
    let statements = statements(&mut connection);
    let plans: Vec<String> = statements
        .iter()
        .map(|sql| format!("{}: {}", name(sql), plan(&connection, sql).join("; ")))
        .collect();
    for expected in [
        "applications: SEARCH application USING INDEX application_by_environment",
        "endpoints: SEARCH endpoint USING INDEX endpoint_by_application",
        "endpoint_kinds: SEARCH endpoint USING INDEX endpoint_by_application",
        "messages: SEARCH message USING INDEX message_by_application",
        "message_by_event_id: SEARCH message USING INDEX message_by_event_id",
        "find_event_id: SEARCH message USING INDEX message_by_event_id",
        "attempts: SEARCH attempt USING INDEX attempt_by_endpoint",
        "attempts: SEARCH attempt USING INDEX attempt_by_message",
        "attempts: SEARCH attempt USING INDEX attempt_not_successful",
        "recent_failures: SEARCH attempt USING INDEX attempt_not_successful",
        "recent_outcomes: CO-ROUTINE newest; SEARCH attempt USING COVERING INDEX attempt_by_endpoint",
        "due: SEARCH pending USING INDEX pending_by_endpoint",
        "records: SEARCH record USING INDEX record_by_type",
        "delivery_counts: SEARCH attempt USING INDEX attempt_by_message",
        "candidates: SEARCH message USING INDEX message_by_application",
        "jobs: SEARCH job USING INDEX job_by_environment",
        "jobs: SEARCH job USING INDEX job_by_state",
        "jobs: SEARCH job USING INDEX job_by_kind",
        "jobs: SEARCH job USING INDEX job_by_application",
        "running_jobs: SEARCH job USING INDEX job_running",
        "outcomes: SEARCH attempt USING INDEX attempt_by_message",
    ] {
        let is_there = plans.iter().any(|plan| plan.starts_with(expected));
        assert!(is_there, "not found: {expected}\nin {plans:#?}");
    }
}
