//! One API key: changing it, giving it a new text, and revoking it.

use std::time::Duration;

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use tidings_domain::access::Role;
use tidings_domain::application::ApiKeyRecord;
use tidings_service::ServiceError;
use tidings_service::keys::KeyChange;

use super::Dashboard;
use super::keys::{ADDRESS, ENDS, Row, days, end, rate, show_text};
use super::member::{Member, Shell};
use super::members::roles;
use crate::errors::Fault;
use crate::form::{Posted, wrong_fields};
use crate::page::{Page, render};

/// For how many hours the old text is still taken.
const OVERLAPS: [u64; 4] = [24, 72, 168, 0];

#[derive(Template)]
#[template(path = "dashboard/key.html")]
struct Show {
    page: Page,
    shell: Shell,
    row: Row,
    name: String,
    chosen: String,
    rate: String,
    /// After how many days from now it is to end; none leaves it as it is.
    days: Option<u16>,
    ends: [u16; 5],
    roles: Vec<(&'static str, &'static str)>,
    overlaps: [u64; 4],
    may_change: bool,
    is_changed: bool,
    is_full: bool,
    wrong: Vec<&'static str>,
}

impl Show {
    fn is_wrong(&self, field: &str) -> bool {
        self.wrong.contains(&field)
    }
}

#[derive(Template)]
#[template(path = "dashboard/key_revoke.html")]
struct Revoke {
    page: Page,
    shell: Shell,
    row: Row,
}

async fn about(
    dashboard: &Dashboard,
    member: &Member,
    id: &str,
) -> Result<(ApiKeyRecord, Show), Fault> {
    member.check(Role::Admin)?;
    let service = &dashboard.service;
    let key = service.key(member.caller, id).await?;
    let rate = key.rate_limit.map(|rate| rate.to_string());
    let shown = Show {
        page: member.page.clone(),
        shell: member.shell(),
        row: Row::of(&key, service.now()),
        name: key.name.clone(),
        chosen: key.role.as_str().to_owned(),
        rate: rate.unwrap_or_default(),
        days: None,
        ends: ENDS,
        roles: roles(member),
        overlaps: OVERLAPS,
        may_change: member.may(key.role),
        is_changed: false,
        is_full: false,
        wrong: Vec::new(),
    };
    Ok((key, shown))
}

/// The key of this id, which this member may change.
async fn changeable(
    dashboard: &Dashboard,
    member: &Member,
    id: &str,
) -> Result<(ApiKeyRecord, Show), Fault> {
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
    shown.is_changed = query.line("done") == "changed";
    Ok(render(StatusCode::OK, &shown))
}

/// Changes it.
pub(super) async fn change(
    State(dashboard): State<Dashboard>,
    member: Member,
    Path(id): Path<String>,
    form: Posted,
) -> Result<Response, Fault> {
    let (key, mut shown) = changeable(&dashboard, &member, &id).await?;
    let role = Role::parse(form.line("role")).unwrap_or(key.role);
    member.check(role)?;
    form.line("name").clone_into(&mut shown.name);
    form.line("rate").clone_into(&mut shown.rate);
    role.as_str().clone_into(&mut shown.chosen);
    shown.days = days(form.line("ends"));
    let Ok(rate_limit) = rate(&shown.rate) else {
        shown.wrong = vec!["rateLimit"];
        return Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &shown));
    };
    let change = KeyChange {
        name: Some(shown.name.clone()),
        role: Some(role),
        expires_at: shown.days.map(|days| end(days, dashboard.service.now())),
        rate_limit: Some(rate_limit),
    };
    match dashboard
        .service
        .change_key(member.caller, &id, change)
        .await
    {
        Ok(_) => Ok(Redirect::to(&format!("{ADDRESS}/{id}?done=changed")).into_response()),
        Err(ServiceError::Invalid(problems)) => {
            shown.wrong = wrong_fields(&problems, &["name", "rateLimit"]);
            Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &shown))
        }
        Err(other) => Err(other.into()),
    }
}

/// Gives it a new text, and shows that once.
pub(super) async fn rotate(
    State(dashboard): State<Dashboard>,
    member: Member,
    Path(id): Path<String>,
    form: Posted,
) -> Result<Response, Fault> {
    let (_, mut shown) = changeable(&dashboard, &member, &id).await?;
    let hours = form.line("overlap").parse().ok();
    let hours = hours.filter(|hours| OVERLAPS.contains(hours));
    let grace = Duration::from_hours(hours.unwrap_or(OVERLAPS[0]));
    match dashboard
        .service
        .rotate_key(member.caller, &id, grace)
        .await
    {
        Ok((text, key)) => Ok(show_text(member, &key, text.text())),
        Err(ServiceError::Refused { .. }) => {
            shown.is_full = true;
            Ok(render(StatusCode::CONFLICT, &shown))
        }
        Err(other) => Err(other.into()),
    }
}

/// Asks before it is revoked.
pub(super) async fn ask_revoke(
    State(dashboard): State<Dashboard>,
    member: Member,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let (_, shown) = changeable(&dashboard, &member, &id).await?;
    let template = Revoke {
        page: shown.page,
        shell: shown.shell,
        row: shown.row,
    };
    Ok(render(StatusCode::OK, &template))
}

/// Revokes it.
pub(super) async fn revoke(
    State(dashboard): State<Dashboard>,
    member: Member,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    changeable(&dashboard, &member, &id).await?;
    dashboard.service.revoke_key(member.caller, &id).await?;
    Ok(Redirect::to(&format!("{ADDRESS}?done=revoked")).into_response())
}
