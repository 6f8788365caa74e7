//! API keys: the list, and making one, whose text is shown once.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use tidings_domain::access::Role;
use tidings_domain::application::ApiKeyRecord;
use tidings_domain::clock::Millis;
use tidings_service::ServiceError;
use tidings_service::keys::KeyDraft;
use tidings_store::Order;

use super::Dashboard;
use super::member::{Member, Shell, role_text};
use super::members::roles;
use super::once::ShownOnce;
use crate::errors::Fault;
use crate::form::{Posted, wrong_fields};
use crate::page::{Page, render};
use crate::paging::{self, Paging};

/// Where they are listed.
pub(super) const ADDRESS: &str = "/dashboard/keys";
const ROWS_MAX: usize = 50;
const DAY_MS: Millis = 24 * 60 * 60 * 1_000;
/// After how many days a key may end by itself; 0 is never.
pub(super) const ENDS: [u16; 5] = [0, 7, 30, 90, 365];

#[derive(Template)]
#[template(path = "dashboard/keys.html")]
struct List {
    page: Page,
    shell: Shell,
    rows: Vec<Row>,
    paging: Paging,
    is_revoked: bool,
}

/// A key, as lists and pages show it.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) name: String,
    /// The name of the role, as a text.
    pub(super) role: &'static str,
    pub(super) created_at: Millis,
    pub(super) last_used_at: Option<Millis>,
    pub(super) expires_at: Option<Millis>,
    pub(super) is_over: bool,
    /// Until when the text before this one is taken.
    pub(super) old_until: Option<Millis>,
}

impl Row {
    pub(super) fn of(key: &ApiKeyRecord, now: Millis) -> Self {
        let old = key.old_hashes.iter().map(|old| old.ends_at).max();
        Self {
            id: key.id().to_string(),
            name: key.name.clone(),
            role: role_text(key.role),
            created_at: key.created_at,
            last_used_at: key.last_used_at,
            expires_at: key.expires_at,
            is_over: key.expires_at.is_some_and(|at| at <= now),
            old_until: old.filter(|at| *at > now),
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
    let asked = paging::asked(&query, ROWS_MAX, Order::Descending);
    let listed = dashboard.service.list_keys(member.caller, &asked).await?;
    let now = dashboard.service.now();
    let template = List {
        rows: listed.rows.iter().map(|key| Row::of(key, now)).collect(),
        paging: Paging::of(&listed, &query, &[]),
        shell: member.shell(),
        is_revoked: query.line("done") == "revoked",
        page: member.page,
    };
    Ok(render(StatusCode::OK, &template))
}

#[derive(Template)]
#[template(path = "dashboard/key_new.html")]
struct New {
    page: Page,
    shell: Shell,
    name: String,
    chosen: String,
    roles: Vec<(&'static str, &'static str)>,
    days: u16,
    ends: [u16; 5],
    rate: String,
    wrong: Vec<&'static str>,
    is_full: bool,
}

impl New {
    fn is_wrong(&self, field: &str) -> bool {
        self.wrong.contains(&field)
    }

    fn of(member: &Member) -> Self {
        Self {
            page: member.page.clone(),
            shell: member.shell(),
            name: String::new(),
            chosen: Role::Developer.as_str().to_owned(),
            roles: roles(member),
            days: 0,
            ends: ENDS,
            rate: String::new(),
            wrong: Vec::new(),
            is_full: false,
        }
    }
}

/// Asks what the key is for.
pub(super) async fn show_new(member: Member) -> Result<Response, Fault> {
    member.check(Role::Admin)?;
    Ok(render(StatusCode::OK, &New::of(&member)))
}

/// A limit of requests a second that was typed; an error if it is no number.
pub(super) fn rate(typed: &str) -> Result<Option<u32>, ()> {
    if typed.is_empty() {
        return Ok(None);
    }
    typed.parse().map(Some).map_err(drop)
}

/// After how many days a key is to end, if one of the choices was made.
pub(super) fn days(chosen: &str) -> Option<u16> {
    let days = chosen.parse().ok();
    days.filter(|days| ENDS.contains(days))
}

/// When a key ends that was given so many days.
pub(super) fn end(days: u16, now: Millis) -> Option<Millis> {
    (days != 0).then(|| now + Millis::from(days) * DAY_MS)
}

/// Makes the key, and shows its text once.
pub(super) async fn create(
    State(dashboard): State<Dashboard>,
    member: Member,
    form: Posted,
) -> Result<Response, Fault> {
    member.check(Role::Admin)?;
    let role = Role::parse(form.line("role")).unwrap_or(Role::Viewer);
    member.check(role)?;
    let mut template = New {
        name: form.line("name").to_owned(),
        chosen: role.as_str().to_owned(),
        days: days(form.line("ends")).unwrap_or(0),
        rate: form.line("rate").to_owned(),
        ..New::of(&member)
    };
    let Ok(rate_limit) = rate(&template.rate) else {
        template.wrong = vec!["rateLimit"];
        return Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &template));
    };
    let service = &dashboard.service;
    let draft = KeyDraft {
        name: template.name.clone(),
        role: Some(role),
        expires_at: end(template.days, service.now()),
        rate_limit,
    };
    match service.create_key(member.caller, draft).await {
        Ok((text, record)) => return Ok(show_text(member, &record, text.text())),
        Err(ServiceError::Invalid(problems)) => {
            template.wrong = wrong_fields(&problems, &["name", "rateLimit"]);
        }
        Err(ServiceError::Refused { .. }) => template.is_full = true,
        Err(other) => return Err(other.into()),
    }
    Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &template))
}

/// Shows the text of a key, which is shown nowhere else.
pub(super) fn show_text(member: Member, key: &ApiKeyRecord, text: &str) -> Response {
    let page = &member.page;
    let template = ShownOnce {
        title: page.say("key-made"),
        lead: page.say_of("key-made-lead", "name", &key.name),
        label: page.say("key-text"),
        hint: page.say("key-made-hint"),
        secret: text.to_owned(),
        back: format!("{ADDRESS}/{}", key.id()),
        back_to: key.name.clone(),
        shell: member.shell(),
        page: member.page,
    };
    render(StatusCode::OK, &template)
}
