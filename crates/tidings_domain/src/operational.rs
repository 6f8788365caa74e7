//! Operational webhooks: what the server tells of itself, as events of its own.
//!
//! Their endpoints belong to an application that each environment has for this and no list shows. What
//! happens to those endpoints is told to nobody, so no event ever follows from another.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::application::Application;
use crate::clock::Millis;
use crate::delivery::Outcome;
use crate::endpoint::{DisabledReason, Endpoint};
use crate::ids::{ApplicationId, AttemptId, EndpointId, MessageId};

/// What is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OperationalEventType {
    /// An endpoint was made.
    EndpointCreated,
    /// An endpoint was changed.
    EndpointUpdated,
    /// An endpoint was deleted.
    EndpointDeleted,
    /// An endpoint was switched on.
    EndpointEnabled,
    /// An endpoint was switched off, by its owner or by Tidings.
    EndpointDisabled,
    /// A delivery has failed for good.
    AttemptExhausted,
    /// A delivery has failed several times and is tried again.
    AttemptFailing,
    /// A delivery that was told of as failing has arrived.
    AttemptRecovered,
    /// A background task has ended.
    BackgroundTaskFinished,
}

impl OperationalEventType {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::EndpointCreated,
        Self::EndpointUpdated,
        Self::EndpointDeleted,
        Self::EndpointEnabled,
        Self::EndpointDisabled,
        Self::AttemptExhausted,
        Self::AttemptFailing,
        Self::AttemptRecovered,
        Self::BackgroundTaskFinished,
    ];

    /// Its name as an event type.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EndpointCreated => "endpoint.created",
            Self::EndpointUpdated => "endpoint.updated",
            Self::EndpointDeleted => "endpoint.deleted",
            Self::EndpointEnabled => "endpoint.enabled",
            Self::EndpointDisabled => "endpoint.disabled",
            Self::AttemptExhausted => "message.attempt.exhausted",
            Self::AttemptFailing => "message.attempt.failing",
            Self::AttemptRecovered => "message.attempt.recovered",
            Self::BackgroundTaskFinished => "background_task.finished",
        }
    }

    /// The inverse of [`OperationalEventType::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == text)
    }
}

/// A set of event types: those that somebody wants to be told of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OperationalEventTypes(u16);

impl OperationalEventTypes {
    /// All of them.
    pub fn all() -> Self {
        let mut all = Self::default();
        for one in OperationalEventType::ALL {
            all.insert(one);
        }
        all
    }

    /// Adds one.
    pub fn insert(&mut self, one: OperationalEventType) {
        self.0 |= Self::bit(one);
    }

    /// Whether one is in it.
    pub fn contains(self, one: OperationalEventType) -> bool {
        self.0 & Self::bit(one) != 0
    }

    fn bit(one: OperationalEventType) -> u16 {
        1 << one as u16
    }
}

/// One event, on its way from the transaction that it is written in to the message that tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationalEvent {
    /// Unique for ever, and known before it is written: writing it a second time changes nothing, and it
    /// becomes one message. Begins with the time, so later ones sort behind.
    pub id: String,
    /// Whose endpoints are told.
    pub environment: i64,
    /// The application that it is about, by number.
    pub application: i64,
    /// What is told.
    pub event_type: OperationalEventType,
    /// The whole payload, as JSON.
    pub payload: String,
    /// When it happened.
    pub at: Millis,
}

/// When something happened that is told of, with the chance that makes the ids of its events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occasion {
    /// When it happened.
    pub at: Millis,
    /// 48 bits of chance.
    pub tail: i64,
}

impl Occasion {
    /// An event of this occasion about an application, by environment and number. `data` becomes the
    /// payload's.
    pub fn event(
        self,
        event_type: OperationalEventType,
        (environment, application): (i64, i64),
        data: &Value,
    ) -> OperationalEvent {
        let payload = json!({ "type": event_type.as_str(), "data": data });
        OperationalEvent {
            // One occasion has at most one event of each type.
            id: format!(
                "op_{:012x}{:012x}{:x}",
                self.at, self.tail, event_type as u16
            ),
            environment,
            application,
            event_type,
            payload: payload.to_string(),
            at: self.at,
        }
    }
}

/// The endpoint that an event is about, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// The environment, by number.
    pub environment: i64,
    /// The application's id.
    pub application: ApplicationId,
    /// The application's uid.
    pub application_uid: Option<String>,
    /// The endpoint's id.
    pub endpoint: EndpointId,
    /// The endpoint's uid.
    pub endpoint_uid: Option<String>,
}

impl About {
    /// An endpoint of an application.
    pub fn new(application: &Application, endpoint: &Endpoint) -> Self {
        Self {
            environment: application.environment,
            application: application.id,
            application_uid: application.uid.clone(),
            endpoint: endpoint.id,
            endpoint_uid: endpoint.uid.clone(),
        }
    }

    fn of(&self) -> (i64, i64) {
        (self.environment, self.application.seq())
    }

    fn data(&self) -> Value {
        json!({
            "appId": self.application.to_string(),
            "appUid": self.application_uid,
            "endpointId": self.endpoint.to_string(),
            "endpointUid": self.endpoint_uid,
        })
    }

    /// That the endpoint was made, changed, deleted or switched on.
    pub fn change(&self, event_type: OperationalEventType, at: Occasion) -> OperationalEvent {
        at.event(event_type, self.of(), &self.data())
    }

    /// That the endpoint was switched off: by Tidings for a reason and after failing since some time, or
    /// else by its owner.
    pub fn disabled(
        &self,
        reason: Option<DisabledReason>,
        failing_since: Option<Millis>,
        at: Occasion,
    ) -> OperationalEvent {
        let mut data = self.data();
        data["failSince"] = json!(failing_since.map(format_time));
        data["trigger"] = json!(if reason.is_some() {
            "automatic"
        } else {
            "manual"
        });
        data["reason"] = json!(reason.map(DisabledReason::as_str));
        at.event(OperationalEventType::EndpointDisabled, self.of(), &data)
    }

    /// What became of a delivery to the endpoint.
    pub fn attempt(
        &self,
        event_type: OperationalEventType,
        attempt: &ToldAttempt<'_>,
        at: Occasion,
    ) -> OperationalEvent {
        let mut data = self.data();
        data["msgId"] = json!(attempt.message.to_string());
        data["msgEventId"] = json!(attempt.event_id);
        data["lastAttempt"] = json!({
            "id": attempt.id.to_string(),
            "responseStatusCode": attempt.status.unwrap_or(0),
            "timestamp": format_time(attempt.at),
        });
        at.event(event_type, self.of(), &data)
    }
}

/// An attempt that an event tells of.
#[derive(Debug, Clone, Copy)]
pub struct ToldAttempt<'a> {
    /// Its id.
    pub id: AttemptId,
    /// Its message.
    pub message: MessageId,
    /// The sender's own id of the message.
    pub event_id: Option<&'a str>,
    /// What the endpoint answered, if it did.
    pub status: Option<u16>,
    /// When it was made.
    pub at: Millis,
}

/// After so many failed attempts a delivery is told of as failing, if it is tried again.
pub const FAILING_AFTER: u16 = 4;

/// What is told of the outcome of an attempt, the how-manieth of its delivery.
pub fn told_of_attempt(
    number: u16,
    outcome: Outcome,
    is_tried_again: bool,
) -> Option<OperationalEventType> {
    match outcome {
        Outcome::Success if number > FAILING_AFTER => Some(OperationalEventType::AttemptRecovered),
        Outcome::Retry if number == FAILING_AFTER && is_tried_again => {
            Some(OperationalEventType::AttemptFailing)
        }
        Outcome::Exhausted => Some(OperationalEventType::AttemptExhausted),
        Outcome::Success | Outcome::Retry | Outcome::Canceled => None,
    }
}

/// RFC 3339, UTC.
fn format_time(at: Millis) -> String {
    Timestamp::from_millisecond(at)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_string()
}

#[cfg(test)]
mod tests;
