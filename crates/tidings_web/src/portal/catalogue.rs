//! The catalogue of events, with the schema and the sample of each.

use askama::Template;
use askama::filters::Safe;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use tidings_domain::event_type::text_for;
use tidings_domain::schema::newest;

use super::Portal;
use super::tree::{Group, catalogue, grouped};
use super::visitor::{Account, Visitor};
use crate::code;
use crate::errors::Fault;
use crate::page::{Page, render};

#[derive(Template)]
#[template(path = "portal/catalogue.html")]
struct Catalogue {
    page: Page,
    token: String,
    account: Account,
    tab: &'static str,
    groups: Vec<Group>,
}

#[derive(Template)]
#[template(path = "portal/event.html")]
struct Event {
    page: Page,
    token: String,
    account: Account,
    tab: &'static str,
    name: String,
    label: String,
    description: String,
    is_deprecated: bool,
    sample: Option<Safe<String>>,
    schema: Option<Safe<String>>,
}

/// All events.
pub(crate) async fn show(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path(app): Path<String>,
) -> Result<Response, Fault> {
    let account = visitor.account(&portal, &app).await?;
    let events = catalogue(&portal, &visitor).await?;
    let template = Catalogue {
        token: visitor.form_token(),
        groups: grouped(&events, &[], visitor.page.language),
        page: visitor.page,
        account,
        tab: "events",
    };
    Ok(render(StatusCode::OK, &template))
}

/// One event.
pub(crate) async fn show_one(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path((app, name)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let account = visitor.account(&portal, &app).await?;
    let event = portal.service.event_type(visitor.caller, &name).await?;
    let language = visitor.page.language;
    let label = text_for(&event.wording.labels, language).unwrap_or(&event.name);
    let description = text_for(&event.wording.descriptions, language);
    let schema = event.schemas.as_ref().and_then(newest);
    let template = Event {
        token: visitor.form_token(),
        label: label.to_owned(),
        description: description.unwrap_or(&event.description).to_owned(),
        is_deprecated: event.is_deprecated,
        sample: event
            .sample
            .as_ref()
            .map(|sample| code::lines(sample.json())),
        schema: schema.map(|(_, schema)| code::lines(&schema.to_string())),
        name: event.name,
        page: visitor.page,
        account,
        tab: "events",
    };
    Ok(render(StatusCode::OK, &template))
}
