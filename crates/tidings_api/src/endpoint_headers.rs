//! `/app/{app}/endpoint/{endpoint}/headers`: headers that go with each request to an endpoint.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::Value;
use tidings_domain::application::Metadata;
use tidings_service::FieldProblem;
use tidings_service::endpoints::{HeadersChange, ShownHeaders};

use crate::ApiState;
use crate::auth::Authenticated;
use crate::body::JsonBody;
use crate::fields::{Fields, Given};
use crate::pagination::json;
use crate::problem::Problem;
use crate::shapes::{self, object};

/// Headers; also a part of other answers.
#[derive(JsonSchema, Serialize)]
pub(crate) struct EndpointHeadersOut {
    headers: Metadata,
    sensitive: Vec<String>,
}

impl From<ShownHeaders> for EndpointHeadersOut {
    fn from(shown: ShownHeaders) -> Self {
        Self {
            headers: shown.headers,
            sensitive: shown.sensitive,
        }
    }
}

/// Reads the headers that replace all others.
pub(crate) fn read_headers(fields: &mut Fields) -> Metadata {
    match fields.map("headers") {
        Given::Value(headers) => headers,
        Given::Absent | Given::Null => {
            let missing = FieldProblem::body("headers", "must be an object of strings");
            fields.refuse(missing.of_kind("value_error.missing"));
            Metadata::new()
        }
    }
}

/// What [`read_headers`] reads.
pub(crate) fn headers_in(_: &mut SchemaGenerator) -> Schema {
    object()
        .must(
            "headers",
            "The headers; they replace all others.",
            shapes::texts_by_name(),
        )
        .done()
}

/// What [`read_merge`] reads.
pub(crate) fn headers_patch(_: &mut SchemaGenerator) -> Schema {
    let headers =
        json_schema!({"type": "object", "additionalProperties": {"type": ["string", "null"]}});
    object()
        .may(
            "headers",
            "Headers to be set; `null` takes one away.",
            headers,
        )
        .may(
            "deleteHeaders",
            "Headers to be taken away.",
            shapes::list(shapes::text()),
        )
        .done()
}

/// Reads headers to be set, and those to be removed: named in `deleteHeaders`, or set to `null`.
fn read_merge(fields: &mut Fields) -> HeadersChange {
    let (mut set, mut remove) = (Metadata::new(), Vec::new());
    for (name, value) in fields.object("headers").or_none().unwrap_or_default() {
        match value {
            Value::String(value) => drop(set.insert(name, value)),
            Value::Null => remove.push(name),
            _ => fields.refuse(FieldProblem::at(
                &["body", "headers", &name],
                "must be a string or null",
            )),
        }
    }
    remove.extend(fields.list("deleteHeaders").or_none().unwrap_or_default());
    HeadersChange::Merge { set, remove }
}

pub(crate) async fn get_endpoint_headers(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, endpoint)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let shown = api.service.headers(caller, &app, &endpoint).await?;
    Ok(json(StatusCode::OK, &EndpointHeadersOut::from(shown)))
}

pub(crate) async fn put_endpoint_headers(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, endpoint)): Path<(String, String)>,
    body: JsonBody,
) -> Result<StatusCode, Problem> {
    let mut fields = body.fields()?;
    let headers = read_headers(&mut fields);
    fields.finish()?;
    let change = HeadersChange::Replace(headers);
    api.service
        .change_headers(caller, &app, &endpoint, change)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn patch_endpoint_headers(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, endpoint)): Path<(String, String)>,
    body: JsonBody,
) -> Result<StatusCode, Problem> {
    let mut fields = body.fields()?;
    let change = read_merge(&mut fields);
    fields.finish()?;
    api.service
        .change_headers(caller, &app, &endpoint, change)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
