//! `/api-key`: who may call the API of the environment, and how far. Not part of the Svix API.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use tidings_domain::access::Role;
use tidings_domain::application::ApiKeyRecord;
use tidings_domain::clock::Millis;
use tidings_domain::ids::ApiKeyId;
use tidings_service::keys::{KeyChange, KeyDraft};
use tidings_store::Order;

use crate::ApiState;
use crate::auth::Authenticated;
use crate::body::JsonBody;
use crate::fields::{Fields, Given};
use crate::pagination::{json, list_of, page_query};
use crate::problem::Problem;
use crate::query::Query;
use crate::shapes::{self, object};
use crate::time;

const ROLES: &str = "must be viewer, developer, admin or owner";

#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApiKeyOut {
    id: ApiKeyId,
    name: String,
    role: &'static str,
    expires_at: Option<String>,
    rate_limit: Option<u32>,
    created_at: String,
    last_used_at: Option<String>,
    /// The text itself, where it is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
}

impl From<ApiKeyRecord> for ApiKeyOut {
    fn from(key: ApiKeyRecord) -> Self {
        Self {
            id: key.id(),
            role: key.role.as_str(),
            expires_at: key.expires_at.map(time::format),
            rate_limit: key.rate_limit,
            created_at: time::format(key.created_at),
            last_used_at: key.last_used_at.map(time::format),
            name: key.name,
            key: None,
        }
    }
}

/// A role by its name.
pub(crate) fn read_role(fields: &mut Fields) -> Given<Role> {
    fields.word("role", ROLES, Role::parse)
}

fn read_end(fields: &mut Fields) -> Given<Millis> {
    fields.word("expiresAt", time::EXPECTED, time::parse)
}

/// What [`create_api_key`] reads.
pub(crate) fn api_key_in(_: &mut SchemaGenerator) -> Schema {
    object()
        .must("name", "What people call it.", shapes::text())
        .may(
            "role",
            "What it may do.",
            shapes::word(&Role::ALL.map(Role::as_str)),
        )
        .may("expiresAt", "When it ends by itself.", shapes::instant())
        .may("rateLimit", "Most requests a second.", shapes::count())
        .done()
}

/// What [`patch_api_key`] reads.
pub(crate) fn api_key_patch(_: &mut SchemaGenerator) -> Schema {
    object()
        .can("name", "What people call it.", shapes::text())
        .can(
            "role",
            "What it may do.",
            shapes::word(&Role::ALL.map(Role::as_str)),
        )
        .may("expiresAt", "When it ends by itself.", shapes::instant())
        .may("rateLimit", "Most requests a second.", shapes::count())
        .done()
}

/// What [`rotate_api_key`] reads.
pub(crate) fn api_key_rotation(_: &mut SchemaGenerator) -> Schema {
    object()
        .may(
            "gracePeriodSeconds",
            "How long the old text is valid too.",
            shapes::count(),
        )
        .done()
}

fn shown(status: StatusCode, record: ApiKeyRecord, text: &str) -> Response {
    let out = ApiKeyOut {
        key: Some(text.to_owned()),
        ..ApiKeyOut::from(record)
    };
    json(status, &out)
}

pub(crate) async fn list_api_keys(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    query: Query,
) -> Result<Response, Problem> {
    let page = page_query(&query, Order::Ascending)?;
    let listed = api.service.list_keys(caller, &page).await?;
    Ok(list_of::<_, ApiKeyOut>(listed))
}

pub(crate) async fn create_api_key(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields()?;
    let draft = KeyDraft {
        name: fields.required_text("name"),
        role: read_role(&mut fields).or_none(),
        expires_at: read_end(&mut fields).or_none(),
        rate_limit: fields.number("rateLimit").or_none(),
    };
    fields.finish()?;
    let (key, record) = api.service.create_key(caller, draft).await?;
    Ok(shown(StatusCode::CREATED, record, key.text()))
}

pub(crate) async fn get_api_key(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let key = api.service.key(caller, &id).await?;
    Ok(json(StatusCode::OK, &ApiKeyOut::from(key)))
}

pub(crate) async fn patch_api_key(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields()?;
    let (name, role) = (fields.text("name"), read_role(&mut fields));
    let change = KeyChange {
        name: fields.changed("name", name),
        role: fields.changed("role", role),
        expires_at: read_end(&mut fields).change(),
        rate_limit: fields.number("rateLimit").change(),
    };
    fields.finish()?;
    let key = api.service.change_key(caller, &id, change).await?;
    Ok(json(StatusCode::OK, &ApiKeyOut::from(key)))
}

pub(crate) async fn rotate_api_key(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields_or_none()?;
    let seconds = fields.number("gracePeriodSeconds").or_none().unwrap_or(0);
    fields.finish()?;
    let grace = Duration::from_secs(seconds.into());
    let (key, record) = api.service.rotate_key(caller, &id, grace).await?;
    Ok(shown(StatusCode::OK, record, key.text()))
}

pub(crate) async fn revoke_api_key(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    api.service.revoke_key(caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
