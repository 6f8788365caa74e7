//! `/feed`: attempts as they reach the disk, as server-sent events. Not part of the Svix contract;
//! `tidings tail` reads it.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use serde::Serialize;
use serde_json::json;
use tidings_domain::ids::{AttemptId, EndpointId, MessageId};
use tidings_service::feed::{Feed, FeedItem};
use tidings_store::Settled;

use crate::ApiState;
use crate::auth::Authenticated;
use crate::problem::Problem;
use crate::query::Query;
use crate::time;

/// A line that says nothing, this often, so that nobody between takes the connection for dead.
pub(crate) const KEEP_ALIVE_EVERY: Duration = Duration::from_secs(15);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SettledOut<'a> {
    id: AttemptId,
    msg_id: MessageId,
    event_type: &'a str,
    endpoint_id: EndpointId,
    attempt: u16,
    trigger: &'static str,
    outcome: &'static str,
    response_status_code: Option<u16>,
    error: Option<&'static str>,
    timestamp: String,
    response_duration_ms: f64,
    next_attempt: Option<String>,
}

impl<'a> SettledOut<'a> {
    fn of(settled: &'a Settled) -> Self {
        Self {
            id: settled.attempt,
            msg_id: settled.message,
            event_type: &settled.event_type,
            endpoint_id: settled.endpoint,
            attempt: settled.number,
            trigger: settled.trigger.as_str(),
            outcome: settled.outcome.as_str(),
            response_status_code: settled.status,
            error: settled.error.map(|error| error.public().as_str()),
            timestamp: time::format(settled.started_at),
            response_duration_ms: f64::from(settled.duration_us) / 1000.0,
            next_attempt: settled.next_at.map(time::format),
        }
    }
}

pub(crate) async fn watch_attempts(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    query: Query,
) -> Result<Response, Problem> {
    let feed = api.service.feed(caller, query.text("app")).await?;
    Ok(events(stream::unfold(feed, next_event)))
}

/// An answer that goes on with each event.
pub(crate) fn events(
    events: impl Stream<Item = Result<Bytes, Infallible>> + Send + 'static,
) -> Response {
    // The first line goes out at once, so that a reader knows that it is connected.
    let opening = stream::iter([Ok(Bytes::from(": open\n\n"))]);
    let mut response = Response::new(Body::from_stream(opening.chain(events)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn next_event(mut feed: Feed) -> Option<(Result<Bytes, Infallible>, Feed)> {
    let event = match tokio::time::timeout(KEEP_ALIVE_EVERY, feed.next()).await {
        Err(_) => ": still here\n\n".to_owned(),
        Ok(Some(FeedItem::Attempt(settled))) => {
            let id = settled.attempt;
            let data = serde_json::to_string(&SettledOut::of(&settled));
            let data = data.expect("ids, numbers and texts are JSON");
            format!("event: attempt\nid: {id}\ndata: {data}\n\n")
        }
        Ok(Some(FeedItem::Missed(count))) => {
            let data = json!({ "count": count });
            format!("event: missed\ndata: {data}\n\n")
        }
        Ok(None) => return None,
    };
    Some((Ok(Bytes::from(event)), feed))
}
