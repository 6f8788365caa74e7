//! The event types in their groups, and one of them: its schema, its example, and how payloads differ from it.

use std::collections::BTreeMap;

use askama::Template;
use askama::filters::Safe;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use tidings_domain::access::Role;
use tidings_domain::clock::Millis;
use tidings_domain::event_type::{EventType, EventTypePatch, text_for};
use tidings_domain::language::Language;
use tidings_domain::schema::{SchemaPolicy, newest};
use tidings_service::event_types::Removal;
use tidings_store::Order;

use super::Dashboard;
use super::member::{Member, Shell};
use crate::code;
use crate::errors::Fault;
use crate::form::Posted;
use crate::formats;
use crate::page::{Page, render};
use crate::paging::{Paging, asked};

/// Event types on a page: nearly every catalogue fits.
const PAGE_ROWS: usize = 200;

struct Row {
    name: String,
    label: String,
    description: String,
    is_archived: bool,
    is_deprecated: bool,
    /// What is to be said about its schema; empty if there is one and nothing is checked.
    schema: &'static str,
    /// Whether payloads have differed from the schema.
    has_drift: bool,
}

struct Group {
    /// What it is called; none for those that are in no group.
    label: Option<String>,
    rows: Vec<Row>,
}

/// One way in which payloads have differed.
struct Difference {
    pointer: String,
    rule: String,
    version: String,
    count: String,
    last_at: Millis,
}

#[derive(Template)]
#[template(path = "dashboard/event_types.html")]
struct Show {
    page: Page,
    shell: Shell,
    groups: Vec<Group>,
    with_archived: bool,
    paging: Paging,
    may_change: bool,
}

#[derive(Template)]
#[template(path = "dashboard/event_type.html")]
struct ShowOne {
    page: Page,
    shell: Shell,
    name: String,
    label: String,
    description: String,
    group: String,
    flags: Vec<String>,
    is_archived: bool,
    is_deprecated: bool,
    policy: &'static str,
    /// By version, the newest first.
    schemas: Vec<(String, Safe<String>)>,
    sample: Option<Safe<String>>,
    drift: Vec<Difference>,
    drifted: Option<u64>,
    updated_at: Millis,
    done: String,
    may_change: bool,
}

/// What is said of what happens to payloads that do not fit.
pub(super) fn policy_text(policy: SchemaPolicy) -> &'static str {
    match policy {
        SchemaPolicy::Off => "policy-off",
        SchemaPolicy::Warn => "policy-warn",
        SchemaPolicy::Refuse => "policy-refuse",
    }
}

fn label_of(event: &EventType, language: Language) -> String {
    let label = text_for(&event.wording.labels, language);
    label.unwrap_or(&event.name).to_owned()
}

fn description_of(event: &EventType, language: Language) -> String {
    let description = text_for(&event.wording.descriptions, language);
    description.unwrap_or(&event.description).to_owned()
}

fn group_of(event: &EventType, language: Language) -> Option<String> {
    let label = text_for(&event.wording.group_labels, language);
    label
        .map(str::to_owned)
        .or_else(|| event.group_name.clone())
}

impl Row {
    fn of(event: &EventType, language: Language) -> Self {
        Self {
            name: event.name.clone(),
            label: label_of(event, language),
            description: description_of(event, language),
            is_archived: event.is_archived,
            is_deprecated: event.is_deprecated,
            schema: match (event.schemas.as_ref().and_then(newest), event.schema_policy) {
                (None, _) => "schema-missing",
                (Some(_), SchemaPolicy::Off) => "",
                (Some(_), policy) => policy_text(policy),
            },
            has_drift: event.drift.is_some(),
        }
    }
}

/// The list.
pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let query = Posted::parse(query.unwrap_or_default().as_bytes());
    let with_archived = query.has("archived");
    let asked = asked(&query, PAGE_ROWS, Order::Ascending);
    let listed = dashboard
        .service
        .event_types(member.caller, &asked, with_archived);
    let listed = listed.await?;
    let language = member.page.language;
    let mut groups: BTreeMap<(bool, String), Group> = BTreeMap::new();
    for event in &listed.rows {
        let label = group_of(event, language);
        let place = (label.is_none(), label.clone().unwrap_or_default());
        let group = groups.entry(place).or_insert_with(|| Group {
            label,
            rows: Vec::new(),
        });
        group.rows.push(Row::of(event, language));
    }
    let template = Show {
        groups: groups.into_values().collect(),
        paging: Paging::of(&listed, &query, &["archived"]),
        with_archived,
        may_change: member.may(Role::Developer),
        shell: member.shell(),
        page: member.page,
    };
    Ok(render(StatusCode::OK, &template))
}

/// One event type.
pub(super) async fn show_one(
    State(dashboard): State<Dashboard>,
    member: Member,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let query = Posted::parse(query.unwrap_or_default().as_bytes());
    let event = dashboard.service.event_type(member.caller, &name).await?;
    let language = member.page.language;
    let differences = event.drift.iter().flat_map(|drift| &drift.differences);
    let differences = differences.map(|one| Difference {
        pointer: one.pointer.clone(),
        rule: one.rule.clone(),
        version: one.version.clone(),
        count: formats::number(
            language,
            i64::try_from(one.messages_count).unwrap_or(i64::MAX),
        ),
        last_at: one.last_at,
    });
    let template = ShowOne {
        label: label_of(&event, language),
        description: description_of(&event, language),
        group: group_of(&event, language).unwrap_or_default(),
        flags: event.feature_flags.clone(),
        is_archived: event.is_archived,
        is_deprecated: event.is_deprecated,
        policy: policy_text(event.schema_policy),
        schemas: schemas(&event),
        sample: event
            .sample
            .as_ref()
            .map(|sample| code::lines(sample.json())),
        drift: differences.collect(),
        drifted: event.drift.as_ref().map(|drift| drift.messages_count),
        updated_at: event.updated_at,
        name: event.name,
        done: query.line("done").to_owned(),
        may_change: member.may(Role::Developer),
        shell: member.shell(),
        page: member.page,
    };
    Ok(render(StatusCode::OK, &template))
}

fn schemas(event: &EventType) -> Vec<(String, Safe<String>)> {
    let Some(schemas) = event.schemas.as_ref().and_then(|all| all.as_object()) else {
        return Vec::new();
    };
    let mut versions: Vec<_> = schemas.iter().collect();
    versions.sort_by_key(|(version, _)| (version.parse::<u64>().ok(), (*version).clone()));
    let versions = versions.into_iter().rev();
    versions
        .map(|(version, schema)| (version.clone(), code::lines(&schema.to_string())))
        .collect()
}

/// Archives it, or takes it out of the archive.
pub(super) async fn archive(
    State(dashboard): State<Dashboard>,
    member: Member,
    Path(name): Path<String>,
    form: Posted,
) -> Result<Response, Fault> {
    member.check(Role::Developer)?;
    let (service, caller) = (&dashboard.service, member.caller);
    if form.has("restore") {
        let patch = EventTypePatch {
            is_archived: Some(false),
            ..EventTypePatch::default()
        };
        service.patch_event_type(caller, &name, patch).await?;
    } else {
        service
            .remove_event_type(caller, &name, Removal::Archive)
            .await?;
    }
    Ok(back_to(&name))
}

/// Forgets how payloads have differed.
pub(super) async fn forget_drift(
    State(dashboard): State<Dashboard>,
    member: Member,
    Path(name): Path<String>,
) -> Result<Response, Fault> {
    member.check(Role::Developer)?;
    let patch = EventTypePatch {
        forgets_drift: true,
        ..EventTypePatch::default()
    };
    dashboard
        .service
        .patch_event_type(member.caller, &name, patch)
        .await?;
    Ok(back_to(&name))
}

/// The page of it. A name has letters, digits and few signs, none of which mean anything in an address.
pub(super) fn back_to(name: &str) -> Response {
    Redirect::to(&format!("/dashboard/event-types/{name}?done=saved")).into_response()
}
