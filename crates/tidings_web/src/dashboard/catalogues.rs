//! The catalogues that come with the program, and importing one.

use askama::Template;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use tidings_domain::access::Role;
use tidings_service::catalog::{BUILT_IN, BuiltIn, Catalog, ImportReport};
use tidings_service::payload::JsonText;
use tidings_store::ImportMode;

use super::Dashboard;
use super::member::{Member, Shell};
use crate::errors::Fault;
use crate::form::Posted;
use crate::page::{Page, render};

/// A catalogue.
struct Row {
    name: &'static str,
    title: String,
    /// In English, as in the file.
    about: String,
    count: usize,
}

#[derive(Template)]
#[template(path = "dashboard/catalogues.html")]
struct Show {
    page: Page,
    shell: Shell,
    rows: Vec<Row>,
    may_change: bool,
}

#[derive(Template)]
#[template(path = "dashboard/catalogue.html")]
struct Import {
    page: Page,
    shell: Shell,
    title: String,
    report: ImportReport,
    /// Whether it was done, or only looked at.
    is_done: bool,
}

/// The list.
pub(super) async fn show(member: Member) -> Response {
    let row = |built_in: &BuiltIn| {
        let summary = built_in.summary();
        Row {
            name: built_in.name,
            count: summary.event_types_count(),
            title: summary.title,
            about: summary.about,
        }
    };
    let template = Show {
        rows: BUILT_IN.iter().map(row).collect(),
        may_change: member.may(Role::Developer),
        shell: member.shell(),
        page: member.page,
    };
    render(StatusCode::OK, &template)
}

/// Shows what an import would do, or does it.
pub(super) async fn import(
    State(dashboard): State<Dashboard>,
    member: Member,
    Path(name): Path<String>,
    form: Posted,
) -> Result<Response, Fault> {
    member.check(Role::Developer)?;
    let built_in = BuiltIn::find(&name).ok_or(Fault::Missing)?;
    let bytes = Bytes::from_static(built_in.json.as_bytes());
    let catalog = JsonText::check(&bytes).map_err(|_| Fault::Broken)?;
    let catalog = Catalog::read(catalog)?;
    let title = catalog.title.clone();
    let is_done = form.has("apply");
    let mode = if is_done {
        ImportMode::Apply
    } else {
        ImportMode::DryRun
    };
    let report = dashboard
        .service
        .import_catalog(member.caller, catalog, mode)
        .await?;
    let template = Import {
        title,
        report,
        is_done,
        shell: member.shell(),
        page: member.page,
    };
    Ok(render(StatusCode::OK, &template))
}
