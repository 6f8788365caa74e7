//! The configuration of an environment as a whole: given out, and taken in by another.
//!
//! What is taken in is added or changed, all of it or nothing, and nothing goes: so the same import may come
//! twice, and a large one in parts.

use std::collections::BTreeSet;

use tidings_domain::event_type::EventType;
use tidings_domain::plan::{Plan, merged};
use tidings_store::{EventTypeImport, EventTypesImport, ImportMode, ListEventTypes, Order};

use crate::error::{FieldProblem, Problems, ServiceError};
use crate::event_types::{EventTypeDraft, check_draft_into, replacement};
use crate::limits::{CATALOG_EVENT_TYPES_MAX, PLANS_MAX};
use crate::plans::check_plans_into;
use crate::{Caller, Service};

/// How many event types are read at once.
const PAGE: usize = 250;

/// What an environment is given out as.
#[derive(Debug, Clone, PartialEq)]
pub struct Configuration {
    /// All its event types by name, archived ones too.
    pub event_types: Vec<EventType>,
    /// Its plans, the lowest first.
    pub plans: Vec<Plan>,
}

/// What is taken in.
#[derive(Debug, Clone, Default)]
pub struct ConfigurationDraft {
    /// Event types to be made or replaced.
    pub event_types: Vec<EventTypeDraft>,
    /// Plans to be made or replaced.
    pub plans: Vec<Plan>,
}

impl ConfigurationDraft {
    /// Checks all of it. A thousand schemas take a while: not for a thread that serves others.
    pub fn check(&self) -> Result<(), ServiceError> {
        let mut problems = Problems::default();
        if self.event_types.len() > CATALOG_EVENT_TYPES_MAX {
            let msg = format!(
                "may have at most {CATALOG_EVENT_TYPES_MAX} at once; nothing goes by an import, so \
                 send more of them in parts"
            );
            problems.push(FieldProblem::body("eventTypes", msg));
            return problems.finish();
        }
        let mut names = BTreeSet::new();
        for (number, draft) in self.event_types.iter().enumerate() {
            let since = problems.count();
            check_draft_into(draft, &mut problems);
            if !names.insert(draft.name.as_str()) {
                problems.push(FieldProblem::body("name", "is there twice"));
            }
            problems.nest(since, &number.to_string());
            problems.nest(since, "eventTypes");
        }
        let since = problems.count();
        check_plans_into(&self.plans, &["body", "plans"], &mut problems);
        problems.nest(since, "settings");
        problems.finish()
    }
}

impl Service {
    /// All that is configured in an environment but its applications.
    pub async fn export_configuration(
        &self,
        caller: Caller,
    ) -> Result<Configuration, ServiceError> {
        let mut event_types: Vec<EventType> = Vec::new();
        loop {
            let list = ListEventTypes {
                order: Order::Ascending,
                after: event_types.last().map(|last| last.name.clone()),
                limit: PAGE,
                with_archived: true,
            };
            let page = self.store.event_types(caller.environment, list).await?;
            let is_last = page.len() < PAGE;
            event_types.extend(page);
            if is_last {
                break;
            }
        }
        let plans = self.plans(caller).await?;
        Ok(Configuration { event_types, plans })
    }

    /// Takes in what was checked.
    pub async fn import_configuration(
        &self,
        caller: Caller,
        draft: ConfigurationDraft,
    ) -> Result<(), ServiceError> {
        if !draft.plans.is_empty() {
            let plans = merged(self.plans(caller).await?, &draft.plans);
            if plans.len() > PLANS_MAX {
                let msg = format!(
                    "would be {} with those that are here, and may be {PLANS_MAX}",
                    plans.len()
                );
                let problem = FieldProblem::at(&["body", "settings", "plans"], msg);
                return Err(ServiceError::invalid(problem));
            }
        }
        let event_types = draft.event_types.into_iter().map(|draft| {
            let change = replacement(draft.clone());
            let new = self.new_event_type(caller, draft);
            EventTypeImport { new, change }
        });
        let import = EventTypesImport {
            environment: caller.environment,
            event_types: event_types.collect(),
            archives_others: false,
            plans: draft.plans,
            mode: ImportMode::Apply,
            now: self.now(),
        };
        let store = self.noting_import(caller, &import).await?;
        store.import_event_types(import).await?;
        self.publish_change().await
    }
}
