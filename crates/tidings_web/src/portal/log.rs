//! The whole log of a webhook, with filters.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use tidings_domain::delivery::Outcome;
use tidings_service::attempts::AttemptFilter;
use tidings_service::messages::MessageFilter;
use tidings_service::{Listed, PageQuery, ServiceError};
use tidings_store::Order;

use super::Portal;
use super::attempts::Row;
use super::visitor::{Account, Visitor};
use super::webhooks::name_of;
use crate::errors::Fault;
use crate::form::Posted;
use crate::page::{Page, render};
use crate::paging::{Paging, ROWS_MAX, asked};

/// How many webhooks can be chosen from.
const WEBHOOKS_MAX: usize = 250;
/// What the list is filtered by.
const FILTERS: [&str; 3] = ["webhook", "outcome", "event"];

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
    paging: Paging,
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
    // So that other pages of the list are of the same one, whatever is created meanwhile.
    let query = query.with("webhook", &webhook);
    let mut template = Log {
        token: visitor.form_token(),
        account,
        tab: "log",
        webhooks,
        outcome: query.line("outcome").to_owned(),
        event: query.line("event").to_owned(),
        webhook,
        rows: Vec::new(),
        paging: Paging::on(None, &query, &FILTERS),
        page: visitor.page,
    };
    if !template.webhook.is_empty() {
        let asked = asked(&query, ROWS_MAX, Order::Descending);
        let filter = filter(&template.outcome, &template.event);
        let (id, webhook) = (&template.account.id, &template.webhook);
        let listed = service.attempts_of_endpoint(caller, id, webhook, &filter, &asked);
        let listed = match listed.await {
            Ok(listed) => listed,
            // An event type that cannot be one matches nothing.
            Err(ServiceError::Invalid(_)) if asked.cursor.is_none() => Listed::empty(),
            Err(error) => return Err(error.into()),
        };
        let (language, now) = (template.page.language, service.now());
        let rows = listed.rows.iter();
        template.rows = rows.map(|row| Row::of(row, language, now)).collect();
        template.paging = Paging::of(&listed, &query, &FILTERS);
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
