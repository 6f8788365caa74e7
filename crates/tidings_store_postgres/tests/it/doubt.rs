//! A commit whose answer is lost: whether it was made is found out, and it is made once.

use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use tidings_store::prelude::*;
use tidings_store::{Accepted, Dedup, NewMessage, StoreError};
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
    /// The server gets it long after the client has given up.
    Late,
}

/// What the server has not got yet.
type HeldBack = Arc<Mutex<Vec<(UnixStream, Vec<u8>)>>>;

/// Passes everything on, but cuts a connection at its commit once the counter has run down.
async fn pass_on(
    client: TcpStream,
    socket: PathBuf,
    until: Arc<AtomicI64>,
    cut: Cut,
    held_back: HeldBack,
) {
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
                if is_cut && cut == Cut::Late {
                    let held = (server, asked[..length].to_vec());
                    held_back.lock().expect("no holder panics").push(held);
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

/// A store behind a proxy that cuts.
struct Cutting {
    store: PostgresStore,
    application: i64,
    until: Arc<AtomicI64>,
    held_back: HeldBack,
    _database: Database,
}

async fn behind_a_proxy(version: Version, cut: Cut) -> Cutting {
    let database = Database::new(version);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("it has one").port();
    let until = Arc::new(AtomicI64::new(i64::MAX));
    let held_back = HeldBack::default();
    let (counter, socket, held) = (until.clone(), database.socket(), held_back.clone());
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (socket, counter, held) = (socket.clone(), counter.clone(), held.clone());
            tokio::spawn(pass_on(client, socket, counter, cut, held));
        }
    });
    let url = database.url_through(port);
    let store = PostgresStore::open(&Options::new(url)).await;
    let store = store.expect("the database opens");
    let application = application(&store).await;
    let opened = store.open_journal("node".into(), NOW).await;
    opened.expect("a journal opens");
    Cutting {
        store,
        application,
        until,
        held_back,
        _database: database,
    }
}

async fn every_key_makes_one_message(version: Version, cut: Cut) {
    let cutting = behind_a_proxy(version, cut).await;
    let (store, application, until) = (&cutting.store, cutting.application, &cutting.until);
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
    assert_eq!(count(store, application).await, 100);
    store.close_journal().await.expect("it closes");
    store.close().await;
}

/// The server may have a whole batch in its socket when the connection ends, and run it afterwards.
async fn a_late_batch_changes_nothing(version: Version) {
    let cutting = behind_a_proxy(version, Cut::Late).await;
    let (store, application) = (&cutting.store, cutting.application);
    cutting.until.store(0, Ordering::SeqCst);
    let lost = store.accept(message(application)).await;
    assert!(matches!(lost, Err(StoreError::Unavailable(_))), "{lost:?}");
    let accepted = loop {
        match store.accept(message(application)).await {
            Ok(accepted) => break accepted,
            Err(StoreError::Unavailable(_)) => {}
            other => panic!("neither accepted nor a matter of time: {other:?}"),
        }
    };
    assert!(matches!(accepted, Accepted::Done(_)), "{accepted:?}");
    let held = std::mem::take(&mut *cutting.held_back.lock().expect("no holder panics"));
    assert_eq!(held.len(), 1);
    for (mut server, asked) in held {
        assert!(asked.starts_with(b"Q") && asked.windows(6).any(|part| part == b"BEGIN\0"));
        server.write_all(&asked).await.expect("the server reads");
        server
            .shutdown()
            .await
            .expect("it is told that that is all");
        let mut told = Vec::new();
        server.read_to_end(&mut told).await.expect("it answers");
        let text = String::from_utf8_lossy(&told);
        assert!(text.contains("another node has taken over"), "{text}");
    }
    assert_eq!(count(store, application).await, 1);
    let next = store.accept(message(application)).await;
    assert!(matches!(next, Ok(Accepted::Done(_))), "{next:?}");
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

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn a_batch_that_arrives_after_it_was_given_up_changes_nothing() {
                a_late_batch_changes_nothing($version).await;
            }
        })+
    };
}

on_each_version! {
    on_15: Version::V15,
    on_18: Version::V18,
}
