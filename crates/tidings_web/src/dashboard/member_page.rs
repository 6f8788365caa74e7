//! One member: changing what they may do, inviting them anew, signing them out, and removing them.
//!
//! Who may do more than whoever looks is shown, and cannot be changed.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use tidings_domain::access::Role;
use tidings_domain::member::{Member as Person, MemberState};
use tidings_service::ServiceError;
use tidings_service::members::MemberChange;

use super::Dashboard;
use super::member::{Member, Shell};
use super::members::{ADDRESS, Row, roles, show_link};
use crate::errors::Fault;
use crate::form::{Posted, wrong_fields};
use crate::page::{Page, render};

#[derive(Template)]
#[template(path = "dashboard/member.html")]
struct Show {
    page: Page,
    shell: Shell,
    row: Row,
    name: String,
    chosen: String,
    is_let_in: bool,
    roles: Vec<(&'static str, &'static str)>,
    sessions_count: usize,
    may_change: bool,
    /// Which text tells what was done.
    done: Option<&'static str>,
    is_last_owner: bool,
    wrong: Vec<&'static str>,
}

impl Show {
    fn is_wrong(&self, field: &str) -> bool {
        self.wrong.contains(&field)
    }
}

#[derive(Template)]
#[template(path = "dashboard/member_remove.html")]
struct Remove {
    page: Page,
    shell: Shell,
    row: Row,
    is_last_owner: bool,
}

/// The member of this id, and the page about them.
async fn about(dashboard: &Dashboard, member: &Member, id: &str) -> Result<(Person, Show), Fault> {
    member.check(Role::Admin)?;
    let (service, caller) = (&dashboard.service, member.caller);
    let person = service.member(caller, id).await?;
    let sessions = service.member_sessions(caller, id).await?;
    let shown = Show {
        page: member.page.clone(),
        shell: member.shell(),
        row: Row::of(&person, member),
        name: person.name.clone(),
        chosen: person.role.as_str().to_owned(),
        is_let_in: person.state() != MemberState::Disabled,
        roles: roles(member),
        sessions_count: sessions.len(),
        may_change: member.may(person.role),
        done: None,
        is_last_owner: false,
        wrong: Vec::new(),
    };
    Ok((person, shown))
}

/// The member of this id, whom this one may change.
async fn changeable(
    dashboard: &Dashboard,
    member: &Member,
    id: &str,
) -> Result<(Person, Show), Fault> {
    let found = about(dashboard, member, id).await?;
    member.check(found.0.role)?;
    Ok(found)
}

/// The page.
pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let query = Posted::parse(query.unwrap_or_default().as_bytes());
    let (_, mut shown) = about(&dashboard, &member, &id).await?;
    shown.done = match query.line("done") {
        "changed" => Some("member-changed"),
        "ended" => Some("member-ended"),
        _ => None,
    };
    Ok(render(StatusCode::OK, &shown))
}

/// Changes them.
pub(super) async fn change(
    State(dashboard): State<Dashboard>,
    member: Member,
    Path(id): Path<String>,
    form: Posted,
) -> Result<Response, Fault> {
    let (person, mut shown) = changeable(&dashboard, &member, &id).await?;
    let role = Role::parse(form.line("role")).unwrap_or(person.role);
    member.check(role)?;
    form.line("name").clone_into(&mut shown.name);
    role.as_str().clone_into(&mut shown.chosen);
    shown.is_let_in = form.has("let-in");
    let change = MemberChange {
        name: Some(shown.name.clone()),
        role: (role != person.role).then_some(role),
        is_disabled: Some(!shown.is_let_in),
    };
    let changing = dashboard.service.change_member(member.caller, &id, change);
    let status = match changing.await {
        Ok(_) => {
            let to = format!("{ADDRESS}/{id}?done=changed");
            // Whoever has changed themselves may not see this page any more.
            let to = if shown.row.is_you { "/dashboard" } else { &to };
            return Ok(Redirect::to(to).into_response());
        }
        Err(ServiceError::Invalid(problems)) => {
            shown.wrong = wrong_fields(&problems, &["name"]);
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Err(ServiceError::Conflict { .. }) => {
            shown.is_last_owner = true;
            StatusCode::CONFLICT
        }
        Err(other) => return Err(other.into()),
    };
    Ok(render(status, &shown))
}

/// Gives them another invitation, and shows its link once.
pub(super) async fn invite_again(
    State(dashboard): State<Dashboard>,
    member: Member,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    changeable(&dashboard, &member, &id).await?;
    let renewing = dashboard.service.renew_invitation(member.caller, &id);
    let invited = renewing.await?;
    Ok(show_link(&dashboard, member, &invited))
}

/// Signs them out everywhere.
pub(super) async fn end_sessions(
    State(dashboard): State<Dashboard>,
    member: Member,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    changeable(&dashboard, &member, &id).await?;
    let ending = dashboard
        .service
        .end_member_sessions(member.caller, &id, None);
    ending.await?;
    Ok(Redirect::to(&format!("{ADDRESS}/{id}?done=ended")).into_response())
}

/// Asks before they are removed.
pub(super) async fn ask_remove(
    State(dashboard): State<Dashboard>,
    member: Member,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let (person, _) = changeable(&dashboard, &member, &id).await?;
    Ok(ask(member, &person, false))
}

fn ask(member: Member, person: &Person, is_last_owner: bool) -> Response {
    let template = Remove {
        shell: member.shell(),
        row: Row::of(person, &member),
        page: member.page,
        is_last_owner,
    };
    let status = if is_last_owner {
        StatusCode::CONFLICT
    } else {
        StatusCode::OK
    };
    render(status, &template)
}

/// Removes them.
pub(super) async fn remove(
    State(dashboard): State<Dashboard>,
    member: Member,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let (person, _) = changeable(&dashboard, &member, &id).await?;
    match dashboard.service.delete_member(member.caller, &id).await {
        Ok(()) => Ok(Redirect::to(&format!("{ADDRESS}?done=removed")).into_response()),
        Err(ServiceError::Conflict { .. }) => Ok(ask(member, &person, true)),
        Err(other) => Err(other.into()),
    }
}
