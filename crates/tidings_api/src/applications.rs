//! `/app`: applications.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use tidings_domain::application::{Application, ApplicationPatch, Metadata};
use tidings_domain::ids::ApplicationId;
use tidings_service::applications::{ApplicationDraft, ApplicationFilter, IfExists, Placed};
use tidings_store::Order;

use crate::ApiState;
use crate::auth::Authenticated;
use crate::body::JsonBody;
use crate::fields::{Fields, Given};
use crate::inboxes::Site;
use crate::pagination::{json, list_of, page_query};
use crate::problem::Problem;
use crate::query::Query;
use crate::shapes::{self, object};
use crate::time;
use tidings_service::limits::DISPLAY_NAME_BYTES_MAX;

/// Both names of the same limit; the first is today's.
pub(crate) const RATE: [&str; 2] = ["throttleRate", "rateLimit"];

#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApplicationOut {
    id: ApplicationId,
    uid: Option<String>,
    name: String,
    throttle_rate: Option<u32>,
    rate_limit: Option<u32>,
    /// Not part of the Svix API.
    plan: Option<String>,
    /// Not part of the Svix API.
    feature_flags: Option<Vec<String>>,
    metadata: Metadata,
    created_at: String,
    updated_at: String,
}

impl From<Application> for ApplicationOut {
    fn from(application: Application) -> Self {
        Self {
            id: application.id,
            uid: application.uid,
            name: application.name,
            throttle_rate: application.throttle_rate,
            rate_limit: application.throttle_rate,
            plan: application.plan,
            feature_flags: application.feature_flags,
            metadata: application.metadata,
            created_at: time::format(application.created_at),
            updated_at: time::format(application.updated_at),
        }
    }
}

/// Reads what a caller says of an application.
pub(crate) fn read_draft(fields: &mut Fields) -> ApplicationDraft {
    ApplicationDraft {
        name: fields.required_text("name"),
        uid: fields.text("uid").or_none(),
        throttle_rate: fields.either(RATE, Fields::number).or_none(),
        plan: fields.text("plan").change(),
        feature_flags: fields.list("featureFlags").change(),
        metadata: fields.map("metadata").or_none().unwrap_or_default(),
    }
}

/// What the flags are for.
const FLAGS: &str =
    "Of the event types with feature flags, it may see those with one of these; all if `null`.";

fn feature_flags() -> Schema {
    shapes::list(shapes::short(DISPLAY_NAME_BYTES_MAX))
}

/// What [`read_draft`] reads.
pub(crate) fn application_in(_: &mut SchemaGenerator) -> Schema {
    object()
        .must(
            "name",
            "What people call it.",
            shapes::short(DISPLAY_NAME_BYTES_MAX),
        )
        .may("uid", "The product's own id of it.", shapes::uid())
        .may(
            "throttleRate",
            "Most messages a second over all of its endpoints.",
            shapes::count(),
        )
        .also("rateLimit", "throttleRate")
        .may("plan", "The uid of its plan.", shapes::text())
        .may("featureFlags", FLAGS, feature_flags())
        .may(
            "metadata",
            "Texts of the product's own.",
            shapes::texts_by_name(),
        )
        .done()
}

/// What [`read_patch`] reads.
pub(crate) fn application_patch(_: &mut SchemaGenerator) -> Schema {
    object()
        .can(
            "name",
            "What people call it.",
            shapes::short(DISPLAY_NAME_BYTES_MAX),
        )
        .may("uid", "The product's own id of it.", shapes::uid())
        .may(
            "throttleRate",
            "Most messages a second over all of its endpoints; 0 for no limit.",
            shapes::count(),
        )
        .also("rateLimit", "throttleRate")
        .may("plan", "The uid of its plan.", shapes::text())
        .may("featureFlags", FLAGS, feature_flags())
        .may(
            "metadata",
            "Texts of the product's own.",
            shapes::texts_by_name(),
        )
        .done()
}

fn read_patch(fields: &mut Fields) -> ApplicationPatch {
    let name = fields.text("name");
    ApplicationPatch {
        name: fields.changed("name", name),
        uid: fields.text("uid").change(),
        throttle_rate: read_rate_change(fields).change(),
        plan: fields.text("plan").change(),
        feature_flags: fields.list("featureFlags").change(),
        metadata: fields.map("metadata").change_or_default(),
    }
}

/// A change of a limit: 0 takes it away as `null` does.
pub(crate) fn read_rate_change(fields: &mut Fields) -> Given<u32> {
    match fields.either(RATE, Fields::number) {
        Given::Value(0) => Given::Null,
        given => given,
    }
}

/// 201 for what was made, 200 for what was there.
pub(crate) fn placed<T, O: Serialize + From<T>>(placed: Placed<T>) -> Response {
    match placed {
        Placed::Created(made) => json(StatusCode::CREATED, &O::from(made)),
        Placed::Existing(found) => json(StatusCode::OK, &O::from(found)),
    }
}

pub(crate) async fn list_applications(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    site: Site,
    query: Query,
) -> Result<Response, Problem> {
    let page = page_query(&query, Order::Ascending)?;
    let filter = ApplicationFilter {
        without_endpoints: query.flag("exclude_apps_with_no_endpoints", false)?,
        with_disabled_only: query.flag("exclude_apps_with_disabled_endpoints", false)?,
        with_play_only: query.flag("exclude_apps_with_svix_play_endpoints", false)?,
        inboxes: site.inboxes(),
    };
    let listed = api.service.applications(caller, &page, &filter).await?;
    Ok(list_of::<_, ApplicationOut>(listed))
}

pub(crate) async fn create_application(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    query: Query,
    body: JsonBody,
) -> Result<Response, Problem> {
    let if_exists = if query.flag("get_if_exists", false)? {
        IfExists::Get
    } else {
        IfExists::Refuse
    };
    let mut fields = body.fields()?;
    let draft = read_draft(&mut fields);
    fields.finish()?;
    let dedup = body.dedup(&api, caller)?;
    let made = api
        .service
        .create_application(caller, draft, if_exists, dedup)
        .await?;
    Ok(placed::<_, ApplicationOut>(made))
}

pub(crate) async fn get_application(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let found = api.service.application(caller, &name).await?;
    Ok(json(StatusCode::OK, &ApplicationOut::from(found)))
}

pub(crate) async fn put_application(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(name): Path<String>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields()?;
    let draft = read_draft(&mut fields);
    fields.finish()?;
    let put = api.service.put_application(caller, &name, draft).await?;
    Ok(placed::<_, ApplicationOut>(put))
}

pub(crate) async fn patch_application(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(name): Path<String>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields()?;
    let patch = read_patch(&mut fields);
    fields.finish()?;
    let changed = api.service.patch_application(caller, &name, patch).await?;
    Ok(json(StatusCode::OK, &ApplicationOut::from(changed)))
}

pub(crate) async fn delete_application(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    api.service.delete_application(caller, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
