//! Plans: what a customer of the product may do with webhooks.
//!
//! An environment has a list of them, the lowest first. An application without a plan may do
//! everything. Below the plan that it needs nothing is lost: what it is sent is owed until it has one.

use serde::{Deserialize, Serialize};

/// One plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The product's own name for it, unique in the environment.
    pub uid: String,
    /// What people call it.
    pub name: String,
    /// Whether it has webhooks at all.
    pub has_webhooks: bool,
    /// Most endpoints of an application; none for no limit.
    pub endpoints_max: Option<u32>,
    /// Most deliveries a second; kept, and not enforced yet.
    pub rate_max: Option<u32>,
    /// For how many days messages are kept; kept, and not enforced yet.
    pub retention_days: Option<u32>,
    /// What else it has, for the product's own use.
    pub features: Vec<String>,
}

/// The list once these plans are in it: each takes the place of the one of its uid, or comes last.
pub fn merged(mut list: Vec<Plan>, plans: &[Plan]) -> Vec<Plan> {
    for plan in plans {
        match list.iter_mut().find(|known| known.uid == plan.uid) {
            Some(known) => known.clone_from(plan),
            None => list.push(plan.clone()),
        }
    }
    list
}

/// What the plan of an application lets it do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Standing {
    /// It has no plan, and may do everything.
    #[default]
    Free,
    /// Its plan has webhooks.
    Within(Plan),
    /// Its plan has none.
    Below {
        /// The plan; none if it is no longer in the list.
        plan: Option<Plan>,
        /// The lowest plan above it that has webhooks, if there is one.
        needed: Option<String>,
    },
}

impl Standing {
    /// Of an application with this plan.
    pub fn of(plans: &[Plan], uid: Option<&str>) -> Self {
        let Some(uid) = uid else {
            return Self::Free;
        };
        let place = plans.iter().position(|plan| plan.uid == uid);
        match place.map(|place| &plans[place]) {
            Some(plan) if plan.has_webhooks => Self::Within(plan.clone()),
            plan => {
                let mut above = plans[place.unwrap_or(0)..].iter();
                let needed = above.find(|plan| plan.has_webhooks);
                Self::Below {
                    plan: plan.cloned(),
                    needed: needed.map(|plan| plan.name.clone()),
                }
            }
        }
    }

    /// Whether nothing is sent to its endpoints.
    pub fn is_paused(&self) -> bool {
        matches!(self, Self::Below { .. })
    }

    /// Its plan, if it is in the list.
    pub fn plan(&self) -> Option<&Plan> {
        match self {
            Self::Free => None,
            Self::Within(plan) => Some(plan),
            Self::Below { plan, .. } => plan.as_ref(),
        }
    }

    /// Why it has no webhooks, for people.
    pub fn reason(&self) -> Option<String> {
        let Self::Below { plan, needed } = self else {
            return None;
        };
        let has = match plan {
            Some(plan) => format!("this application has the plan {}", plan.name),
            None => "the plan of this application is no longer in the list".to_owned(),
        };
        Some(match needed {
            Some(needed) => format!("webhooks need at least the plan {needed}; {has}"),
            None => format!("no plan from there on has webhooks; {has}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(uid: &str, has_webhooks: bool) -> Plan {
        Plan {
            uid: uid.to_owned(),
            name: format!("{uid}!"),
            has_webhooks,
            endpoints_max: None,
            rate_max: None,
            retention_days: None,
            features: Vec::new(),
        }
    }

    #[test]
    fn el_12_who_is_below_learns_the_lowest_plan_that_will_do() {
        let plans = [
            plan("a", false),
            plan("b", false),
            plan("c", true),
            plan("d", true),
            plan("e", false),
        ];
        let of = |uid| Standing::of(&plans, uid);
        assert_eq!(of(None), Standing::Free);
        assert_eq!(of(Some("c")), Standing::Within(plans[2].clone()));
        for below in ["a", "b"] {
            let standing = of(Some(below));
            assert!(standing.is_paused());
            let why = standing.reason().unwrap();
            assert!(why.contains("at least the plan c!"), "{why}");
            assert!(why.contains(&format!("has the plan {below}!")), "{why}");
        }
        assert!(of(Some("e")).reason().unwrap().starts_with("no plan"));
        let gone = of(Some("x"));
        assert!(gone.is_paused() && gone.plan().is_none());
        assert!(gone.reason().unwrap().contains("at least the plan c!"));
    }
}
