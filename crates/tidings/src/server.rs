//! The HTTP server: connections, their limits, and the way to the API or the pages.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use anyhow::Context as _;
use axum::body::Body;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use hyper::header::{CONNECTION, EXPECT, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tidings_api::{App, RemoteAddress};
use tokio::net::TcpListener;
use tokio::time::Sleep;
use tower_service::Service as _;

/// How large the head of a request may be.
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// How many headers it may have. The HTTP server would look to it by itself, at the price of a list of so many for each request;
/// of its own accord it takes up to 100.
const HEADERS_MAX: usize = 64;
/// How long a stop waits for answers that are under way.
const STOP_FOR_MAX: Duration = Duration::from_secs(10);
/// How long to wait after a connection could not be taken, most likely for want of file descriptors.
const ACCEPT_AGAIN_AFTER: Duration = Duration::from_millis(100);
/// How much of a body that nobody wanted is still taken off the wire, so that the connection can be used again.
const UNREAD_BYTES_MAX: u64 = 64 * 1024;
const UNREAD_FOR_MAX: Duration = Duration::from_secs(2);

/// Limits on how slow a client may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ServerSettings {
    pub(crate) head_for_max: Duration,
    pub(crate) body_for_max: Duration,
}

/// Binds the address.
pub(crate) async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}; name another address with --listen"))
}

/// Serves until `stop` ends, then lets answers that are under way finish.
pub(crate) async fn serve(
    listener: TcpListener,
    api: App,
    pages: axum::Router,
    settings: ServerSettings,
    stop: impl Future<Output = ()>,
) {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(settings.head_for_max)
        .max_buf_size(HEAD_BYTES_MAX);
    let connections = GracefulShutdown::new();
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, remote) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!("A connection could not be taken: {error}");
                tokio::time::sleep(ACCEPT_AGAIN_AFTER).await;
                continue;
            }
        };
        // Without it, small answers wait for the client's delayed acknowledgement.
        let _ = stream.set_nodelay(true);
        let (api, pages) = (api.clone(), pages.clone());
        let service = service_fn(move |request: Request<Incoming>| {
            let waits = request.headers().contains_key(EXPECT);
            let mut request = request.map(|body| TimedBody::new(body, settings, waits));
            if tidings_api::asks_who_is_there(&request) {
                request.extensions_mut().insert(RemoteAddress(remote));
            }
            answer(api.clone(), pages.clone(), remote, request)
        });
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            let _ = connection.await; // a client that breaks off is no event
        });
    }
    drop(listener);
    if tokio::time::timeout(STOP_FOR_MAX, connections.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("Some requests did not end in time and are cut off");
    }
}

async fn answer(
    mut api: App,
    mut pages: axum::Router,
    remote: SocketAddr,
    request: Request<TimedBody>,
) -> Result<Response<Body>, std::convert::Infallible> {
    if request.headers().len() > HEADERS_MAX {
        return Ok(too_many_headers());
    }
    // Whatever is not a page is the API's to answer, which does it in JSON.
    if tidings_web::is_page(request.method(), request.uri().path()) {
        let mut request = request.map(Body::new);
        request
            .extensions_mut()
            .insert(tidings_web::RemoteAddress(remote));
        pages.call(request).await
    } else {
        api.call(request).await
    }
}

/// What the HTTP server itself answers to a head that is too large.
fn too_many_headers() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(CONNECTION, close);
    response
}

/// A request's body with a limit on how long it may take. The timer starts only when the client lets
/// us wait, so a body that came with its head costs none.
///
/// A request may be answered before its body is there (a wrong key, an unknown path). If nobody read it, the connection
/// would be closed behind the answer, and a client that has just sent its next request would get none; so
/// what is left of a short body is read when this is dropped.
struct TimedBody {
    /// Nothing once it has ended.
    inner: Option<Incoming>,
    limit: Duration,
    timer: Option<Pin<Box<Sleep>>>,
    /// Whether the client sends nothing before it is asked to.
    waits: bool,
}

impl TimedBody {
    fn new(inner: Incoming, settings: ServerSettings, waits: bool) -> Self {
        Self {
            inner: Some(inner),
            limit: settings.body_for_max,
            timer: None,
            waits,
        }
    }
}

impl Drop for TimedBody {
    fn drop(&mut self) {
        let Some(inner) = self.inner.take() else {
            return;
        };
        let is_short = inner.size_hint().lower() <= UNREAD_BYTES_MAX;
        if !inner.is_end_stream() && is_short && !self.waits {
            tokio::spawn(tokio::time::timeout(UNREAD_FOR_MAX, discard(inner)));
        }
    }
}

async fn discard(mut body: Incoming) {
    let mut left = UNREAD_BYTES_MAX;
    while let Some(Ok(frame)) = body.frame().await {
        let bytes = frame.data_ref().map_or(0, Bytes::len);
        match left.checked_sub(bytes as u64) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}

impl HttpBody for TimedBody {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let Some(inner) = &mut self.inner else {
            return Poll::Ready(None);
        };
        if let Poll::Ready(frame) = Pin::new(inner).poll_frame(context) {
            if !matches!(frame, Some(Ok(_))) {
                self.inner = None;
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let limit = self.limit;
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
        ready!(timer.as_mut().poll(context));
        let why = format!("the body did not come within {} s", limit.as_secs());
        let error = std::io::Error::new(std::io::ErrorKind::TimedOut, why);
        Poll::Ready(Some(Err(error.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let ended = || SizeHint::with_exact(0);
        self.inner.as_ref().map_or_else(ended, HttpBody::size_hint)
    }
}
