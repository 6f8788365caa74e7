//! The member who looks: who they are here, what they may do, and where they are signed in.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use tidings_domain::clock::Millis;
use tidings_service::ServiceError;
use tidings_service::members::PasswordChange;
use zeroize::Zeroizing;

use super::member::{Member, Shell, role_lead};
use super::{Dashboard, sign_in};
use crate::errors::Fault;
use crate::form::{Posted, wrong_fields};
use crate::page::{Page, render};

const ADDRESS: &str = "/dashboard/you";

#[derive(Template)]
#[template(path = "dashboard/you.html")]
struct Show {
    page: Page,
    shell: Shell,
    role_lead: &'static str,
    sessions: Vec<Session>,
    /// Which text tells what was done.
    done: Option<&'static str>,
    wrong: Vec<&'static str>,
    /// What is said of having to wait.
    wait: Option<String>,
}

impl Show {
    fn is_wrong(&self, field: &str) -> bool {
        self.wrong.contains(&field)
    }
}

struct Session {
    id: String,
    is_this: bool,
    since: Millis,
    ends_at: Millis,
    address: String,
    browser: String,
}

async fn about(dashboard: &Dashboard, member: &Member) -> Result<Show, Fault> {
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
    Ok(Show {
        sessions: sessions.collect(),
        shell: member.shell(),
        role_lead: role_lead(member.person.role),
        done: None,
        wrong: Vec::new(),
        wait: None,
        page: member.page.clone(),
    })
}

/// The page.
pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let query = Posted::parse(query.unwrap_or_default().as_bytes());
    let mut shown = about(&dashboard, &member).await?;
    shown.done = match query.line("done") {
        "ended" => Some("you-ended"),
        "password" => Some("password-changed"),
        _ => None,
    };
    Ok(render(StatusCode::OK, &shown))
}

/// Gives them another password, and this browser another session.
pub(super) async fn change_password(
    State(dashboard): State<Dashboard>,
    member: Member,
    headers: HeaderMap,
    form: Posted,
) -> Result<Response, Fault> {
    let secret = |name: &str| Zeroizing::new(form.one(name).to_owned());
    let change = PasswordChange {
        present: secret("password"),
        new: secret("new-password"),
    };
    let mut shown = about(&dashboard, &member).await?;
    let status = match dashboard
        .service
        .change_password(member.caller, change)
        .await
    {
        Ok(signed_in) => {
            let to = Redirect::to(&format!("{ADDRESS}?done=password"));
            let response = to.into_response();
            return Ok(sign_in::with_session(
                &dashboard, &headers, response, &signed_in,
            ));
        }
        Err(ServiceError::Invalid(problems)) => {
            shown.wrong = wrong_fields(&problems, &["present", "new"]);
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Err(ServiceError::TooFast { retry_after, .. }) => {
            shown.wait = Some(sign_in::say_wait(&shown.page, retry_after));
            StatusCode::TOO_MANY_REQUESTS
        }
        Err(other) => return Err(other.into()),
    };
    Ok(render(status, &shown))
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
