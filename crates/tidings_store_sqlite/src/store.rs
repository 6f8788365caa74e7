//! The [`Store`] trait, each method passed on to the file that does it.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use tidings_domain::application::{ApiKeyRecord, Application, ApplicationPatch, Environment};
use tidings_domain::clock::Millis;
use tidings_domain::delivery::Pending;
use tidings_domain::endpoint::Endpoint;
use tidings_domain::event_type::{EventType, EventTypePatch};
use tidings_domain::ids::{ApplicationId, AttemptId, EndpointId, InboxRequestId};
use tidings_domain::inbox::{Inbox, InboxPatch, InboxRequest};
use tidings_domain::message::{FAN_OUT_DIRECT_MAX, Message, MessageKey, pack_targets};
use tidings_domain::plan::Plan;
use tidings_store::commit::Acceptance;
use tidings_store::{
    Accepted, AttemptRow, CaughtRequest, Change, Creditor, Dedup, DeliveryTrace, Due,
    EndpointUpdate, ImportMode, Imported, KnownEndpoint, ListAttempts, ListEventTypes,
    ListInboxRequests, ListMessages, ListRecordChanges, ListRecords, MessageReference,
    NewApplication, NewEndpoint, NewEventType, NewInbox, NewMessage, Opened, Owed, Page,
    PageRequest, Record, RecordChange, RecordHead, RecordKey, Reference, Removal, Resend, Resent,
    Room, Settlement, Store, StoreError, StoreFuture, Written,
};
use tokio::sync::oneshot;

use crate::writer::{self, Operation};
use crate::{
    SqliteStore, applications, changes, endpoints, event_types, inboxes, journal, keys, lists,
    pending, plan_list, records, retention, upkeep,
};

/// Beyond so many messages or bytes in the writer's queue, callers are turned away.
const QUEUED_MESSAGES_MAX: usize = 8_192;
const QUEUED_BYTES_MAX: usize = 64 << 20;

impl Store for SqliteStore {
    fn ensure_environment(&self, name: String, now: Millis) -> StoreFuture<'_, Environment> {
        self.write(move |scope| keys::ensure_environment(scope, &name, now))
    }

    fn environments(&self) -> StoreFuture<'_, Vec<Environment>> {
        self.readers.read(keys::environments)
    }

    fn plans(&self, environment: i64) -> StoreFuture<'_, Vec<Plan>> {
        self.readers
            .read(move |connection| plan_list::read(connection, environment))
    }

    fn put_plans(&self, environment: i64, plans: Vec<Plan>) -> StoreFuture<'_, Option<String>> {
        self.write(move |scope| plan_list::write(scope, environment, &plans))
    }

    fn create_api_key(&self, key: ApiKeyRecord) -> StoreFuture<'_, ()> {
        self.write(move |scope| keys::create_api_key(scope, &key))
    }

    fn api_key(&self, ordinal: i64) -> StoreFuture<'_, Option<ApiKeyRecord>> {
        self.readers
            .read(move |connection| keys::api_key(connection, ordinal))
    }

    fn api_keys(&self, environment: i64) -> StoreFuture<'_, Vec<ApiKeyRecord>> {
        self.readers
            .read(move |connection| keys::api_keys(connection, environment))
    }

    fn revoke_api_key(&self, environment: i64, ordinal: i64, now: Millis) -> StoreFuture<'_, bool> {
        self.write(move |scope| keys::revoke_api_key(scope, environment, ordinal, now))
    }

    fn touch_api_keys(&self, seen: Vec<(i64, Millis)>) -> StoreFuture<'_, ()> {
        self.write(move |scope| keys::touch_api_keys(scope, &seen))
    }

    fn changes_since(&self, version: i64) -> StoreFuture<'_, Vec<Change>> {
        self.readers
            .read(move |connection| changes::since(connection, version))
    }

    fn version(&self) -> StoreFuture<'_, i64> {
        self.readers.read(changes::version)
    }

    fn create_application(
        &self,
        new: NewApplication,
        dedup: Option<Dedup>,
    ) -> StoreFuture<'_, Written<Application>> {
        self.write(move |scope| applications::create(scope, &new, dedup.as_ref()))
    }

    fn application(
        &self,
        environment: i64,
        reference: Reference<ApplicationId>,
    ) -> StoreFuture<'_, Option<Application>> {
        self.readers
            .read(move |connection| applications::find(connection, environment, &reference))
    }

    fn application_by_ordinal(&self, ordinal: i64) -> StoreFuture<'_, Option<Application>> {
        self.readers
            .read(move |connection| applications::by_ordinal(connection, ordinal))
    }

    fn applications(
        &self,
        environment: i64,
        page: PageRequest,
    ) -> StoreFuture<'_, Vec<Application>> {
        self.readers
            .read(move |connection| applications::list(connection, environment, page))
    }

    fn update_application(
        &self,
        ordinal: i64,
        patch: ApplicationPatch,
        now: Millis,
    ) -> StoreFuture<'_, Written<Application>> {
        self.write(move |scope| applications::update(scope, ordinal, patch, now))
    }

    fn delete_application(&self, ordinal: i64, now: Millis) -> StoreFuture<'_, bool> {
        self.write(move |scope| applications::delete(scope, ordinal, now))
    }

    fn create_endpoint(
        &self,
        new: NewEndpoint,
        dedup: Option<Dedup>,
    ) -> StoreFuture<'_, Written<Endpoint>> {
        self.write(move |scope| endpoints::create(scope, &new, dedup.as_ref()))
    }

    fn endpoint(
        &self,
        application: i64,
        reference: Reference<EndpointId>,
    ) -> StoreFuture<'_, Option<Endpoint>> {
        self.readers
            .read(move |connection| endpoints::find(connection, application, &reference))
    }

    fn endpoint_by_ordinal(&self, ordinal: i64) -> StoreFuture<'_, Option<Endpoint>> {
        self.readers
            .read(move |connection| endpoints::by_ordinal(connection, ordinal))
    }

    fn endpoints(&self, application: i64, page: PageRequest) -> StoreFuture<'_, Vec<Endpoint>> {
        self.readers
            .read(move |connection| endpoints::list(connection, application, page))
    }

    fn endpoints_by_ordinal(&self, ordinals: Vec<i64>) -> StoreFuture<'_, Vec<KnownEndpoint>> {
        self.readers
            .read(move |connection| endpoints::known(connection, &ordinals))
    }

    fn update_endpoint(
        &self,
        update: EndpointUpdate,
        dedup: Option<Dedup>,
    ) -> StoreFuture<'_, Written<Endpoint>> {
        self.write(move |scope| endpoints::update(scope, update, dedup.as_ref()))
    }

    fn delete_endpoint(&self, ordinal: i64, now: Millis) -> StoreFuture<'_, bool> {
        self.write(move |scope| endpoints::delete(scope, ordinal, now))
    }

    fn create_event_type(
        &self,
        new: NewEventType,
        dedup: Option<Dedup>,
    ) -> StoreFuture<'_, Written<EventType>> {
        self.write(move |scope| event_types::create(scope, &new, dedup.as_ref()))
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
        self.write(move |scope| event_types::update(scope, environment, &name, patch, now))
    }

    fn import_event_types(
        &self,
        event_types: Vec<NewEventType>,
        mode: ImportMode,
    ) -> StoreFuture<'_, Vec<Imported>> {
        self.write(move |scope| event_types::import(scope, &event_types, mode))
    }

    fn expunge_event_type(&self, environment: i64, name: String) -> StoreFuture<'_, bool> {
        self.write(move |scope| event_types::expunge(scope, environment, &name))
    }

    fn create_inbox(&self, new: NewInbox, dedup: Option<Dedup>) -> StoreFuture<'_, Written<Inbox>> {
        self.write(move |scope| inboxes::create(scope, &new, dedup.as_ref()))
    }

    fn inbox(&self, ordinal: i64) -> StoreFuture<'_, Option<Inbox>> {
        self.readers
            .read(move |connection| inboxes::find(connection, ordinal))
    }

    fn inboxes(&self, environment: i64, page: PageRequest) -> StoreFuture<'_, Vec<Inbox>> {
        self.readers
            .read(move |connection| inboxes::list(connection, environment, page))
    }

    fn update_inbox(
        &self,
        ordinal: i64,
        patch: InboxPatch,
        now: Millis,
    ) -> StoreFuture<'_, Option<Inbox>> {
        self.write(move |scope| inboxes::update(scope, ordinal, patch, now))
    }

    fn delete_inbox(&self, ordinal: i64) -> StoreFuture<'_, bool> {
        self.write(move |scope| inboxes::delete(scope, ordinal))
    }

    fn catch_request(&self, caught: CaughtRequest) -> StoreFuture<'_, ()> {
        self.write(move |scope| inboxes::catch(scope, &caught))
    }

    fn inbox_requests(&self, list: ListInboxRequests) -> StoreFuture<'_, Vec<InboxRequest>> {
        self.readers
            .read(move |connection| inboxes::requests(connection, list))
    }

    fn inbox_request(
        &self,
        inbox: i64,
        id: InboxRequestId,
    ) -> StoreFuture<'_, Option<InboxRequest>> {
        self.readers
            .read(move |connection| inboxes::request(connection, inbox, id))
    }

    fn delete_inbox_requests(
        &self,
        inbox: i64,
        id: Option<InboxRequestId>,
    ) -> StoreFuture<'_, usize> {
        self.write(move |scope| inboxes::delete_requests(scope, inbox, id))
    }

    fn sweep_inboxes(&self, before: Millis) -> StoreFuture<'_, usize> {
        self.write(move |scope| inboxes::sweep(scope, before))
    }

    fn accept(&self, mut new: NewMessage) -> StoreFuture<'_, Accepted> {
        let queued = &self.gauge;
        if queued.messages.load(Ordering::Relaxed) >= QUEUED_MESSAGES_MAX
            || queued.bytes.load(Ordering::Relaxed) >= QUEUED_BYTES_MAX
        {
            return Box::pin(std::future::ready(Err(StoreError::Busy)));
        }
        if new.targets.len() > FAN_OUT_DIRECT_MAX {
            new.admitted.clear(); // its cursor owes them all
        }
        let packed_targets = pack_targets(&new.targets);
        queued.add(new.payload.len());
        let (reply, answer) = oneshot::channel();
        let acceptance = Box::new(Acceptance {
            new,
            packed_targets,
            reply: Some(reply),
        });
        let sent = writer::send(&self.queue, Operation::Accept(acceptance));
        Box::pin(async move {
            sent?;
            answer
                .await
                .map_err(|_| StoreError::Unavailable("the store has been closed".into()))?
        })
    }

    fn message(
        &self,
        application: i64,
        reference: MessageReference,
    ) -> StoreFuture<'_, Option<Message>> {
        self.readers
            .read(move |connection| lists::message(connection, application, &reference))
    }

    fn message_by_key(&self, key: MessageKey) -> StoreFuture<'_, Option<Message>> {
        let reference = MessageReference::Id(key.id);
        self.readers
            .read(move |connection| lists::message(connection, key.application, &reference))
    }

    fn messages(&self, list: ListMessages) -> StoreFuture<'_, Page<Message>> {
        self.readers
            .read(move |connection| lists::messages(connection, &list))
    }

    fn attempts(&self, list: ListAttempts) -> StoreFuture<'_, Page<AttemptRow>> {
        self.readers
            .read(move |connection| lists::attempts(connection, &list))
    }

    fn attempt(&self, application: i64, id: AttemptId) -> StoreFuture<'_, Option<AttemptRow>> {
        self.readers
            .read(move |connection| lists::attempt(connection, application, id))
    }

    fn delivery_facts(&self, message: MessageKey) -> StoreFuture<'_, Vec<DeliveryTrace>> {
        self.readers
            .read(move |connection| lists::delivery_facts(connection, message.id.seq()))
    }

    fn record_heads(
        &self,
        application: i64,
        entity_type: String,
        ids: Vec<String>,
    ) -> StoreFuture<'_, Vec<RecordHead>> {
        self.readers
            .read(move |connection| records::heads(connection, application, &entity_type, &ids))
    }

    fn record(&self, key: RecordKey) -> StoreFuture<'_, Option<Record>> {
        self.readers
            .read(move |connection| records::find(connection, &key))
    }

    fn records(&self, list: ListRecords) -> StoreFuture<'_, Vec<RecordHead>> {
        self.readers
            .read(move |connection| records::list(connection, &list))
    }

    fn record_changes(&self, list: ListRecordChanges) -> StoreFuture<'_, Vec<RecordChange>> {
        self.readers
            .read(move |connection| records::changes(connection, &list))
    }

    fn earlier_messages(
        &self,
        _: i64,
        keys: Vec<Dedup>,
        now: Millis,
    ) -> StoreFuture<'_, Vec<Option<Accepted>>> {
        self.readers
            .read(move |connection| records::earlier(connection, &keys, now))
    }

    fn sweep_records(&self, limit: usize) -> StoreFuture<'_, usize> {
        Box::pin(async move {
            let after = self.records_swept.load(Ordering::SeqCst);
            let looking = self
                .readers
                .read(move |connection| records::next_deleted(connection, after));
            let (found, last) = looking.await?;
            let removed = match found {
                Some(application) => {
                    self.write(move |scope| records::sweep(scope, application, limit))
                        .await?
                }
                None => 0,
            };
            if removed < limit {
                self.records_swept.store(last, Ordering::SeqCst);
            }
            Ok(removed)
        })
    }

    fn settle(&self, settlement: Settlement) {
        // Fails only after the store was closed; the journal was left open then, and a start recovers.
        let _ = writer::send(&self.queue, Operation::Settle(Box::new(settlement)));
    }

    fn owe(&self, deliveries: Vec<Owed>) -> StoreFuture<'_, ()> {
        self.write(move |scope| pending::owe(scope, &deliveries))
    }

    fn resend(&self, resend: Resend, dedup: Option<Dedup>) -> StoreFuture<'_, Resent> {
        self.write(move |scope| pending::resend(scope, &resend, dedup.as_ref()))
    }

    fn due_endpoints(
        &self,
        after: Option<Creditor>,
        limit: usize,
    ) -> StoreFuture<'_, Vec<(Creditor, Millis)>> {
        self.readers
            .read(move |connection| pending::due_endpoints(connection, after, limit))
    }

    fn due(&self, creditor: Creditor, now: Millis, limit: usize) -> StoreFuture<'_, Due> {
        self.readers
            .read(move |connection| pending::due(connection, creditor.endpoint, now, limit))
    }

    fn count_recoveries(&self, rows: Vec<Pending>) -> StoreFuture<'_, ()> {
        self.write(move |scope| pending::count_recoveries(scope, &rows))
    }

    fn expand_fan_out(
        &self,
        message: MessageKey,
        now: Millis,
    ) -> StoreFuture<'_, (Vec<i64>, bool)> {
        self.write(move |scope| pending::expand_fan_out(scope, message.id.seq(), now))
    }

    fn open_journal(&self, node: String, now: Millis) -> StoreFuture<'_, Opened> {
        self.write(move |scope| journal::open(scope, &node, now))
    }

    fn close_journal(&self) -> StoreFuture<'_, ()> {
        self.write(journal::close)
    }

    fn cancel_stale(&self, now: Millis, limit: usize) -> StoreFuture<'_, usize> {
        self.write(move |scope| upkeep::cancel_stale(scope, now, limit))
    }

    fn sweep_dedup(&self, now: Millis, limit: usize) -> StoreFuture<'_, usize> {
        let sweep = self.sweep.clone();
        self.write(move |scope| {
            let from = sweep.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let (removed, next) = upkeep::sweep_dedup(scope, &from, now, limit)?;
            *sweep.lock().unwrap_or_else(PoisonError::into_inner) = next;
            Ok(removed)
        })
    }

    fn remove_before(&self, before: Millis, limit: usize) -> StoreFuture<'_, Removal> {
        let place = self.removal.clone();
        self.write(move |scope| retention::remove_before(scope, &place, before, limit))
    }

    fn room(&self) -> Room {
        self.room.read()
    }

    fn flush(&self) -> StoreFuture<'_, ()> {
        self.write(|_| Ok(()))
    }
}
