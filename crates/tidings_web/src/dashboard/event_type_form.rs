//! The editor of an event type: a new one, or one that is changed.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Map, Value};
use tidings_domain::access::Role;
use tidings_domain::event_type::{EventType, EventTypePatch};
use tidings_domain::sample::Sample;
use tidings_domain::schema::{SchemaPolicy, newest};
use tidings_service::event_types::{EventTypeDraft, EventTypeExtras};
use tidings_service::{FieldProblem, ServiceError};

use super::Dashboard;
use super::event_types::{back_to, policy_text};
use super::member::{Member, Shell, once};
use super::wrong::Wrong;
use crate::errors::Fault;
use crate::form::Posted;
use crate::page::{Page, render};

/// Which field of the form is meant by a field of the use case, and what is said about it.
const FIELDS: &[(&str, &str, &str, &str)] = &[
    ("name", "name", "event-key", "wrong-event-name"),
    (
        "description",
        "description",
        "description",
        "wrong-description",
    ),
    ("groupName", "group", "event-group", "wrong-group"),
    ("featureFlags", "flags", "feature-flags", "wrong-flags"),
    ("schemas", "schema", "schema", "wrong-schema"),
    ("sample", "sample", "example", "wrong-sample"),
];

/// What was typed.
#[derive(Debug, Clone, Default)]
struct Fields {
    name: String,
    description: String,
    group: String,
    flags: String,
    schema: String,
    sample: String,
    policy: String,
    is_deprecated: bool,
    /// Whether the schema becomes a version beside those that are there.
    is_new_version: bool,
    once: String,
}

#[derive(Template)]
#[template(path = "dashboard/event_type_form.html")]
struct Form {
    page: Page,
    shell: Shell,
    /// The name of the one that is changed.
    changed: Option<String>,
    /// The newest version of its schemas, if it has any.
    version: Option<String>,
    fields: Fields,
    wrong: Wrong,
}

impl Form {
    /// What can happen to payloads that do not fit, and what that is called.
    fn policies(&self) -> Vec<(&'static str, String)> {
        let all = SchemaPolicy::ALL.into_iter();
        all.map(|policy| (policy.name(), self.page.say(policy_text(policy))))
            .collect()
    }
}

/// What the form says, as far as it can be read.
struct Read {
    schemas: Option<Value>,
    sample: Option<Sample>,
    policy: SchemaPolicy,
    flags: Vec<String>,
}

impl Fields {
    fn read(form: &Posted) -> Self {
        Self {
            name: form.line("name").to_owned(),
            description: form.line("description").to_owned(),
            group: form.line("group").to_owned(),
            flags: form.line("flags").to_owned(),
            schema: form.one("schema").to_owned(),
            sample: form.one("sample").to_owned(),
            policy: form.line("policy").to_owned(),
            is_deprecated: form.has("deprecated"),
            is_new_version: form.has("new-version"),
            once: form.line("once").to_owned(),
        }
    }

    fn of(event: &EventType) -> Self {
        let schema = event.schemas.as_ref().and_then(newest);
        let pretty = |json: &Value| serde_json::to_string_pretty(json).unwrap_or_default();
        let sample = event.sample.as_ref();
        Self {
            name: event.name.clone(),
            description: event.description.clone(),
            group: event.group_name.clone().unwrap_or_default(),
            flags: event.feature_flags.join(", "),
            schema: schema.map(|(_, schema)| pretty(schema)).unwrap_or_default(),
            sample: sample
                .map(|sample| sample.json().to_owned())
                .unwrap_or_default(),
            policy: event.schema_policy.name().to_owned(),
            is_deprecated: event.is_deprecated,
            is_new_version: false,
            once: String::new(),
        }
    }

    fn understand(&self, before: Option<&EventType>, wrong: &mut Wrong) -> Read {
        let flags = self.flags.split(',').map(str::trim);
        Read {
            schemas: self.schemas(before.and_then(|event| event.schemas.as_ref()), wrong),
            sample: self.sample(before.and_then(|event| event.sample.as_ref()), wrong),
            policy: SchemaPolicy::from_name(&self.policy).unwrap_or_default(),
            flags: flags
                .filter(|flag| !flag.is_empty())
                .map(str::to_owned)
                .collect(),
        }
    }

    /// All versions, with the one that was typed among them.
    fn schemas(&self, before: Option<&Value>, wrong: &mut Wrong) -> Option<Value> {
        let typed = self.schema.trim();
        if typed.is_empty() {
            return None;
        }
        let schema: Value = match serde_json::from_str(typed) {
            Ok(schema) => schema,
            Err(error) => {
                wrong.push("schemas", error.to_string());
                return before.cloned();
            }
        };
        let mut versions = before
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_else(Map::new);
        let current = before
            .and_then(newest)
            .map(|(version, _)| version.to_owned());
        let version = match current {
            None => "1".to_owned(),
            Some(version) if !self.is_new_version => version,
            Some(version) => {
                let number: u64 = version.parse().unwrap_or(0);
                number.saturating_add(1).to_string()
            }
        };
        versions.insert(version, schema);
        Some(Value::Object(versions))
    }

    /// The example, with the rules that it had if it is as it was.
    fn sample(&self, before: Option<&Sample>, wrong: &mut Wrong) -> Option<Sample> {
        let typed = self.sample.trim();
        if typed.is_empty() {
            return None;
        }
        let rules = before.map(Sample::rules).unwrap_or_default();
        let read = Sample::new(typed, &rules).or_else(|_| Sample::new(typed, &BTreeMap::new()));
        match read {
            Ok(sample) => Some(sample),
            Err(problems) => {
                for problem in problems {
                    wrong.push("sample", problem.to_string());
                }
                None
            }
        }
    }
}

/// An empty form.
pub(super) async fn show_new(
    State(dashboard): State<Dashboard>,
    member: Member,
) -> Result<Response, Fault> {
    member.check(Role::Developer)?;
    let fields = Fields {
        once: once(&dashboard),
        ..Fields::default()
    };
    Ok(form(member, None, fields, Wrong::new(FIELDS)))
}

/// The form of one that is there.
pub(super) async fn show_update(
    State(dashboard): State<Dashboard>,
    member: Member,
    Path(name): Path<String>,
) -> Result<Response, Fault> {
    member.check(Role::Developer)?;
    let event = dashboard.service.event_type(member.caller, &name).await?;
    let fields = Fields::of(&event);
    Ok(form(member, Some(&event), fields, Wrong::new(FIELDS)))
}

fn form(member: Member, event: Option<&EventType>, fields: Fields, wrong: Wrong) -> Response {
    let version = event
        .and_then(|event| event.schemas.as_ref())
        .and_then(newest);
    let template = Form {
        changed: event.map(|event| event.name.clone()),
        version: version.map(|(version, _)| version.to_owned()),
        fields,
        shell: member.shell(),
        page: member.page,
        wrong,
    };
    render(template.wrong.status(), &template)
}

/// Makes it.
pub(super) async fn create(
    State(dashboard): State<Dashboard>,
    member: Member,
    posted: Posted,
) -> Result<Response, Fault> {
    member.check(Role::Developer)?;
    let (fields, mut wrong) = (Fields::read(&posted), Wrong::new(FIELDS));
    let read = fields.understand(None, &mut wrong);
    if wrong.is_empty() {
        let draft = EventTypeDraft {
            name: fields.name.clone(),
            description: fields.description.clone(),
            is_archived: false,
            is_deprecated: fields.is_deprecated,
            schemas: read.schemas,
            group_name: Some(fields.group.clone()).filter(|group| !group.is_empty()),
            feature_flags: read.flags,
            extras: EventTypeExtras {
                sample: Some(read.sample),
                schema_policy: Some(read.policy),
                ..EventTypeExtras::default()
            },
        };
        let dedup = member.dedup(&dashboard, &posted)?;
        let made = dashboard
            .service
            .create_event_type(member.caller, draft, dedup);
        match made.await {
            Ok(made) => return Ok(back_to(&made.name)),
            Err(ServiceError::Conflict { detail, .. }) => {
                let taken = FieldProblem::body("name", detail);
                wrong.take(ServiceError::invalid(taken))?;
            }
            Err(error) => wrong.take(error)?,
        }
    }
    Ok(form(member, None, fields, wrong))
}

/// Changes it.
pub(super) async fn update(
    State(dashboard): State<Dashboard>,
    member: Member,
    Path(name): Path<String>,
    posted: Posted,
) -> Result<Response, Fault> {
    member.check(Role::Developer)?;
    let event = dashboard.service.event_type(member.caller, &name).await?;
    let (mut fields, mut wrong) = (Fields::read(&posted), Wrong::new(FIELDS));
    fields.name.clone_from(&event.name);
    let read = fields.understand(Some(&event), &mut wrong);
    if wrong.is_empty() {
        let patch = EventTypePatch {
            description: Some(fields.description.clone()),
            is_deprecated: Some(fields.is_deprecated),
            schemas: Some(read.schemas),
            schema_policy: Some(read.policy),
            group_name: Some(Some(fields.group.clone()).filter(|group| !group.is_empty())),
            feature_flags: Some(read.flags),
            sample: Some(read.sample),
            ..EventTypePatch::default()
        };
        let changed = dashboard
            .service
            .patch_event_type(member.caller, &name, patch);
        match changed.await {
            Ok(changed) => return Ok(back_to(&changed.name)),
            Err(error) => wrong.take(error)?,
        }
    }
    Ok(form(member, Some(&event), fields, wrong))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_schema_takes_the_place_of_the_newest_or_becomes_one_more() {
        let before = json!({"1": {"a": 1}, "9": {"b": 1}});
        let mut wrong = Wrong::new(FIELDS);
        let mut fields = Fields {
            schema: " {\"c\": 1} ".to_owned(),
            ..Fields::default()
        };
        let replaced = fields.schemas(Some(&before), &mut wrong).unwrap();
        assert_eq!(replaced, json!({"1": {"a": 1}, "9": {"c": 1}}));
        fields.is_new_version = true;
        let added = fields.schemas(Some(&before), &mut wrong).unwrap();
        assert_eq!(added["10"], json!({"c": 1}));
        assert_eq!(
            fields.schemas(None, &mut wrong).unwrap(),
            json!({"1": {"c": 1}})
        );
        assert!(wrong.is_empty());
        fields.schema = "{".to_owned();
        assert_eq!(fields.schemas(Some(&before), &mut wrong), Some(before));
        assert!(wrong.field("schema").unwrap().details[0].contains("line 1"));
        fields.schema = String::new();
        assert_eq!(fields.schemas(None, &mut wrong), None);
    }
}
