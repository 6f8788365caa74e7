//! The list of webhooks of an account, with their state, how well they do, and what was sent last.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use tidings_domain::access::Capability;
use tidings_domain::endpoint::Endpoint;
use tidings_service::attempts::AttemptFilter;
use tidings_service::endpoints::StatsSpan;
use tidings_service::{Cursor, PageQuery};
use tidings_store::Order;

use super::Portal;
use super::attempts::Row as Attempted;
use super::visitor::{Account, Visitor};
use crate::errors::Fault;
use crate::form::Posted;
use crate::formats;
use crate::page::{Page, render};

/// Rows of a page.
const ROWS_MAX: usize = 25;
/// How many are looked through for what is searched.
const SEARCHED_MAX: usize = 250;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// How a webhook is, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Health {
    Active,
    Failing,
    Disabled,
}

/// A webhook, as lists and pages show it.
pub(crate) struct Webhook {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) state: Health,
    /// Empty means all.
    pub(crate) events: Vec<String>,
}

struct Row {
    webhook: Webhook,
    /// In percent, of the last day; none if nothing was sent.
    rate: Option<String>,
    is_bad: bool,
    last: Option<Attempted>,
}

#[derive(Template)]
#[template(path = "portal/webhooks.html")]
struct Webhooks {
    page: Page,
    token: String,
    account: Account,
    tab: &'static str,
    rows: Vec<Row>,
    search: String,
    wanted: String,
    /// What was done before this page: a word that the template knows.
    done: String,
    may_manage: bool,
    may_test: bool,
    next: Option<String>,
    previous: Option<String>,
}

impl Health {
    pub(crate) fn of(endpoint: &Endpoint) -> Self {
        if endpoint.is_off() {
            Self::Disabled
        } else if endpoint.state.failing_since.is_some() {
            Self::Failing
        } else {
            Self::Active
        }
    }

    /// The class of its pill.
    pub(crate) fn tone(self) -> &'static str {
        match self {
            Self::Active => "ok",
            Self::Failing => "warn",
            Self::Disabled => "idle",
        }
    }

    /// What it is called.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Active => "state-active",
            Self::Failing => "state-failing",
            Self::Disabled => "state-disabled",
        }
    }
}

impl Webhook {
    pub(crate) fn of(endpoint: &Endpoint) -> Self {
        Self {
            id: endpoint.id.to_string(),
            name: name_of(endpoint),
            url: endpoint.url.clone(),
            state: Health::of(endpoint),
            events: endpoint.event_types.clone(),
        }
    }

    fn matches(&self, search: &str, wanted: &str) -> bool {
        let is_wanted = match wanted {
            "active" => self.state != Health::Disabled,
            "disabled" => self.state == Health::Disabled,
            _ => true,
        };
        let has = |text: &String| text.to_lowercase().contains(search);
        is_wanted && (has(&self.name) || has(&self.url) || self.events.iter().any(has))
    }
}

/// What people call it, or the host of its URL.
pub(crate) fn name_of(endpoint: &Endpoint) -> String {
    let name = endpoint.description.trim();
    if !name.is_empty() {
        return name.lines().next().unwrap_or(name).to_owned();
    }
    let rest = endpoint.url.split("://").nth(1).unwrap_or(&endpoint.url);
    rest.split('/').next().unwrap_or(rest).to_owned()
}

/// The list.
pub(crate) async fn show(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path(app): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let query = Posted::parse(query.unwrap_or_default().as_bytes());
    let account = visitor.account(&portal, &app).await?;
    let (search, wanted) = (query.line("q").to_lowercase(), query.line("state"));
    let is_searched = !search.is_empty() || !wanted.is_empty();
    let cursor = Some(query.line("page")).filter(|page| !page.is_empty());
    let asked = PageQuery {
        limit: if is_searched { SEARCHED_MAX } else { ROWS_MAX },
        cursor: cursor.map(Cursor::parse),
        order: Order::Descending,
    };
    let service = &portal.service;
    let listed = service
        .endpoints(visitor.caller, &account.id, &asked)
        .await?;
    let mut rows = Vec::new();
    for endpoint in &listed.rows {
        let webhook = Webhook::of(endpoint);
        if webhook.matches(&search, wanted) && rows.len() < ROWS_MAX {
            rows.push(row(&portal, &visitor, &account, webhook).await?);
        }
    }
    let is_back = cursor.is_some_and(|cursor| cursor.starts_with('-'));
    let has_next = !is_searched && (is_back || !listed.is_done);
    let has_previous = !is_searched && cursor.is_some() && !(is_back && listed.is_done);
    let template = Webhooks {
        token: visitor.form_token(),
        may_manage: visitor.may(Capability::ManageEndpoint) && !account.is_paused,
        may_test: visitor.may(Capability::CreateAttempts) && !account.is_paused,
        account,
        tab: "webhooks",
        rows,
        search: query.line("q").to_owned(),
        wanted: wanted.to_owned(),
        done: query.line("done").to_owned(),
        next: listed.iterator.filter(|_| has_next),
        previous: listed.prev_iterator.filter(|_| has_previous),
        page: visitor.page,
    };
    Ok(render(StatusCode::OK, &template))
}

async fn row(
    portal: &Portal,
    visitor: &Visitor,
    account: &Account,
    webhook: Webhook,
) -> Result<Row, Fault> {
    let (service, caller) = (&portal.service, visitor.caller);
    let span = StatsSpan {
        since: Some(service.now() - DAY_MS),
        until: None,
    };
    let stats = service.endpoint_attempt_stats(caller, &account.id, &webhook.id, span);
    let stats = stats.await?;
    let newest = PageQuery {
        limit: 1,
        cursor: None,
        order: Order::Descending,
    };
    let filter = AttemptFilter::default();
    let last = service
        .attempts_of_endpoint(caller, &account.id, &webhook.id, &filter, &newest)
        .await?;
    let language = visitor.page.language;
    let all = stats.success + stats.fail;
    Ok(Row {
        webhook,
        rate: (all > 0).then(|| formats::percent(language, stats.success, all)),
        is_bad: stats.fail * 20 > all,
        last: last
            .rows
            .first()
            .map(|row| Attempted::of(row, language, service.now())),
    })
}
