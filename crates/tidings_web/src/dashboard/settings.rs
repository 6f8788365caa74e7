//! The settings: what the environment is, where the server is reached, and how its configuration is moved.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use tidings_domain::access::Role;

use super::Dashboard;
use super::member::{Member, Shell};
use crate::errors::Fault;
use crate::page::{Page, render};

#[derive(Template)]
#[template(path = "dashboard/settings.html")]
struct Show {
    page: Page,
    shell: Shell,
    url: String,
    is_dev: bool,
    plans_count: usize,
}

/// The page.
pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
) -> Result<Response, Fault> {
    member.check(Role::Admin)?;
    let service = &dashboard.service;
    let template = Show {
        shell: member.shell(),
        url: service.public_url().to_owned(),
        is_dev: dashboard.settings.is_dev,
        plans_count: service.plans(member.caller).await?.len(),
        page: member.page,
    };
    Ok(render(StatusCode::OK, &template))
}
