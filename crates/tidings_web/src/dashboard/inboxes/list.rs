//! The inboxes of an environment: seen, made in one click, emptied, and removed.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use tidings_domain::clock::Millis;
use tidings_domain::inbox::Inbox;
use tidings_service::PageQuery;
use tidings_service::inboxes::InboxDraft;
use tidings_service::limits::INBOXES_MAX;
use tidings_store::Order;

use super::reader::{CHANGES, Reader};
use super::{FOLDER, Inboxes};
use crate::dashboard::member::{Shell, once};
use crate::errors::Fault;
use crate::form::Posted;
use crate::page::{Page, render};

/// An inbox in the list.
struct Row {
    id: String,
    name: String,
    url: String,
    status: u16,
    tone: &'static str,
    created_at: Millis,
}

#[derive(Template)]
#[template(path = "inboxes/list.html")]
struct List {
    page: Page,
    shell: Shell,
    once: String,
    rows: Vec<Row>,
    done: String,
    may_change: bool,
    is_full: bool,
}

#[derive(Template)]
#[template(path = "inboxes/ask.html")]
struct Question {
    page: Page,
    shell: Shell,
    id: String,
    name: String,
    url: String,
    /// The names of the texts that ask and say what would be done.
    ask: &'static str,
    what: &'static str,
}

/// The look of a status.
pub(super) fn tone(status: u16) -> &'static str {
    if (200..300).contains(&status) {
        "ok"
    } else {
        "bad"
    }
}

/// All of them: there are never many.
pub(super) async fn show(
    State(inboxes): State<Inboxes>,
    reader: Reader,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let query = Posted::parse(query.unwrap_or_default().as_bytes());
    let all = PageQuery {
        limit: INBOXES_MAX,
        cursor: None,
        order: Order::Descending,
    };
    let listed = inboxes.service().inboxes(reader.caller(), &all).await?;
    let row = |inbox: &Inbox| Row {
        id: inbox.id.to_string(),
        name: inbox.name.clone(),
        url: reader.address(inbox),
        status: inbox.answer.status,
        tone: tone(inbox.answer.status),
        created_at: inbox.created_at,
    };
    let template = List {
        shell: reader.member.shell(),
        once: once(&inboxes.dashboard),
        is_full: listed.rows.len() >= INBOXES_MAX,
        rows: listed.rows.iter().map(row).collect(),
        done: query.line("done").to_owned(),
        may_change: reader.member.may(CHANGES),
        page: reader.page(),
    };
    Ok(render(StatusCode::OK, &template))
}

/// Makes an inbox and shows it.
pub(super) async fn create(
    State(inboxes): State<Inboxes>,
    reader: Reader,
    form: Posted,
) -> Result<Response, Fault> {
    reader.check()?;
    let dedup = reader.member.dedup(&inboxes.dashboard, &form)?;
    let name = form.line("name");
    let draft = InboxDraft {
        name: (!name.is_empty()).then(|| name.to_owned()),
        ..InboxDraft::default()
    };
    let made = inboxes
        .service()
        .create_inbox(reader.caller(), draft, dedup);
    let made = made.await?;
    Ok(Redirect::to(&format!("{FOLDER}/{}", made.id)).into_response())
}

async fn ask(
    inboxes: &Inboxes,
    reader: Reader,
    id: &str,
    (ask, what): (&'static str, &'static str),
) -> Result<Response, Fault> {
    reader.check()?;
    let inbox = inboxes.service().inbox(reader.caller(), id).await?;
    let template = Question {
        shell: reader.member.shell(),
        id: inbox.id.to_string(),
        url: reader.address(&inbox),
        name: inbox.name,
        page: reader.page(),
        ask,
        what,
    };
    Ok(render(StatusCode::OK, &template))
}

/// Asks before all that it has caught goes.
pub(super) async fn ask_empty(
    State(inboxes): State<Inboxes>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let texts = ("inbox-empty-ask", "inbox-empty-what");
    ask(&inboxes, reader, &id, texts).await
}

/// All that it has caught goes.
pub(super) async fn empty(
    State(inboxes): State<Inboxes>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    reader.check()?;
    inboxes.service().empty_inbox(reader.caller(), &id).await?;
    Ok(Redirect::to(&format!("{FOLDER}/{id}?done=emptied")).into_response())
}

/// Asks before it is removed.
pub(super) async fn ask_remove(
    State(inboxes): State<Inboxes>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let texts = ("inbox-remove-ask", "inbox-remove-what");
    ask(&inboxes, reader, &id, texts).await
}

/// Removes it for good.
pub(super) async fn remove(
    State(inboxes): State<Inboxes>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    reader.check()?;
    inboxes.service().delete_inbox(reader.caller(), &id).await?;
    Ok(Redirect::to(&format!("{FOLDER}?done=removed")).into_response())
}
