//! The members of the environment: the list, and inviting somebody.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use tidings_domain::access::Role;
use tidings_domain::clock::Millis;
use tidings_domain::member::{Member as Person, MemberState};
use tidings_service::ServiceError;
use tidings_service::members::{Invited, MemberDraft};
use tidings_store::Order;

use super::Dashboard;
use super::member::{Member, Shell, role_text};
use super::once::ShownOnce;
use crate::errors::Fault;
use crate::form::{Posted, wrong_fields};
use crate::page::{Page, render};
use crate::paging::{self, Paging};

/// Where they are listed.
pub(super) const ADDRESS: &str = "/dashboard/members";
const ROWS_MAX: usize = 50;

#[derive(Template)]
#[template(path = "dashboard/members.html")]
struct List {
    page: Page,
    shell: Shell,
    rows: Vec<Row>,
    paging: Paging,
    is_removed: bool,
}

/// A member, as lists and pages show them.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) email: String,
    /// The name of the role, as a text.
    pub(super) role: &'static str,
    pub(super) state: &'static str,
    pub(super) tone: &'static str,
    pub(super) last_seen_at: Option<Millis>,
    pub(super) invitation_ends_at: Option<Millis>,
    pub(super) created_at: Millis,
    pub(super) is_you: bool,
}

impl Row {
    pub(super) fn of(person: &Person, you: &Member) -> Self {
        let (state, tone) = match person.state() {
            MemberState::Active => ("member-active", "ok"),
            MemberState::Invited => ("member-invited", "info"),
            MemberState::Disabled => ("member-disabled", "idle"),
        };
        Self {
            id: person.id.to_string(),
            name: person.name.clone(),
            email: person.email.clone(),
            role: role_text(person.role),
            state,
            tone,
            last_seen_at: person.last_seen_at,
            invitation_ends_at: person.invitation.map(|one| one.ends_at),
            created_at: person.created_at,
            is_you: person.id == you.person.id,
        }
    }
}

/// The list.
pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    member.check(Role::Admin)?;
    let query = Posted::parse(query.unwrap_or_default().as_bytes());
    let asked = paging::asked(&query, ROWS_MAX, Order::Ascending);
    let listed = dashboard.service.members(member.caller, &asked).await?;
    let rows = listed.rows.iter().map(|person| Row::of(person, &member));
    let template = List {
        rows: rows.collect(),
        paging: Paging::of(&listed, &query, &[]),
        shell: member.shell(),
        is_removed: query.line("done") == "removed",
        page: member.page,
    };
    Ok(render(StatusCode::OK, &template))
}

/// The roles that somebody may give, with their names.
pub(super) fn roles(member: &Member) -> Vec<(&'static str, &'static str)> {
    let own = member.caller.role();
    let roles = Role::ALL.into_iter().filter(|role| *role <= own);
    roles.map(|role| (role.as_str(), role_text(role))).collect()
}

#[derive(Template)]
#[template(path = "dashboard/invite.html")]
struct Invite {
    page: Page,
    shell: Shell,
    email: String,
    name: String,
    chosen: String,
    roles: Vec<(&'static str, &'static str)>,
    wrong: Vec<&'static str>,
    is_taken: bool,
}

impl Invite {
    fn is_wrong(&self, field: &str) -> bool {
        self.wrong.contains(&field)
    }
}

/// Asks whom to invite.
pub(super) async fn show_new(member: Member) -> Result<Response, Fault> {
    member.check(Role::Admin)?;
    let template = Invite {
        shell: member.shell(),
        email: String::new(),
        name: String::new(),
        chosen: Role::Developer.as_str().to_owned(),
        roles: roles(&member),
        wrong: Vec::new(),
        is_taken: false,
        page: member.page,
    };
    Ok(render(StatusCode::OK, &template))
}

/// Invites them, and shows the link once.
pub(super) async fn invite(
    State(dashboard): State<Dashboard>,
    member: Member,
    form: Posted,
) -> Result<Response, Fault> {
    member.check(Role::Admin)?;
    let (email, name) = (form.line("email"), form.line("name"));
    let role = Role::parse(form.line("role")).unwrap_or(Role::Viewer);
    member.check(role)?;
    let draft = MemberDraft {
        email: email.to_owned(),
        name: (!name.is_empty()).then(|| name.to_owned()),
        role,
    };
    let service = &dashboard.service;
    let (wrong, is_taken) = match service.invite_member(member.caller, draft).await {
        Ok(invited) => return Ok(show_link(&dashboard, member, &invited)),
        Err(ServiceError::Invalid(problems)) => {
            (wrong_fields(&problems, &["email", "name"]), false)
        }
        Err(ServiceError::Conflict { .. }) => (vec!["email"], true),
        Err(other) => return Err(other.into()),
    };
    let template = Invite {
        shell: member.shell(),
        email: email.to_owned(),
        name: name.to_owned(),
        chosen: role.as_str().to_owned(),
        roles: roles(&member),
        wrong,
        is_taken,
        page: member.page,
    };
    Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &template))
}

/// Shows the link of an invitation, which is shown nowhere else.
pub(super) fn show_link(dashboard: &Dashboard, member: Member, invited: &Invited) -> Response {
    let url = dashboard.service.public_url();
    let secret = format!("{url}/dashboard/join#code={}", invited.code.as_str());
    let page = &member.page;
    let lead = page.say_of("invited-lead", "email", &invited.member.email);
    let template = ShownOnce {
        title: page.say("invited-title"),
        lead,
        label: page.say("invited-link"),
        hint: page.say("invited-hint"),
        secret,
        back: format!("{ADDRESS}/{}", invited.member.id),
        back_to: invited.member.name.clone(),
        shell: member.shell(),
        page: member.page,
    };
    render(StatusCode::OK, &template)
}
