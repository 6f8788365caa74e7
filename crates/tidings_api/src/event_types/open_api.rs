//! `/event-type/import/openapi`: event types from the webhooks of a document.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::Value;
use tidings_service::open_api::{Changed, Document, Others, Webhook, Webhooks};
use tidings_store::ImportMode;

use crate::ApiState;
use crate::aside::aside;
use crate::auth::Authenticated;
use crate::body::JsonBody;
use crate::fields::Fields;
use crate::pagination::json;
use crate::problem::Problem;
use crate::shapes::{self, object};

#[derive(JsonSchema, Serialize)]
#[schemars(rename = "EventTypeImportOpenApiOut")]
pub(crate) struct ImportOut {
    data: ImportDataOut,
}

/// The contract has these names in this form.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "EventTypeImportOpenApiOutData")]
pub(crate) struct ImportDataOut {
    /// What was made or changed; nothing in a dry run.
    modified: Vec<String>,
    /// What would be made or changed; none unless this is a dry run.
    to_modify: Option<Vec<WebhookOut>>,
    // What follows is not part of the Svix API.
    archived: Vec<String>,
    to_archive: Option<Vec<String>>,
}

#[derive(JsonSchema, Serialize)]
#[schemars(rename = "EventTypeFromOpenApi")]
#[serde(rename_all = "camelCase")]
pub(crate) struct WebhookOut {
    name: String,
    description: String,
    deprecated: bool,
    schemas: Option<Value>,
    group_name: Option<String>,
    feature_flag: Option<String>,
    feature_flags: Option<Vec<String>>,
}

impl From<Webhook> for WebhookOut {
    fn from(webhook: Webhook) -> Self {
        let flags = webhook.feature_flags.filter(|flags| !flags.is_empty());
        Self {
            name: webhook.name,
            description: webhook.description,
            deprecated: webhook.is_deprecated,
            schemas: webhook.schemas,
            group_name: webhook.group_name,
            feature_flag: flags.as_ref().and_then(|flags| flags.first().cloned()),
            feature_flags: flags,
        }
    }
}

impl ImportDataOut {
    fn of(changed: Changed, mode: ImportMode) -> Self {
        match mode {
            ImportMode::Apply => Self {
                modified: changed.webhooks.into_iter().map(|one| one.name).collect(),
                to_modify: None,
                archived: changed.archived,
                to_archive: None,
            },
            ImportMode::DryRun => Self {
                modified: Vec::new(),
                to_modify: Some(changed.webhooks.into_iter().map(WebhookOut::from).collect()),
                archived: Vec::new(),
                to_archive: Some(changed.archived),
            },
        }
    }
}

/// What [`import_open_api`] reads.
pub(crate) fn open_api_in(_: &mut SchemaGenerator) -> Schema {
    object()
        .may("spec", "The document as JSON.", shapes::some_object())
        .may(
            "specRaw",
            "The document as text, in JSON or YAML.",
            shapes::text(),
        )
        .may(
            "dryRun",
            "Whether it is only said what would change.",
            shapes::flag(),
        )
        .may(
            "replaceAll",
            "Whether all other event types are archived.",
            shapes::flag(),
        )
        .done()
}

/// The document under one of its two names.
fn read_document(fields: &mut Fields) -> Option<Document> {
    let parsed = fields.object("spec").or_none();
    let raw = fields.text("specRaw").or_none();
    match (parsed, raw) {
        (Some(parsed), None) => Some(Document::Parsed(Value::Object(parsed))),
        (None, Some(raw)) => Some(Document::Raw(raw)),
        _ => None,
    }
}

pub(crate) async fn import_open_api(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields()?;
    let document = read_document(&mut fields);
    let is_dry = fields.flag("dryRun").or_none().unwrap_or_default();
    let is_all = fields.flag("replaceAll").or_none().unwrap_or_default();
    fields.finish()?;
    // The contract has this as a bad request and not among the fields.
    let document = document.ok_or_else(|| {
        let detail =
            "give either `spec`, the document as JSON, or `specRaw`, its text in JSON or YAML";
        Problem::new(StatusCode::BAD_REQUEST, "bad_request", detail)
    })?;
    let mode = if is_dry {
        ImportMode::DryRun
    } else {
        ImportMode::Apply
    };
    let others = if is_all {
        Others::Archive
    } else {
        Others::Stay
    };
    let webhooks = aside(move || Ok(Webhooks::read(document)?)).await?;
    let changed = api.service.import_webhooks(caller, webhooks, others, mode);
    let data = ImportDataOut::of(changed.await?, mode);
    Ok(json(StatusCode::OK, &ImportOut { data }))
}
