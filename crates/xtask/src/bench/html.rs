//! How long the pages for people take, asked for one after the other by somebody who is signed in: the portal of the
//! application that has the messages and the endpoints, and the dashboard.

use anyhow::{Context, Result};
use serde_json::json;

use super::browser::Browser;
use super::pages::{Page, get, text, time};
use super::servers::Server;
use super::wire::Wire;

/// How many event types the catalogue gets.
const EVENT_TYPES_COUNT: u32 = 100;
/// How many buttons a board gets, and how many requests an inbox.
const FEW_COUNT: u32 = 20;

/// What is asked for in the portal. `{endpoint}` is the endpoint that got all messages, `{attempt}` what was sent last;
/// behind `{behind}` in the list are that endpoint and those that came after it.
const PORTAL: [(&str, &str); 19] = [
    ("accounts", "accounts"),
    ("webhooks, the newest", "{app}/webhooks"),
    ("webhooks, with the busiest", "{app}/webhooks?page={behind}"),
    (
        "webhooks, searched for none",
        "{app}/webhooks?q=nothing.such",
    ),
    ("a webhook", "{app}/webhooks/{endpoint}"),
    ("the form of a webhook", "{app}/webhooks/{endpoint}/update"),
    ("a secret", "{app}/webhooks/{endpoint}/secret"),
    ("sending again", "{app}/webhooks/{endpoint}/replay"),
    ("the log", "{app}/log?webhook={endpoint}"),
    (
        "the log, an older page",
        "{app}/log?webhook={endpoint}&page={older}",
    ),
    (
        "the log, failed",
        "{app}/log?webhook={endpoint}&outcome=failed",
    ),
    (
        "the log, of an event of none",
        "{app}/log?webhook={endpoint}&event=nothing.such",
    ),
    ("a request", "{app}/log/{attempt}"),
    ("events", "{app}/events"),
    ("an event", "{app}/events/bench.type-1"),
    ("buttons", "{app}/buttons"),
    ("a board in hand", "{app}/boards"),
    ("help", "{app}/help"),
    ("settings", "{app}/settings"),
];

/// What is asked for in the dashboard.
const DASHBOARD: [(&str, &str); 29] = [
    ("overview", "overview"),
    ("search", "search"),
    ("search, for an id", "search?q={message}"),
    (
        "search, for an event id or a tag of none",
        "search?q=nothing-such",
    ),
    (
        "search, for the text of an error",
        "search?q=connection+refused",
    ),
    (
        "search, in one application",
        "search?q=nothing-such&app={app}",
    ),
    ("applications", "applications"),
    (
        "applications, searched for none",
        "applications?q=nothing.such",
    ),
    ("an application", "applications/{app}"),
    ("messages", "applications/{app}/messages"),
    (
        "messages, an older page",
        "applications/{app}/messages?page={message}",
    ),
    (
        "messages, with a tag of none",
        "applications/{app}/messages?tag=none",
    ),
    (
        "messages, of an event of none",
        "applications/{app}/messages?event=nothing.such",
    ),
    ("a message", "applications/{app}/messages/{message}"),
    ("an attempt", "applications/{app}/messages/{attempt}"),
    ("event types", "event-types"),
    ("an event type", "event-types/bench.type-1"),
    ("catalogues", "catalogues"),
    ("plans", "plans"),
    ("operational webhooks", "operational"),
    ("an operational webhook", "operational/{operational}"),
    ("jobs", "jobs"),
    ("inboxes", "inboxes"),
    ("an inbox", "inboxes/{inbox}"),
    ("members", "members"),
    ("API keys", "keys"),
    ("audit log", "audit-log"),
    ("settings", "settings"),
    ("you", "you"),
];

/// What stands in the paths.
struct Names(Vec<(&'static str, String)>);

impl Names {
    fn fill(&self, path: &str) -> String {
        let names = self.0.iter();
        names.fold(path.to_owned(), |path, (name, value)| {
            path.replace(&format!("{{{name}}}"), value)
        })
    }
}

/// The pages of this application, and of the dashboard.
pub(super) fn measure(server: &Server, application: &str, count: usize) -> Result<Vec<Page>> {
    let names = make(server, application)?;
    let mut pages = Vec::new();
    let mut portal = Browser::in_portal(server, application)?;
    for (title, path) in PORTAL {
        let path = names.fill(&format!("/portal/{path}"));
        let title = format!("portal: {title}");
        pages.push(time(title, count, || portal.page(&path))?);
    }
    let mut dashboard = Browser::in_dashboard(server)?;
    for (title, path) in DASHBOARD {
        let path = names.fill(&format!("/dashboard/{path}"));
        let title = format!("dashboard: {title}");
        pages.push(time(title, count, || dashboard.page(&path))?);
    }
    portal.reconnect(server)?;
    pages.extend(while_counting(&mut portal, &mut dashboard, &names, count)?);
    Ok(pages)
}

/// The pages that follow a job, while it reads on through all messages.
fn while_counting(
    portal: &mut Browser,
    dashboard: &mut Browser,
    names: &Names,
    count: usize,
) -> Result<[Page; 2]> {
    let asked_at = names.fill("/portal/{app}/webhooks/{endpoint}/replay");
    let task = portal.send(&asked_at, &asked_at, "what=failed&since=24")?;
    let of_task = time(
        "portal: counting what to send again".to_owned(),
        count,
        || portal.page(&task),
    )?;
    let id = task.rsplit('/').next().unwrap_or_default();
    let job = format!("/dashboard/jobs/{id}");
    let of_job = time("dashboard: a job that goes on".to_owned(), count, || {
        dashboard.page(&job)
    })?;
    Ok([of_task, of_job])
}

/// Makes what pages show besides messages and endpoints.
fn make(server: &Server, application: &str) -> Result<Names> {
    let mut wire = Wire::with_key(server)?;
    let base = format!("/api/v1/app/{application}");
    for number in 0..EVENT_TYPES_COUNT {
        let event_type = json!({
            "name": format!("bench.type-{number}"),
            "description": format!("Something of kind {number} has happened."),
            "groupName": format!("group-{}", number / 10),
            "schemas": {"1": {"type": "object", "properties": {"amount": {"type": "integer"}}}},
        });
        wire.ask_json("POST", "/api/v1/event-type", &event_type)?;
    }
    let board = json!({"uid": "bench", "name": "Bench", "rows": 4, "columns": 5});
    wire.ask_json("POST", &format!("{base}/board"), &board)?;
    for place in 0..FEW_COUNT {
        let button = json!({"boardId": "bench", "row": place / 5, "column": place % 5,
            "label": format!("Button {place}"), "url": "https://example.com/button"});
        wire.ask_json("POST", &format!("{base}/button"), &button)?;
    }
    let inbox = inbox(&mut wire)?;
    let operational = json!({"url": "https://example.com/operational"});
    let operational =
        wire.ask_json("POST", "/api/v1/operational-webhook/endpoint", &operational)?;
    let first = get(server, &format!("{base}/endpoint?limit=25&order=ascending"))?;
    let endpoint = text(&first, "/data/0/id")?;
    let behind = text(&first, "/data/24/id")?;
    let sent = get(
        server,
        &format!("{base}/attempt/endpoint/{endpoint}?limit=100"),
    )?;
    let (message, attempt) = (text(&sent, "/data/0/msgId")?, text(&sent, "/data/0/id")?);
    Ok(Names(vec![
        ("app", application.to_owned()),
        ("endpoint", endpoint),
        ("behind", behind),
        ("attempt", format!("{message}/{attempt}")),
        ("older", text(&sent, "/data/99/id")?),
        ("message", message),
        ("inbox", inbox),
        ("operational", text(&operational, "/id")?),
    ]))
}

/// An inbox that has caught something.
pub(super) fn inbox(wire: &mut Wire) -> Result<String> {
    let inbox = wire.ask_json("POST", "/api/v1/inbox", &json!({"name": "Bench"}))?;
    let url = text(&inbox, "/url")?;
    let (_, path) = url.split_once("/in/").context("the inbox has no address")?;
    for number in 0..FEW_COUNT {
        let body = json!({"order": number}).to_string();
        wire.ask("POST", &format!("/in/{path}"), &body)?;
    }
    text(&inbox, "/id")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_in_a_path_is_known() {
        let known = [
            "app",
            "endpoint",
            "behind",
            "attempt",
            "older",
            "message",
            "inbox",
            "operational",
        ];
        let names = Names(known.map(|name| (name, format!("<{name}>"))).into());
        assert_eq!(names.fill("{app}/log/{attempt}"), "<app>/log/<attempt>");
        for (title, path) in PORTAL.iter().chain(&DASHBOARD) {
            assert!(!names.fill(path).contains('{'), "{title}: {path}");
        }
    }

    #[test]
    fn no_page_has_the_title_of_another() {
        for pages in [&PORTAL[..], &DASHBOARD] {
            let titles: std::collections::BTreeSet<_> =
                pages.iter().map(|(title, _)| title).collect();
            assert_eq!(titles.len(), pages.len());
        }
    }
}
