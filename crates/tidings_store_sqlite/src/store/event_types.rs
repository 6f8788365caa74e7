//! [`EventTypes`], passed on to the files that do it.

use tidings_domain::clock::Millis;
use tidings_domain::event_type::{EventType, EventTypePatch};
use tidings_domain::schema::drift::Drift;
use tidings_store::{
    Dedup, EventTypes, EventTypesImport, FlaggedEventType, ImportedAll, ListEventTypes,
    NewEventType, StoreFuture, Written,
};

use crate::{SqliteStore, event_types};

impl EventTypes for SqliteStore {
    fn create_event_type(
        &self,
        new: NewEventType,
        dedup: Option<Dedup>,
    ) -> StoreFuture<'_, Written<EventType>> {
        self.write_audited(move |scope| event_types::create(scope, &new, dedup.as_ref()))
    }

    fn event_type(&self, environment: i64, name: String) -> StoreFuture<'_, Option<EventType>> {
        self.readers
            .read(move |connection| event_types::find(connection, environment, &name))
    }

    fn event_types(
        &self,
        environment: i64,
        list: ListEventTypes,
    ) -> StoreFuture<'_, Vec<EventType>> {
        self.readers
            .read(move |connection| event_types::list(connection, environment, &list))
    }

    fn checked_event_types(&self, environment: i64) -> StoreFuture<'_, Vec<EventType>> {
        self.readers
            .read(move |connection| event_types::checked(connection, environment))
    }

    fn flagged_event_types(&self, environment: i64) -> StoreFuture<'_, Vec<FlaggedEventType>> {
        self.readers
            .read(move |connection| event_types::flagged(connection, environment))
    }

    fn unknown_event_types(
        &self,
        environment: i64,
        names: Vec<String>,
    ) -> StoreFuture<'_, Vec<String>> {
        self.readers
            .read(move |connection| event_types::unknown(connection, environment, names))
    }

    fn update_event_type(
        &self,
        environment: i64,
        name: String,
        patch: EventTypePatch,
        now: Millis,
    ) -> StoreFuture<'_, Option<EventType>> {
        self.write_audited(move |scope| event_types::update(scope, environment, &name, patch, now))
    }

    fn import_event_types(&self, import: EventTypesImport) -> StoreFuture<'_, ImportedAll> {
        self.write_audited(move |scope| event_types::import(scope, &import))
    }

    fn note_drift(&self, seen: Vec<(i64, Drift)>) -> StoreFuture<'_, ()> {
        self.write(move |scope| event_types::note_drift(scope, &seen))
    }

    fn expunge_event_type(&self, environment: i64, name: String) -> StoreFuture<'_, bool> {
        self.write_audited(move |scope| event_types::expunge(scope, environment, &name))
    }
}
