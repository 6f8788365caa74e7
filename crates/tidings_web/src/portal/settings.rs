//! The settings of an account: what it is, what its plan has, and the way to its integrations.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use tidings_domain::access::Capability;

use super::Portal;
use super::visitor::{Account, Visitor};
use crate::errors::Fault;
use crate::page::{Page, render};

#[derive(Template)]
#[template(path = "portal/settings.html")]
struct Settings {
    page: Page,
    token: String,
    account: Account,
    tab: &'static str,
    is_read_only: bool,
    is_dev: bool,
}

/// The settings.
pub(crate) async fn show(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path(app): Path<String>,
) -> Result<Response, Fault> {
    let account = visitor.account(&portal, &app).await?;
    let template = Settings {
        token: visitor.form_token(),
        is_read_only: !visitor.may(Capability::ManageEndpoint),
        page: visitor.page,
        account,
        tab: "settings",
        is_dev: portal.settings.is_dev,
    };
    Ok(render(StatusCode::OK, &template))
}
