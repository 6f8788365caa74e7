//! The HTTP server: connections, their limits, and the way to the API or the pages.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use anyhow::Context as _;
use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tidings_api::{App, RemoteAddress};
use tokio::net::TcpListener;
use tokio::time::Sleep;
use tower_service::Service as _;

/// How large the head of a request may be, and how many headers it may have.
const HEAD_BYTES_MAX: usize = 64 * 1024;
const HEADERS_MAX: usize = 64;
/// How long a stop waits for answers that are under way.
const STOP_FOR_MAX: Duration = Duration::from_secs(10);
/// How long to wait after a connection could not be taken, most likely for want of file descriptors.
const ACCEPT_AGAIN_AFTER: Duration = Duration::from_millis(100);

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
        .max_headers(HEADERS_MAX)
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
            let mut request = request.map(|body| TimedBody::new(body, settings));
            if tidings_api::asks_who_is_there(&request) {
                request.extensions_mut().insert(RemoteAddress(remote));
            }
            answer(api.clone(), pages.clone(), request)
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
    request: Request<TimedBody>,
) -> Result<Response<Body>, std::convert::Infallible> {
    // Whatever is not a page is the API's to answer, which does it in JSON.
    if tidings_web::is_page(request.method(), request.uri().path()) {
        pages.call(request.map(Body::new)).await
    } else {
        api.call(request).await
    }
}

/// A request's body with a limit on how long it may take. The timer starts only when the client lets
/// us wait, so a body that came with its head costs none.
struct TimedBody {
    inner: Incoming,
    limit: Duration,
    timer: Option<Pin<Box<Sleep>>>,
}

impl TimedBody {
    fn new(inner: Incoming, settings: ServerSettings) -> Self {
        Self {
            inner,
            limit: settings.body_for_max,
            timer: None,
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
        if let Poll::Ready(frame) = Pin::new(&mut self.inner).poll_frame(context) {
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
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
