//! The whole log of a webhook, with filters.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use tidings_domain::delivery::Outcome;
use tidings_service::attempts::AttemptFilter;
use tidings_service::messages::MessageFilter;
use tidings_service::{Cursor, PageQuery, ServiceError};
use tidings_store::Order;

use super::Portal;
use super::attempts::Row;
use super::visitor::{Account, Visitor};
use super::webhooks::name_of;
use crate::errors::Fault;
use crate::form::Posted;
use crate::page::{Page, render};

/// Rows of a page.
const ROWS_MAX: usize = 25;
/// How many webhooks can be chosen from.
const WEBHOOKS_MAX: usize = 250;

#[derive(Template)]
#[template(path = "portal/log.html")]
struct Log {
    page: Page,
    account: Account,
    token: String,
    tab: &'static str,
    /// All of the account, by id and name.
    webhooks: Vec<(String, String)>,
    webhook: String,
    outcome: String,
    event: String,
    rows: Vec<Row>,
    /// What the links to other pages of the list begin with.
    filters: String,
    next: Option<String>,
    previous: Option<String>,
}

impl Log {
    /// What can be chosen, and what it is called.
    fn outcomes(&self) -> Vec<(&'static str, String)> {
        let all = [
            ("", "result-all"),
            ("ok", "result-ok"),
            ("failed", "result-failed"),
            ("canceled", "result-canceled"),
        ];
        all.map(|(value, key)| (value, self.page.say(key))).into()
    }
}

/// The log.
pub(crate) async fn show(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path(app): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let query = Posted::parse(query.unwrap_or_default().as_bytes());
    let account = visitor.account(&portal, &app).await?;
    let (service, caller) = (&portal.service, visitor.caller);
    let all = PageQuery {
        limit: WEBHOOKS_MAX,
        cursor: None,
        order: Order::Descending,
    };
    let webhooks = service.endpoints(caller, &account.id, &all).await?.rows;
    let webhooks: Vec<(String, String)> = webhooks
        .iter()
        .map(|endpoint| (endpoint.id.to_string(), name_of(endpoint)))
        .collect();
    let first = webhooks.first().map_or("", |(id, _)| id.as_str());
    let webhook = Some(query.line("webhook")).filter(|id| !id.is_empty());
    let webhook = webhook.unwrap_or(first).to_owned();
    let cursor = Some(query.line("page")).filter(|page| !page.is_empty());
    let mut template = Log {
        token: visitor.form_token(),
        account,
        tab: "log",
        webhooks,
        outcome: query.line("outcome").to_owned(),
        event: query.line("event").to_owned(),
        filters: filters(&query, &webhook),
        webhook,
        rows: Vec::new(),
        next: None,
        previous: None,
        page: visitor.page,
    };
    if !template.webhook.is_empty() {
        let asked = PageQuery {
            limit: ROWS_MAX,
            cursor: cursor.map(Cursor::parse),
            order: Order::Descending,
        };
        let filter = filter(&template.outcome, &template.event);
        let (id, webhook) = (&template.account.id, &template.webhook);
        let listed = service.attempts_of_endpoint(caller, id, webhook, &filter, &asked);
        let listed = match listed.await {
            Ok(listed) => listed,
            // An event type that cannot be one matches nothing.
            Err(ServiceError::Invalid(_)) if cursor.is_none() => tidings_service::Listed::empty(),
            Err(error) => return Err(error.into()),
        };
        let (language, now) = (template.page.language, service.now());
        let rows = listed.rows.iter();
        template.rows = rows.map(|row| Row::of(row, language, now)).collect();
        let is_back = cursor.is_some_and(|cursor| cursor.starts_with('-'));
        template.next = listed.iterator.filter(|_| is_back || !listed.is_done);
        let has_previous = cursor.is_some() && !(is_back && listed.is_done);
        template.previous = listed.prev_iterator.filter(|_| has_previous);
    }
    Ok(render(StatusCode::OK, &template))
}

fn filter(outcome: &str, event: &str) -> AttemptFilter {
    let outcomes = match outcome {
        "ok" => Some(vec![Outcome::Success]),
        "failed" => Some(vec![Outcome::Retry, Outcome::Exhausted]),
        "canceled" => Some(vec![Outcome::Canceled]),
        _ => None,
    };
    let event_types = Some(event.to_owned()).filter(|event| !event.is_empty());
    AttemptFilter {
        message: MessageFilter {
            event_types: event_types.into_iter().collect(),
            ..MessageFilter::default()
        },
        outcomes,
        with_message: true,
        ..AttemptFilter::default()
    }
}

fn filters(query: &Posted, webhook: &str) -> String {
    let mut text = url::form_urlencoded::Serializer::new(String::new());
    text.append_pair("webhook", webhook);
    for name in ["outcome", "event"] {
        if !query.line(name).is_empty() {
            text.append_pair(name, query.line(name));
        }
    }
    text.finish()
}
