//! A database that is spread over several servers: each has a writer, a journal and its slots.

use std::sync::Arc;

use tidings_domain::ids::EndpointId;
use tidings_store::prelude::*;
use tidings_store::{Accepted, Creditor, Hold, NewMessage};
use tidings_store_postgres::{Options, PostgresStore};
use tidings_testkit::postgres::{Database, Version};

use crate::nodes::{ENDPOINT, Node, balance, node, outcome, slots};
use crate::outage::{NOW, application, message};

/// A catalogue that spreads the slots over two servers, as Citus has it; both are this one, under two names.
fn pretend_to_be_spread(database: &Database) {
    let socket = database.socket();
    let folder = socket.parent().expect("it is in a folder").display();
    database.query(&format!(
        "CREATE TABLE pg_dist_node (groupid int, nodename text, nodeport int, noderole text);
        INSERT INTO pg_dist_node VALUES (1, '{folder}', 5432, 'primary'),
            (2, '{folder}/', 5432, 'primary'), (2, 'standby', 5432, 'secondary');
        CREATE TABLE pg_dist_placement (shardid bigint, groupid int);
        INSERT INTO pg_dist_placement VALUES (101, 1), (102, 2);
        CREATE TABLE pg_dist_partition (logicalrel regclass);
        INSERT INTO pg_dist_partition VALUES ('message');
        CREATE FUNCTION get_shard_id_for_distribution_column(regclass, smallint)
            RETURNS bigint LANGUAGE sql
            AS 'SELECT CASE WHEN $2 < 300 THEN 101 ELSE 102 END::bigint'"
    ));
}

/// The journal that each message was accepted under.
fn journals(database: &Database) -> String {
    database.query(
        "SELECT CASE WHEN slot < 300 THEN 'first' ELSE 'second' END, count(DISTINCT journal)
        FROM message GROUP BY 1 ORDER BY 1",
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_group_has_a_writer_and_a_journal_of_its_own_and_a_fair_share_of_its_slots() {
    let database = Database::new(Version::V15);
    drop(PostgresStore::open(&Options::new(database.url())).await);
    pretend_to_be_spread(&database);
    let first = node(&database, |_| {}).await;
    assert_eq!(slots(&first.store).len(), 1024);
    assert_ne!(first.store.journal(0), first.store.journal(1023));
    assert_eq!(first.store.journal(0), first.store.journal(299));
    let second = node(&database, |_| {}).await;
    balance(&[&first, &second]).await;
    let shares = |node: &Node| {
        let slots = slots(&node.store);
        let near = slots.iter().filter(|slot| **slot < 300).count();
        (near, slots.len() - near)
    };
    assert_eq!((shares(&first), shares(&second)), ((150, 362), (150, 362)));

    let mut applications = Vec::new();
    for _ in 0..20 {
        applications.push(application(&first.store).await);
    }
    for application in &applications {
        let accepted = first.store.accept(message(*application)).await;
        assert!(matches!(accepted, Ok(Accepted::Done(_))), "{accepted:?}");
    }
    assert_eq!(journals(&database), "first|1\nsecond|1");
    first.store.close_journal().await.expect("they close");
    balance(&[&second]).await;
    assert_eq!(shares(&second), (300, 724));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slots_that_move_to_another_server_are_followed_and_stay_with_their_owner() {
    let database = Database::new(Version::V15);
    let node = node(&database, |_| {}).await;
    let before = node.store.journal(0);
    let new = NewMessage {
        targets: vec![ENDPOINT],
        ..message(application(&node.store).await)
    };
    let (application, slot) = (new.application, node.store.slot_of(new.application));
    assert!(slot >= 300, "the test needs one that moves");
    assert!(matches!(
        node.store.accept(new).await,
        Ok(Accepted::Done(_))
    ));
    pretend_to_be_spread(&database);
    node.store.read_groups_at_once();
    balance(&[&node]).await;
    let after = [node.store.journal(0), node.store.journal(slot)];
    assert!(!after.contains(&0) && after[0] != after[1], "{after:?}");
    assert_eq!(slots(&node.store).len(), 1024, "they are its own as before");
    // What was taken under the old journal is not late: that one is this node's still.
    let creditor = Creditor {
        slot,
        endpoint: ENDPOINT,
    };
    let due = node.store.due(creditor, NOW, 10).await.expect("a read");
    let key = due.rows[0].message;
    let read = node.store.message_by_key(key).await.expect("a read");
    let read = Arc::new(read.expect("it is there"));
    let hold = Hold::Pending {
        version: due.rows[0].version,
    };
    let endpoint = EndpointId::new(NOW, 0, ENDPOINT, 1);
    node.store.settle(outcome(&read, endpoint, hold, before));
    node.store.flush().await.expect("it is written");
    let due = node.store.due(creditor, NOW, 10).await.expect("a read");
    assert!(due.rows.is_empty());
    assert!(matches!(
        node.store.accept(message(application)).await,
        Ok(Accepted::Done(_))
    ));
}
