//! A client of a running server, for the commands that talk to one.
//!
//! It speaks HTTP/1.1 to the one server that its user has named, and to nobody else: webhooks leave
//! through the guarded sender, never through here. Each call opens a connection of its own, since
//! commands make few.

mod connection;
mod events;

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, RETRY_AFTER};
use http::uri::{Authority, Scheme};
use http::{HeaderValue, Method, Request, Response, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use serde_json::Value;

use super::Usage;
use crate::config::ClientSettings;
use connection::Connector;
pub(crate) use events::{Event, Events};

/// Where a server is if nobody says otherwise.
const URL_DEFAULT: &str = "http://127.0.0.1:8071";
/// How long a call may take in all.
const CALL_FOR_MAX: Duration = Duration::from_secs(30);
/// How much of an answer is read: more than any page of the API.
const ANSWER_BYTES_MAX: usize = 64 << 20;

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    /// There was no answer.
    #[error("no answer from {url}: {why}; is a server running there?")]
    Unreachable { url: String, why: String },
    /// The server said no.
    #[error("the server refused: {detail} ({status})")]
    Refused {
        status: u16,
        detail: String,
        /// How many seconds the server asks to be left alone, if it does.
        retry_after: Option<u64>,
    },
}

impl ClientError {
    /// Whether the same call may work later.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Refused { status, .. } => *status == 429 || (*status >= 500 && *status != 501),
        }
    }
}

/// A server and the key to it.
pub(crate) struct Client {
    url: String,
    authority: Authority,
    /// What comes before `/api`, for a server behind a path.
    prefix: String,
    /// The interface that paths are of, below the prefix.
    interface: &'static str,
    authorization: HeaderValue,
    connector: Arc<Connector>,
}

impl Client {
    /// The server and key that the environment or a profile names.
    pub(crate) fn from_settings() -> anyhow::Result<Self> {
        let settings = ClientSettings::load()?;
        let Some(token) = settings.token else {
            let why = "no API key is named: set TIDINGS_TOKEN, or `token` in a profile file; `tidings keys create --name NAME` makes one";
            return Err(Usage(why.to_owned()).into());
        };
        Self::new(settings.url.as_deref().unwrap_or(URL_DEFAULT), &token)
    }

    /// A server by its URL, and a key to it.
    pub(crate) fn new(url: &str, token: &str) -> anyhow::Result<Self> {
        let wrong = |why: &str| Usage(format!("the server cannot be `{url}`: {why}"));
        let parsed: Uri = url
            .parse()
            .map_err(|_| wrong("it takes a URL such as http://127.0.0.1:8071"))?;
        let (Some(scheme), Some(authority)) = (parsed.scheme(), parsed.authority()) else {
            return Err(wrong("it takes a URL such as http://127.0.0.1:8071").into());
        };
        let is_https = *scheme == Scheme::HTTPS;
        if !is_https && *scheme != Scheme::HTTP {
            return Err(wrong("it begins with http:// or https://").into());
        }
        let authorization = sensitive(format!("Bearer {token}"))
            .map_err(|_| Usage("the API key has characters that no key has".to_owned()))?;
        Ok(Self {
            url: url.trim_end_matches('/').to_owned(),
            authority: authority.clone(),
            prefix: parsed.path().trim_end_matches('/').to_owned(),
            interface: "/api/v1",
            authorization,
            connector: Arc::new(Connector::new(authority, is_https)?),
        })
    }

    /// The same server, as an API user sees it; paths are those behind `/api`.
    pub(crate) fn as_api_user(&self, login: &str, password: &str) -> anyhow::Result<Self> {
        let encoded = STANDARD.encode(format!("{login}:{password}"));
        Ok(Self {
            url: self.url.clone(),
            authority: self.authority.clone(),
            prefix: self.prefix.clone(),
            interface: "/api",
            authorization: sensitive(format!("Basic {encoded}"))?,
            connector: self.connector.clone(),
        })
    }

    /// The server's URL, without a slash at its end.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Asks for something. The path is the one behind `/api/v1`.
    pub(crate) async fn get(&self, path: &str) -> Result<Value, ClientError> {
        self.call(Method::GET, path, Bytes::new()).await
    }

    /// Sends JSON.
    pub(crate) async fn post(
        &self,
        path: &str,
        body: impl Into<Bytes>,
    ) -> Result<Value, ClientError> {
        self.call(Method::POST, path, body.into()).await
    }

    /// Puts JSON in the place of what is there.
    pub(crate) async fn put(
        &self,
        path: &str,
        body: impl Into<Bytes>,
    ) -> Result<Value, ClientError> {
        self.call(Method::PUT, path, body.into()).await
    }

    /// Changes what the JSON names.
    pub(crate) async fn patch(
        &self,
        path: &str,
        body: impl Into<Bytes>,
    ) -> Result<Value, ClientError> {
        self.call(Method::PATCH, path, body.into()).await
    }

    /// Deletes something.
    pub(crate) async fn delete(&self, path: &str) -> Result<Value, ClientError> {
        self.call(Method::DELETE, path, Bytes::new()).await
    }

    /// Opens a stream of events, for as long as the server keeps it open.
    pub(crate) async fn events(&self, path: &str) -> Result<Events, ClientError> {
        let opening = self.request(Method::GET, path, Bytes::new());
        let response = self.within(CALL_FOR_MAX, opening).await?;
        if response.status().is_success() {
            return Ok(Events::new(response.into_body()));
        }
        Err(self.refused(response).await)
    }

    /// Asks for something and gives it byte for byte.
    pub(crate) async fn get_bytes(&self, path: &str) -> Result<Bytes, ClientError> {
        self.call_for_bytes(Method::GET, path, Bytes::new()).await
    }

    async fn call(&self, method: Method, path: &str, body: Bytes) -> Result<Value, ClientError> {
        let bytes = self.call_for_bytes(method, path, body).await?;
        if bytes.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&bytes)
            .map_err(|_| self.unreachable("what answers there is no Tidings server"))
    }

    async fn call_for_bytes(
        &self,
        method: Method,
        path: &str,
        body: Bytes,
    ) -> Result<Bytes, ClientError> {
        let calling = async {
            let response = self.request(method, path, body).await?;
            if !response.status().is_success() {
                return Err(self.refused(response).await);
            }
            self.collect(response.into_body()).await
        };
        self.within(CALL_FOR_MAX, calling).await
    }

    async fn request(
        &self,
        method: Method,
        path: &str,
        body: Bytes,
    ) -> Result<Response<Incoming>, ClientError> {
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = method;
        *request.uri_mut() = format!("{}{}{path}", self.prefix, self.interface)
            .parse()
            .map_err(|_| self.unreachable(&format!("{path} is no path")))?;
        let host = HeaderValue::from_str(self.authority.as_str());
        let headers = request.headers_mut();
        headers.insert(HOST, host.expect("an authority is visible ASCII"));
        headers.insert(AUTHORIZATION, self.authorization.clone());
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let answer = self.connector.send(request).await;
        answer.map_err(|why| self.unreachable(&why))
    }

    async fn refused(&self, response: Response<Incoming>) -> ClientError {
        let status = response.status();
        let retry_after = response.headers().get(RETRY_AFTER);
        let retry_after = retry_after.and_then(|value| value.to_str().ok()?.parse().ok());
        let body = self.collect(response.into_body()).await;
        let body = body.unwrap_or_default();
        let reason = status.canonical_reason().unwrap_or("no reason given");
        ClientError::Refused {
            status: status.as_u16(),
            detail: detail(&body).unwrap_or_else(|| reason.to_owned()),
            retry_after,
        }
    }

    async fn collect(&self, body: Incoming) -> Result<Bytes, ClientError> {
        let collected = Limited::new(body, ANSWER_BYTES_MAX).collect().await;
        let collected = collected.map_err(|error| self.unreachable(&error.to_string()))?;
        Ok(collected.to_bytes())
    }

    async fn within<T>(
        &self,
        limit: Duration,
        work: impl Future<Output = Result<T, ClientError>>,
    ) -> Result<T, ClientError> {
        match tokio::time::timeout(limit, work).await {
            Ok(result) => result,
            Err(_) => Err(self.unreachable(&format!("nothing within {} s", limit.as_secs()))),
        }
    }

    fn unreachable(&self, why: &str) -> ClientError {
        ClientError::Unreachable {
            url: self.url.clone(),
            why: why.to_owned(),
        }
    }
}

/// A header that is never shown.
fn sensitive(text: String) -> Result<HeaderValue, http::header::InvalidHeaderValue> {
    let mut value = HeaderValue::try_from(text)?;
    value.set_sensitive(true);
    Ok(value)
}

/// What a refusal says: a sentence, or each wrong field with what is wrong with it.
pub(crate) fn detail(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    if let Value::Array(errors) = &body["errors"] {
        let messages: Vec<&str> = errors
            .iter()
            .filter_map(|one| one["message"].as_str())
            .collect();
        return (!messages.is_empty()).then(|| messages.join(" "));
    }
    match &body["detail"] {
        Value::String(text) => Some(text.clone()),
        Value::Array(fields) => {
            let fields: Vec<String> = fields.iter().filter_map(field).collect();
            (!fields.is_empty()).then(|| fields.join("; "))
        }
        _ => None,
    }
}

fn field(problem: &Value) -> Option<String> {
    let place: Vec<&str> = problem["loc"]
        .as_array()?
        .iter()
        .filter_map(Value::as_str)
        .collect();
    Some(format!("{}: {}", place.join("."), problem["msg"].as_str()?))
}

/// A part of a path, with everything encoded that could end it.
pub(crate) fn segment(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").expect("a string takes any text");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_in_the_words_of_the_server() {
        let of = |body: &str| detail(body.as_bytes());
        assert_eq!(
            of(r#"{"code":"x","detail":"no such app"}"#).as_deref(),
            Some("no such app")
        );
        let fields = r#"{"detail":[{"loc":["body","payload"],"msg":"must be an object","type":"t"},
            {"loc":["body","eventId"],"msg":"too long","type":"t"}]}"#;
        assert_eq!(
            of(fields).as_deref(),
            Some("body.payload: must be an object; body.eventId: too long")
        );
        let of_hooks = r#"{"request_id":"r","errors":[{"message":"One.","code":1},{"message":"Two.","code":2}]}"#;
        assert_eq!(of(of_hooks).as_deref(), Some("One. Two."));
        assert_eq!(of("<html>"), None);
        assert_eq!(of("{}"), None);
    }

    #[test]
    fn a_server_is_named_by_an_http_url() {
        for url in [
            "http://127.0.0.1:8071",
            "https://tidings.example.com/base/",
            "http://[::1]:80/",
        ] {
            assert!(Client::new(url, "key").is_ok(), "{url}");
        }
        for url in ["127.0.0.1:8071", "ftp://host", "not a url", "", "/path"] {
            let error = Client::new(url, "key").err().map(|error| error.to_string());
            assert!(error.is_some_and(|error| error.contains(url)), "{url}");
        }
        assert!(Client::new("http://host", "a\nb").is_err());
    }

    #[test]
    fn a_name_cannot_leave_its_place_in_a_path() {
        assert_eq!(segment("app_1-2.b~"), "app_1-2.b~");
        assert_eq!(
            segment("a/../b?c#d e\u{e9}"),
            "a%2F..%2Fb%3Fc%23d%20e%C3%A9"
        );
    }
}
