//! Plans: what customers of the product may do with webhooks, the lowest first.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use tidings_domain::access::Role;
use tidings_domain::plan::Plan;
use tidings_service::ServiceError;

use super::Dashboard;
use super::member::{Member, Shell};
use super::wrong::Wrong;
use crate::errors::Fault;
use crate::form::Posted;
use crate::page::{Page, render};

/// Empty lines of the form, for plans to come.
const SPARE: usize = 2;

/// Which field of the form is meant by a field of the use case, and what is said about it.
const FIELDS: &[(&str, &str, &str, &str)] = &[
    ("data", "plans", "nav-plans", "wrong-plans"),
    ("inUse", "plans", "nav-plans", "wrong-plan-in-use"),
];

/// A line of the form.
#[derive(Debug, Clone, Default)]
struct Line {
    uid: String,
    name: String,
    has_webhooks: bool,
    endpoints_max: String,
    rate_max: String,
    retention_days: String,
    features: String,
}

#[derive(Template)]
#[template(path = "dashboard/plans.html")]
struct Show {
    page: Page,
    shell: Shell,
    lines: Vec<Line>,
    wrong: Wrong,
    done: String,
    may_change: bool,
}

impl Line {
    fn of(plan: &Plan) -> Self {
        let text = |number: Option<u32>| number.map(|number| number.to_string());
        Self {
            uid: plan.uid.clone(),
            name: plan.name.clone(),
            has_webhooks: plan.has_webhooks,
            endpoints_max: text(plan.endpoints_max).unwrap_or_default(),
            rate_max: text(plan.rate_max).unwrap_or_default(),
            retention_days: text(plan.retention_days).unwrap_or_default(),
            features: plan.features.join(", "),
        }
    }

    /// The line of this number, as it was typed.
    fn read(form: &Posted, number: usize) -> Option<Self> {
        let text = |name: &str| form.line(&format!("{name}-{number}")).to_owned();
        let has = form.has(&format!("uid-{number}"));
        has.then(|| Self {
            uid: text("uid"),
            name: text("name"),
            has_webhooks: form.has(&format!("webhooks-{number}")),
            endpoints_max: text("endpoints"),
            rate_max: text("rate"),
            retention_days: text("days"),
            features: text("features"),
        })
    }

    fn is_empty(&self) -> bool {
        self.uid.is_empty() && self.name.is_empty()
    }

    fn plan(&self, wrong: &mut Wrong) -> Plan {
        let mut number = |text: &str| match text {
            "" => None,
            text => text.parse().ok().or_else(|| {
                wrong.push("data", text.to_owned());
                None
            }),
        };
        let features = self.features.split(',').map(str::trim);
        Plan {
            uid: self.uid.clone(),
            name: self.name.clone(),
            has_webhooks: self.has_webhooks,
            endpoints_max: number(&self.endpoints_max),
            rate_max: number(&self.rate_max),
            retention_days: number(&self.retention_days),
            features: features
                .filter(|feature| !feature.is_empty())
                .map(str::to_owned)
                .collect(),
        }
    }
}

/// The list, as a form for those who may change it.
pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let query = Posted::parse(query.unwrap_or_default().as_bytes());
    let plans = dashboard.service.plans(member.caller).await?;
    let lines = plans.iter().map(Line::of).collect();
    let done = query.line("done").to_owned();
    Ok(page(member, lines, Wrong::new(FIELDS), done))
}

fn page(member: Member, mut lines: Vec<Line>, wrong: Wrong, done: String) -> Response {
    let may_change = member.may(Role::Developer);
    if may_change {
        let spare = std::iter::repeat_n(Line::default(), SPARE);
        lines.extend(spare);
    }
    let template = Show {
        lines,
        done,
        may_change,
        shell: member.shell(),
        page: member.page,
        wrong,
    };
    render(
        if template.wrong.is_empty() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        },
        &template,
    )
}

/// Replaces the list. A line without a uid and a name goes.
pub(super) async fn put(
    State(dashboard): State<Dashboard>,
    member: Member,
    form: Posted,
) -> Result<Response, Fault> {
    member.check(Role::Developer)?;
    let lines = (0..).map_while(|number| Line::read(&form, number));
    let lines: Vec<Line> = lines.filter(|line| !line.is_empty()).collect();
    let mut wrong = Wrong::new(FIELDS);
    let plans = lines.iter().map(|line| line.plan(&mut wrong)).collect();
    if wrong.is_empty() {
        match dashboard.service.put_plans(member.caller, plans).await {
            Ok(_) => return Ok(Redirect::to("/dashboard/plans?done=saved").into_response()),
            Err(ServiceError::Conflict { detail, .. }) => wrong.push("inUse", detail),
            Err(ServiceError::Invalid(problems)) => {
                for problem in problems {
                    let place = problem.loc.iter().skip(2).cloned().collect::<Vec<_>>();
                    wrong.push("data", format!("{}: {}", place.join("."), problem.msg));
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(page(member, lines, wrong, String::new()))
}
