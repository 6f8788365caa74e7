//! Reading the body of a request: its type, its size, and the idempotency key beside it.

use std::error::Error as _;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, EXPECT};
use http::{HeaderMap, HeaderValue, StatusCode, Uri};
use http_body_util::BodyExt as _;
use tidings_service::idempotency::KeyedRequest;
use tidings_service::payload::JsonText;
use tidings_service::{Caller, ServiceError};
use tidings_store::Dedup;

use crate::Api;
use crate::fields::Fields;
use crate::problem::Problem;

/// How much of a refused body is still taken off the wire. A client that is cut off while it sends
/// sees a broken connection instead of the answer.
const DISCARD_BYTES_MAX: usize = 4 * 1024 * 1024;
const DISCARD_FOR_MAX: Duration = Duration::from_secs(2);

/// A body that should be JSON.
pub(crate) struct JsonBody {
    pub(crate) bytes: Bytes,
    key: Option<HeaderValue>,
    uri: Uri,
}

impl FromRequest<Arc<Api>> for JsonBody {
    type Rejection = Problem;

    async fn from_request(request: Request, api: &Arc<Api>) -> Result<Self, Problem> {
        check_type(request.headers(), is_json)?;
        Self::take(request, api).await
    }
}

/// A body that should be JSON, or lines of JSON.
pub(crate) struct LinesBody(pub(crate) JsonBody);

impl FromRequest<Arc<Api>> for LinesBody {
    type Rejection = Problem;

    async fn from_request(request: Request, api: &Arc<Api>) -> Result<Self, Problem> {
        check_type(request.headers(), |content_type| {
            is_json(content_type) || is_lines(content_type)
        })?;
        JsonBody::take(request, api).await.map(Self)
    }
}

impl JsonBody {
    async fn take(request: Request, api: &Api) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let bytes = read(&parts.headers, body, api.settings.body_bytes_max).await?;
        Ok(Self {
            bytes,
            key: parts.headers.remove("idempotency-key"),
            uri: parts.uri,
        })
    }

    /// The body as a JSON object, field by field.
    pub(crate) fn fields(&self) -> Result<Fields, Problem> {
        Fields::parse(JsonText::check(&self.bytes)?)
    }

    /// The same, where nothing at all stands for an empty object.
    pub(crate) fn fields_or_none(&self) -> Result<Fields, Problem> {
        if self.bytes.is_empty() {
            return Ok(Fields::default());
        }
        self.fields()
    }

    /// The body's text, for what must keep its bytes.
    pub(crate) fn text(&self) -> Result<&str, Problem> {
        Ok(JsonText::check(&self.bytes)?.as_str())
    }

    /// What is to be remembered of a request that carries an idempotency key.
    pub(crate) fn dedup(&self, api: &Api, caller: Caller) -> Result<Option<Dedup>, ServiceError> {
        let Some(key) = &self.key else {
            return Ok(None);
        };
        let request = KeyedRequest {
            key: key.as_bytes(),
            route: self.uri.path(),
            body: &self.bytes,
        };
        api.service.dedup(caller, request).map(Some)
    }
}

/// JSON must say so; a client that says nothing is believed.
fn check_type(headers: &HeaderMap, is_right: impl Fn(&[u8]) -> bool) -> Result<(), Problem> {
    let refuse = |detail| {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        Err(Problem::new(status, "unsupported_media_type", detail))
    };
    if let Some(encoding) = headers.get(CONTENT_ENCODING)
        && encoding != "identity"
    {
        return refuse("the body may not be compressed");
    }
    match headers.get(CONTENT_TYPE) {
        Some(content_type) if !is_right(content_type.as_bytes()) => {
            refuse("the content type must be application/json")
        }
        _ => Ok(()),
    }
}

/// `application/json`, or a type that ends in `+json`; parameters do not matter.
fn is_json(content_type: &[u8]) -> bool {
    let essence = content_type.split(|byte| *byte == b';').next();
    let essence = essence.unwrap_or_default().trim_ascii();
    let suffix = essence.len().saturating_sub(5);
    essence.eq_ignore_ascii_case(b"application/json")
        || (essence.contains(&b'/') && essence[suffix..].eq_ignore_ascii_case(b"+json"))
}

/// The types that lines of JSON go by.
fn is_lines(content_type: &[u8]) -> bool {
    let essence = content_type.split(|byte| *byte == b';').next();
    let essence = essence.unwrap_or_default().trim_ascii();
    [
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
    ]
    .iter()
    .any(|one| essence.eq_ignore_ascii_case(one.as_bytes()))
}

/// The whole body, if it is not too long.
pub(crate) async fn read(
    headers: &HeaderMap,
    body: Body,
    bytes_max: usize,
) -> Result<Bytes, Problem> {
    let announced = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<u64>().ok())
        .map(|length| usize::try_from(length).unwrap_or(usize::MAX));
    if announced.is_some_and(|length| length > bytes_max) {
        // Who asked before sending will not send.
        if !headers.contains_key(EXPECT) {
            Box::pin(discard(body)).await;
        }
        return Err(Problem::too_large(bytes_max));
    }
    collect(body, announced.unwrap_or(0), bytes_max).await
}

async fn collect(mut body: Body, announced: usize, bytes_max: usize) -> Result<Bytes, Problem> {
    let mut first = Bytes::new();
    let mut all = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| broken(&error))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if first.len() + all.len() + data.len() > bytes_max {
            Box::pin(discard(body)).await;
            return Err(Problem::too_large(bytes_max));
        }
        // A body in one piece is not copied.
        if first.is_empty() && all.is_empty() {
            first = data;
            continue;
        }
        if all.is_empty() {
            all.reserve(announced.max(first.len() + data.len()));
            all.extend_from_slice(&std::mem::take(&mut first));
        }
        all.extend_from_slice(&data);
    }
    Ok(if all.is_empty() { first } else { all.freeze() })
}

/// Why a body ended too soon. How long it may take is for the server around the API to say.
fn broken(error: &axum::Error) -> Problem {
    let mut source = error.source();
    while let Some(error) = source {
        let io = error.downcast_ref::<io::Error>();
        if io.is_some_and(|error| error.kind() == io::ErrorKind::TimedOut) {
            let detail = "the body did not come in time";
            return Problem::new(StatusCode::REQUEST_TIMEOUT, "timeout", detail);
        }
        source = error.source();
    }
    let detail = "the body broke off";
    Problem::new(StatusCode::BAD_REQUEST, "bad_request", detail)
}

async fn discard(mut body: Body) {
    let discarding = async {
        let mut left = DISCARD_BYTES_MAX;
        while let Some(Ok(frame)) = body.frame().await {
            let bytes = frame.data_ref().map_or(0, Bytes::len);
            match left.checked_sub(bytes) {
                Some(rest) => left = rest,
                None => return,
            }
        }
    };
    let _ = tokio::time::timeout(DISCARD_FOR_MAX, discarding).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_known_by_its_type() {
        for yes in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "application/cloudevents+json",
        ] {
            assert!(is_json(yes.as_bytes()), "{yes}");
        }
        for no in ["text/plain", "", "json", "+json", "application/xml"] {
            assert!(!is_json(no.as_bytes()), "{no}");
        }
    }

    #[tokio::test]
    async fn a_body_may_have_the_limit_and_not_one_byte_more() {
        let headers = HeaderMap::new();
        let read = |bytes: usize| read(&headers, Body::from(vec![b'a'; bytes]), 1000);
        assert_eq!(read(1000).await.unwrap().len(), 1000);
        assert!(read(1001).await.is_err());
    }

    #[tokio::test]
    async fn pieces_are_put_together() {
        let pieces = ["ab", "", "cd", "e"].map(|piece| Ok::<_, std::io::Error>(Bytes::from(piece)));
        let body = Body::from_stream(futures_util::stream::iter(pieces));
        let bytes = read(&HeaderMap::new(), body, 5).await.unwrap();
        assert_eq!(bytes, "abcde");
    }
}
