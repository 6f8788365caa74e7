//! `/inbox/{inbox}/request` and `/inbox/{inbox}/feed`: what an inbox has caught, and catches.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::stream;
use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use tidings_domain::ids::InboxRequestId;
use tidings_service::inboxes::{InboxFeed, SeenRequest, SignatureCheck};
use tidings_service::limits::SEARCH_BYTES_MAX;

use crate::auth::Authenticated;
use crate::feed::{KEEP_ALIVE_EVERY, events};
use crate::pagination::{json, list_of, newest_first};
use crate::problem::Problem;
use crate::query::Query;
use crate::{ApiState, time};

#[derive(JsonSchema, Serialize)]
#[schemars(rename = "InboxSignatureOut")]
#[serde(rename_all = "camelCase")]
pub(crate) struct SignatureOut {
    /// `notChecked`, `valid` or `wrong`.
    state: &'static str,
    reason: Option<String>,
}

impl From<SignatureCheck> for SignatureOut {
    fn from(check: SignatureCheck) -> Self {
        let (state, reason) = match check {
            SignatureCheck::NotChecked => ("notChecked", None),
            SignatureCheck::Valid => ("valid", None),
            SignatureCheck::Wrong(reason) => ("wrong", Some(reason)),
        };
        Self { state, reason }
    }
}

#[derive(JsonSchema, Serialize)]
#[schemars(rename = "InboxRequestSummaryOut")]
#[serde(rename_all = "camelCase")]
pub(crate) struct SummaryOut {
    id: InboxRequestId,
    method: String,
    path: String,
    query: Option<String>,
    body_bytes: usize,
    received_at: String,
    remote_address: String,
    signature: SignatureOut,
}

impl From<SeenRequest> for SummaryOut {
    fn from(seen: SeenRequest) -> Self {
        let request = seen.request;
        Self {
            id: request.id,
            method: request.method,
            path: request.path,
            query: request.query,
            body_bytes: request.body_bytes,
            received_at: time::format(request.id.at_ms()),
            remote_address: request.remote,
            signature: seen.signature.into(),
        }
    }
}

#[derive(JsonSchema, Serialize)]
#[schemars(rename = "InboxRequestHeaderOut")]
pub(crate) struct HeaderOut {
    name: String,
    value: String,
}

#[derive(JsonSchema, Serialize)]
#[schemars(rename = "InboxRequestOut")]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestOut {
    #[serde(flatten)]
    summary: SummaryOut,
    headers: Vec<HeaderOut>,
    /// The body, if it is text.
    body: Option<String>,
    /// The body, if it is not.
    body_base64: Option<String>,
}

impl From<SeenRequest> for RequestOut {
    fn from(mut seen: SeenRequest) -> Self {
        let headers = std::mem::take(&mut seen.request.headers).into_iter();
        let headers = headers.map(|(name, value)| HeaderOut {
            name,
            value: String::from_utf8_lossy(&value).into_owned(),
        });
        let (body, body_base64) = match String::from_utf8(std::mem::take(&mut seen.request.body)) {
            Ok(text) => (Some(text), None),
            Err(bytes) => (None, Some(STANDARD.encode(bytes.as_bytes()))),
        };
        Self {
            headers: headers.collect(),
            body,
            body_base64,
            summary: seen.into(),
        }
    }
}

pub(crate) async fn list_requests(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(inbox): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    let page = newest_first(&query)?;
    let search = query.short_text("search", SEARCH_BYTES_MAX)?;
    let listed = api
        .service
        .inbox_requests(caller, &inbox, (&page, search.as_deref()))
        .await?;
    Ok(list_of::<_, SummaryOut>(listed))
}

pub(crate) async fn get_request(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((inbox, request)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let found = api.service.inbox_request(caller, &inbox, &request).await?;
    Ok(json(StatusCode::OK, &RequestOut::from(found)))
}

pub(crate) async fn delete_request(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((inbox, request)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let deleted = api.service.delete_inbox_request(caller, &inbox, &request);
    deleted.await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn delete_requests(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(inbox): Path<String>,
) -> Result<StatusCode, Problem> {
    api.service.empty_inbox(caller, &inbox).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn watch_requests(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(inbox): Path<String>,
) -> Result<Response, Problem> {
    let feed = api.service.inbox_feed(caller, &inbox).await?;
    Ok(events(stream::unfold(feed, |feed| {
        next_event(feed, KEEP_ALIVE_EVERY)
    })))
}

async fn next_event(
    mut feed: InboxFeed,
    keep_alive: Duration,
) -> Option<(Result<Bytes, Infallible>, InboxFeed)> {
    let event = match tokio::time::timeout(keep_alive, feed.next()).await {
        Err(_) => ": still here\n\n".to_owned(),
        Ok(Some(seen)) => {
            let id = seen.request.id;
            let data = serde_json::to_string(&SummaryOut::from(seen));
            let data = data.expect("ids, numbers and texts are JSON");
            format!("event: request\nid: {id}\ndata: {data}\n\n")
        }
        Ok(None) => return None,
    };
    Some((Ok(Bytes::from(event)), feed))
}
