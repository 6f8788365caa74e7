//! A commit whose answer is lost: whether it was made is found out, and it is made once.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use tidings_store::{Accepted, Dedup, NewMessage, Store as _, StoreError};
use tidings_store_postgres::{Options, PostgresStore};
use tidings_testkit::postgres::{Database, Version};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};

use crate::outage::{NOW, application, count, message};

/// What a client sends to end a transaction.
const COMMIT: &[u8] = b"COMMIT\0";

/// Where a connection is cut.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cut {
    BeforeTheServer,
    BehindTheServer,
}

/// Passes everything on, but cuts a connection at its commit once the counter has run down.
async fn pass_on(client: TcpStream, socket: PathBuf, until: Arc<AtomicI64>, cut: Cut) {
    let mut client = client;
    let mut server = UnixStream::connect(socket).await.expect("the server is up");
    let (mut asked, mut told) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    loop {
        tokio::select! {
            read = client.read(&mut asked) => {
                let Ok(length @ 1..) = read else { return };
                let is_commit = asked[..length].ends_with(COMMIT);
                let is_cut = is_commit && until.fetch_sub(1, Ordering::SeqCst) == 0;
                if is_cut && cut == Cut::BeforeTheServer {
                    return;
                }
                server.write_all(&asked[..length]).await.expect("the server reads");
                if is_cut {
                    // The server has it: its answer comes, and goes nowhere.
                    let _ = server.read(&mut told).await;
                    return;
                }
            }
            read = server.read(&mut told) => {
                let Ok(length @ 1..) = read else { return };
                if client.write_all(&told[..length]).await.is_err() {
                    return;
                }
            }
        }
    }
}

async fn every_key_makes_one_message(version: Version, cut: Cut) {
    let database = Database::new(version);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("it has one").port();
    let until = Arc::new(AtomicI64::new(i64::MAX));
    let (counter, socket) = (until.clone(), database.socket());
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(pass_on(client, socket.clone(), counter.clone(), cut));
        }
    });
    let url = database.url_through(port);
    let store = PostgresStore::open(&Options::new(url)).await;
    let store = store.expect("the database opens");
    let application = application(&store).await;
    let opened = store.open_journal("node".into(), NOW).await;
    opened.expect("a journal opens");
    let mut cuts = 0;
    for number in 0..100_u8 {
        until.store(0, Ordering::SeqCst);
        let new = || NewMessage {
            dedup: Some(Dedup {
                key: [number; 16],
                body: [0; 16],
                expires_at: NOW + 1_000,
            }),
            ..message(application)
        };
        loop {
            match store.accept(new()).await {
                Ok(Accepted::Done(_) | Accepted::Replayed(_)) => break,
                Err(StoreError::Unavailable(_)) => cuts += 1,
                other => panic!("neither accepted nor a matter of time: {other:?}"),
            }
        }
    }
    assert!(cuts >= 100, "{cuts}");
    assert_eq!(count(&store, application).await, 100);
    store.close_journal().await.expect("it closes");
    store.close().await;
}

macro_rules! on_each_version {
    ($($version_name:ident: $version:expr,)+) => {
        $(mod $version_name {
            use super::*;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn a_commit_that_was_made_and_got_no_answer_is_not_made_again() {
                every_key_makes_one_message($version, Cut::BehindTheServer).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn a_commit_that_never_arrived_is_made_when_it_is_asked_for_again() {
                every_key_makes_one_message($version, Cut::BeforeTheServer).await;
            }
        })+
    };
}

on_each_version! {
    on_15: Version::V15,
    on_18: Version::V18,
}
