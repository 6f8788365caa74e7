//! Operational webhooks: the endpoints that are told what the server does itself.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use tidings_domain::access::Role;
use tidings_domain::operational::OperationalEventType;
use tidings_service::attempts::AttemptFilter;
use tidings_service::endpoints::{EndpointChange, EndpointDraft, Rotation};
use tidings_service::operational::ITS_APPLICATION;
use tidings_service::{PageQuery, ServiceError};
use tidings_store::Order;

use super::Dashboard;
use super::member::{Member, Shell, once};
use super::wrong::Wrong;
use crate::errors::Fault;
use crate::form::Posted;
use crate::page::{Page, render};
use crate::paging::{Paging, ROWS_MAX, asked};
use crate::portal::attempts::Row as Attempted;
use crate::portal::webhooks::Webhook;

/// Requests that are listed.
const LAST: usize = 10;
/// For how long a replaced secret still signs: a day.
const OVERLAP: std::time::Duration = std::time::Duration::from_hours(24);

/// Which field of the form is meant by a field of the use case, and what is said about it.
const FIELDS: &[(&str, &str, &str, &str)] = &[
    ("url", "url", "webhook-url", "wrong-url"),
    (
        "description",
        "description",
        "webhook-name",
        "wrong-name-long",
    ),
    (
        "eventTypes",
        "events",
        "webhook-events",
        "wrong-events-unknown",
    ),
];

/// What was typed.
#[derive(Debug, Clone, Default)]
struct Fields {
    description: String,
    url: String,
    is_enabled: bool,
    /// Empty means all.
    events: Vec<String>,
    once: String,
}

#[derive(Template)]
#[template(path = "dashboard/operational.html")]
struct Show {
    page: Page,
    shell: Shell,
    rows: Vec<Webhook>,
    paging: Paging,
    done: String,
}

#[derive(Template)]
#[template(path = "dashboard/operational_one.html")]
struct ShowOne {
    page: Page,
    shell: Shell,
    webhook: Webhook,
    secret: String,
    rows: Vec<Attempted>,
    once: String,
    done: String,
}

#[derive(Template)]
#[template(path = "dashboard/operational_form.html")]
struct Form {
    page: Page,
    shell: Shell,
    id: Option<String>,
    fields: Fields,
    wrong: Wrong,
}

#[derive(Template)]
#[template(path = "dashboard/operational_remove.html")]
struct Remove {
    page: Page,
    shell: Shell,
    webhook: Webhook,
}

impl Form {
    /// All that can be told of, and whether it is chosen.
    fn events(&self) -> Vec<(&'static str, bool)> {
        let all = OperationalEventType::ALL.map(OperationalEventType::as_str);
        let is_chosen = |name: &str| self.fields.events.iter().any(|chosen| chosen == name);
        all.map(|name| (name, is_chosen(name))).into()
    }
}

impl Fields {
    fn read(form: &Posted) -> Self {
        Self {
            description: form.line("description").to_owned(),
            url: form.line("url").to_owned(),
            is_enabled: form.has("enabled"),
            events: form.all("events"),
            once: form.line("once").to_owned(),
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
    let asked = asked(&query, ROWS_MAX, Order::Descending);
    let listed = dashboard
        .service
        .operational_endpoints(member.caller, &asked)
        .await?;
    let template = Show {
        rows: listed.rows.iter().map(Webhook::of).collect(),
        paging: Paging::of(&listed, &query, &[]),
        done: query.line("done").to_owned(),
        shell: member.shell(),
        page: member.page,
    };
    Ok(render(StatusCode::OK, &template))
}

/// One of them, with its secret and its last requests.
pub(super) async fn show_one(
    State(dashboard): State<Dashboard>,
    member: Member,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    member.check(Role::Admin)?;
    let query = Posted::parse(query.unwrap_or_default().as_bytes());
    let (service, caller) = (&dashboard.service, member.caller.operational());
    let endpoint = service.endpoint(caller, ITS_APPLICATION, &id).await?;
    let secret = service.secret(caller, ITS_APPLICATION, &id).await?;
    let newest = PageQuery {
        limit: LAST,
        cursor: None,
        order: Order::Descending,
    };
    let filter = AttemptFilter {
        with_message: true,
        ..AttemptFilter::default()
    };
    let attempts = service.operational_attempts(caller, &id, &filter, &newest);
    let (attempts, now, language) = (attempts.await?, service.now(), member.page.language);
    let rows = attempts.rows.iter();
    let template = ShowOne {
        webhook: Webhook::of(&endpoint),
        secret: secret.to_string(),
        rows: rows.map(|row| Attempted::of(row, language, now)).collect(),
        once: once(&dashboard),
        done: query.line("done").to_owned(),
        shell: member.shell(),
        page: member.page,
    };
    Ok(render(StatusCode::OK, &template))
}

/// Replaces the secret; the old one signs too for a day.
pub(super) async fn rotate(
    State(dashboard): State<Dashboard>,
    member: Member,
    Path(id): Path<String>,
    form: Posted,
) -> Result<Response, Fault> {
    member.check(Role::Admin)?;
    let caller = member.caller.operational();
    let rotation = Rotation {
        key: None,
        grace_period: OVERLAP,
    };
    let dedup = member.dedup(&dashboard, &form)?;
    dashboard
        .service
        .rotate_secret(caller, ITS_APPLICATION, &id, rotation, dedup)
        .await?;
    let to = format!("/dashboard/operational/{id}?done=rotated");
    Ok(Redirect::to(&to).into_response())
}

/// An empty form.
pub(super) async fn show_new(
    State(dashboard): State<Dashboard>,
    member: Member,
) -> Result<Response, Fault> {
    member.check(Role::Admin)?;
    let fields = Fields {
        is_enabled: true,
        once: once(&dashboard),
        ..Fields::default()
    };
    Ok(form(member, None, fields, Wrong::new(FIELDS)))
}

/// The form of one that is there.
pub(super) async fn show_update(
    State(dashboard): State<Dashboard>,
    member: Member,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    member.check(Role::Admin)?;
    let caller = member.caller.operational();
    let endpoint = dashboard.service.endpoint(caller, ITS_APPLICATION, &id);
    let endpoint = endpoint.await?;
    let fields = Fields {
        description: endpoint.description.clone(),
        url: endpoint.url.clone(),
        is_enabled: !endpoint.is_off(),
        events: endpoint.event_types.clone(),
        once: String::new(),
    };
    let id = endpoint.id.to_string();
    Ok(form(member, Some(id), fields, Wrong::new(FIELDS)))
}

fn form(member: Member, id: Option<String>, fields: Fields, wrong: Wrong) -> Response {
    let template = Form {
        id,
        fields,
        shell: member.shell(),
        page: member.page,
        wrong,
    };
    render(template.wrong.status(), &template)
}

/// Makes one.
pub(super) async fn create(
    State(dashboard): State<Dashboard>,
    member: Member,
    posted: Posted,
) -> Result<Response, Fault> {
    member.check(Role::Admin)?;
    let (fields, mut wrong) = (Fields::read(&posted), Wrong::new(FIELDS));
    let draft = EndpointDraft {
        url: fields.url.clone(),
        description: fields.description.clone(),
        is_disabled: !fields.is_enabled,
        event_types: fields.events.clone(),
        ..EndpointDraft::default()
    };
    let dedup = member.dedup(&dashboard, &posted)?;
    let made = dashboard
        .service
        .create_operational_endpoint(member.caller, draft, dedup);
    match made.await {
        Ok(_) => Ok(Redirect::to("/dashboard/operational?done=saved").into_response()),
        Err(error) => {
            wrong.take(refused(error))?;
            Ok(form(member, None, fields, wrong))
        }
    }
}

/// Changes one.
pub(super) async fn update(
    State(dashboard): State<Dashboard>,
    member: Member,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Fault> {
    member.check(Role::Admin)?;
    let (fields, mut wrong) = (Fields::read(&posted), Wrong::new(FIELDS));
    let change = EndpointChange {
        url: Some(fields.url.clone()),
        description: Some(fields.description.clone()),
        is_disabled: Some(!fields.is_enabled),
        event_types: Some(fields.events.clone()),
        ..EndpointChange::default()
    };
    let caller = member.caller.operational();
    let changed = dashboard
        .service
        .patch_endpoint(caller, ITS_APPLICATION, &id, change);
    match changed.await {
        Ok(_) => {
            let to = format!("/dashboard/operational/{id}?done=saved");
            Ok(Redirect::to(&to).into_response())
        }
        Err(error) => {
            wrong.take(refused(error))?;
            Ok(form(member, Some(id), fields, wrong))
        }
    }
}

/// A URL that may not be used is a wrong field like others.
fn refused(error: ServiceError) -> ServiceError {
    match error {
        ServiceError::Refused { detail, .. } => {
            ServiceError::invalid(tidings_service::FieldProblem::body("url", detail))
        }
        other => other,
    }
}

/// Asks whether it is to go.
pub(super) async fn ask_remove(
    State(dashboard): State<Dashboard>,
    member: Member,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    member.check(Role::Admin)?;
    let caller = member.caller.operational();
    let endpoint = dashboard.service.endpoint(caller, ITS_APPLICATION, &id);
    let template = Remove {
        webhook: Webhook::of(&endpoint.await?),
        shell: member.shell(),
        page: member.page,
    };
    Ok(render(StatusCode::OK, &template))
}

/// Removes it.
pub(super) async fn remove(
    State(dashboard): State<Dashboard>,
    member: Member,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    member.check(Role::Admin)?;
    let caller = member.caller.operational();
    dashboard
        .service
        .delete_endpoint(caller, ITS_APPLICATION, &id)
        .await?;
    Ok(Redirect::to("/dashboard/operational?done=removed").into_response())
}
