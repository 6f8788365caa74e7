//! [`EventTypes`], passed on to the files that do it.

use tidings_domain::clock::Millis;
use tidings_domain::event_type::{EventType, EventTypePatch};
use tidings_domain::schema::drift::Drift;
use tidings_store::{
    Dedup, EventTypes, EventTypesImport, FlaggedEventType, ImportedAll, ListEventTypes,
    NewEventType, StoreFuture, Written,
};

use super::passing::{read, write, write_audited};
use crate::{PostgresStore, event_types};

impl EventTypes for PostgresStore {
    fn create_event_type(
        &self,
        new: NewEventType,
        dedup: Option<Dedup>,
    ) -> StoreFuture<'_, Written<EventType>> {
        write_audited!(self, |scope| event_types::create(
            scope,
            &new,
            dedup.as_ref()
        ))
    }

    fn event_type(&self, environment: i64, name: String) -> StoreFuture<'_, Option<EventType>> {
        read!(self, |reader| event_types::find(
            &reader,
            environment,
            &name
        ))
    }

    fn event_types(
        &self,
        environment: i64,
        list: ListEventTypes,
    ) -> StoreFuture<'_, Vec<EventType>> {
        read!(self, |reader| event_types::list(
            &reader,
            environment,
            &list
        ))
    }

    fn checked_event_types(&self, environment: i64) -> StoreFuture<'_, Vec<EventType>> {
        read!(self, |reader| event_types::checked(&reader, environment))
    }

    fn flagged_event_types(&self, environment: i64) -> StoreFuture<'_, Vec<FlaggedEventType>> {
        read!(self, |reader| event_types::flagged(&reader, environment))
    }

    fn unknown_event_types(
        &self,
        environment: i64,
        names: Vec<String>,
    ) -> StoreFuture<'_, Vec<String>> {
        read!(self, |reader| event_types::unknown(
            &reader,
            environment,
            names
        ))
    }

    fn update_event_type(
        &self,
        environment: i64,
        name: String,
        patch: EventTypePatch,
        now: Millis,
    ) -> StoreFuture<'_, Option<EventType>> {
        write_audited!(self, |scope| event_types::update(
            scope,
            environment,
            &name,
            patch,
            now
        ))
    }

    fn import_event_types(&self, import: EventTypesImport) -> StoreFuture<'_, ImportedAll> {
        write_audited!(self, |scope| event_types::import(scope, &import))
    }

    fn note_drift(&self, seen: Vec<(i64, Drift)>) -> StoreFuture<'_, ()> {
        write!(self, |scope| event_types::note_drift(scope, &seen))
    }

    fn expunge_event_type(&self, environment: i64, name: String) -> StoreFuture<'_, bool> {
        write_audited!(self, |scope| event_types::expunge(
            scope,
            environment,
            &name
        ))
    }
}
