//! A message for very many is as cheap to accept as any.

use tidings_store::prelude::*;
use tidings_store::{Accepted, NewMessage};
use tidings_store_sqlite::SqliteStore;

use crate::support::{Customer, Folder};

/// How many transactions are in the write-ahead log: the frames that end one have the size of the file then.
fn commits(folder: &Folder) -> usize {
    let log = std::fs::read(folder.path().join("tidings.db-wal")).unwrap();
    let number = |at: usize| u32::from_be_bytes(log[at..at + 4].try_into().unwrap());
    let (page_bytes, salt) = (usize::try_from(number(8)).unwrap(), &log[16..24]);
    let frames = log[32..].chunks_exact(24 + page_bytes);
    let current = frames.take_while(|frame| frame[8..16] == *salt);
    current.filter(|frame| frame[4..8] != [0; 4]).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_for_a_thousand_endpoints_is_one_commit_of_two_rows() {
    let folder = Folder::new();
    let store = SqliteStore::open(&folder.options()).expect("the folder opens");
    let customer = Customer::new(&store).await;
    let before = commits(&folder);
    let new = NewMessage {
        targets: (1..=1_000).collect(),
        ..customer.message()
    };
    let accepted = store.accept(new).await;
    assert!(matches!(accepted, Ok(Accepted::Done(_))), "{accepted:?}");
    assert_eq!(commits(&folder) - before, 1);
    let counts = folder.connection().query_row(
        "SELECT (SELECT count(*) FROM message), (SELECT count(*) FROM pending)",
        [],
        |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)),
    );
    assert_eq!(counts, Ok((1, 1)));
}
