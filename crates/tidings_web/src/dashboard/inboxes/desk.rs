//! An inbox with what it has caught, and what is beside that: a request, two of them, or how to send one.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use tidings_domain::inbox::Inbox;
use tidings_service::limits::SEARCH_BYTES_MAX;
use tidings_service::{Cursor, PageQuery};
use tidings_store::Order;

use super::Inboxes;
use super::list::tone;
use super::reader::{CHANGES, Reader};
use super::row::Row;
use crate::dashboard::member::{Shell, once};
use crate::errors::Fault;
use crate::form::Posted;
use crate::page::{Page, render};

/// As many as stand in the list at once.
pub(super) const ROWS_MAX: usize = 25;

/// What all pages of an inbox show of it.
pub(super) struct Desk {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) url: String,
    pub(super) status: u16,
    /// What that status is called.
    pub(super) reason: &'static str,
    pub(super) tone: &'static str,
    pub(super) delay_ms: u32,
    pub(super) rows: Vec<Row>,
    pub(super) search: String,
    pub(super) older: Option<String>,
    /// Whether this is not the newest page.
    pub(super) is_older: bool,
    /// The request that is shown beside.
    pub(super) shown: String,
    pub(super) has_secret: bool,
    pub(super) may_change: bool,
    pub(super) once: String,
    pub(super) done: String,
}

#[derive(Template)]
#[template(path = "inboxes/desk.html")]
struct Show {
    page: Page,
    shell: Shell,
    desk: Desk,
}

impl Desk {
    /// Reads what is shown of an inbox, with this request beside it.
    pub(super) async fn read(
        inboxes: &Inboxes,
        reader: &Reader,
        (id, shown): (&str, &str),
        query: &Posted,
    ) -> Result<Self, Fault> {
        let (service, caller) = (inboxes.service(), reader.caller());
        let inbox = service.inbox(caller, id).await?;
        let cursor = Some(query.line("page")).filter(|page| !page.is_empty());
        let newest = PageQuery {
            limit: ROWS_MAX,
            cursor: cursor.map(Cursor::parse),
            order: Order::Descending,
        };
        let search: String = query.line("q").to_owned();
        let wanted =
            Some(search.as_str()).filter(|text| !text.is_empty() && text.len() <= SEARCH_BYTES_MAX);
        let listed = service.inbox_requests(caller, id, (&newest, wanted));
        let listed = listed.await?;
        let (language, now) = (reader.language(), service.now());
        let rows = listed.rows.iter();
        Ok(Self {
            rows: rows.map(|seen| Row::of(seen, language, now)).collect(),
            older: listed.iterator.filter(|_| !listed.is_done),
            is_older: cursor.is_some(),
            search,
            shown: shown.to_owned(),
            may_change: reader.member.may(CHANGES),
            once: once(&inboxes.dashboard),
            done: query.line("done").to_owned(),
            ..Self::of(&inbox, reader)
        })
    }

    /// The inbox alone.
    fn of(inbox: &Inbox, reader: &Reader) -> Self {
        let status = inbox.answer.status;
        let reason = StatusCode::from_u16(status).ok();
        Self {
            id: inbox.id.to_string(),
            name: inbox.name.clone(),
            url: reader.address(inbox),
            status,
            reason: reason
                .and_then(|status| status.canonical_reason())
                .unwrap_or(""),
            tone: tone(status),
            delay_ms: inbox.answer.delay_ms,
            rows: Vec::new(),
            search: String::new(),
            older: None,
            is_older: false,
            shown: String::new(),
            has_secret: inbox.secret.is_some(),
            may_change: false,
            once: String::new(),
            done: String::new(),
        }
    }

    /// A command that sends something to it. The address has nothing that a shell takes for its own but what is quoted.
    pub(super) fn sample(&self) -> String {
        format!(
            "curl '{}/orders' \\\n  -H 'content-type: application/json' \\\n  -d '{{\"order\": 4821, \"total\": \"19.90\"}}'",
            self.url.replace('\'', "%27")
        )
    }

    /// Whether new requests belong into the list as they come.
    pub(super) fn is_live(&self) -> bool {
        self.search.is_empty() && !self.is_older
    }
}

/// The inbox with nothing beside it.
pub(super) async fn show(
    State(inboxes): State<Inboxes>,
    reader: Reader,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let query = Posted::parse(query.unwrap_or_default().as_bytes());
    let desk = Desk::read(&inboxes, &reader, (&id, ""), &query).await?;
    let template = Show {
        shell: reader.member.shell(),
        desk,
        page: reader.page(),
    };
    Ok(render(StatusCode::OK, &template))
}
