//! One HTTP/1.1 connection and whoever uses it.
//!
//! The connection's own work (reading, writing, parsing) is not given to a task of its own: it
//! runs inside the attempt that uses the connection, whenever that waits. This saves two wake-ups
//! and their hops between threads for each request. The price is that nobody watches a connection
//! while it waits in the pool; whoever takes it out asks [`Connection::is_usable`] first.

use std::future::{Future as _, poll_fn};
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body as _, Frame, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;

use super::RESPONSE_HEAD_BYTES_MAX;
use super::stream::{Gauge, Stream};

type Driver = http1::Connection<TokioIo<Stream>, Full<Bytes>>;

/// An open connection. Dropping it closes it at once, whatever is on its way.
pub(super) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    /// None once the connection has ended.
    driver: Option<Driver>,
    gauge: Arc<Gauge>,
    peer: IpAddr,
}

impl Connection {
    pub(super) async fn open(stream: Stream, peer: IpAddr) -> Result<Self, hyper::Error> {
        let gauge = stream.gauge();
        let (sender, driver) = http1::Builder::new()
            .max_header_size(RESPONSE_HEAD_BYTES_MAX)
            .max_buf_size(RESPONSE_HEAD_BYTES_MAX)
            .handshake(TokioIo::new(stream))
            .await?;
        Ok(Self {
            sender,
            driver: Some(driver),
            gauge,
            peer,
        })
    }

    pub(super) fn peer(&self) -> IpAddr {
        self.peer
    }

    pub(super) fn gauge(&self) -> &Gauge {
        &self.gauge
    }

    /// Whether another request can be sent. Notices if the other side has closed the connection,
    /// or has said something without being asked.
    pub(super) async fn is_usable(&mut self) -> bool {
        poll_fn(|cx| {
            drive(&mut self.driver, cx);
            Poll::Ready(self.driver.is_some() && self.sender.is_ready())
        })
        .await
    }

    /// Sends a request and waits for the head of its response.
    pub(super) async fn request(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, hyper::Error> {
        self.gauge.begin();
        let mut response = pin!(self.sender.send_request(request));
        let response = poll_fn(|cx| {
            drive(&mut self.driver, cx);
            response.as_mut().poll(cx)
        })
        .await?;
        self.gauge.head_is_here();
        Ok(response)
    }

    /// The next piece of a response's body.
    pub(super) async fn frame(
        &mut self,
        body: &mut Incoming,
    ) -> Option<Result<Frame<Bytes>, hyper::Error>> {
        poll_fn(|cx| {
            drive(&mut self.driver, cx);
            Pin::new(&mut *body).poll_frame(cx)
        })
        .await
    }
}

/// Lets a connection work. How it ended is told to the request on it, so it is not kept here.
fn drive(driver: &mut Option<Driver>, cx: &mut Context<'_>) {
    if let Some(connection) = driver
        && Pin::new(connection).poll(cx).is_ready()
    {
        *driver = None;
    }
}
