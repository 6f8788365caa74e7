//! `/app/{app}/api-user`: who manages the hooks of an application. Not part of the Svix API.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use tidings_domain::application::ApiUser;
use tidings_service::ServiceError;
use tidings_service::api_users::ApiUserDraft;
use zeroize::Zeroizing;

use crate::ApiState;
use crate::auth::Authenticated;
use crate::body::JsonBody;
use crate::pagination::json;
use crate::problem::Problem;
use crate::shapes::{self, object};
use crate::time;

#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApiUserOut<'a> {
    id: i64,
    login: &'a str,
    /// Only where it is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<&'a str>,
    created_at: String,
    last_used_at: Option<String>,
}

impl<'a> ApiUserOut<'a> {
    fn of(user: &'a ApiUser, password: Option<&'a str>) -> Self {
        Self {
            id: user.ordinal,
            login: &user.login,
            password,
            created_at: time::format(user.created_at),
            last_used_at: user.last_used_at.map(time::format),
        }
    }
}

#[derive(JsonSchema, Serialize)]
#[schemars(rename = "ApiUserListOut")]
pub(crate) struct ListOut<'a> {
    data: Vec<ApiUserOut<'a>>,
}

fn number(id: &str) -> Result<i64, Problem> {
    id.parse()
        .map_err(|_| ServiceError::NotFound { what: "API user" }.into())
}

/// What [`create_api_user`] reads.
pub(crate) fn api_user_in(_: &mut SchemaGenerator) -> Schema {
    object()
        .may(
            "login",
            "Its name; one is made up if there is none.",
            shapes::text(),
        )
        .may(
            "password",
            "Its password; one is made up if there is none.",
            shapes::text(),
        )
        .done()
}

/// What [`replace_api_user_password`] reads.
pub(crate) fn password_in(_: &mut SchemaGenerator) -> Schema {
    object()
        .may(
            "password",
            "The new password; one is made up if there is none.",
            shapes::text(),
        )
        .done()
}

pub(crate) async fn create_api_user(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(app): Path<String>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields_or_none()?;
    let draft = ApiUserDraft {
        login: fields.text("login").or_none(),
        password: fields.text("password").or_none().map(Zeroizing::new),
    };
    fields.finish()?;
    let made = api.service.create_api_user(caller, &app, draft).await?;
    let out = ApiUserOut::of(&made.0, Some(&made.1));
    Ok(json(StatusCode::CREATED, &out))
}

pub(crate) async fn list_api_users(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(app): Path<String>,
) -> Result<Response, Problem> {
    let users = api.service.api_users(caller, &app).await?;
    let data = users.iter().map(|user| ApiUserOut::of(user, None));
    let data = data.collect();
    Ok(json(StatusCode::OK, &ListOut { data }))
}

pub(crate) async fn get_api_user(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let user = api.service.api_user(caller, &app, number(&id)?).await?;
    Ok(json(StatusCode::OK, &ApiUserOut::of(&user, None)))
}

pub(crate) async fn replace_api_user_password(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, id)): Path<(String, String)>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields_or_none()?;
    let password = fields.text("password").or_none().map(Zeroizing::new);
    fields.finish()?;
    let place = (app.as_str(), number(&id)?);
    let replacing = api
        .service
        .replace_api_user_password(caller, place, password);
    let (user, password) = replacing.await?;
    let out = ApiUserOut::of(&user, Some(&password));
    Ok(json(StatusCode::OK, &out))
}

pub(crate) async fn revoke_api_user(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, id)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let revoking = api.service.revoke_api_user(caller, &app, number(&id)?);
    revoking.await?;
    Ok(StatusCode::NO_CONTENT)
}
