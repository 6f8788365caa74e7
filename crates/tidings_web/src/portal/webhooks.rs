//! The list of webhooks of an account, with their state, how well they do, and what was sent last.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use tidings_domain::access::Capability;
use tidings_domain::clock::Millis;
use tidings_domain::endpoint::Endpoint;
use tidings_domain::ids::EndpointId;
use tidings_domain::language::Language;
use tidings_service::Listed;
use tidings_service::endpoints::RECENT_MAX;
use tidings_store::{AttemptRow, Order, RecentOutcomes};

use super::Portal;
use super::attempts::Row as Attempted;
use super::visitor::{Account, Visitor};
use crate::errors::Fault;
use crate::form::Posted;
use crate::formats;
use crate::page::{Page, render};
use crate::paging::{Paging, ROWS_MAX, asked};

/// How many are looked through for what is searched, before somebody asks for more.
const SEARCHED_MAX: usize = 250;
/// What the list is searched by.
const FILTERS: [&str; 2] = ["q", "state"];

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
    /// In percent, of the newest requests; none if nothing was sent.
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
    paging: Paging,
}

impl Webhooks {
    /// Of how many requests the rate is, at most.
    #[expect(clippy::unused_self, reason = "the template calls it on the page")]
    fn recent_max(&self) -> usize {
        RECENT_MAX
    }
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
    let limit = if is_searched { SEARCHED_MAX } else { ROWS_MAX };
    let asked = asked(&query, limit, Order::Descending);
    let (service, caller) = (&portal.service, visitor.caller);
    let mut listed = service.endpoints(caller, &account.id, &asked).await?;
    let paging = if is_searched {
        let matches = |endpoint: &Endpoint| Webhook::of(endpoint).matches(&search, wanted);
        let on = keep_matching(&mut listed, matches, |endpoint| endpoint.id.to_string());
        Paging::on(on.as_ref(), &query, &FILTERS)
    } else {
        Paging::of(&listed, &query, &[])
    };
    let ids: Vec<EndpointId> = listed.rows.iter().map(|endpoint| endpoint.id).collect();
    let recent = service.recent_outcomes(caller, &account.id, &ids).await?;
    let (language, now) = (visitor.page.language, service.now());
    let row = |endpoint| row(endpoint, &recent, (language, now));
    let template = Webhooks {
        token: visitor.form_token(),
        may_manage: visitor.may(Capability::ManageEndpoint) && !account.is_paused,
        may_test: visitor.may(Capability::CreateAttempts) && !account.is_paused,
        account,
        tab: "webhooks",
        rows: listed.rows.iter().map(row).collect(),
        search: query.line("q").to_owned(),
        wanted: wanted.to_owned(),
        done: query.line("done").to_owned(),
        paging,
        page: visitor.page,
    };
    Ok(render(StatusCode::OK, &template))
}

/// Leaves as many as a page shows of what was looked through. Gives where to look on, if that is not all.
fn keep_matching<T>(
    listed: &mut Listed<T>,
    matches: impl Fn(&T) -> bool,
    id_of: impl Fn(&T) -> String,
) -> Option<String> {
    listed.rows.retain(matches);
    if listed.rows.len() > ROWS_MAX {
        listed.rows.truncate(ROWS_MAX);
        return listed.rows.last().map(id_of);
    }
    listed.iterator.take().filter(|_| !listed.is_done)
}

fn row(
    endpoint: &Endpoint,
    recent: &HashMap<EndpointId, RecentOutcomes>,
    (language, now): (Language, Millis),
) -> Row {
    let recent = recent.get(&endpoint.id);
    let (success, fail) = recent.map_or((0, 0), |recent| (recent.success, recent.fail));
    let all = success + fail;
    let last = recent.map(|recent| AttemptRow {
        attempt: recent.last.clone(),
        message: None,
    });
    Row {
        webhook: Webhook::of(endpoint),
        rate: (all > 0).then(|| formats::percent(language, success, all)),
        is_bad: fail * 20 > all,
        last: last.map(|last| Attempted::of(&last, language, now)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_goes_on_behind_what_it_has_shown_or_looked_through() {
        let kept = |count: u8, is_done, wanted: fn(&u8) -> bool| {
            let mut listed = Listed {
                rows: (1..=count).collect(),
                iterator: Some("end".to_owned()),
                prev_iterator: None,
                is_done,
            };
            let on = keep_matching(&mut listed, wanted, u8::to_string);
            (listed.rows.len(), on)
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(kept(30, true, |_| true), (25, some("25")));
        assert_eq!(kept(60, false, |one| one % 2 == 0), (25, some("50")));
        assert_eq!(kept(25, true, |_| true), (25, None));
        assert_eq!(kept(30, false, |_| false), (0, some("end")));
        assert_eq!(kept(30, true, |_| false), (0, None));
    }
}
