//! A message for very many is as cheap to accept as any.

use tidings_store::prelude::*;
use tidings_store::{Accepted, NewMessage};
use tidings_testkit::postgres::{Database, Version};

use crate::nodes::node;
use crate::outage::{application, message};

/// How many transactions of this node were committed, how many messages there are, and how much is owed.
const COUNTS: &str = "SELECT (SELECT sum(batch) FROM journal), (SELECT count(*) FROM message),
    (SELECT count(*) FROM pending)";

fn counts(database: &Database) -> Vec<i64> {
    let row = database.query(COUNTS);
    let counts = row.trim().split('|');
    counts
        .map(|count| count.parse().expect("a number"))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_for_a_thousand_endpoints_is_one_commit_of_two_rows() {
    let database = Database::new(Version::V15);
    let node = node(&database, |_| {}).await;
    let application = application(&node.store).await;
    // The lease is renewed by empty batches every few seconds; one may fall in between.
    for is_last in [false, true] {
        let before = counts(&database);
        let new = NewMessage {
            targets: (1..=1_000).collect(),
            ..message(application)
        };
        let accepted = node.store.accept(new).await;
        assert!(matches!(accepted, Ok(Accepted::Done(_))), "{accepted:?}");
        let after = counts(&database);
        let more: Vec<i64> = after
            .iter()
            .zip(before)
            .map(|(one, two)| one - two)
            .collect();
        if is_last || more == [1, 1, 1] {
            assert_eq!(more, [1, 1, 1]);
            return;
        }
    }
}
