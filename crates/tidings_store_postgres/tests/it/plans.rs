//! The plans of the lists, on tables with rows and statistics, beside those in `plans/lists.txt`.
//!
//! What is compared is which indexes are walked, in which order, and what is sorted; not costs, and not how
//! many partitions there are. Each statement is planned for its values, and for any values: PostgreSQL takes
//! the second kind of plan for a prepared statement once it looks no worse.

use std::fs;
use std::path::Path;

use tidings_store::prelude::*;
use tidings_store_postgres::{Options, PostgresStore};
use tidings_testkit::postgres::{Database, Version};

use crate::outage::{NOW, application};

/// A week of messages of fifty applications, most of the first. A hundredth has failed, and a quarter is owed.
const ROWS: &str = "
    CREATE TEMP TABLE made AS SELECT n, (CASE WHEN n % 3 = 0 THEN 1 + n % 50 ELSE 1 END)::bigint AS app,
        1700000000000 + n * 15000::bigint AS at, decode(lpad(to_hex(n), 40, '0'), 'hex') AS id
        FROM generate_series(1, 40000) AS n;
    INSERT INTO message (slot, application, created_at, id, journal, seq, event_type, targets, event_id, payload)
        SELECT app * 7, app, at, id, 1, n, 'a', '\\x01', CASE WHEN n % 10 = 0 THEN 'e' || n END, '\\x7b7d' FROM made;
    INSERT INTO attempt (slot, application, endpoint, message_id, created_at, id, number, trigger, outcome, is_late,
            resolve_us, connect_us, tls_us, head_us, body_us, is_truncated, url, request_headers, response_headers,
            response)
        SELECT app * 7, app, app, id, at, id, 1, 0, CASE WHEN n % 100 = 0 THEN 1 ELSE 0 END, false, 0, 0, 0, 0, 0,
            false, 'http://127.0.0.1/', '', '', '' FROM made;
    INSERT INTO pending (slot, application, message_id, endpoint, due_at, owed_since, attempts_count, reason, trigger,
            version, recoveries_count)
        SELECT app * 7, app, id, app, at, at, 1, 0, 0, 1, 0 FROM made WHERE n % 4 = 0;
    INSERT INTO pending (slot, application, message_id, endpoint, due_at, owed_since, attempts_count, reason, trigger,
            version, recoveries_count, place)
        SELECT app * 7, app, id, 100 + app, 9223372036854775807, at, 0, 7, 0, 1, 0, n FROM made WHERE n % 4 = 1;
    INSERT INTO line (slot, endpoint, last) SELECT n * 7, 100 + n, 40000 FROM generate_series(1, 50) AS n;
    INSERT INTO endpoint_state (slot, endpoint, failures_count) SELECT n % 1024, n, 1 FROM generate_series(1, 20000) AS n;
    INSERT INTO application (ordinal, slot, environment, tail, name, metadata, created_at, updated_at)
        SELECT n, n % 1024, 1, 1, '', '{}', 1, 1 FROM generate_series(1000, 6000) AS n;
    INSERT INTO endpoint (ordinal, slot, application, environment, number, tail, url, description, is_disabled, event_types,
            channels, is_fifo, format, metadata, secrets, version, created_at, updated_at)
        SELECT n, n % 1024, 1 + n % 4000, 1, n, 1, '', '', false, '[]', '[]', false, 'json', '{}', '[]', 1, 1, 1
        FROM generate_series(1, 20000) AS n;
    INSERT INTO event_type (ordinal, environment, name, description, is_archived, is_deprecated, feature_flags, wording,
            created_at, updated_at)
        SELECT n, 1, 'type.' || n, '', false, false, '[]', '[]', 1, 1 FROM generate_series(1, 5000) AS n";

/// Each list with values as a page has them: an instant in the middle, ids around it, the ends of time.
const LISTS: [(&str, &str); 34] = [
    ("message_by_key", "7, 1, 1700150000000, ID"),
    ("message_by_event_id", "7, 1, 'e10000'"),
    (
        "messages_by_keys",
        "7, 1, ARRAY[1700150000000], ARRAY[ID], false",
    ),
    (
        "messages_up",
        "7, 1, -1, LAST, 9223372036854775806, 100, true",
    ),
    (
        "messages_down",
        "7, 1, 9223372036854775806, LAST, -1, 100, true",
    ),
    ("attempt", "7, 1, 1700150000000, ID"),
    ("of_message_up", "7, ID, -1, LAST, 9223372036854775806, 100"),
    (
        "of_message_down",
        "7, ID, 9223372036854775806, LAST, -1, 100",
    ),
    (
        "of_endpoint_up",
        "7, 1, -1, LAST, 9223372036854775806, 100, 1",
    ),
    (
        "of_endpoint_down",
        "7, 1, 9223372036854775806, LAST, -1, 100, 1",
    ),
    ("failed_up", "7, 1, -1, LAST, 9223372036854775806, 100, 1"),
    ("failed_down", "7, 1, 9223372036854775806, LAST, -1, 100, 1"),
    ("recent_outcomes", "7, 1, ARRAY[1, 2], 100"),
    ("recent_failures", "7, 1, ARRAY[1, 2], 10, 1700200000000"),
    ("delivery_facts", "7, 1, 1700150000000, ID"),
    ("count_outcomes", "7, 1, 1, 1700200000000, 1700300000000"),
    (
        "count_not_the_end",
        "7, 1, 1, 1700200000000, 1700300000000, 100000",
    ),
    ("delivery_counts", "7, ARRAY[ID], 1700146400000"),
    ("applications_up", "1, 0, 100"),
    ("applications_down", "1, 9223372036854775806, 100"),
    ("endpoints_up", "1, 0, 100"),
    ("endpoints_down", "1, 9223372036854775806, 100"),
    (
        "endpoint_kinds",
        "ARRAY[1, 2, 3], ARRAY['https://play.svix.com/']",
    ),
    ("event_types_up", "1, true, 100, 'type.2'"),
    ("event_types_down", "1, true, 100, 'type.2'"),
    ("due", "7, 1, 1700000600000, 100"),
    ("due_endpoints", "7, 0, 100"),
    ("owed", "7, 1, 1000"),
    ("failing_endpoints", "ARRAY[7, 8], 100"),
    ("next_due_after", "7, 1, 1700040000000"),
    ("line", "7, 101, 1"),
    ("lines", "7, 0, 100"),
    ("due_beside_line", "7, 101, 1700000600000, 100"),
    (
        "next_due_beside_line",
        "7, 101, 1700040000000, 9223372036854775807",
    ),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_list_walks_the_index_that_is_there_for_it() {
    let database = Database::new(Version::V15);
    let store = PostgresStore::open(&Options::new(database.url())).await;
    let store = store.expect("the database opens");
    application(&store).await;
    // Partitions are made for the days ahead.
    let opened = store.open_journal("node".into(), NOW).await;
    opened.expect("a journal opens");
    store.close().await;
    database.query(ROWS);
    // With a visibility map, which decides about scans of an index only.
    database.query("VACUUM ANALYZE");

    let mut plans = String::new();
    for (name, values) in LISTS {
        let head = format!("-- {name}\n");
        let sql = tidings_store_postgres::statements().find(|sql| sql.starts_with(&head));
        let sql = sql.unwrap_or_else(|| panic!("there is no statement {name}"));
        let values = values
            .replace("ID", r"decode(lpad(to_hex(10000), 40, '0'), 'hex')")
            .replace("LAST", r"decode(repeat('ff', 20), 'hex')");
        let plan = |mode: &str| {
            nodes(&database.query(&format!(
                "SET plan_cache_mode = {mode}; PREPARE list AS {sql};
                 EXPLAIN (COSTS OFF) EXECUTE list({values})"
            )))
        };
        let (own, any) = (plan("force_custom_plan"), plan("force_generic_plan"));
        plans.extend([name, "\n", &own]);
        if any != own {
            plans.extend([name, ", for any values\n", &any]);
        }
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/plans");
    let expected = fs::read_to_string(folder.join("lists.txt")).unwrap_or_default();
    let actual = Path::new(env!("CARGO_TARGET_TMPDIR")).join("lists.txt");
    fs::write(&actual, &plans).expect("the plans are written");
    assert!(
        plans == expected,
        "plans have changed; look at {} and copy it to {} if that is as it should be:\n{plans}",
        actual.display(),
        folder.display()
    );
    for line in plans.lines() {
        assert!(!line.contains("Seq Scan"), "{line}\nin\n{plans}");
    }
}

/// The nodes of a plan without their conditions, and one line for what is the same in each partition.
fn nodes(plan: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for (place, line) in plan.lines().enumerate() {
        let node = line.trim_start().strip_prefix("->");
        let Some(node) = node.or((place == 0).then_some(line)) else {
            continue;
        };
        let depth = line.len() - line.trim_start().len();
        let indent = " ".repeat(2 + depth / 3);
        let line = format!("{indent}{}", without_numbers(node.trim()));
        if lines.last() != Some(&line) {
            lines.push(line);
        }
    }
    lines.join("\n") + "\n"
}

/// Names of partitions, and the numbers that PostgreSQL puts behind names that are there twice.
fn without_numbers(node: &str) -> String {
    let words = node.split(' ').map(|word| {
        let name = word.trim_end_matches(|sign: char| sign.is_ascii_digit());
        let name = name
            .strip_suffix('_')
            .filter(|_| name != word)
            .unwrap_or(word);
        match name.split_once("_day_") {
            Some((table, rest)) => {
                let rest = rest.trim_start_matches(|sign: char| sign.is_ascii_digit());
                format!("{table}_day{rest}")
            }
            None => name.to_owned(),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}
