//! The accounts of whoever is signed in, a card for each.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::Portal;
use super::theme::Brand;
use super::visitor::{Account, Visitor};
use crate::errors::Fault;
use crate::page::{Page, render};

#[derive(Template)]
#[template(path = "portal/accounts.html")]
struct Cards {
    page: Page,
    token: String,
    brand: Brand,
    accounts: Vec<Account>,
}

/// The cards.
pub(crate) async fn show(
    State(portal): State<Portal>,
    visitor: Visitor,
) -> Result<Response, Fault> {
    let account = visitor.account(&portal, &visitor.own).await?;
    let template = Cards {
        token: visitor.form_token(),
        brand: account.brand.clone(),
        page: visitor.page,
        accounts: vec![account],
    };
    Ok(render(StatusCode::OK, &template))
}

/// The first tab of an account.
pub(crate) async fn enter(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path(app): Path<String>,
) -> Result<Response, Fault> {
    let account = visitor.account(&portal, &app).await?;
    let to = format!("/portal/{}/webhooks", account.id);
    Ok(Redirect::to(&to).into_response())
}
