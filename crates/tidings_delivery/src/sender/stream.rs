//! The byte stream under an HTTP connection, plain or TLS, with counters.
//!
//! The counters answer two questions that the HTTP library does not: whether any byte of a
//! response has come, and whether a receiver floods us before its head is complete (it skips
//! interim responses without counting them).

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

/// How much may be read before the final head is complete, in bytes: interim responses, the head,
/// and what of the body came along with it.
pub const HEAD_READ_BYTES_MAX: u64 = 128 * 1024;

/// Counts what goes through a stream. The stream and the exchange on it share one.
#[derive(Debug, Default)]
pub(super) struct Gauge {
    read_bytes: AtomicU64,
    is_head_due: AtomicBool,
}

impl Gauge {
    /// A request is about to be sent.
    pub(super) fn begin(&self) {
        self.read_bytes.store(0, Ordering::Relaxed);
        self.is_head_due.store(true, Ordering::Relaxed);
    }

    /// The head is complete.
    pub(super) fn head_is_here(&self) {
        self.is_head_due.store(false, Ordering::Relaxed);
    }

    /// Whether nothing has come since the request began.
    pub(super) fn is_silent(&self) -> bool {
        self.read_bytes.load(Ordering::Relaxed) == 0
    }

    /// Whether more has come than a head may take.
    pub(super) fn is_flooded(&self) -> bool {
        self.is_head_due.load(Ordering::Relaxed)
            && self.read_bytes.load(Ordering::Relaxed) > HEAD_READ_BYTES_MAX
    }

    fn count(&self, read_bytes: usize) {
        self.read_bytes
            .fetch_add(read_bytes as u64, Ordering::Relaxed);
    }
}

/// A connected stream.
pub(super) struct Stream {
    inner: Inner,
    gauge: Arc<Gauge>,
}

enum Inner {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Stream {
    pub(super) fn plain(stream: TcpStream) -> Self {
        Self::over(Inner::Plain(stream))
    }

    pub(super) fn tls(stream: TlsStream<TcpStream>) -> Self {
        Self::over(Inner::Tls(Box::new(stream)))
    }

    fn over(inner: Inner) -> Self {
        let gauge = Arc::default();
        Self { inner, gauge }
    }

    pub(super) fn gauge(&self) -> Arc<Gauge> {
        Arc::clone(&self.gauge)
    }
}

/// Runs one call on whichever stream it is.
macro_rules! either {
    ($inner:expr, $stream:ident => $call:expr) => {
        match $inner {
            Inner::Plain(stream) => {
                let $stream = Pin::new(stream);
                $call
            }
            Inner::Tls(stream) => {
                let $stream = Pin::new(stream.as_mut());
                $call
            }
        }
    };
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        ready!(either!(&mut this.inner, stream => stream.poll_read(cx, buffer)))?;
        this.gauge.count(buffer.filled().len() - before);
        if this.gauge.is_flooded() {
            return Poll::Ready(Err(io::Error::other("too much before the response head")));
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        either!(&mut self.get_mut().inner, stream => stream.poll_write(cx, bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        either!(&mut self.get_mut().inner, stream => stream.poll_write_vectored(cx, slices))
    }

    fn is_write_vectored(&self) -> bool {
        match &self.inner {
            Inner::Plain(stream) => stream.is_write_vectored(),
            Inner::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(&mut self.get_mut().inner, stream => stream.poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(&mut self.get_mut().inner, stream => stream.poll_shutdown(cx))
    }
}
