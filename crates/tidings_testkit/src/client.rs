//! A small HTTP client that hides nothing: status, headers and body as they came.

use std::net::SocketAddr;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::wait::within;

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// Talks to one server with one key. Cheap to copy.
#[derive(Debug, Clone)]
pub struct Client {
    address: SocketAddr,
    token: Option<String>,
    headers: HeaderMap,
}

/// A connection that is kept.
pub struct Connection(SendRequest<Full<Bytes>>);

/// The exchange broke off; nothing is known of what came of it.
#[derive(Debug)]
pub struct Broken(pub String);

impl Client {
    /// For a server without a key.
    pub fn new(address: SocketAddr) -> Self {
        Self {
            address,
            token: None,
            headers: HeaderMap::new(),
        }
    }

    /// The key that it sends.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The server's address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same with this key.
    pub fn with_key(&self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    /// The same without a key.
    pub fn without_key(&self) -> Self {
        Self {
            token: None,
            ..self.clone()
        }
    }

    /// The same with one more header on every request.
    pub fn with_header(&self, name: &'static str, value: &str) -> Self {
        let mut client = self.clone();
        let value = HeaderValue::from_str(value).unwrap();
        client.headers.insert(HeaderName::from_static(name), value);
        client
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, Bytes::new()).await
    }

    /// POST of JSON.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, body.to_string()).await
    }

    /// PUT of JSON.
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, body.to_string()).await
    }

    /// PATCH of JSON.
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, body.to_string()).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, Bytes::new()).await
    }

    /// Any request, on a connection of its own; panics unless there is a whole answer.
    pub async fn send(&self, method: Method, path: &str, body: impl Into<Bytes>) -> Answer {
        let shown = format!("{method} {path}");
        match self.try_send(method, path, body).await {
            Ok(answer) => answer,
            Err(Broken(why)) => panic!("{shown}: no answer: {why}"),
        }
    }

    /// Any request, on a connection of its own.
    ///
    /// # Errors
    /// When there is no whole answer.
    pub async fn try_send(
        &self,
        method: Method,
        path: &str,
        body: impl Into<Bytes>,
    ) -> Result<Answer, Broken> {
        let mut connection = Connection::open(self.address).await?;
        self.send_on(&mut connection, method, path, body).await
    }

    /// Any request, on a connection that is kept.
    ///
    /// # Errors
    /// When there is no whole answer; the connection is of no more use then.
    pub async fn send_on(
        &self,
        connection: &mut Connection,
        method: Method,
        path: &str,
        body: impl Into<Bytes>,
    ) -> Result<Answer, Broken> {
        let request = self.request(method, path, body.into());
        let broken = |error: hyper::Error| Broken(error.to_string());
        let exchange = async {
            let response = connection.0.send_request(request).await.map_err(broken)?;
            let (head, body) = response.into_parts();
            let body = body.collect().await.map_err(broken)?.to_bytes();
            Ok(Answer {
                status: head.status.as_u16(),
                headers: head.headers,
                body,
            })
        };
        within("an answer", exchange).await
    }

    /// Writes these bytes as they are, and reads until the server closes or has answered with a length.
    pub async fn send_raw(&self, bytes: &[u8]) -> Answer {
        let exchange = async {
            let mut stream = TcpStream::connect(self.address).await.unwrap();
            // The server may answer and close before it has read everything.
            let _ = stream.write_all(bytes).await;
            let mut text = Vec::new();
            while !is_whole(&text) {
                if stream.read_buf(&mut text).await.unwrap_or(0) == 0 {
                    break;
                }
            }
            parse(&text)
        };
        within("an answer to raw bytes", exchange).await
    }

    /// The head lines for [`Client::send_raw`], up to the blank line: with host and key, without a length.
    pub fn raw_head(&self, method: &str, path: &str) -> String {
        let key = self.token.as_deref().unwrap_or_default();
        let host = self.address;
        format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {key}\r\n")
    }

    fn request(&self, method: Method, path: &str, body: Bytes) -> Request<Full<Bytes>> {
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().unwrap();
        let has_body = !matches!(*request.method(), Method::GET | Method::DELETE);
        let headers = request.headers_mut();
        let text = |text: String| HeaderValue::from_str(&text).unwrap();
        headers.insert(HOST, text(self.address.to_string()));
        if let Some(token) = &self.token {
            headers.insert(AUTHORIZATION, text(format!("Bearer {token}")));
        }
        if has_body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }
        request
    }
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens.
    pub async fn open(address: SocketAddr) -> Result<Self, Broken> {
        let broken = |error: String| Broken(format!("{address}: {error}"));
        let stream = TcpStream::connect(address)
            .await
            .map_err(|error| broken(error.to_string()))?;
        let _ = stream.set_nodelay(true); // only slower without
        let (sender, connection) = handshake(TokioIo::new(stream))
            .await
            .map_err(|error| broken(error.to_string()))?;
        tokio::spawn(async move {
            let _ = connection.await; // the request tells
        });
        Ok(Self(sender))
    }
}

impl Answer {
    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!(
                "the answer {} is not JSON: {error}: {}",
                self.status,
                self.text()
            ),
        }
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The JSON of an answer that must have this status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "the answer was {}", self.text());
        if self.body.is_empty() {
            return Value::Null;
        }
        self.json()
    }

    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

fn is_whole(text: &[u8]) -> bool {
    let Some(end) = head_end(text) else {
        return false;
    };
    let head = String::from_utf8_lossy(&text[..end]).to_ascii_lowercase();
    let length = head.split("content-length:").nth(1);
    let length = length.and_then(|rest| rest.lines().next()?.trim().parse::<usize>().ok());
    length.is_some_and(|length| text.len() >= end + length)
}

fn head_end(text: &[u8]) -> Option<usize> {
    let place = text.windows(4).position(|part| part == b"\r\n\r\n")?;
    Some(place + 4)
}

fn parse(text: &[u8]) -> Answer {
    let shown = String::from_utf8_lossy(text);
    let end = head_end(text).unwrap_or_else(|| panic!("no head in {shown:?}"));
    let head = String::from_utf8_lossy(&text[..end]).into_owned();
    let mut lines = head.lines();
    let status = lines
        .next()
        .and_then(|line| line.split(' ').nth(1)?.parse().ok());
    let mut headers = HeaderMap::new();
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        headers.append(name, HeaderValue::from_str(value.trim()).unwrap());
    }
    Answer {
        status: status.unwrap_or_else(|| panic!("no status in {shown:?}")),
        headers,
        body: Bytes::copy_from_slice(&text[end..]),
    }
}
