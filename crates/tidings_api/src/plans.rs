//! `/plan`: the plans of an environment; `/app/{app}/plan`: what an application may do by its own.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use tidings_domain::plan::Plan;
use tidings_service::FieldProblem;

use crate::ApiState;
use crate::auth::Authenticated;
use crate::body::JsonBody;
use crate::pagination::json;
use crate::problem::Problem;
use crate::shapes::{self, object};
use tidings_service::limits::DISPLAY_NAME_BYTES_MAX;

/// A plan; also a part of other bodies.
#[derive(JsonSchema, Serialize, Deserialize)]
#[schemars(rename = "PlanOut")]
#[serde(rename_all = "camelCase")]
pub(crate) struct PlanBody {
    uid: String,
    name: String,
    #[serde(default = "yes")]
    webhooks: bool,
    #[serde(default)]
    max_endpoints: Option<u32>,
    #[serde(default)]
    max_rate: Option<u32>,
    #[serde(default)]
    retention_days: Option<u32>,
    #[serde(default)]
    features: Vec<String>,
}

fn yes() -> bool {
    true
}

impl From<Plan> for PlanBody {
    fn from(plan: Plan) -> Self {
        Self {
            uid: plan.uid,
            name: plan.name,
            webhooks: plan.has_webhooks,
            max_endpoints: plan.endpoints_max,
            max_rate: plan.rate_max,
            retention_days: plan.retention_days,
            features: plan.features,
        }
    }
}

impl From<PlanBody> for Plan {
    fn from(plan: PlanBody) -> Self {
        Self {
            uid: plan.uid,
            name: plan.name,
            has_webhooks: plan.webhooks,
            endpoints_max: plan.max_endpoints,
            rate_max: plan.max_rate,
            retention_days: plan.retention_days,
            features: plan.features,
        }
    }
}

/// What [`put_plans`] reads.
pub(crate) fn plans_in(_: &mut SchemaGenerator) -> Schema {
    let plan = object()
        .must("uid", "Its id.", shapes::uid())
        .must(
            "name",
            "What people call it.",
            shapes::short(DISPLAY_NAME_BYTES_MAX),
        )
        .can("webhooks", "Whether it includes webhooks.", shapes::flag())
        .may(
            "maxEndpoints",
            "Most endpoints of an application.",
            shapes::count(),
        )
        .may("maxRate", "Most messages a second.", shapes::count())
        .may(
            "retentionDays",
            "How long messages are kept.",
            shapes::count(),
        )
        .can(
            "features",
            "What else it includes.",
            shapes::list(shapes::text()),
        );
    object()
        .must(
            "data",
            "The plans, the lowest first.",
            shapes::list(plan.done()),
        )
        .done()
}

#[derive(JsonSchema, Serialize)]
#[schemars(rename = "PlanListOut")]
pub(crate) struct ListOut {
    data: Vec<PlanBody>,
}

#[derive(JsonSchema, Serialize)]
#[schemars(rename = "PlanStandingOut")]
pub(crate) struct StandingOut {
    plan: Option<PlanBody>,
    webhooks: bool,
    reason: Option<String>,
}

fn list(plans: Vec<Plan>) -> Response {
    let data = plans.into_iter().map(PlanBody::from).collect();
    json(StatusCode::OK, &ListOut { data })
}

pub(crate) async fn list_plans(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
) -> Result<Response, Problem> {
    Ok(list(api.service.plans(caller).await?))
}

/// What a GET gives can be put.
pub(crate) async fn put_plans(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields()?;
    let data = fields.value("data").or_none().unwrap_or_default();
    let plans: Result<Vec<PlanBody>, _> = serde_json::from_value(data);
    let plans = plans.map_err(|error| {
        let msg = format!("must be a list of plans, the lowest first: {error}");
        Problem::field(FieldProblem::body("data", msg))
    })?;
    let plans = plans.into_iter().map(Plan::from).collect();
    Ok(list(api.service.put_plans(caller, plans).await?))
}

pub(crate) async fn get_application_plan(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(app): Path<String>,
) -> Result<Response, Problem> {
    let standing = api.service.standing(caller, &app).await?;
    let out = StandingOut {
        plan: standing.plan().cloned().map(PlanBody::from),
        webhooks: !standing.is_paused(),
        reason: standing.reason(),
    };
    Ok(json(StatusCode::OK, &out))
}
