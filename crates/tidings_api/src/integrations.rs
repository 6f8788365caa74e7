//! `/app/{app}/integration`: programs that act in one application.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use tidings_domain::ids::IntegrationId;
use tidings_domain::integration::Integration;
use tidings_service::integrations::IntegrationDraft;
use tidings_service::limits::DISPLAY_NAME_BYTES_MAX;
use tidings_store::Order;

use crate::auth::Authenticated;
use crate::body::JsonBody;
use crate::fields::Fields;
use crate::pagination::{json, list_of, page_query};
use crate::problem::Problem;
use crate::query::Query;
use crate::shapes::{self, object};
use crate::{ApiState, time};

#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IntegrationOut {
    id: IntegrationId,
    name: String,
    feature_flags: Vec<String>,
    created_at: String,
    updated_at: String,
}

impl From<Integration> for IntegrationOut {
    fn from(integration: Integration) -> Self {
        Self {
            id: integration.id,
            name: integration.name,
            feature_flags: integration.feature_flags,
            created_at: time::format(integration.created_at),
            updated_at: time::format(integration.updated_at),
        }
    }
}

#[derive(JsonSchema, Serialize)]
pub(crate) struct IntegrationKeyOut<'a> {
    key: &'a str,
}

fn read_draft(fields: &mut Fields) -> IntegrationDraft {
    IntegrationDraft {
        name: fields.required_text("name"),
        feature_flags: fields.list("featureFlags").or_none().unwrap_or_default(),
    }
}

/// What [`read_draft`] reads.
pub(crate) fn integration_in(_: &mut SchemaGenerator) -> Schema {
    object()
        .must(
            "name",
            "What people call it.",
            shapes::short(DISPLAY_NAME_BYTES_MAX),
        )
        .may(
            "featureFlags",
            "It is shown event types with one of these, or none.",
            shapes::list(shapes::short(DISPLAY_NAME_BYTES_MAX)),
        )
        .done()
}

pub(crate) async fn list_integrations(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(app): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    let page = page_query(&query, Order::Ascending)?;
    let listed = api.service.integrations(caller, &app, &page).await?;
    Ok(list_of::<_, IntegrationOut>(listed))
}

pub(crate) async fn create_integration(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(app): Path<String>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields()?;
    let draft = read_draft(&mut fields);
    fields.finish()?;
    let dedup = body.dedup(&api, caller)?;
    let made = api
        .service
        .create_integration(caller, &app, draft, dedup)
        .await?;
    Ok(json(StatusCode::CREATED, &IntegrationOut::from(made)))
}

pub(crate) async fn get_integration(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let found = api.service.integration(caller, &app, &id).await?;
    Ok(json(StatusCode::OK, &IntegrationOut::from(found)))
}

pub(crate) async fn put_integration(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, id)): Path<(String, String)>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields()?;
    let draft = read_draft(&mut fields);
    fields.finish()?;
    let putting = api.service.put_integration(caller, (&app, &id), draft);
    let changed = putting.await?;
    Ok(json(StatusCode::OK, &IntegrationOut::from(changed)))
}

pub(crate) async fn rotate_integration_key(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let rotating = api.service.rotate_integration_key(caller, &app, &id);
    let key = rotating.await?;
    Ok(json(StatusCode::OK, &IntegrationKeyOut { key: key.text() }))
}

pub(crate) async fn delete_integration(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, id)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    api.service.delete_integration(caller, &app, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
