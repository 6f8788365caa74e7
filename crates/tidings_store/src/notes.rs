//! What is told of a change in the transaction that makes it.

use serde_json::{Value, json};
use tidings_domain::application::Application;
use tidings_domain::audit::{self, Action, Actor, Entry, EntryId, Fields, Origin};
use tidings_domain::endpoint::{Endpoint, EndpointState};
use tidings_domain::ids::AttemptId;
use tidings_domain::operational::{
    About, Occasion, OperationalEvent, OperationalEventType, OperationalEventTypes, ToldAttempt,
};

use crate::target::Target;
use crate::{Ended, Settlement};

/// Goes along with a change of the configuration; see [`Store::noting`](crate::Store::noting).
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    /// When the change is made, and chance.
    pub occasion: Occasion,
    /// The operational events that somebody wants to be told of.
    pub told: OperationalEventTypes,
    /// What the audit log says of it.
    pub audit: Option<Audit>,
}

impl Note {
    fn changes(&self, about: &About, types: &[OperationalEventType]) -> Vec<OperationalEvent> {
        let wanted = types.iter().filter(|one| self.told.contains(**one));
        let event = |one: &OperationalEventType| match one {
            OperationalEventType::EndpointDisabled => about.disabled(None, None, self.occasion),
            one => about.change(*one, self.occasion),
        };
        wanted.map(event).collect()
    }

    /// Whether somebody wants to be told anything.
    pub fn tells(&self) -> bool {
        self.told != OperationalEventTypes::default()
    }

    /// That an endpoint was made.
    pub fn created(&self, application: &Application, made: &Endpoint) -> Vec<OperationalEvent> {
        self.changes(
            &About::new(application, made),
            &[OperationalEventType::EndpointCreated],
        )
    }

    /// That an endpoint was changed, and switched on or off if it was.
    pub fn updated(
        &self,
        application: &Application,
        before: &Endpoint,
        after: &Endpoint,
    ) -> Vec<OperationalEvent> {
        let mut types = vec![OperationalEventType::EndpointUpdated];
        match (before.is_off(), after.is_off()) {
            (true, false) => types.push(OperationalEventType::EndpointEnabled),
            (false, true) => types.push(OperationalEventType::EndpointDisabled),
            _ => {}
        }
        self.changes(&About::new(application, after), &types)
    }

    /// That an endpoint was deleted.
    pub fn deleted(&self, application: &Application, endpoint: &Endpoint) -> Vec<OperationalEvent> {
        self.changes(
            &About::new(application, endpoint),
            &[OperationalEventType::EndpointDeleted],
        )
    }
}

/// What the log says of a change beside what the change itself brings.
#[derive(Debug, Clone, PartialEq)]
pub struct Audit {
    /// The environment, by number.
    pub environment: i64,
    /// What is done.
    pub action: Action,
    /// By whom.
    pub actor: Actor,
    /// From where.
    pub origin: Origin,
    /// The id of what it is done to, if that is known before.
    pub target: Option<String>,
    /// The product's own name for that.
    pub target_uid: Option<String>,
    /// The id of its application.
    pub application: Option<String>,
    /// What changes, if the change itself does not bring it.
    pub changes: Vec<Value>,
    /// When, and chance.
    pub occasion: Occasion,
}

impl Audit {
    /// That Tidings switches an endpoint off, whose health is such by now.
    pub fn switched_off(
        target: &Target,
        state: Option<&EndpointState>,
        occasion: Occasion,
    ) -> Self {
        let action = Action::EndpointDisable;
        let disabled = state.and_then(|state| state.disabled);
        let reason = disabled.map(|(reason, _)| reason.as_str());
        Self {
            environment: target.endpoint.environment,
            action: if target.is_operational {
                action.operational()
            } else {
                action
            },
            actor: Actor::system(),
            origin: Origin::default(),
            target: Some(target.endpoint.id.to_string()),
            target_uid: target.endpoint.uid.clone(),
            application: (!target.is_operational).then(|| target.application.to_string()),
            changes: vec![json!({ "field": "disabledReason", "after": reason })],
            occasion,
        }
    }

    /// The entry of a change that has ended so, from what its object was like before.
    pub fn entry(&self, ended: &Ended, before: Option<&Fields>) -> Option<Entry> {
        let (mut target, mut target_uid) = (self.target.clone(), self.target_uid.clone());
        let mut changes = self.changes.clone();
        match ended {
            Ended::Unchanged => return None,
            Ended::Changed => {}
            Ended::To(now) => {
                target = now.id.clone().or(target);
                target_uid = now.uid.clone().or(target_uid);
                changes = audit::changes(before, &now.fields);
            }
        }
        let is_application = self.action.target() == "application";
        let application = self.application.clone();
        let text = |text: Option<&str>| text.map(str::to_owned);
        Some(Entry {
            id: EntryId {
                at_ms: self.occasion.at,
                journal: 0,
                seq: self.occasion.tail.max(1),
                tail: 0,
            },
            environment: self.environment,
            actor: self.actor.clone(),
            action: self.action.as_str().to_owned(),
            application: application.or_else(|| target.clone().filter(|_| is_application)),
            target,
            target_uid,
            changes: Value::from(changes).to_string(),
            address: self.origin.address.map(|address| address.to_string()),
            request_id: text(self.origin.request_id.text()),
            user_agent: text(self.origin.user_agent.text()),
        })
    }
}

/// What is told of an outcome, beside the row of its attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// When, and chance.
    pub occasion: Occasion,
    /// The endpoint.
    pub about: About,
    /// What became of the delivery, if somebody wants to be told of it.
    pub attempt: Option<OperationalEventType>,
    /// Whether somebody wants to be told that the endpoint was switched off by this outcome.
    pub is_disabled: bool,
    /// What the audit log says if the endpoint was switched off by this outcome.
    pub audit: Option<Box<Audit>>,
}

impl Told {
    /// What became of the delivery.
    pub fn of_attempt(&self, settlement: &Settlement, id: AttemptId) -> Option<OperationalEvent> {
        let attempt = ToldAttempt {
            id,
            message: settlement.message.id,
            event_id: settlement.message.event_id.as_deref(),
            status: settlement.exchange.status,
            at: settlement.started_at,
        };
        let event_type = self.attempt?;
        Some(self.about.attempt(event_type, &attempt, self.occasion))
    }

    /// That the endpoint was switched off. It counts only if the endpoint was on until then.
    pub fn of_endpoint(&self, settlement: &Settlement) -> Option<OperationalEvent> {
        let state = settlement.state.as_ref().filter(|_| self.is_disabled)?;
        let (reason, _) = state.disabled?;
        Some(
            self.about
                .disabled(Some(reason), state.failing_since, self.occasion),
        )
    }

    /// The entry that says that the endpoint was switched off. It counts only if the endpoint was on until then.
    pub fn entry(&self) -> Option<Entry> {
        self.audit.as_ref()?.entry(&Ended::Changed, None)
    }
}
