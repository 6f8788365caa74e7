//! `/app/{app}/endpoint/{endpoint}/credentials`: what an endpoint wants to see before it takes a
//! request. Not part of the contract.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use serde::Serialize;
use tidings_domain::credentials::Credentials;
use tidings_service::endpoints::{CredentialsChange, CredentialsDraft, HIDDEN};

use crate::ApiState;
use crate::auth::Authenticated;
use crate::body::JsonBody;
use crate::fields::{Fields, Given};
use crate::pagination::json;
use crate::problem::Problem;

/// Credentials without what is secret.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case", tag = "type")]
enum CredentialsOut<'a> {
    None,
    Basic {
        username: &'a str,
        password: &'static str,
    },
    Bearer {
        token: &'static str,
    },
    ApiKey {
        header: &'a str,
        value: &'static str,
    },
}

impl<'a> From<Option<&'a Credentials>> for CredentialsOut<'a> {
    fn from(credentials: Option<&'a Credentials>) -> Self {
        match credentials {
            None => Self::None,
            Some(Credentials::Basic { username, .. }) => Self::Basic {
                username,
                password: HIDDEN,
            },
            Some(Credentials::Bearer { .. }) => Self::Bearer { token: HIDDEN },
            Some(Credentials::ApiKey { header, .. }) => Self::ApiKey {
                header,
                value: HIDDEN,
            },
        }
    }
}

fn read_credentials(fields: &mut Fields) -> CredentialsDraft {
    let mut text = |name: &str| fields.text(name).or_none();
    CredentialsDraft {
        kind: text("type"),
        username: text("username"),
        password: text("password"),
        token: text("token"),
        header: text("header"),
        value: text("value"),
    }
}

/// The credentials in the body of an endpoint.
pub(crate) fn nested_credentials(fields: &mut Fields) -> Given<CredentialsDraft> {
    match fields.object("credentials") {
        Given::Absent => Given::Absent,
        Given::Null => Given::Null,
        Given::Value(map) => Given::Value(fields.within("credentials", map, read_credentials)),
    }
}

pub(crate) async fn get_endpoint_credentials(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, endpoint)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let credentials = api.service.credentials(caller, &app, &endpoint).await?;
    let out = CredentialsOut::from(credentials.as_ref());
    Ok(json(StatusCode::OK, &out))
}

pub(crate) async fn put_endpoint_credentials(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, endpoint)): Path<(String, String)>,
    body: JsonBody,
) -> Result<StatusCode, Problem> {
    let mut fields = body.fields()?;
    let draft = read_credentials(&mut fields);
    fields.finish()?;
    let change = CredentialsChange::Replace(draft);
    api.service
        .change_credentials(caller, &app, &endpoint, change)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn patch_endpoint_credentials(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, endpoint)): Path<(String, String)>,
    body: JsonBody,
) -> Result<StatusCode, Problem> {
    let mut fields = body.fields()?;
    let draft = read_credentials(&mut fields);
    fields.finish()?;
    let change = CredentialsChange::Merge(draft);
    api.service
        .change_credentials(caller, &app, &endpoint, change)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn delete_endpoint_credentials(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, endpoint)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    api.service
        .change_credentials(caller, &app, &endpoint, CredentialsChange::Remove)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
