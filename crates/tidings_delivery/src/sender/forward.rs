//! One request as it is, to an address that a developer chose: what an inbox has caught, sent on.
//!
//! It takes the way of every request, through the guard, and is made once. What belongs to a connection is not sent on.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HOST};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};
use http_body_util::Full;
use tidings_domain::address_policy::TargetUrl;
use tidings_domain::delivery::Exchange;
use tidings_store::Forward;

use super::Sender;
use super::failure::Failure;
use super::record::{Record, Stage};

/// Headers that are the connection's, and not the request's.
const OF_THE_CONNECTION: [&str; 11] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

impl Sender {
    /// Makes the request and says how it went.
    pub async fn forward(&self, forward: &Forward) -> Exchange {
        let mut record = Record::begin(&forward.url);
        let limit = self.settings.attempt_for_max;
        let attempt = self.forward_once(&mut record, forward);
        let result = match tokio::time::timeout(limit, attempt).await {
            Ok(result) => result,
            Err(_) => Err(Failure::total_timeout(record.stage(), limit)),
        };
        record.finish(result)
    }

    async fn forward_once(&self, record: &mut Record, forward: &Forward) -> Result<(), Failure> {
        let checked = self.policy.check_url(&forward.url);
        let url = checked.map_err(|refused| Failure::of_request(&refused))?;
        let (request, lines) = request(forward, &url)?;
        let origin = self.pool.origin(&url, None);
        let mut connection = self.connector.connect(record, &origin).await?;
        record.enter(Stage::Head);
        record.note_request(lines);
        match connection.request(request).await {
            Ok(response) => self.receive(record, &origin, connection, response).await,
            Err(error) => Err(Failure::of_exchange(&error, connection.gauge())),
        }
    }
}

/// The request, and the account of its headers.
fn request(forward: &Forward, url: &TargetUrl) -> Result<(Request<Full<Bytes>>, String), Failure> {
    let method = Method::from_bytes(forward.method.as_bytes());
    let method = method.map_err(|error| Failure::of_request(&error))?;
    let path = PathAndQuery::try_from(url.path_and_query());
    let path = path.map_err(|error| Failure::of_request(&error))?;
    let host = HeaderValue::from_str(url.authority());
    let mut headers = HeaderMap::with_capacity(forward.headers.len() + 2);
    headers.insert(HOST, host.map_err(|error| Failure::of_request(&error))?);
    for (name, value) in &forward.headers {
        if OF_THE_CONNECTION.contains(&name.as_str()) {
            continue;
        }
        let name = HeaderName::from_bytes(name.as_bytes());
        let value = HeaderValue::from_bytes(value);
        headers.append(
            name.map_err(|error| Failure::of_request(&error))?,
            value.map_err(|error| Failure::of_request(&error))?,
        );
    }
    headers.insert(CONTENT_LENGTH, HeaderValue::from(forward.body.len()));
    let mut lines = String::new();
    for (name, value) in &headers {
        lines.push_str(name.as_str());
        lines.push_str(": ");
        lines.push_str(&String::from_utf8_lossy(value.as_bytes()));
        lines.push('\n');
    }
    let mut request = Request::new(Full::new(Bytes::copy_from_slice(&forward.body)));
    *request.method_mut() = method;
    *request.uri_mut() = Uri::from(path);
    *request.headers_mut() = headers;
    Ok((request, lines))
}
