//! The list of applications: the customers of the product.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use tidings_domain::access::Role;
use tidings_domain::application::Application;
use tidings_domain::clock::Millis;
use tidings_service::ServiceError;
use tidings_service::applications::ApplicationFilter;
use tidings_store::Order;

use super::Dashboard;
use super::member::{Member, Shell};
use crate::errors::Fault;
use crate::form::Posted;
use crate::page::{Page, render};
use crate::paging::{Paging, ROWS_MAX, asked};

/// How many are looked through for what is searched.
const SEARCHED_MAX: usize = 250;

struct Row {
    id: String,
    uid: String,
    name: String,
    plan: String,
    created_at: Millis,
}

#[derive(Template)]
#[template(path = "dashboard/applications.html")]
struct Show {
    page: Page,
    shell: Shell,
    rows: Vec<Row>,
    search: String,
    /// How many were looked through, if not all were.
    looked_through: Option<usize>,
    paging: Paging,
    done: String,
    may_change: bool,
}

impl Row {
    fn of(application: &Application) -> Self {
        Self {
            id: application.id.to_string(),
            uid: application.uid.clone().unwrap_or_default(),
            name: application.name.clone(),
            plan: application.plan.clone().unwrap_or_default(),
            created_at: application.created_at,
        }
    }

    fn has(&self, search: &str) -> bool {
        let has = |text: &str| text.to_lowercase().contains(search);
        has(&self.name) || has(&self.uid) || self.id == search
    }
}

/// The list.
pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let query = Posted::parse(query.unwrap_or_default().as_bytes());
    let (service, caller) = (&dashboard.service, member.caller);
    let search = query.line("q").to_lowercase();
    let asked = if search.is_empty() {
        asked(&query, ROWS_MAX, Order::Descending)
    } else {
        asked(&query, SEARCHED_MAX, Order::Descending)
    };
    let listed = service
        .applications(caller, &asked, &ApplicationFilter::default())
        .await?;
    let mut rows: Vec<Row> = listed.rows.iter().map(Row::of).collect();
    let mut looked_through = None;
    if !search.is_empty() {
        let is_part = !listed.is_done;
        looked_through = is_part.then_some(rows.len());
        rows.retain(|row| row.has(&search));
        rows.truncate(ROWS_MAX);
        // A whole name is found wherever it is.
        match service.application(caller, query.line("q")).await {
            Ok(found) if !rows.iter().any(|row| row.id == found.id.to_string()) => {
                rows.insert(0, Row::of(&found));
            }
            Ok(_) | Err(ServiceError::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let template = Show {
        paging: Paging::of(&listed, &query, &["q"]),
        rows,
        search: query.line("q").to_owned(),
        looked_through,
        done: query.line("done").to_owned(),
        may_change: member.may(Role::Developer),
        shell: member.shell(),
        page: member.page,
    };
    Ok(render(StatusCode::OK, &template))
}
