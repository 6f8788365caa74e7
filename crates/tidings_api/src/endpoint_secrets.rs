//! `/app/{app}/endpoint/{endpoint}/secret`: what requests to an endpoint are signed with.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use tidings_service::endpoints::Rotation;
use tidings_service::limits::{GRACE_PERIOD_DEFAULT, GRACE_PERIOD_MAX};

use crate::ApiState;
use crate::auth::Authenticated;
use crate::body::JsonBody;
use crate::fields::Fields;
use crate::pagination::json;
use crate::problem::Problem;
use crate::shapes::{self, object};

/// A secret; also the answer of other operations.
#[derive(JsonSchema, Serialize)]
pub(crate) struct EndpointSecretOut<'a> {
    pub(crate) key: &'a str,
}

pub(crate) fn read_rotation(fields: &mut Fields) -> Rotation {
    let seconds = fields.number("gracePeriodSeconds").or_none();
    Rotation {
        key: fields.text("key").or_none(),
        grace_period: seconds.map_or(GRACE_PERIOD_DEFAULT, |seconds| {
            Duration::from_secs(seconds.into())
        }),
    }
}

/// What [`read_rotation`] reads.
pub(crate) fn rotation_in(_: &mut SchemaGenerator) -> Schema {
    object()
        .may(
            "key",
            "The new secret; one is made up if there is none.",
            shapes::text(),
        )
        .may(
            "gracePeriodSeconds",
            "How long the old one signs too.",
            shapes::number(0, GRACE_PERIOD_MAX.as_secs()),
        )
        .done()
}

pub(crate) async fn get_endpoint_secret(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, endpoint)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let key = api.service.secret(caller, &app, &endpoint).await?;
    Ok(json(StatusCode::OK, &EndpointSecretOut { key: &key }))
}

/// Answers 200 with the new key: newer clients read it, and older ones ignore the body.
pub(crate) async fn rotate_endpoint_secret(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, endpoint)): Path<(String, String)>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields_or_none()?;
    let rotation = read_rotation(&mut fields);
    fields.finish()?;
    let dedup = body.dedup(&api, caller)?;
    let key = api
        .service
        .rotate_secret(caller, &app, &endpoint, rotation, dedup)
        .await?;
    Ok(json(StatusCode::OK, &EndpointSecretOut { key: &key }))
}
