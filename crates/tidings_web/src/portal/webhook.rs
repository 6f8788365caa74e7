//! One webhook: its last requests, testing it, and removing it.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use tidings_domain::access::Capability;
use tidings_service::PageQuery;
use tidings_service::attempts::AttemptFilter;
use tidings_store::Order;

use super::Portal;
use super::attempts::Row;
use super::charts::{Charts, charts};
use super::visitor::{Account, Visitor};
use super::webhooks::Webhook;
use crate::errors::Fault;
use crate::form::Posted;
use crate::page::{Page, render};

/// As many as the source of this log shows.
const LAST: usize = 10;

#[derive(Template)]
#[template(path = "portal/webhook.html")]
struct Show {
    page: Page,
    token: String,
    account: Account,
    tab: &'static str,
    webhook: Webhook,
    /// Why Tidings itself has switched it off.
    disabled: Option<&'static str>,
    rows: Vec<Row>,
    charts: Option<Charts>,
    /// The outcome of a test that was just made.
    tested: Option<Row>,
    may_manage: bool,
    may_test: bool,
    may_see_secret: bool,
}

#[derive(Template)]
#[template(path = "portal/remove.html")]
struct Remove {
    page: Page,
    token: String,
    account: Account,
    tab: &'static str,
    webhook: Webhook,
}

/// The webhook with its last requests.
pub(crate) async fn show(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path((app, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let query = Posted::parse(query.unwrap_or_default().as_bytes());
    let account = visitor.account(&portal, &app).await?;
    let (service, caller) = (&portal.service, visitor.caller);
    let endpoint = service.endpoint(caller, &account.id, &id).await?;
    let newest = PageQuery {
        limit: LAST,
        cursor: None,
        order: Order::Descending,
    };
    let filter = AttemptFilter {
        with_message: true,
        ..AttemptFilter::default()
    };
    let listed = service.attempts_of_endpoint(caller, &account.id, &id, &filter, &newest);
    let (listed, now) = (listed.await?, service.now());
    let row = |row| Row::of(row, visitor.page.language, now);
    let tested = query.line("tested");
    let is_tested = |row: &&_| tested == attempt_id(row);
    let template = Show {
        token: visitor.form_token(),
        charts: charts(&portal, &visitor, &account, &id).await?,
        may_manage: visitor.may(Capability::ManageEndpoint) && !account.is_paused,
        may_test: visitor.may(Capability::CreateAttempts) && !account.is_paused,
        may_see_secret: visitor.may(Capability::ViewEndpointSecret),
        account,
        tab: "webhooks",
        webhook: Webhook::of(&endpoint),
        disabled: endpoint.state.disabled.map(|(why, _)| match why {
            tidings_domain::endpoint::DisabledReason::Gone => "disabled-gone",
            tidings_domain::endpoint::DisabledReason::Failing => "disabled-failing",
            tidings_domain::endpoint::DisabledReason::Wished => "disabled-wished",
        }),
        tested: listed.rows.iter().find(is_tested).map(row),
        rows: listed.rows.iter().map(row).collect(),
        page: visitor.page,
    };
    Ok(render(StatusCode::OK, &template))
}

fn attempt_id(row: &tidings_store::AttemptRow) -> String {
    row.attempt.id.to_string()
}

/// Makes one request, whatever comes of it, and shows it.
pub(crate) async fn test(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path((app, id)): Path<(String, String)>,
    form: Posted,
) -> Result<Response, Fault> {
    let account = visitor.account(&portal, &app).await?;
    visitor.check(Capability::CreateAttempts)?;
    if !visitor.has_sent(&form) {
        return Err(Fault::Elsewhere);
    }
    let at = (account.id.as_str(), id.as_str());
    let draft = portal.service.test_of_session(visitor.caller, at).await?;
    let test = portal.service.test_endpoint(visitor.caller, at, draft);
    let tested = attempt_id(&test.await?);
    let to = format!("/portal/{}/webhooks/{id}?tested={tested}", account.id);
    Ok(Redirect::to(&to).into_response())
}

/// Asks before it is removed.
pub(crate) async fn ask_remove(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path((app, id)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let account = visitor.account(&portal, &app).await?;
    visitor.check(Capability::ManageEndpoint)?;
    let endpoint = portal
        .service
        .endpoint(visitor.caller, &account.id, &id)
        .await?;
    let template = Remove {
        token: visitor.form_token(),
        page: visitor.page,
        account,
        tab: "webhooks",
        webhook: Webhook::of(&endpoint),
    };
    Ok(render(StatusCode::OK, &template))
}

/// Removes it for good.
pub(crate) async fn remove(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path((app, id)): Path<(String, String)>,
    form: Posted,
) -> Result<Response, Fault> {
    let account = visitor.account(&portal, &app).await?;
    visitor.check(Capability::ManageEndpoint)?;
    if !visitor.has_sent(&form) {
        return Err(Fault::Elsewhere);
    }
    let removed = portal
        .service
        .delete_endpoint(visitor.caller, &account.id, &id);
    removed.await?;
    let to = format!("/portal/{}/webhooks?done=removed", account.id);
    Ok(Redirect::to(&to).into_response())
}
