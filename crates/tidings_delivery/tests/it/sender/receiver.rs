//! A receiver that does what a script says, and remembers what it got.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// What the receiver does once a request is complete.
pub(super) enum Reply {
    /// Writes this and waits for the next request.
    Keep(Vec<u8>),
    /// Writes this and closes in good order.
    Close(Vec<u8>),
    /// Closes with a reset.
    Reset,
    /// Writes this, then does nothing at all.
    Hang(Vec<u8>),
    /// Writes this a byte at a time, so often.
    Drip(Vec<u8>, Duration),
    /// Writes the first, then the second for as long as anybody takes it.
    Flood(Vec<u8>, Vec<u8>),
    /// Waits until as many requests are there at once, then writes this and keeps the connection.
    Together(usize, Vec<u8>),
}

impl Reply {
    /// 200 with a body, and the connection stays.
    pub(super) fn ok(body: &str) -> Self {
        Self::Keep(response("200 OK", &[], body))
    }
}

/// A response with a content length.
pub(super) fn response(status: &str, headers: &[&str], body: &str) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n", body.len());
    for header in headers {
        text.push_str(header);
        text.push_str("\r\n");
    }
    text.push_str("\r\n");
    text.push_str(body);
    text.into_bytes()
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    /// Which connection, from 1.
    pub(super) connection: usize,
    /// Which request of its connection, from 1.
    pub(super) turn: usize,
    /// The request line.
    pub(super) line: String,
    /// Names and values in the order in which they came.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Seen {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(own, _)| own == name);
        let value = found.next().map(|(_, value)| value.as_str());
        assert!(found.next().is_none(), "{name} came twice");
        value
    }
}

type Script = Arc<dyn Fn(&Seen) -> Reply + Send + Sync>;

struct Shared {
    script: Script,
    requests: Mutex<Vec<Seen>>,
    written_bytes: AtomicU64,
    opened: watch::Sender<usize>,
    closed: watch::Sender<usize>,
    arrived: watch::Sender<usize>,
}

/// The receiver. It ends when it is dropped.
pub(super) struct Receiver {
    address: SocketAddr,
    shared: Arc<Shared>,
    _tasks: JoinSet<()>,
}

impl Receiver {
    /// Plain HTTP on 127.0.0.1.
    pub(super) async fn start(script: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_on("127.0.0.1:0", None, script)
            .await
            .expect("loopback is there")
    }

    /// HTTPS on 127.0.0.1.
    pub(super) async fn start_tls(
        config: Arc<ServerConfig>,
        script: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::start_on("127.0.0.1:0", Some(TlsAcceptor::from(config)), script)
            .await
            .expect("loopback is there")
    }

    pub(super) async fn start_on(
        address: &str,
        tls: Option<TlsAcceptor>,
        script: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
    ) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            script: Arc::new(script),
            requests: Mutex::default(),
            written_bytes: AtomicU64::new(0),
            opened: watch::Sender::new(0),
            closed: watch::Sender::new(0),
            arrived: watch::Sender::new(0),
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, tls, Arc::clone(&shared)));
        Ok(Self {
            address,
            shared,
            _tasks: tasks,
        })
    }

    pub(super) fn port(&self) -> u16 {
        self.address.port()
    }

    /// `http://127.0.0.1:PORT` and the path.
    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(super) fn requests(&self) -> Vec<Seen> {
        self.shared.requests.lock().unwrap().clone()
    }

    pub(super) fn connections_count(&self) -> usize {
        *self.shared.opened.borrow()
    }

    /// How much the receiver got rid of.
    pub(super) fn written_bytes(&self) -> u64 {
        self.shared.written_bytes.load(Ordering::SeqCst)
    }

    /// Waits until so many connections have been closed by the other side.
    pub(super) async fn closed(&self, count: usize) {
        let mut closed = self.shared.closed.subscribe();
        let wait = closed.wait_for(|closed| *closed >= count);
        let wait = tokio::time::timeout(Duration::from_secs(10), wait);
        wait.await.expect("the connections close").unwrap();
    }
}

async fn accept(listener: TcpListener, tls: Option<TlsAcceptor>, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        shared.opened.send_modify(|count| *count += 1);
        let number = *shared.opened.borrow();
        let (tls, shared) = (tls.clone(), Arc::clone(&shared));
        connections.spawn(async move {
            match tls {
                None => serve(stream, number, &shared).await,
                Some(tls) => match tls.accept(stream).await {
                    Ok(stream) => serve(stream, number, &shared).await,
                    Err(_) => return,
                },
            }
            shared.closed.send_modify(|count| *count += 1);
        });
    }
}

/// A stream whose socket can be told to reset.
pub(super) trait Socket: AsyncRead + AsyncWrite + Unpin {
    fn reset(self);
}

impl Socket for TcpStream {
    fn reset(self) {
        self.set_zero_linger().unwrap();
    }
}

impl Socket for tokio_rustls::server::TlsStream<TcpStream> {
    fn reset(self) {
        self.into_inner().0.reset();
    }
}

async fn serve(mut stream: impl Socket, connection: usize, shared: &Shared) {
    for turn in 1.. {
        let Some(seen) = read_request(&mut stream, connection, turn).await else {
            return;
        };
        let reply = (shared.script)(&seen);
        shared.requests.lock().unwrap().push(seen);
        match reply {
            Reply::Keep(bytes) => write(&mut stream, &bytes, shared).await,
            Reply::Together(count, bytes) => {
                shared.arrived.send_modify(|arrived| *arrived += 1);
                let mut arrived = shared.arrived.subscribe();
                arrived.wait_for(|own| *own >= count).await.unwrap();
                write(&mut stream, &bytes, shared).await
            }
            Reply::Close(bytes) => {
                write(&mut stream, &bytes, shared).await;
                let _ = stream.shutdown().await;
                return;
            }
            Reply::Reset => return stream.reset(),
            Reply::Hang(bytes) => {
                write(&mut stream, &bytes, shared).await;
                let _ = stream.read(&mut [0; 1]).await;
                return;
            }
            Reply::Drip(bytes, every) => {
                let mut ticks = tokio::time::interval(every);
                for byte in bytes {
                    ticks.tick().await;
                    if !write(&mut stream, &[byte], shared).await {
                        return;
                    }
                }
                true
            }
            Reply::Flood(first, piece) => {
                let mut goes_on = write(&mut stream, &first, shared).await;
                while goes_on {
                    goes_on = write(&mut stream, &piece, shared).await;
                }
                return;
            }
        };
    }
}

async fn write(stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8], shared: &Shared) -> bool {
    let is_written = stream.write_all(bytes).await.is_ok() && stream.flush().await.is_ok();
    if is_written {
        let bytes = bytes.len() as u64;
        shared.written_bytes.fetch_add(bytes, Ordering::SeqCst);
    }
    is_written
}

/// The next request; none if the other side closes.
async fn read_request(
    stream: &mut (impl AsyncRead + Unpin),
    connection: usize,
    turn: usize,
) -> Option<Seen> {
    let mut bytes = Vec::new();
    let end = loop {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).expect("the head is text");
    let mut body = bytes.split_off(end + 4);
    let mut lines = head.split("\r\n");
    let line = lines.next().unwrap_or_default().to_owned();
    let headers: Vec<_> = lines
        .map(|line| line.split_once(": ").expect("name: value"))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let mut seen = Seen {
        connection,
        turn,
        line,
        headers,
        body: Vec::new(),
    };
    let length = seen.header("content-length").expect("a length");
    let length = length.parse().expect("a number");
    while body.len() < length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    assert_eq!(body.len(), length, "nothing comes after the body");
    seen.body = body;
    Some(seen)
}

/// A listener that must not be reached. A connection to it waits in its queue, where it can be
/// counted without waiting for anything.
pub(super) struct Canary(std::net::TcpListener);

impl Canary {
    pub(super) fn start() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback is there");
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    pub(super) fn port(&self) -> u16 {
        self.0.local_addr().unwrap().port()
    }

    /// How many connections have come since it was last asked.
    pub(super) fn hits(&self) -> usize {
        std::iter::from_fn(|| self.0.accept().ok()).count()
    }
}
