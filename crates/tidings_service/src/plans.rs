//! Plans: the list of an environment, and what an application may do by its own.

use crate::audit::Touched;
use serde_json::json;
use tidings_domain::audit::Action;
use tidings_domain::names::{check_channel, check_uid};
use tidings_domain::plan::{Plan, Standing};

use crate::error::{FieldProblem, Problems, ServiceError};
use crate::keys::check_display_name;
use crate::limits::{FEATURE_FLAGS_MAX, PLANS_MAX};
use crate::{Caller, Service};

/// Ids of plans would begin so, if they had any.
const PREFIX: &str = "plan_";

impl Service {
    /// The plans of an environment, the lowest first.
    pub async fn plans(&self, caller: Caller) -> Result<Vec<Plan>, ServiceError> {
        Ok(self.store.plans(caller.environment).await?)
    }

    /// Replaces the plans of an environment.
    pub async fn put_plans(
        &self,
        caller: Caller,
        plans: Vec<Plan>,
    ) -> Result<Vec<Plan>, ServiceError> {
        check_plans(&plans)?;
        let names: Vec<&str> = plans.iter().map(|plan| plan.uid.as_str()).collect();
        let touched = Touched {
            changes: vec![json!({ "field": "data", "after": names })],
            ..Touched::new()
        };
        let store = self.noting(caller, Action::PlanReplace, touched).await?;
        let used = store.put_plans(caller.environment, plans.clone());
        let used = used.await?;
        self.publish_change().await?;
        match used {
            None => Ok(plans),
            Some(uid) => Err(ServiceError::Conflict {
                code: "plan_in_use",
                detail: format!(
                    "an application has the plan {uid}; give it another one before this goes"
                ),
            }),
        }
    }

    /// What an application may do by its plan.
    pub async fn standing(
        &self,
        caller: Caller,
        application: &str,
    ) -> Result<Standing, ServiceError> {
        Ok(self.view(caller, application).await?.standing.clone())
    }

    /// Refuses what needs webhooks where the plan has none.
    pub(crate) async fn check_has_webhooks(
        &self,
        caller: Caller,
        application: &str,
    ) -> Result<(), ServiceError> {
        // Without a plan there is nothing to look up, and no endpoints are read.
        let bare = self.bare_application(caller, application).await?;
        if bare.plan.is_none() {
            return Ok(());
        }
        may_have_webhooks(&self.view(caller, application).await?.standing)
    }

    /// The same for one more endpoint.
    pub(crate) async fn check_has_room(
        &self,
        caller: Caller,
        application: &str,
    ) -> Result<(), ServiceError> {
        self.check_has_webhooks(caller, application).await?;
        let bare = self.bare_application(caller, application).await?;
        if bare.plan.is_none() {
            return Ok(());
        }
        let view = self.view(caller, application).await?;
        let Some(plan) = view.standing.plan() else {
            return Ok(());
        };
        let (has, most) = (view.targets.len(), plan.endpoints_max);
        match most {
            Some(most) if has >= usize::try_from(most).unwrap_or(usize::MAX) => {
                Err(ServiceError::Forbidden {
                    code: "endpoint_limit_reached",
                    detail: format!(
                        "the plan {} has {most} endpoints, and this application has {has}",
                        plan.name
                    ),
                })
            }
            _ => Ok(()),
        }
    }

    /// Notes a plan that is not in the list.
    pub(crate) async fn check_plan(
        &self,
        caller: Caller,
        plan: Option<&Option<String>>,
        problems: &mut Problems,
    ) -> Result<(), ServiceError> {
        let Some(Some(uid)) = plan else {
            return Ok(());
        };
        let plans = self.plans(caller).await?;
        if !plans.iter().any(|plan| plan.uid == *uid) {
            let known: Vec<&str> = plans.iter().map(|plan| plan.uid.as_str()).collect();
            let msg = match known[..] {
                [] => "this environment has no plans".to_owned(),
                _ => format!("must be one of {}", known.join(", ")),
            };
            problems.push(FieldProblem::body("plan", msg));
        }
        Ok(())
    }
}

fn may_have_webhooks(standing: &Standing) -> Result<(), ServiceError> {
    match standing.reason() {
        None => Ok(()),
        Some(detail) => Err(ServiceError::Forbidden {
            code: "plan_required",
            detail,
        }),
    }
}

fn check_plans(plans: &[Plan]) -> Result<(), ServiceError> {
    let mut problems = Problems::default();
    check_plans_into(plans, &["body", "data"], &mut problems);
    problems.finish()
}

/// Notes what is wrong with a list of plans at this place.
pub(crate) fn check_plans_into(plans: &[Plan], at: &[&str], problems: &mut Problems) {
    if plans.len() > PLANS_MAX {
        let msg = format!("may have at most {PLANS_MAX} plans");
        problems.push(FieldProblem::at(at, msg));
    }
    for (place, plan) in plans.iter().enumerate() {
        let number = place.to_string();
        let mut wrong = |field: &str, msg: String| {
            problems.push(FieldProblem::at(&[at, &[&number, field]].concat(), msg));
        };
        if let Err(error) = check_uid(&plan.uid, PREFIX) {
            wrong("uid", error.to_string());
        }
        if plans[..place].iter().any(|other| other.uid == plan.uid) {
            wrong("uid", "is there twice".to_owned());
        }
        if let Err(error) = check_display_name(&plan.name) {
            wrong("name", error.to_string());
        }
        if plan.rate_max == Some(0) {
            wrong("maxRate", "must be at least 1".to_owned());
        }
        if plan.retention_days == Some(0) {
            wrong("retentionDays", "must be at least 1".to_owned());
        }
        if plan.features.len() > FEATURE_FLAGS_MAX {
            wrong("features", format!("may have at most {FEATURE_FLAGS_MAX}"));
        }
        for feature in &plan.features {
            if let Err(error) = check_channel(feature) {
                wrong("features", error.to_string());
            }
        }
    }
}
