//! Lines that several nodes join at the same time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tidings_domain::message::MessageKey;
use tidings_store::prelude::*;
use tidings_store::{Accepted, Creditor, Dedup, NewMessage};
use tidings_store_postgres::PostgresStore;
use tidings_testkit::postgres::{Database, Version};
use tokio::task::JoinSet;

use crate::nodes::node;
use crate::outage::{NOW, application, message};

const LINES: [i64; 2] = [77, 78];
const EACH: u8 = 120;

/// Reads a line over and over, and checks that it only grows at its end.
async fn watch(
    store: Arc<PostgresStore>,
    creditor: Creditor,
    is_over: Arc<AtomicBool>,
) -> Vec<MessageKey> {
    let (mut known, mut growths): (Vec<MessageKey>, u32) = (Vec::new(), 0);
    loop {
        let is_last = is_over.load(Ordering::SeqCst);
        let line = store.line(creditor, 100_000).await.expect("a read");
        let line: Vec<MessageKey> = line.iter().map(|row| row.message).collect();
        assert!(
            line.starts_with(&known),
            "somebody has come in before {known:?}: {line:?}"
        );
        growths += u32::from(line.len() > known.len());
        known = line;
        if is_last {
            assert!(growths > 1, "it was watched while it grew");
            return known;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_comes_into_a_line_before_those_who_are_seen_in_it() {
    let database = Database::new(Version::V15);
    let nodes = [node(&database, |_| {}).await, node(&database, |_| {}).await];
    let application = application(&nodes[0].store).await;
    let slot = nodes[0].store.slot_of(application);
    let is_over = Arc::new(AtomicBool::new(false));
    let watched = LINES.map(|endpoint| {
        let creditor = Creditor { slot, endpoint };
        tokio::spawn(watch(nodes[0].store.clone(), creditor, is_over.clone()))
    });
    let mut accepting = JoinSet::new();
    for number in 0..EACH {
        for (place, node) in nodes.iter().enumerate() {
            // Every third message is asked for at both nodes, under one key. So batches take keys, which
            // others hold, and lines.
            let side = if number % 3 == 0 { 0 } else { place };
            let own = [number, u8::try_from(side).expect("0 or 1")];
            let mut key = [0; 16];
            key[..2].copy_from_slice(&own);
            let in_line = match number % 4 {
                0 => vec![LINES[place]],
                _ => LINES.to_vec(),
            };
            let new = NewMessage {
                targets: LINES.to_vec(),
                in_line,
                dedup: Some(Dedup {
                    key,
                    body: [0; 16],
                    expires_at: NOW + 1_000_000,
                }),
                tail: i64::from(number) * 2 + i64::try_from(place).expect("0 or 1"),
                ..message(application)
            };
            let store = node.store.clone();
            accepting.spawn(async move { store.accept(new).await });
        }
    }
    let mut made = 0;
    while let Some(accepted) = accepting.join_next().await {
        match accepted.expect("it ends") {
            Ok(Accepted::Done(_)) => made += 1,
            Ok(Accepted::Replayed(_)) => {}
            other => panic!("it was not accepted: {other:?}"),
        }
    }
    assert_eq!(made, usize::from(EACH) * 2 - usize::from(EACH) / 3);
    is_over.store(true, Ordering::SeqCst);
    for (watched, endpoint) in watched.into_iter().zip(LINES) {
        let line = watched.await.expect("it only grew at its end");
        let places = database.query(&format!(
            "SELECT min(place), max(place), count(DISTINCT place), count(*) FROM pending
             WHERE endpoint = {endpoint} AND place > 0"
        ));
        let count = line.len();
        assert_eq!(places, format!("1|{count}|{count}|{count}"), "no gaps");
    }
}
