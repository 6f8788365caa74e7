//! The part of [`Store`](crate::Store) about event types.

use tidings_domain::clock::Millis;
use tidings_domain::event_type::{EventType, EventTypePatch};
use tidings_domain::schema::drift::Drift;

use crate::{
    Dedup, EventTypesImport, FlaggedEventType, ImportedAll, ListEventTypes, NewEventType,
    StoreFuture, Written,
};

/// The steps that touch event types.
pub trait EventTypes {
    /// Makes an event type, or takes an archived one out of the archive.
    fn create_event_type(
        &self,
        new: NewEventType,
        dedup: Option<Dedup>,
    ) -> StoreFuture<'_, Written<EventType>>;
    /// The event type of this name.
    fn event_type(&self, environment: i64, name: String) -> StoreFuture<'_, Option<EventType>>;
    /// One page of the event types of an environment, by name.
    fn event_types(
        &self,
        environment: i64,
        list: ListEventTypes,
    ) -> StoreFuture<'_, Vec<EventType>>;
    /// The event types of an environment whose payloads are checked when they are sent, archived ones too.
    fn checked_event_types(&self, environment: i64) -> StoreFuture<'_, Vec<EventType>>;
    /// The event types of an environment that have feature flags, archived ones too, by name.
    fn flagged_event_types(&self, environment: i64) -> StoreFuture<'_, Vec<FlaggedEventType>>;
    /// Those of these names that the environment does not know.
    fn unknown_event_types(
        &self,
        environment: i64,
        names: Vec<String>,
    ) -> StoreFuture<'_, Vec<String>>;
    /// Changes an event type.
    fn update_event_type(
        &self,
        environment: i64,
        name: String,
        patch: EventTypePatch,
        now: Millis,
    ) -> StoreFuture<'_, Option<EventType>>;
    /// Makes or changes all of these event types, and plans with them, in one transaction, and tells what it did.
    /// What is just so already is not written.
    fn import_event_types(&self, import: EventTypesImport) -> StoreFuture<'_, ImportedAll>;
    /// Adds what was seen of payloads that do not fit, by the number of the event type, to what is known. One
    /// that is gone is passed over.
    fn note_drift(&self, seen: Vec<(i64, Drift)>) -> StoreFuture<'_, ()>;
    /// Removes an event type for good. False if it is not there.
    fn expunge_event_type(&self, environment: i64, name: String) -> StoreFuture<'_, bool>;
}
