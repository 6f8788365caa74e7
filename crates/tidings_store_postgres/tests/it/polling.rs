//! What is read while several nodes accept: nothing comes up in front of what was read.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tidings_domain::clock::Millis;
use tidings_domain::endpoint::Endpoint;
use tidings_domain::ids::{IdParts, MessageId};
use tidings_store::prelude::*;
use tidings_store::{Accepted, NewMessage, PollMessages, Polled, Written, place_at};
use tidings_store_postgres::PostgresStore;
use tidings_testkit::postgres::{Database, Version};
use tokio::task::JoinSet;

use crate::nodes::{balance, new_endpoint, node};
use crate::outage::{NOW, application, message};

async fn reader(store: &PostgresStore, application: i64) -> Endpoint {
    match store
        .create_polling_endpoint(new_endpoint(application), None)
        .await
    {
        Ok(Written::Done(made)) => made,
        other => panic!("not made: {other:?}"),
    }
}

async fn poll(store: &PostgresStore, endpoint: &Endpoint, after: IdParts, limit: usize) -> Polled {
    let poll = PollMessages {
        endpoint: endpoint.clone(),
        after,
        limit,
        event_type: None,
        channel: None,
    };
    store.poll(poll).await.expect("a read")
}

async fn accept(store: &PostgresStore, application: i64, at: Millis) -> MessageId {
    let new = NewMessage {
        accepted_at: at,
        ..message(application)
    };
    match store.accept(new).await {
        Ok(Accepted::Done(id)) => id,
        other => panic!("not accepted: {other:?}"),
    }
}

fn ids(polled: &Polled) -> Vec<MessageId> {
    polled.rows.iter().map(|message| message.id).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_node_may_still_come_before_is_held_back() {
    let database = Database::new(Version::V15);
    let (one, other) = (node(&database, |_| {}).await, node(&database, |_| {}).await);
    let application = application(&one.store).await;
    let endpoint = reader(&one.store, application).await;
    balance(&[&one, &other]).await;
    let first = accept(&one.store, application, NOW + 50).await;
    let nothing = poll(&one.store, &endpoint, place_at(0), 10).await;
    assert_eq!(
        (ids(&nothing), nothing.place, nothing.is_done),
        (Vec::new(), place_at(0), true)
    );
    // The other one commits later what it accepted earlier.
    let late = accept(&other.store, application, NOW + 20).await;
    let page = poll(&other.store, &endpoint, place_at(0), 10).await;
    assert_eq!(ids(&page), [late]);
    for _ in 0..2 {
        let balance = other.store.balance(Vec::new(), NOW + 60).await;
        balance.expect("a round");
    }
    let page = poll(&one.store, &endpoint, page.place, 10).await;
    assert_eq!(ids(&page), [first]);
    // What is stamped earlier than that, by whomever, sorts behind it.
    for node in [&one, &other] {
        let again = accept(&node.store, application, NOW + 30).await;
        assert!(again > first, "{again:?}");
    }
    let third = node(&database, |_| {}).await;
    let of_third = accept(&third.store, application, NOW - 1_000).await;
    assert!(of_third > first, "{of_third:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_closes_and_one_that_opens_leave_no_gap() {
    let database = Database::new(Version::V15);
    let one = node(&database, |_| {}).await;
    let application = application(&one.store).await;
    let endpoint = reader(&one.store, application).await;
    let first = accept(&one.store, application, NOW + 500).await;
    let page = poll(&one.store, &endpoint, place_at(0), 10).await;
    assert_eq!(ids(&page), [first], "its own are certain at once");
    one.store.close_journal().await.expect("it closes");
    let next = node(&database, |_| {}).await;
    let second = accept(&next.store, application, NOW).await;
    assert!(second > first, "{second:?}");
    let page = poll(&next.store, &endpoint, page.place, 10).await;
    assert_eq!(ids(&page), [second]);
}

/// Reads on and on, a few at a time, until it is over and nothing more comes.
async fn follow(
    store: Arc<PostgresStore>,
    endpoint: Endpoint,
    is_over: Arc<AtomicBool>,
) -> Vec<MessageId> {
    let (mut seen, mut place) = (Vec::new(), place_at(0));
    loop {
        let is_last = is_over.load(Ordering::SeqCst);
        let page = poll(&store, &endpoint, place, 3).await;
        assert!(page.place >= place, "it never goes back");
        seen.extend(ids(&page));
        place = page.place;
        if is_last && page.is_done {
            return seen;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_get_each_message_once_while_two_nodes_accept_at_once() {
    let database = Database::new(Version::V15);
    let nodes = [node(&database, |_| {}).await, node(&database, |_| {}).await];
    let application = application(&nodes[0].store).await;
    let endpoint = reader(&nodes[0].store, application).await;
    let is_over = Arc::new(AtomicBool::new(false));
    let readers = nodes.each_ref().map(|node| {
        let (store, endpoint) = (node.store.clone(), endpoint.clone());
        tokio::spawn(follow(store, endpoint, is_over.clone()))
    });
    let mut accepting = JoinSet::new();
    for number in 0..200 {
        for (place, node) in nodes.iter().enumerate() {
            let store = node.store.clone();
            let side = i64::try_from(place).expect("0 or 1");
            // One clock is behind the other's, and both are stamped out of order.
            let at = NOW + number - 40 * side - (number * 7) % 11;
            accepting.spawn(async move { accept(&store, application, at).await });
        }
    }
    let accepted: BTreeSet<MessageId> = accepting.join_all().await.into_iter().collect();
    assert_eq!(accepted.len(), 400);
    for node in &nodes {
        for _ in 0..2 {
            let balance = node.store.balance(Vec::new(), NOW + 1_000).await;
            balance.expect("a round");
        }
    }
    is_over.store(true, Ordering::SeqCst);
    for reader in readers {
        let seen = reader.await.expect("it comes to an end");
        assert!(seen.is_sorted(), "in order");
        let each: BTreeSet<MessageId> = seen.iter().copied().collect();
        assert_eq!(seen.len(), each.len(), "each once");
        assert_eq!(each, accepted, "none was passed over");
    }
}
