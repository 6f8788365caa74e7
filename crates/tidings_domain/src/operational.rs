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
mod tests {
    use super::*;

    const AT: Occasion = Occasion {
        at: 1_700_000_000_000,
        tail: 5,
    };

    fn about() -> About {
        About {
            environment: 7,
            application: ApplicationId::new(1, 0, 3, 4),
            application_uid: None,
            endpoint: EndpointId::new(1, 0, 8, 9),
            endpoint_uid: Some("billing".to_owned()),
        }
    }

    #[test]
    fn every_event_type_has_a_name_and_a_place_of_its_own_in_a_set() {
        for one in OperationalEventType::ALL {
            assert_eq!(OperationalEventType::parse(one.as_str()), Some(one));
            let mut set = OperationalEventTypes::default();
            set.insert(one);
            let all = OperationalEventType::ALL.into_iter();
            assert_eq!(all.filter(|other| set.contains(*other)).count(), 1);
        }
    }

    #[test]
    fn an_event_says_whose_endpoint_it_is_about() {
        let event = about().change(OperationalEventType::EndpointCreated, AT);
        let payload: Value = serde_json::from_str(&event.payload).unwrap();
        assert_eq!((event.environment, event.application), (7, 3));
        assert_eq!(payload["type"], "endpoint.created");
        assert_eq!(payload["data"]["endpointUid"], "billing");
        assert_eq!(payload["data"]["appUid"], Value::Null);
        assert_eq!(payload["data"]["appId"], about().application.to_string());
    }

    /// The keys of an object, and of those in it.
    fn keys(value: &Value) -> Vec<String> {
        let Some(object) = value.as_object() else {
            return Vec::new();
        };
        let inner = |(key, value): (&String, &Value)| {
            let inner = keys(value).into_iter().map(|one| format!("{key}.{one}"));
            std::iter::once(key.clone())
                .chain(inner)
                .collect::<Vec<_>>()
        };
        let mut keys: Vec<String> = object.iter().flat_map(inner).collect();
        keys.sort();
        keys
    }

    fn sample(event_type: OperationalEventType) -> OperationalEvent {
        let attempt = ToldAttempt {
            id: AttemptId::new(1, 0, 1, 1),
            message: MessageId::new(1, 0, 1, 1),
            event_id: None,
            status: None,
            at: 1,
        };
        match event_type {
            OperationalEventType::EndpointDisabled => {
                about().disabled(Some(DisabledReason::Gone), Some(1), AT)
            }
            OperationalEventType::AttemptExhausted
            | OperationalEventType::AttemptFailing
            | OperationalEventType::AttemptRecovered => about().attempt(event_type, &attempt, AT),
            _ => about().change(event_type, AT),
        }
    }

    #[test]
    fn the_guide_has_a_sample_of_every_event_with_the_fields_that_are_sent() {
        let guide = include_str!("../../../docs/operational-webhooks.md");
        let samples = guide.split("```json\n").skip(1);
        let samples = samples.map(|rest| rest.split("```").next().unwrap());
        let samples: Vec<Value> = samples
            .map(|text| serde_json::from_str(text).unwrap())
            .collect();
        let told = OperationalEventType::ALL.into_iter();
        // Its data are those of the task.
        for one in told.filter(|one| *one != OperationalEventType::BackgroundTaskFinished) {
            let found = samples.iter().find(|sample| sample["type"] == one.as_str());
            let found = found.unwrap_or_else(|| panic!("no sample of {}", one.as_str()));
            let sent: Value = serde_json::from_str(&sample(one).payload).unwrap();
            assert_eq!(keys(found), keys(&sent), "{}", one.as_str());
        }
    }

    #[test]
    fn events_of_one_occasion_have_different_ids_that_are_the_same_each_time() {
        let ids = OperationalEventType::ALL.map(|one| about().change(one, AT).id);
        let again = OperationalEventType::ALL.map(|one| about().change(one, AT).id);
        assert_eq!(ids, again);
        let different: std::collections::HashSet<_> = ids.iter().collect();
        assert_eq!(different.len(), ids.len());
    }

    #[test]
    fn a_delivery_is_failing_at_its_fourth_failure_and_recovers_after_it() {
        let told = told_of_attempt;
        assert_eq!(told(3, Outcome::Retry, true), None);
        assert_eq!(
            told(4, Outcome::Retry, true),
            Some(OperationalEventType::AttemptFailing)
        );
        assert_eq!(told(5, Outcome::Retry, true), None);
        assert_eq!(told(4, Outcome::Success, false), None);
        assert_eq!(
            told(5, Outcome::Success, false),
            Some(OperationalEventType::AttemptRecovered)
        );
        assert_eq!(
            told(1, Outcome::Exhausted, false),
            Some(OperationalEventType::AttemptExhausted)
        );
        assert_eq!(told(9, Outcome::Canceled, false), None);
    }
}
