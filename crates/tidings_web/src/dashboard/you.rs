//! The member who looks: who they are here, what they may do, and where they are signed in.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use tidings_domain::clock::Millis;

use super::member::{Member, Shell, role_lead};
use super::{Dashboard, sign_in};
use crate::errors::Fault;
use crate::form::Posted;
use crate::page::{Page, render};

const ADDRESS: &str = "/dashboard/you";

#[derive(Template)]
#[template(path = "dashboard/you.html")]
struct Show {
    page: Page,
    shell: Shell,
    role_lead: &'static str,
    sessions: Vec<Session>,
    is_ended: bool,
}

struct Session {
    id: String,
    is_this: bool,
    since: Millis,
    ends_at: Millis,
    address: String,
    browser: String,
}

/// The page.
pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let query = Posted::parse(query.unwrap_or_default().as_bytes());
    let id = member.person.id.to_string();
    let sessions = dashboard.service.member_sessions(member.caller, &id);
    let sessions = sessions.await?.into_iter().rev().map(|session| Session {
        id: session.id.to_string(),
        is_this: session.id == member.session.id,
        since: session.created_at,
        ends_at: session.ends_at,
        address: session.address.unwrap_or_default(),
        browser: session.user_agent.unwrap_or_default(),
    });
    let template = Show {
        sessions: sessions.collect(),
        shell: member.shell(),
        role_lead: role_lead(member.person.role),
        is_ended: query.line("done") == "ended",
        page: member.page,
    };
    Ok(render(StatusCode::OK, &template))
}

/// Signs them out in one place.
pub(super) async fn end_one(
    State(dashboard): State<Dashboard>,
    member: Member,
    Path(session): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let id = member.person.id.to_string();
    let ending = dashboard
        .service
        .end_member_sessions(member.caller, &id, Some(&session));
    ending.await?;
    if session == member.session.id.to_string() {
        return Ok(sign_in::left(&headers));
    }
    Ok(Redirect::to(&format!("{ADDRESS}?done=ended")).into_response())
}

/// Signs them out everywhere.
pub(super) async fn end_all(
    State(dashboard): State<Dashboard>,
    member: Member,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let id = member.person.id.to_string();
    let ending = dashboard
        .service
        .end_member_sessions(member.caller, &id, None);
    ending.await?;
    Ok(sign_in::left(&headers))
}
