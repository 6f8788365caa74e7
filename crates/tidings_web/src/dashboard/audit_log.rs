//! The audit log: who changed what, when, and from where.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;
use tidings_domain::access::Role;
use tidings_domain::audit::{Action, ActorKind, Entry};
use tidings_domain::clock::Millis;
use tidings_service::ServiceError;
use tidings_service::audit::EntryFilter;
use tidings_store::Order;

use super::Dashboard;
use super::member::{Member, Shell};
use crate::errors::Fault;
use crate::form::Posted;
use crate::page::{Page, render};
use crate::paging::{self, Paging};

const ROWS_MAX: usize = 50;
const FILTERS: [&str; 6] = ["actor", "kind", "action", "target", "since", "until"];
const KINDS: [(&str, &str); 7] = [
    ("api_key", "actor-api-key"),
    ("member", "actor-member"),
    ("portal_session", "actor-portal"),
    ("integration", "actor-integration"),
    ("api_user", "actor-api-user"),
    ("command_line", "actor-command-line"),
    ("system", "actor-system"),
];

#[derive(Template)]
#[template(path = "dashboard/audit_log.html")]
struct List {
    page: Page,
    shell: Shell,
    rows: Vec<Row>,
    paging: Paging,
    actor: String,
    kind: String,
    kinds: [(&'static str, &'static str); 7],
    action: String,
    actions: Vec<&'static str>,
    target: String,
    since: String,
    until: String,
    is_filtered: bool,
}

struct Row {
    at: Millis,
    /// What people call who it was; the name of the kind, as a text, where nobody calls it anything.
    name: Option<String>,
    kind: &'static str,
    actor: String,
    action: String,
    target: String,
    target_name: String,
    application: String,
    address: String,
    program: String,
    changes: Vec<Change>,
}

struct Change {
    field: String,
    before: Option<String>,
    after: Option<String>,
}

impl Row {
    fn of(entry: Entry) -> Self {
        let at = entry.at();
        Self {
            at,
            kind: kind_text(entry.actor.kind),
            name: entry.actor.name,
            actor: entry.actor.id.unwrap_or_default(),
            action: entry.action,
            target: entry.target.unwrap_or_default(),
            target_name: entry.target_uid.unwrap_or_default(),
            application: entry.application.unwrap_or_default(),
            address: entry.address.unwrap_or_default(),
            program: entry.user_agent.unwrap_or_default(),
            changes: changes(&entry.changes),
        }
    }
}

fn kind_text(kind: ActorKind) -> &'static str {
    let kinds = KINDS.iter();
    let mut found = kinds.filter(|(name, _)| *name == kind.as_str());
    found.next().map_or("actor-system", |(_, text)| text)
}

/// What has changed, as it is kept: a list of fields.
fn changes(text: &str) -> Vec<Change> {
    let list: Vec<Value> = serde_json::from_str(text).unwrap_or_default();
    let changes = list.into_iter().map(|change| Change {
        field: change["field"].as_str().unwrap_or_default().to_owned(),
        before: change.get("before").map(shown),
        after: change.get("after").map(shown),
    });
    changes.collect()
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The beginning of a day, in UTC.
fn day(text: &str) -> Option<Date> {
    text.parse().ok()
}

fn beginning(day: Date) -> Option<Millis> {
    let day = day.to_zoned(TimeZone::UTC).ok()?;
    Some(day.timestamp().as_millisecond())
}

/// The list.
pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    member.check(Role::Admin)?;
    let query = Posted::parse(query.unwrap_or_default().as_bytes());
    let asked = paging::asked(&query, ROWS_MAX, Order::Descending);
    let word = |name: &str| Some(query.line(name).to_owned()).filter(|word| !word.is_empty());
    let after = |day: Date| day.tomorrow().ok();
    let filter = EntryFilter {
        since: day(query.line("since")).and_then(beginning),
        // The day that is named belongs to it.
        until: day(query.line("until")).and_then(after).and_then(beginning),
        actor_kind: ActorKind::parse(query.line("kind")),
        actor: word("actor"),
        action: Action::parse(query.line("action")),
        application: None,
        target: word("target"),
    };
    let reading = dashboard.service.audit_log(member.caller, filter, &asked);
    let listed = match reading.await {
        Ok(listed) => listed,
        Err(ServiceError::Invalid(_)) => return Err(Fault::Missing),
        Err(other) => return Err(other.into()),
    };
    let of = |name: &str| query.line(name).to_owned();
    let template = List {
        paging: Paging::of(&listed, &query, &FILTERS),
        rows: listed.rows.into_iter().map(Row::of).collect(),
        actor: of("actor"),
        kind: of("kind"),
        kinds: KINDS,
        action: of("action"),
        actions: Action::ALL.iter().map(|action| action.as_str()).collect(),
        target: of("target"),
        since: of("since"),
        until: of("until"),
        is_filtered: FILTERS.iter().any(|name| !query.line(name).is_empty()),
        shell: member.shell(),
        page: member.page,
    };
    Ok(render(StatusCode::OK, &template))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_actor_has_a_name() {
        for (name, _) in KINDS {
            assert!(ActorKind::parse(name).is_some(), "{name}");
        }
        assert_eq!(kind_text(ActorKind::CommandLine), "actor-command-line");
    }

    #[test]
    fn what_has_changed_is_read_and_secrets_have_no_values() {
        let text = r#"[{"field":"url","before":"a","after":["b"]},{"field":"secret"}]"#;
        let read = changes(text);
        assert_eq!(read[0].before.as_deref(), Some("a"));
        assert_eq!(read[0].after.as_deref(), Some("[\"b\"]"));
        assert!(read[1].before.is_none() && read[1].after.is_none());
        assert!(changes("no list").is_empty());
    }

    #[test]
    fn a_day_begins_at_midnight_utc() {
        let at = day("2026-11-22").and_then(beginning);
        assert_eq!(at, Some(1_795_305_600_000));
        assert_eq!(day("22.11.2026"), None);
    }
}
