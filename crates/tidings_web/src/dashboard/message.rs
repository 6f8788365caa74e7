//! One message: its payload, what became of it at each endpoint, every request that was made, and sending it again.

use askama::Template;
use askama::filters::Safe;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use tidings_domain::access::Role;
use tidings_domain::clock::Millis;
use tidings_domain::delivery::DeliveryState;
use tidings_domain::endpoint::Endpoint;
use tidings_service::PageQuery;
use tidings_service::attempts::AttemptFilter;
use tidings_service::deliveries::Delivery;
use tidings_store::Order;

use super::Dashboard;
use super::application::Facts;
use super::member::{Member, Shell, once};
use super::messages::Row;
use crate::code;
use crate::errors::Fault;
use crate::form::Posted;
use crate::formats;
use crate::page::{Page, render};
use crate::portal::attempt::{Phase, headers, phases, span};
use crate::portal::attempts::Row as Attempted;
use crate::portal::webhooks::name_of;

/// Deliveries and attempts that are listed.
const LISTED_MAX: usize = 50;

/// What became of it at one endpoint.
struct Sent {
    endpoint: String,
    name: String,
    url: String,
    tone: &'static str,
    state: &'static str,
    next_at: Option<Millis>,
    may_resend: bool,
}

#[derive(Template)]
#[template(path = "dashboard/message.html")]
struct Show {
    page: Page,
    shell: Shell,
    application: Facts,
    message: Row,
    channels: Vec<String>,
    payload: Option<Safe<String>>,
    payload_size: String,
    deliveries: Vec<Sent>,
    attempts: Vec<Attempted>,
    has_more: bool,
    once: String,
    done: String,
}

#[derive(Template)]
#[template(path = "dashboard/attempt.html")]
struct ShowAttempt {
    page: Page,
    shell: Shell,
    application: Facts,
    row: Attempted,
    /// What exactly went wrong, for staff.
    detail: String,
    endpoint: String,
    phases: Vec<Phase>,
    total: String,
    request_headers: Vec<(String, String)>,
    response_headers: Vec<(String, String)>,
    response: Option<Safe<String>>,
    is_truncated: bool,
    may_resend: bool,
    once: String,
}

/// The message.
pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Path((app, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let query = Posted::parse(query.unwrap_or_default().as_bytes());
    let application = Facts::find(&dashboard, &member, &app).await?;
    let (service, caller) = (&dashboard.service, member.caller);
    let message = service.message(caller, &app, &id).await?;
    let payload = String::from_utf8_lossy(&message.payload).into_owned();
    let id = message.id.to_string();
    let first = PageQuery {
        limit: LISTED_MAX,
        cursor: None,
        order: Order::Ascending,
    };
    let deliveries = service
        .deliveries_of_message(caller, &app, &id, &first)
        .await?;
    let newest = PageQuery {
        order: Order::Descending,
        ..first
    };
    let filter = AttemptFilter {
        with_message: true,
        ..AttemptFilter::default()
    };
    let of = (app.as_str(), id.as_str());
    let attempts = service.attempts_of_message(caller, of, None, &filter, &newest);
    let (attempts, now, language) = (attempts.await?, service.now(), member.page.language);
    let may_resend = member.may(Role::Developer) && !message.is_expunged();
    let template = Show {
        channels: message.channels.clone(),
        payload_size: formats::bytes(language, u64::try_from(payload.len()).unwrap_or(u64::MAX)),
        payload: (!payload.is_empty()).then(|| code::lines(&payload)),
        message: Row::of(&message),
        has_more: !deliveries.is_done || !attempts.is_done,
        deliveries: deliveries
            .rows
            .iter()
            .map(|delivery| sent(delivery, may_resend))
            .collect(),
        attempts: attempts
            .rows
            .iter()
            .map(|row| Attempted::of(row, language, now))
            .collect(),
        application,
        once: once(&dashboard),
        done: query.line("done").to_owned(),
        shell: member.shell(),
        page: member.page,
    };
    Ok(render(StatusCode::OK, &template))
}

fn sent(delivery: &Delivery<Endpoint>, may_resend: bool) -> Sent {
    let (tone, state) = match delivery.state {
        DeliveryState::Pending => ("warn", "delivery-pending"),
        DeliveryState::Sending => ("info", "delivery-sending"),
        DeliveryState::Delivered => ("ok", "result-ok"),
        DeliveryState::Failed => ("bad", "result-failed"),
        DeliveryState::Canceled => ("idle", "result-canceled"),
    };
    Sent {
        endpoint: delivery.of.id.to_string(),
        name: name_of(&delivery.of),
        url: delivery.of.url.clone(),
        tone,
        state,
        next_at: delivery.next_at,
        may_resend: may_resend && !delivery.of.is_off(),
    }
}

/// One request, and what came back.
pub(super) async fn show_attempt(
    State(dashboard): State<Dashboard>,
    member: Member,
    Path((app, message, attempt)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let application = Facts::find(&dashboard, &member, &app).await?;
    let (service, caller) = (&dashboard.service, member.caller);
    let stored = service.message(caller, &app, &message).await?;
    let mut found = service.attempt(caller, &app, &message, &attempt).await?;
    found.message = Some((*stored).clone());
    let endpoint = found.attempt.endpoint.to_string();
    let is_on = service.endpoint(caller, &app, &endpoint).await;
    let is_on = is_on.is_ok_and(|endpoint| !endpoint.is_off());
    let (language, now) = (member.page.language, service.now());
    let exchange = &found.attempt.exchange;
    let response = String::from_utf8_lossy(&exchange.response);
    let template = ShowAttempt {
        application,
        row: Attempted::of(&found, language, now),
        detail: exchange.error_detail.clone(),
        phases: phases(exchange.phases, language),
        total: span(exchange.phases.total_us(), language),
        request_headers: headers(&exchange.request_headers),
        response_headers: headers(&String::from_utf8_lossy(&exchange.response_headers)),
        response: (!response.is_empty()).then(|| code::lines(&response)),
        is_truncated: exchange.is_truncated,
        may_resend: member.may(Role::Developer) && is_on && !stored.is_expunged(),
        endpoint,
        once: once(&dashboard),
        shell: member.shell(),
        page: member.page,
    };
    Ok(render(StatusCode::OK, &template))
}

/// Sends the message to one endpoint once more.
pub(super) async fn resend(
    State(dashboard): State<Dashboard>,
    member: Member,
    Path((app, message)): Path<(String, String)>,
    form: Posted,
) -> Result<Response, Fault> {
    member.check(Role::Developer)?;
    let dedup = member.dedup(&dashboard, &form)?;
    let endpoint = form.line("endpoint");
    dashboard
        .service
        .resend(member.caller, &app, &message, endpoint, dedup)
        .await?;
    let application = Facts::find(&dashboard, &member, &app).await?;
    let found = dashboard
        .service
        .message(member.caller, &app, &message)
        .await?;
    let to = format!(
        "/dashboard/applications/{}/messages/{}?done=resent",
        application.id, found.id
    );
    Ok(Redirect::to(&to).into_response())
}
