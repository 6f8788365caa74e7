//! An endpoint that does what it is told and remembers every request.
//!
//! It listens on loopback and speaks HTTP/1.1 by hand, so that it can also hang, break off, and answer
//! nonsense. Each path may have a script: replies in their order, the last of which repeats. Where there
//! is no script, a rule decides; without a rule the answer is 204.

mod connection;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use http::HeaderMap;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::signature;
use crate::wait::within;

/// What an endpoint does with a request.
#[derive(Debug, Clone)]
pub enum Reply {
    /// Answers.
    Answer {
        /// The status.
        status: u16,
        /// Headers beside the length.
        headers: Vec<(String, String)>,
        /// The body.
        body: Bytes,
    },
    /// Does not answer, until the other side gives up.
    Hang,
    /// Breaks the connection.
    Reset,
    /// Waits before it does something.
    After(Duration, Box<Reply>),
    /// Writes these bytes and closes.
    Raw(Bytes),
}

impl Reply {
    /// An answer with a header.
    pub fn with_header(status: u16, name: &str, value: &str) -> Self {
        Self::Answer {
            status,
            headers: vec![(name.to_owned(), value.to_owned())],
            body: Bytes::new(),
        }
    }

    /// An answer with a body.
    pub fn with_body(status: u16, body: impl Into<Bytes>) -> Self {
        Self::Answer {
            status,
            headers: Vec::new(),
            body: body.into(),
        }
    }

    /// The status that the other side will see, if any.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Answer { status, .. } => Some(*status),
            Self::After(_, then) => then.status(),
            Self::Hang | Self::Reset | Self::Raw(_) => None,
        }
    }
}

impl From<u16> for Reply {
    fn from(status: u16) -> Self {
        Self::with_body(status, Bytes::new())
    }
}

/// A request that came.
#[derive(Debug, Clone)]
pub struct Received {
    /// POST, one hopes.
    pub method: String,
    /// The path, with what follows a `?`.
    pub path: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: Bytes,
    /// When it had come.
    pub arrived_at: Instant,
    /// The same by the clock on the wall.
    pub arrived_on: SystemTime,
    /// How many came to this path, with this one.
    pub number: usize,
    /// The status that was answered, if any.
    pub status: Option<u16>,
    /// Whether the connection was broken instead of an answer.
    pub was_reset: bool,
}

impl Received {
    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The message's id.
    pub fn id(&self) -> &str {
        self.header("webhook-id")
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Panics unless the request is signed with this secret.
    #[track_caller]
    pub fn verify(&self, secret: &str) {
        if let Err(why) = signature::verify(self, secret) {
            panic!("the signature of {} is wrong: {why}", self.id());
        }
    }

    /// Whether the request is signed with this secret.
    pub fn is_signed_with(&self, secret: &str) -> bool {
        signature::verify(self, secret).is_ok()
    }
}

type Rule = Arc<dyn Fn(&Received) -> Reply + Send + Sync>;

#[derive(Default)]
struct State {
    scripts: HashMap<String, Vec<Reply>>,
    rule: Option<Rule>,
    counts: HashMap<String, usize>,
    requests: Vec<Arc<Received>>,
    connections_count: usize,
}

struct Shared {
    state: Mutex<State>,
    count: watch::Sender<usize>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Remembers a request and says what to do with it.
    fn take(&self, mut request: Received) -> Reply {
        let mut state = self.lock();
        let number = state.counts.entry(request.path.clone()).or_default();
        *number += 1;
        request.number = *number;
        let script = state.scripts.get(&request.path);
        let scripted =
            script.and_then(|replies| replies.get(request.number - 1).or(replies.last()));
        let reply = match (scripted, &state.rule) {
            (Some(reply), _) => reply.clone(),
            (None, Some(rule)) => rule(&request),
            (None, None) => 204.into(),
        };
        request.status = reply.status();
        request.was_reset = matches!(reply, Reply::Reset);
        state.requests.push(Arc::new(request));
        let count = state.requests.len();
        drop(state);
        self.count.send_replace(count);
        reply
    }
}

/// The endpoint. It is gone when this is dropped.
pub struct Receiver {
    address: SocketAddr,
    shared: Arc<Shared>,
    listening: JoinHandle<()>,
}

impl Receiver {
    /// Listens on a free port of loopback.
    pub async fn start() -> Self {
        Self::start_on("127.0.0.1:0".parse().unwrap()).await
    }

    /// Listens there.
    pub async fn start_on(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            count: watch::Sender::new(0),
        });
        let listening = tokio::spawn(listen(listener, shared.clone()));
        Self {
            address,
            shared,
            listening,
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Sets what is done with the requests to a path: in order, the last for all that follow. The count
    /// starts anew.
    pub fn script(&self, path: &str, replies: impl IntoIterator<Item = impl Into<Reply>>) {
        let replies = replies.into_iter().map(Into::into).collect();
        let mut state = self.shared.lock();
        state.scripts.insert(path.to_owned(), replies);
        state.counts.remove(path);
    }

    /// Sets what is done with requests to paths without a script.
    pub fn rule(&self, rule: impl Fn(&Received) -> Reply + Send + Sync + 'static) {
        self.shared.lock().rule = Some(Arc::new(rule));
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<Arc<Received>> {
        self.shared.lock().requests.clone()
    }

    /// The requests to a path so far.
    pub fn requests_to(&self, path: &str) -> Vec<Arc<Received>> {
        let mut requests = self.requests();
        requests.retain(|request| request.path == path);
        requests
    }

    /// How many connections were made.
    pub fn connections_count(&self) -> usize {
        self.shared.lock().connections_count
    }

    /// Returns the requests to a path as soon as there are so many.
    #[track_caller]
    pub fn wait_for(&self, path: &str, count: usize) -> impl Future<Output = Vec<Arc<Received>>> {
        let path = path.to_owned();
        let what = format!("{count} requests to {path}");
        let wanted = path.clone();
        let enough = move |requests: &[Arc<Received>]| {
            let to_path = requests.iter().filter(|request| request.path == wanted);
            to_path.count() >= count
        };
        let waiting = self.wait_until(what, enough);
        async move {
            waiting.await;
            self.requests_to(&path)
        }
    }

    /// Returns all requests as soon as they are as wanted.
    #[track_caller]
    pub fn wait_until(
        &self,
        what: impl Into<String>,
        are_good: impl Fn(&[Arc<Received>]) -> bool,
    ) -> impl Future<Output = Vec<Arc<Received>>> {
        let shared = self.shared.clone();
        within(what, async move {
            let mut count = shared.count.subscribe();
            loop {
                count.borrow_and_update();
                let requests = shared.lock().requests.clone();
                if are_good(&requests) {
                    return requests;
                }
                count.changed().await.unwrap();
            }
        })
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        shared.lock().connections_count += 1;
        let shared = shared.clone();
        connections.spawn(connection::serve(stream, move |request| {
            shared.take(request)
        }));
        while connections.try_join_next().is_some() {}
    }
}
