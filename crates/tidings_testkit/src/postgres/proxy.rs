//! Stands between a program and its database, and breaks off where it hurts most: at a commit.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::task::JoinHandle;

use crate::wait::within;

/// What a client sends to end a transaction; and, with a zero behind it, what the server says when it has.
const COMMIT: &[u8] = b"COMMIT";
const COMMITTED: &[u8] = b"COMMIT\0";

/// Where a connection is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The commit does not reach the server.
    BeforeTheServer,
    /// It does, and its answer does not come back.
    BehindTheServer,
}

/// Passes everything on to a server, until it is told to cut.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    state: Arc<State>,
    task: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct State {
    armed: Mutex<Option<Cut>>,
    is_closed: AtomicBool,
    cuts: AtomicUsize,
}

impl Proxy {
    /// Listens on a free port here, for the server at this socket.
    pub async fn start(server: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State::default());
        let shared = state.clone();
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if shared.is_closed.load(Ordering::SeqCst) {
                    continue; // hangs up at once
                }
                let (state, server) = (shared.clone(), server.clone());
                tokio::spawn(async move {
                    // However it ends, both sides notice.
                    let _ = pass_on(client, &server, &state).await;
                });
            }
        });
        Self { port, state, task }
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Cuts the connection that commits next, once.
    pub fn cut_next(&self, cut: Cut) {
        *self.state.armed.lock().unwrap() = Some(cut);
    }

    /// Lets new connections in, or not; those that are there go on.
    pub fn let_in(&self, is_let_in: bool) {
        self.state.is_closed.store(!is_let_in, Ordering::SeqCst);
    }

    /// How many it has cut.
    pub fn cuts(&self) -> usize {
        self.state.cuts.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass_on(mut client: TcpStream, server: &Path, state: &State) -> std::io::Result<()> {
    let mut server = UnixStream::connect(server).await?;
    let (mut asked, mut told) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    loop {
        tokio::select! {
            length = client.read(&mut asked) => {
                let asked = &asked[..length?];
                if asked.is_empty() {
                    return Ok(());
                }
                let cut = if holds(asked, COMMIT) { state.armed.lock().unwrap().take() } else { None };
                if cut != Some(Cut::BeforeTheServer) {
                    server.write_all(asked).await?;
                }
                if cut == Some(Cut::BehindTheServer) {
                    within("a commit", read_commit(&mut server)).await?;
                }
                if cut.is_some() {
                    state.cuts.fetch_add(1, Ordering::SeqCst);
                    return Ok(());
                }
            }
            length = server.read(&mut told) => {
                let told = &told[..length?];
                if told.is_empty() {
                    return Ok(());
                }
                client.write_all(told).await?;
            }
        }
    }
}

/// Reads until the server has committed. Nobody else is told.
async fn read_commit(server: &mut UnixStream) -> std::io::Result<()> {
    let mut told = Vec::new();
    while !holds(&told, COMMITTED) {
        if server.read_buf(&mut told).await? == 0 {
            break;
        }
    }
    Ok(())
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
