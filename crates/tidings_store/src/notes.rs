//! What is told of a change in the transaction that makes it.

use tidings_domain::application::Application;
use tidings_domain::endpoint::Endpoint;
use tidings_domain::ids::AttemptId;
use tidings_domain::operational::{
    About, Occasion, OperationalEvent, OperationalEventType, OperationalEventTypes, ToldAttempt,
};

use crate::Settlement;

/// Goes along with a change of the configuration; see [`Store::noting`](crate::Store::noting).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// When the change is made, and chance.
    pub occasion: Occasion,
    /// The operational events that somebody wants to be told of.
    pub told: OperationalEventTypes,
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

/// What is told of an outcome, beside the row of its attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// When, and chance.
    pub occasion: Occasion,
    /// The endpoint.
    pub about: About,
    /// What became of the delivery, if somebody wants to be told of it.
    pub attempt: Option<OperationalEventType>,
    /// Whether somebody wants to be told that the endpoint was switched off by this outcome.
    pub is_disabled: bool,
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
}
