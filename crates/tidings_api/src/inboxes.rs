//! `/inbox`: URLs that catch requests. Not part of the Svix contract.

pub(crate) mod catching;
pub(crate) mod replaying;
pub(crate) mod requests;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Path, State};
use axum::response::Response;
use http::header::HOST;
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use tidings_domain::ids::InboxId;
use tidings_domain::inbox::{CATCHING_PATH, Inbox};
use tidings_service::inboxes::InboxDraft;
use tidings_store::Order;

use crate::auth::Authenticated;
use crate::body::JsonBody;
use crate::fields::Fields;
use crate::pagination::{json, list, page_query};
use crate::problem::Problem;
use crate::query::Query;
use crate::shapes::{self, object};
use crate::{Api, ApiState, time};

#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InboxOut {
    id: InboxId,
    name: String,
    url: String,
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
    delay_ms: u32,
    failure_percent: u8,
    has_secret: bool,
    created_at: String,
    updated_at: String,
}

impl InboxOut {
    fn of(inbox: Inbox, site: &Site) -> Self {
        Self {
            id: inbox.id,
            url: format!("{}{}", site.inboxes(), inbox.token().to_text()),
            name: inbox.name,
            status: inbox.answer.status,
            headers: inbox.answer.headers.into_iter().collect(),
            body: String::from_utf8_lossy(&inbox.answer.body).into_owned(),
            delay_ms: inbox.answer.delay_ms,
            failure_percent: inbox.answer.failure_percent,
            has_secret: inbox.secret.is_some(),
            created_at: time::format(inbox.created_at),
            updated_at: time::format(inbox.updated_at),
        }
    }
}

/// Where the caller reaches this server, as its request says: scheme and host.
pub(crate) struct Site(String);

impl Site {
    /// What the URLs of all inboxes begin with.
    pub(crate) fn inboxes(&self) -> String {
        format!("{}{CATCHING_PATH}", self.0)
    }
}

impl FromRequestParts<Arc<Api>> for Site {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Api>) -> Result<Self, Self::Rejection> {
        Ok(Self(site(&parts.headers)))
    }
}

/// What ends TLS before this server says so in `X-Forwarded-Proto`.
fn site(headers: &HeaderMap) -> String {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let scheme = match text("x-forwarded-proto") {
        Some("https") => "https",
        _ => "http",
    };
    let host = text(HOST.as_str()).unwrap_or("localhost");
    format!("{scheme}://{host}")
}

fn read_draft(fields: &mut Fields) -> InboxDraft {
    let name = fields.text("name");
    let (status, headers) = (fields.number("status"), fields.map("headers"));
    let (delay, failures) = (fields.number("delayMs"), fields.number("failurePercent"));
    InboxDraft {
        name: fields.changed("name", name),
        status: fields.changed("status", status),
        headers: headers
            .change_or_default()
            .map(|headers| headers.into_iter().collect()),
        body: fields.text("body").change_or_default(),
        delay_ms: fields.changed("delayMs", delay),
        failure_percent: fields.changed("failurePercent", failures),
        secret: fields.text("secret").change(),
    }
}

/// What [`read_draft`] reads.
pub(crate) fn inbox_in(_: &mut SchemaGenerator) -> Schema {
    object()
        .can("name", "What people call it.", shapes::text())
        .can(
            "status",
            "The status that it answers with.",
            shapes::number(200, 599),
        )
        .may(
            "headers",
            "The headers that it answers with.",
            shapes::texts_by_name(),
        )
        .may("body", "The body that it answers with.", shapes::text())
        .can(
            "delayMs",
            "How long it waits before it answers.",
            shapes::count(),
        )
        .can(
            "failurePercent",
            "How many of a hundred requests it refuses.",
            shapes::number(0, 100),
        )
        .may(
            "secret",
            "What signatures are checked with.",
            shapes::text(),
        )
        .done()
}

pub(crate) async fn list_inboxes(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    site: Site,
    query: Query,
) -> Result<Response, Problem> {
    let page = page_query(&query, Order::Ascending)?;
    let mut listed = api.service.inboxes(caller, &page).await?;
    let rows = std::mem::take(&mut listed.rows);
    let rows = rows.into_iter().map(|inbox| InboxOut::of(inbox, &site));
    Ok(list(&listed, rows.collect()))
}

pub(crate) async fn create_inbox(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    site: Site,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields_or_none()?;
    let draft = read_draft(&mut fields);
    fields.finish()?;
    let dedup = body.dedup(&api, caller)?;
    let made = api.service.create_inbox(caller, draft, dedup).await?;
    Ok(json(StatusCode::CREATED, &InboxOut::of(made, &site)))
}

pub(crate) async fn get_inbox(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    site: Site,
    Path(inbox): Path<String>,
) -> Result<Response, Problem> {
    let found = api.service.inbox(caller, &inbox).await?;
    Ok(json(StatusCode::OK, &InboxOut::of(found, &site)))
}

pub(crate) async fn patch_inbox(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    site: Site,
    Path(inbox): Path<String>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields()?;
    let draft = read_draft(&mut fields);
    fields.finish()?;
    let changed = api.service.patch_inbox(caller, &inbox, draft).await?;
    Ok(json(StatusCode::OK, &InboxOut::of(changed, &site)))
}

pub(crate) async fn delete_inbox(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(inbox): Path<String>,
) -> Result<StatusCode, Problem> {
    api.service.delete_inbox(caller, &inbox).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn the_url_of_an_inbox_is_where_the_caller_is() {
        let mut headers = HeaderMap::new();
        assert_eq!(site(&headers), "http://localhost");
        headers.insert(HOST, HeaderValue::from_static("hooks.example.com:8071"));
        assert_eq!(site(&headers), "http://hooks.example.com:8071");
        headers.insert("x-forwarded-proto", HeaderValue::from_static("https"));
        assert_eq!(site(&headers), "https://hooks.example.com:8071");
    }
}
