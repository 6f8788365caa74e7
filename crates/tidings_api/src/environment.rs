//! `/environment`: the configuration of an environment as a whole, given out and taken in.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use tidings_domain::plan::Plan;
use tidings_service::FieldProblem;
use tidings_service::environment::ConfigurationDraft;
use tidings_service::event_types::EventTypeDraft;

use crate::ApiState;
use crate::aside::aside;
use crate::auth::Authenticated;
use crate::body::JsonBody;
use crate::event_types::{EventTypeOut, read_draft};
use crate::fields::{Fields, Given};
use crate::pagination::json;
use crate::plans::PlanBody;
use crate::problem::Problem;
use crate::shapes::{self, object};
use crate::time;

const PLAN_FIELDS: [&str; 7] = [
    "uid",
    "name",
    "webhooks",
    "maxEndpoints",
    "maxRate",
    "retentionDays",
    "features",
];

/// The version of the form that configurations are given out in.
const VERSION: u32 = 1;

#[derive(JsonSchema, Serialize)]
#[schemars(rename = "EnvironmentOut")]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConfigurationOut {
    version: u32,
    created_at: String,
    event_types: Vec<EventTypeOut>,
    settings: Option<SettingsOut>,
    /// There are no connectors.
    connectors: [(); 0],
}

#[derive(JsonSchema, Serialize)]
#[schemars(rename = "EnvironmentSettingsOut")]
pub(crate) struct SettingsOut {
    plans: Vec<PlanBody>,
}

/// The texts of the event types, whose samples keep their bytes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw<'a> {
    #[serde(borrow)]
    event_types: Option<Vec<&'a RawValue>>,
}

pub(crate) async fn export_environment(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
) -> Result<Response, Problem> {
    let configuration = api.service.export_configuration(caller).await?;
    let plans: Vec<_> = configuration
        .plans
        .into_iter()
        .map(PlanBody::from)
        .collect();
    let event_types = configuration.event_types.into_iter().map(|mut event_type| {
        // What was seen here says nothing of another environment.
        event_type.drift = None;
        EventTypeOut::from(event_type)
    });
    let out = ConfigurationOut {
        version: VERSION,
        created_at: time::format(api.service.now()),
        event_types: event_types.collect(),
        settings: (!plans.is_empty()).then_some(SettingsOut { plans }),
        connectors: [],
    };
    Ok(json(StatusCode::OK, &out))
}

pub(crate) async fn import_environment(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    body: JsonBody,
) -> Result<StatusCode, Problem> {
    let draft = aside(move || {
        let draft = read(&body)?;
        draft.check()?;
        Ok(draft)
    });
    let draft = draft.await?;
    api.service.import_configuration(caller, draft).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What [`read`] reads.
pub(crate) fn environment_in(_: &mut SchemaGenerator) -> Schema {
    object()
        .may(
            "version",
            "The version of the form.",
            shapes::number(1, VERSION.into()),
        )
        .may("createdAt", "When it was given out.", shapes::text())
        .may(
            "eventTypes",
            "Event types.",
            shapes::list(shapes::some_object()),
        )
        .may("settings", "Settings: the plans.", shapes::some_object())
        .may(
            "connectors",
            "Empty; there are none yet.",
            json_schema!({"type": "array", "maxItems": 0}),
        )
        .done()
}

/// Reads it strictly: a field that means nothing here would be lost without a word.
fn read(body: &JsonBody) -> Result<ConfigurationDraft, Problem> {
    let mut fields = body.fields()?;
    let version = fields.number("version");
    if !matches!(version, Given::Absent | Given::Null | Given::Value(VERSION)) {
        let msg = "must be 1, the only version of this form that is known here";
        fields.refuse(FieldProblem::body("version", msg));
    }
    fields.text("createdAt");
    match fields.value("connectors") {
        Given::Absent | Given::Null => {}
        Given::Value(Value::Array(connectors)) if connectors.is_empty() => {}
        Given::Value(_) => {
            let msg = "must be an empty list: there are no connectors yet";
            fields.refuse(FieldProblem::body("connectors", msg));
        }
    }
    let event_types = read_event_types(&mut fields, body.text()?);
    let plans = match fields.object("settings") {
        Given::Value(settings) => fields.within("settings", settings, read_plans),
        Given::Absent | Given::Null => Vec::new(),
    };
    fields.refuse_unknown();
    fields.finish()?;
    Ok(ConfigurationDraft { event_types, plans })
}

fn read_event_types(fields: &mut Fields, text: &str) -> Vec<EventTypeDraft> {
    match fields.value("eventTypes") {
        Given::Absent | Given::Null => return Vec::new(),
        Given::Value(Value::Array(_)) => {}
        Given::Value(_) => {
            let wrong = FieldProblem::body("eventTypes", "must be a list of event types");
            fields.refuse(wrong.of_kind("type_error.list"));
            return Vec::new();
        }
    }
    let raw: Result<Raw<'_>, _> = serde_json::from_str(text);
    let Some(raw) = raw.ok().and_then(|raw| raw.event_types) else {
        fields.refuse(FieldProblem::body("eventTypes", "comes twice"));
        return Vec::new();
    };
    fields.within("eventTypes", Map::new(), |fields| {
        let drafts = raw.iter().enumerate().filter_map(|(number, raw)| {
            let number = number.to_string();
            let Ok(Value::Object(map)) = serde_json::from_str(raw.get()) else {
                let wrong = FieldProblem::body(&number, "must be an object");
                fields.refuse(wrong.of_kind("type_error.dict"));
                return None;
            };
            let draft = fields.within(&number, map, |fields| {
                let draft = read_draft(fields, raw.get(), None);
                // What was made elsewhere, when it was, and what was seen there.
                for given_out in ["createdAt", "updatedAt", "schemaDrift"] {
                    fields.value(given_out);
                }
                fields.refuse_unknown();
                draft
            });
            Some(draft)
        });
        drafts.collect()
    })
}

fn read_plans(fields: &mut Fields) -> Vec<Plan> {
    let plans = fields.value("plans").or_none();
    fields.refuse_unknown();
    for (number, plan) in plans
        .iter()
        .filter_map(Value::as_array)
        .flatten()
        .enumerate()
    {
        for name in plan.as_object().into_iter().flat_map(Map::keys) {
            if !PLAN_FIELDS.contains(&name.as_str()) {
                let loc = ["body", "plans", &number.to_string(), name];
                let unknown = FieldProblem::at(&loc, "is not known here");
                fields.refuse(unknown.of_kind("value_error.extra"));
            }
        }
    }
    match plans.map_or(Ok(Vec::new()), serde_json::from_value::<Vec<PlanBody>>) {
        Ok(plans) => plans.into_iter().map(Plan::from).collect(),
        Err(error) => {
            let msg = format!("must be a list of plans, the lowest first: {error}");
            fields.refuse(FieldProblem::body("plans", msg));
            Vec::new()
        }
    }
}
