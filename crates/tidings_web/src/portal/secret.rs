//! The signing secret of a webhook: shown, and replaced while the old one still signs.

use std::time::Duration;

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use tidings_domain::access::Capability;
use tidings_service::endpoints::Rotation;

use super::Portal;
use super::visitor::{Account, Visitor, once};
use super::webhooks::Webhook;
use crate::errors::Fault;
use crate::form::Posted;
use crate::page::{Page, render};

/// For how many hours the old secret may still sign.
const OVERLAPS: [u64; 4] = [24, 72, 168, 0];

#[derive(Template)]
#[template(path = "portal/secret.html")]
struct Show {
    page: Page,
    token: String,
    account: Account,
    tab: &'static str,
    webhook: Webhook,
    secret: String,
    once: String,
    overlaps: [u64; 4],
    is_rotated: bool,
    may_rotate: bool,
}

/// The secret.
pub(crate) async fn show(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path((app, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let query = Posted::parse(query.unwrap_or_default().as_bytes());
    let account = visitor.account(&portal, &app).await?;
    visitor.check(Capability::ViewEndpointSecret)?;
    let (service, caller) = (&portal.service, visitor.caller);
    let endpoint = service.endpoint(caller, &account.id, &id).await?;
    let secret = service.secret(caller, &account.id, &id).await?;
    let template = Show {
        token: visitor.form_token(),
        may_rotate: visitor.may(Capability::ManageEndpointSecret),
        page: visitor.page,
        account,
        tab: "webhooks",
        webhook: Webhook::of(&endpoint),
        secret: secret.to_string(),
        once: once(&portal),
        overlaps: OVERLAPS,
        is_rotated: query.line("done") == "rotated",
    };
    Ok(render(StatusCode::OK, &template))
}

/// Replaces it.
pub(crate) async fn rotate(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path((app, id)): Path<(String, String)>,
    form: Posted,
) -> Result<Response, Fault> {
    let account = visitor.account(&portal, &app).await?;
    visitor.check(Capability::ManageEndpointSecret)?;
    if !visitor.has_sent(&form) {
        return Err(Fault::Elsewhere);
    }
    let hours = form.line("overlap").parse().ok();
    let hours = hours.filter(|hours| OVERLAPS.contains(hours));
    let rotation = Rotation {
        key: None,
        grace_period: Duration::from_hours(hours.unwrap_or(OVERLAPS[0])),
    };
    let dedup = visitor.dedup(&portal, &form)?;
    let rotated = portal
        .service
        .rotate_secret(visitor.caller, &account.id, &id, rotation, dedup);
    rotated.await?;
    let to = format!("/portal/{}/webhooks/{id}/secret?done=rotated", account.id);
    Ok(Redirect::to(&to).into_response())
}
