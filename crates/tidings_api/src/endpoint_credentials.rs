//! `/app/{app}/endpoint/{endpoint}/credentials`: what an endpoint wants to see before it takes a
//! request. Not part of the contract.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use tidings_domain::credentials::Credentials;
use tidings_service::endpoints::{
    CREDENTIAL_PARTS, CredentialsChange, CredentialsDraft, HIDDEN, ShownCertificate,
};

use crate::ApiState;
use crate::auth::Authenticated;
use crate::body::JsonBody;
use crate::fields::{Fields, Given};
use crate::pagination::json;
use crate::problem::Problem;
use crate::shapes::{self, object};
use crate::time;

/// Credentials without what is secret.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "EndpointCredentialsOut")]
#[serde(
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    tag = "type"
)]
pub(crate) enum CredentialsOut<'a> {
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
    #[serde(rename = "oauth2")]
    OAuth2 {
        token_url: &'a str,
        client_id: &'a str,
        client_secret: &'static str,
        scope: Option<&'a str>,
        audience: Option<&'a str>,
        auth_method: &'static str,
    },
    Mtls {
        certificate: &'a str,
        private_key: &'static str,
        ca: Option<&'a str>,
        /// What is in the certificate; not read.
        subject: Option<String>,
        not_after: Option<String>,
        fingerprint: Option<String>,
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
            Some(Credentials::OAuth2(grant)) => Self::OAuth2 {
                token_url: &grant.token_url,
                client_id: &grant.client_id,
                client_secret: HIDDEN,
                scope: grant.scope.as_deref(),
                audience: grant.audience.as_deref(),
                auth_method: grant.auth_method.as_str(),
            },
            Some(Credentials::Mtls(own)) => {
                let shown = ShownCertificate::of(&own.certificate);
                Self::Mtls {
                    certificate: &own.certificate,
                    private_key: HIDDEN,
                    ca: own.ca.as_deref(),
                    not_after: shown.as_ref().map(|shown| time::format(shown.not_after)),
                    fingerprint: shown.as_ref().map(|shown| shown.fingerprint.clone()),
                    subject: shown.map(|shown| shown.subject),
                }
            }
        }
    }
}

fn read_credentials(fields: &mut Fields) -> CredentialsDraft {
    let kind = fields.text("type").or_none();
    let mut part = |name| Some((name, fields.text(name).or_none()?));
    CredentialsDraft {
        kind,
        parts: CREDENTIAL_PARTS.into_iter().filter_map(&mut part).collect(),
    }
}

/// What [`read_credentials`] reads.
pub(crate) fn credentials_in(_: &mut SchemaGenerator) -> Schema {
    let kinds = ["none", "basic", "bearer", "api-key", "oauth2", "mtls"];
    let fields = object().may("type", "What kind they are.", shapes::word(&kinds));
    let parts = CREDENTIAL_PARTS.into_iter();
    let fields = parts.fold(fields, |fields, part| {
        fields.may(part, about_part(part), shapes::text())
    });
    fields.done()
}

/// What a part of credentials is for.
fn about_part(name: &str) -> &'static str {
    match name {
        "username" | "password" => "For `basic`.",
        "token" => "For `bearer`.",
        "header" => "For `api-key`: the header that the value goes in.",
        "value" => "For `api-key`.",
        "certificate" | "privateKey" | "ca" => "For `mtls`, in the form PEM.",
        _ => "For `oauth2`, with client credentials.",
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
