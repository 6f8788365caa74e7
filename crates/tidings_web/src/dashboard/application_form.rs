//! The form of an application: a new one, or one that is changed.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use tidings_domain::access::Role;
use tidings_domain::application::{ApplicationPatch, Metadata};
use tidings_service::ServiceError;
use tidings_service::applications::{ApplicationDraft, IfExists, Placed};

use super::Dashboard;
use super::application::Facts;
use super::member::{Member, Shell, once};
use super::wrong::Wrong;
use crate::errors::Fault;
use crate::form::Posted;
use crate::page::{Page, render};

/// Which field of the form is meant by a field of the use case, and what is said about it.
const FIELDS: &[(&str, &str, &str, &str)] = &[
    ("name", "name", "webhook-name", "wrong-app-name"),
    ("uid", "uid", "app-uid", "wrong-app-uid"),
    ("throttleRate", "rate", "webhook-rate", "wrong-rate"),
    ("plan", "plan", "plan", "wrong-app-plan"),
    ("featureFlags", "flags", "feature-flags", "wrong-flags"),
    ("metadata", "metadata", "metadata", "wrong-metadata"),
];

/// What was typed.
#[derive(Debug, Clone, Default)]
struct Fields {
    name: String,
    uid: String,
    rate: String,
    plan: String,
    flags: String,
    metadata: String,
    once: String,
}

#[derive(Template)]
#[template(path = "dashboard/application_form.html")]
struct Form {
    page: Page,
    shell: Shell,
    /// The id of the one that is changed.
    id: Option<String>,
    fields: Fields,
    /// By uid, with what they are called.
    plans: Vec<(String, String)>,
    wrong: Wrong,
}

impl Fields {
    fn read(form: &Posted) -> Self {
        Self {
            name: form.line("name").to_owned(),
            uid: form.line("uid").to_owned(),
            rate: form.line("rate").to_owned(),
            plan: form.line("plan").to_owned(),
            flags: form.line("flags").to_owned(),
            metadata: form.one("metadata").to_owned(),
            once: form.line("once").to_owned(),
        }
    }

    fn draft(&self, wrong: &mut Wrong) -> ApplicationDraft {
        let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let rate = match self.rate.as_str() {
            "" => None,
            text => text.parse().ok().or_else(|| {
                wrong.push("throttleRate", String::new());
                None
            }),
        };
        let metadata = metadata(&self.metadata).unwrap_or_else(|| {
            wrong.push("metadata", String::new());
            Metadata::new()
        });
        ApplicationDraft {
            name: self.name.clone(),
            uid: some(&self.uid),
            throttle_rate: rate,
            plan: Some(some(&self.plan)),
            feature_flags: Some(self.flags()),
            metadata,
        }
    }
}

impl Fields {
    /// The flags with commas between; none means that it is shown everything.
    fn flags(&self) -> Option<Vec<String>> {
        let flags = self.flags.split(',').map(str::trim);
        let flags: Vec<String> = flags
            .filter(|flag| !flag.is_empty())
            .map(str::to_owned)
            .collect();
        Some(flags).filter(|flags| !flags.is_empty())
    }
}

/// Lines of names and values.
fn metadata(text: &str) -> Option<Metadata> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let pairs = lines.map(|line| {
        let (name, value) = line.split_once(':')?;
        Some((name.trim().to_owned(), value.trim().to_owned()))
    });
    pairs.collect()
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
    form(&dashboard, member, (None, fields), Wrong::new(FIELDS)).await
}

/// The form of one that is there.
pub(super) async fn show_update(
    State(dashboard): State<Dashboard>,
    member: Member,
    Path(app): Path<String>,
) -> Result<Response, Fault> {
    member.check(Role::Developer)?;
    let found = dashboard.service.application(member.caller, &app).await?;
    let facts = Facts::of(&found);
    let lines = facts.metadata.iter();
    let lines: Vec<String> = lines
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    let fields = Fields {
        name: facts.name,
        uid: facts.uid,
        rate: facts.rate.map(|rate| rate.to_string()).unwrap_or_default(),
        plan: found.plan.unwrap_or_default(),
        flags: facts.flags.unwrap_or_default().join(", "),
        metadata: lines.join("\n"),
        once: String::new(),
    };
    let wrong = Wrong::new(FIELDS);
    form(&dashboard, member, (Some(facts.id), fields), wrong).await
}

async fn form(
    dashboard: &Dashboard,
    member: Member,
    (id, fields): (Option<String>, Fields),
    wrong: Wrong,
) -> Result<Response, Fault> {
    let plans = dashboard.service.plans(member.caller).await?;
    let template = Form {
        id,
        fields,
        plans: plans
            .into_iter()
            .map(|plan| (plan.uid, plan.name))
            .collect(),
        shell: member.shell(),
        page: member.page,
        wrong,
    };
    Ok(render(template.wrong.status(), &template))
}

/// Makes it.
pub(super) async fn create(
    State(dashboard): State<Dashboard>,
    member: Member,
    posted: Posted,
) -> Result<Response, Fault> {
    member.check(Role::Developer)?;
    let (fields, mut wrong) = (Fields::read(&posted), Wrong::new(FIELDS));
    let draft = fields.draft(&mut wrong);
    if wrong.is_empty() {
        let dedup = member.dedup(&dashboard, &posted)?;
        let made =
            dashboard
                .service
                .create_application(member.caller, draft, IfExists::Refuse, dedup);
        match made.await {
            Ok(Placed::Created(made) | Placed::Existing(made)) => {
                let to = format!("/dashboard/applications/{}?done=saved", made.id);
                return Ok(Redirect::to(&to).into_response());
            }
            Err(error) => wrong.take(taken(error))?,
        }
    }
    form(&dashboard, member, (None, fields), wrong).await
}

/// Changes it.
pub(super) async fn update(
    State(dashboard): State<Dashboard>,
    member: Member,
    Path(app): Path<String>,
    posted: Posted,
) -> Result<Response, Fault> {
    member.check(Role::Developer)?;
    let facts = Facts::find(&dashboard, &member, &app).await?;
    let (fields, mut wrong) = (Fields::read(&posted), Wrong::new(FIELDS));
    let draft = fields.draft(&mut wrong);
    if wrong.is_empty() {
        let patch = ApplicationPatch {
            uid: Some(draft.uid),
            name: Some(draft.name),
            throttle_rate: Some(draft.throttle_rate),
            plan: draft.plan,
            // An empty list, which shows only what has no flags, cannot be typed and stays.
            feature_flags: draft
                .feature_flags
                .filter(|typed| typed.is_some() || facts.flags != Some(Vec::new())),
            metadata: Some(draft.metadata),
        };
        let changed = dashboard
            .service
            .patch_application(member.caller, &app, patch);
        match changed.await {
            Ok(changed) => {
                let to = format!("/dashboard/applications/{}?done=saved", changed.id);
                return Ok(Redirect::to(&to).into_response());
            }
            Err(error) => wrong.take(taken(error))?,
        }
    }
    form(&dashboard, member, (Some(facts.id), fields), wrong).await
}

/// A uid that another one has is a wrong field like others.
fn taken(error: ServiceError) -> ServiceError {
    match error {
        ServiceError::Conflict { detail, .. } => {
            ServiceError::invalid(tidings_service::FieldProblem::body("uid", detail))
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_are_lines_of_names_and_values() {
        let read = metadata("a: 1\n\n b : x:y \n").unwrap();
        let read: Vec<(&str, &str)> = read.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(read, [("a", "1"), ("b", "x:y")]);
        assert!(metadata("nothing").is_none());
        assert!(metadata("").unwrap().is_empty());
    }
}
