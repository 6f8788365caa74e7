//! One application: what it is, its endpoints, the way into its portal, and removing it.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use tidings_domain::access::Role;
use tidings_domain::application::Application;
use tidings_domain::clock::Millis;
use tidings_service::PageQuery;
use tidings_service::sessions::SessionDraft;
use tidings_store::Order;

use super::Dashboard;
use super::member::{Member, Shell};
use crate::errors::Fault;
use crate::form::Posted;
use crate::page::{Page, render};
use crate::paging::ROWS_MAX;
use crate::portal::webhooks::Webhook;

/// How long the session lasts that a link opens: an hour.
const LINK_SECS: u32 = 3_600;

/// An application, as its pages show it.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    pub(crate) id: String,
    pub(crate) uid: String,
    pub(crate) name: String,
    pub(crate) rate: Option<u32>,
    /// Of the event types with flags it is shown those with one of these; none means all.
    pub(crate) flags: Option<Vec<String>>,
    pub(crate) metadata: Vec<(String, String)>,
    pub(crate) created_at: Millis,
    pub(crate) updated_at: Millis,
}

#[derive(Template)]
#[template(path = "dashboard/application.html")]
struct Show {
    page: Page,
    shell: Shell,
    application: Facts,
    tab: &'static str,
    /// What its plan is called.
    plan: Option<String>,
    /// Whether its plan has no webhooks.
    is_paused: bool,
    endpoints: Vec<Webhook>,
    has_more: bool,
    done: String,
    may_change: bool,
}

#[derive(Template)]
#[template(path = "dashboard/application_link.html")]
struct Link {
    page: Page,
    shell: Shell,
    application: Facts,
    url: String,
}

#[derive(Template)]
#[template(path = "dashboard/application_remove.html")]
struct Remove {
    page: Page,
    shell: Shell,
    application: Facts,
}

impl Facts {
    pub(super) fn of(application: &Application) -> Self {
        let metadata = application.metadata.clone();
        Self {
            id: application.id.to_string(),
            uid: application.uid.clone().unwrap_or_default(),
            name: application.name.clone(),
            rate: application.throttle_rate,
            flags: application.feature_flags.clone(),
            metadata: metadata.into_iter().collect(),
            created_at: application.created_at,
            updated_at: application.updated_at,
        }
    }

    /// The one of this name, which pages below it are about.
    pub(super) async fn find(
        dashboard: &Dashboard,
        member: &Member,
        name: &str,
    ) -> Result<Self, Fault> {
        let found = dashboard.service.application(member.caller, name).await?;
        Ok(Self::of(&found))
    }
}

/// The application.
pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Path(app): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let query = Posted::parse(query.unwrap_or_default().as_bytes());
    let (service, caller) = (&dashboard.service, member.caller);
    let application = Facts::find(&dashboard, &member, &app).await?;
    let standing = service.standing(caller, &app).await?;
    let newest = PageQuery {
        limit: ROWS_MAX,
        cursor: None,
        order: Order::Descending,
    };
    let endpoints = service.endpoints(caller, &app, &newest).await?;
    let template = Show {
        application,
        tab: "facts",
        plan: standing.plan().map(|plan| plan.name.clone()),
        is_paused: standing.is_paused(),
        has_more: !endpoints.is_done,
        endpoints: endpoints.rows.iter().map(Webhook::of).collect(),
        done: query.line("done").to_owned(),
        may_change: member.may(Role::Developer),
        shell: member.shell(),
        page: member.page,
    };
    Ok(render(StatusCode::OK, &template))
}

/// Makes a link into its portal, which works once.
pub(super) async fn open_portal(
    State(dashboard): State<Dashboard>,
    member: Member,
    Path(app): Path<String>,
    form: Posted,
) -> Result<Response, Fault> {
    member.check(Role::Developer)?;
    let application = Facts::find(&dashboard, &member, &app).await?;
    let flags = form.line("flags").split(',').map(str::trim);
    let draft = SessionDraft {
        is_read_only: form.has("read-only"),
        feature_flags: flags
            .filter(|flag| !flag.is_empty())
            .map(str::to_owned)
            .collect(),
        expiry_secs: Some(LINK_SECS),
        ..SessionDraft::default()
    };
    let made = dashboard
        .service
        .create_session(member.caller, &app, draft, None);
    let template = Link {
        application,
        url: made.await?.url,
        shell: member.shell(),
        page: member.page,
    };
    Ok(render(StatusCode::OK, &template))
}

/// Asks whether it is to go.
pub(super) async fn ask_remove(
    State(dashboard): State<Dashboard>,
    member: Member,
    Path(app): Path<String>,
) -> Result<Response, Fault> {
    member.check(Role::Developer)?;
    let template = Remove {
        application: Facts::find(&dashboard, &member, &app).await?,
        shell: member.shell(),
        page: member.page,
    };
    Ok(render(StatusCode::OK, &template))
}

/// Removes it.
pub(super) async fn remove(
    State(dashboard): State<Dashboard>,
    member: Member,
    Path(app): Path<String>,
) -> Result<Response, Fault> {
    member.check(Role::Developer)?;
    dashboard
        .service
        .delete_application(member.caller, &app)
        .await?;
    Ok(Redirect::to("/dashboard/applications?done=removed").into_response())
}
