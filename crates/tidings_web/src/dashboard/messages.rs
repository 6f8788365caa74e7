//! The messages of an application, the newest first.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use tidings_domain::clock::Millis;
use tidings_domain::message::Message;
use tidings_service::messages::MessageFilter;
use tidings_service::{Listed, ServiceError};
use tidings_store::Order;

use super::Dashboard;
use super::application::Facts;
use super::member::{Member, Shell};
use crate::errors::Fault;
use crate::form::Posted;
use crate::page::{Page, render};
use crate::paging::{Paging, ROWS_MAX, asked};

/// A message, as lists show it.
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) event: String,
    pub(crate) event_id: String,
    pub(crate) tags: Vec<String>,
    pub(crate) accepted_at: Millis,
}

#[derive(Template)]
#[template(path = "dashboard/messages.html")]
struct Show {
    page: Page,
    shell: Shell,
    application: Facts,
    tab: &'static str,
    rows: Vec<Row>,
    event: String,
    tag: String,
    paging: Paging,
}

impl Row {
    pub(super) fn of(message: &Message) -> Self {
        Self {
            id: message.id.to_string(),
            event: message.event_type.clone(),
            event_id: message.event_id.clone().unwrap_or_default(),
            tags: message.tags.clone(),
            accepted_at: message.accepted_at(),
        }
    }
}

/// The list.
pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Path(app): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let query = Posted::parse(query.unwrap_or_default().as_bytes());
    let application = Facts::find(&dashboard, &member, &app).await?;
    let some = |name| Some(query.line(name).to_owned()).filter(|text| !text.is_empty());
    let filter = MessageFilter {
        tag: some("tag"),
        event_types: some("event").into_iter().collect(),
        ..MessageFilter::default()
    };
    let asked = asked(&query, ROWS_MAX, Order::Descending);
    let listed = dashboard
        .service
        .messages(member.caller, &app, &filter, &asked);
    let listed = match listed.await {
        Ok(listed) => listed,
        // What cannot be the name of an event type matches nothing.
        Err(ServiceError::Invalid(_)) if query.line("page").is_empty() => Listed::empty(),
        Err(error) => return Err(error.into()),
    };
    let template = Show {
        application,
        tab: "messages",
        paging: Paging::of(&listed, &query, &["event", "tag"]),
        rows: listed.rows.iter().map(Row::of).collect(),
        event: query.line("event").to_owned(),
        tag: query.line("tag").to_owned(),
        shell: member.shell(),
        page: member.page,
    };
    Ok(render(StatusCode::OK, &template))
}
