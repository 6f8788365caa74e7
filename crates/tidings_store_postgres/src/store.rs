//! The [`Store`] trait, each method passed on to the file that does it.

mod accepting;
mod catching;
pub(crate) mod passing;
mod routing;
mod sharing;

use std::sync::PoisonError;

use tidings_domain::application::{ApiKeyRecord, Application, ApplicationPatch, Environment};
use tidings_domain::clock::Millis;
use tidings_domain::delivery::Pending;
use tidings_domain::endpoint::Endpoint;
use tidings_domain::event_type::{EventType, EventTypePatch};
use tidings_domain::ids::{ApplicationId, AttemptId, EndpointId, InboxRequestId};
use tidings_domain::inbox::{Inbox, InboxPatch, InboxRequest};
use tidings_domain::message::{Message, MessageKey};
use tidings_domain::plan::Plan;
use tidings_domain::slot;
use tidings_store::{
    Accepted, AttemptRow, Balance, CaughtRequest, Change, Creditor, Dedup, DeliveryTrace, Due,
    EndpointUpdate, ImportMode, Imported, KnownEndpoint, ListAttempts, ListEventTypes,
    ListInboxRequests, ListMessages, ListRecordChanges, ListRecords, MessageReference,
    NewApplication, NewEndpoint, NewEventType, NewInbox, NewMessage, Opened, Owed, Page,
    PageRequest, Record, RecordChange, RecordHead, RecordKey, Reference, Removal, Resend, Resent,
    Room, Settlement, Store, StoreFuture, Written,
};

use self::passing::{read, write, write_in};
use crate::writer::Operation;
use crate::{
    PostgresStore, applications, changes, endpoints, event_types, inboxes, keys, lists, pending,
    plan_list, records, retention, upkeep,
};

impl Store for PostgresStore {
    fn ensure_environment(&self, name: String, now: Millis) -> StoreFuture<'_, Environment> {
        write!(self, |scope| keys::ensure_environment(scope, &name, now))
    }

    fn plans(&self, environment: i64) -> StoreFuture<'_, Vec<Plan>> {
        read!(self, |reader| plan_list::read(&reader, environment))
    }

    fn put_plans(&self, environment: i64, plans: Vec<Plan>) -> StoreFuture<'_, Option<String>> {
        write!(self, |scope| plan_list::write(scope, environment, &plans))
    }

    fn create_api_key(&self, key: ApiKeyRecord) -> StoreFuture<'_, ()> {
        write!(self, |scope| keys::create_api_key(scope, &key))
    }

    fn revoke_api_key(&self, environment: i64, ordinal: i64, now: Millis) -> StoreFuture<'_, bool> {
        write!(self, |scope| keys::revoke_api_key(
            scope,
            environment,
            ordinal,
            now
        ))
    }

    fn touch_api_keys(&self, seen: Vec<(i64, Millis)>) -> StoreFuture<'_, ()> {
        write!(self, |scope| keys::touch_api_keys(scope, &seen))
    }

    fn create_application(
        &self,
        new: NewApplication,
        dedup: Option<Dedup>,
    ) -> StoreFuture<'_, Written<Application>> {
        write!(self, |scope| applications::create(
            scope,
            &new,
            dedup.as_ref()
        ))
    }

    fn update_application(
        &self,
        ordinal: i64,
        patch: ApplicationPatch,
        now: Millis,
    ) -> StoreFuture<'_, Written<Application>> {
        write!(self, |scope| applications::update(
            scope, ordinal, patch, now
        ))
    }

    fn delete_application(&self, ordinal: i64, now: Millis) -> StoreFuture<'_, bool> {
        write!(self, |scope| applications::delete(scope, ordinal, now))
    }

    fn create_endpoint(
        &self,
        new: NewEndpoint,
        dedup: Option<Dedup>,
    ) -> StoreFuture<'_, Written<Endpoint>> {
        write!(self, |scope| endpoints::create(scope, &new, dedup.as_ref()))
    }

    fn update_endpoint(
        &self,
        update: EndpointUpdate,
        dedup: Option<Dedup>,
    ) -> StoreFuture<'_, Written<Endpoint>> {
        write!(self, |scope| endpoints::update(
            scope,
            update,
            dedup.as_ref()
        ))
    }

    fn delete_endpoint(&self, ordinal: i64, now: Millis) -> StoreFuture<'_, bool> {
        write!(self, |scope| endpoints::delete(scope, ordinal, now))
    }

    fn create_event_type(
        &self,
        new: NewEventType,
        dedup: Option<Dedup>,
    ) -> StoreFuture<'_, Written<EventType>> {
        write!(self, |scope| event_types::create(
            scope,
            &new,
            dedup.as_ref()
        ))
    }

    fn update_event_type(
        &self,
        environment: i64,
        name: String,
        patch: EventTypePatch,
        now: Millis,
    ) -> StoreFuture<'_, Option<EventType>> {
        write!(self, |scope| event_types::update(
            scope,
            environment,
            &name,
            patch,
            now
        ))
    }

    fn import_event_types(
        &self,
        new: Vec<NewEventType>,
        mode: ImportMode,
    ) -> StoreFuture<'_, Vec<Imported>> {
        write!(self, |scope| event_types::import(scope, &new, mode))
    }

    fn expunge_event_type(&self, environment: i64, name: String) -> StoreFuture<'_, bool> {
        write!(self, |scope| event_types::expunge(
            scope,
            environment,
            &name
        ))
    }

    fn create_inbox(&self, new: NewInbox, dedup: Option<Dedup>) -> StoreFuture<'_, Written<Inbox>> {
        write!(self, |scope| inboxes::create(scope, &new, dedup.as_ref()))
    }

    fn inbox(&self, ordinal: i64) -> StoreFuture<'_, Option<Inbox>> {
        read!(self, |reader| inboxes::find(&reader, ordinal))
    }

    fn inboxes(&self, environment: i64, page: PageRequest) -> StoreFuture<'_, Vec<Inbox>> {
        read!(self, |reader| inboxes::list(&reader, environment, page))
    }

    fn update_inbox(
        &self,
        ordinal: i64,
        patch: InboxPatch,
        now: Millis,
    ) -> StoreFuture<'_, Option<Inbox>> {
        write!(self, |scope| inboxes::update(scope, ordinal, patch, now))
    }

    fn delete_inbox(&self, ordinal: i64) -> StoreFuture<'_, bool> {
        Box::pin(self.delete_inbox_and_caught(ordinal))
    }

    fn catch_request(&self, caught: CaughtRequest) -> StoreFuture<'_, ()> {
        let slot = slot::of(caught.inbox);
        write_in!(self, slot, |scope| inboxes::catch(scope, &caught))
    }

    fn inbox_requests(&self, list: ListInboxRequests) -> StoreFuture<'_, Vec<InboxRequest>> {
        read!(self, |reader| inboxes::requests(&reader, list))
    }

    fn inbox_request(
        &self,
        inbox: i64,
        id: InboxRequestId,
    ) -> StoreFuture<'_, Option<InboxRequest>> {
        read!(self, |reader| inboxes::request(&reader, inbox, id))
    }

    fn delete_inbox_requests(
        &self,
        inbox: i64,
        id: Option<InboxRequestId>,
    ) -> StoreFuture<'_, usize> {
        let slot = slot::of(inbox);
        write_in!(self, slot, |scope| inboxes::delete_requests(
            scope, inbox, id
        ))
    }

    fn sweep_inboxes(&self, before: Millis) -> StoreFuture<'_, usize> {
        Box::pin(self.sweep_inboxes_in_groups(before))
    }

    fn owe(&self, deliveries: Vec<Owed>) -> StoreFuture<'_, ()> {
        Box::pin(self.owe_in_groups(deliveries))
    }

    fn resend(&self, resend: Resend, dedup: Option<Dedup>) -> StoreFuture<'_, Resent> {
        let slot = slot::of(resend.message.application);
        write_in!(self, slot, |scope| pending::resend(
            scope,
            &resend,
            dedup.as_ref()
        ))
    }

    fn count_recoveries(&self, rows: Vec<Pending>) -> StoreFuture<'_, ()> {
        Box::pin(self.count_recoveries_in_groups(rows))
    }

    fn expand_fan_out(
        &self,
        message: MessageKey,
        now: Millis,
    ) -> StoreFuture<'_, (Vec<i64>, bool)> {
        let slot = slot::of(message.application);
        write_in!(self, slot, |scope| pending::expand_fan_out(
            scope, message, now
        ))
    }

    fn close_journal(&self) -> StoreFuture<'_, ()> {
        Box::pin(self.leave())
    }

    fn environments(&self) -> StoreFuture<'_, Vec<Environment>> {
        read!(self, |reader| keys::environments(&reader))
    }

    fn api_key(&self, ordinal: i64) -> StoreFuture<'_, Option<ApiKeyRecord>> {
        read!(self, |reader| keys::api_key(&reader, ordinal))
    }

    fn api_keys(&self, environment: i64) -> StoreFuture<'_, Vec<ApiKeyRecord>> {
        read!(self, |reader| keys::api_keys(&reader, environment))
    }

    fn changes_since(&self, version: i64) -> StoreFuture<'_, Vec<Change>> {
        read!(self, |reader| changes::since(&reader, version))
    }

    fn version(&self) -> StoreFuture<'_, i64> {
        read!(self, |reader| changes::version(&reader))
    }

    fn application(
        &self,
        environment: i64,
        reference: Reference<ApplicationId>,
    ) -> StoreFuture<'_, Option<Application>> {
        read!(self, |reader| applications::find(
            &reader,
            environment,
            &reference
        ))
    }

    fn application_by_ordinal(&self, ordinal: i64) -> StoreFuture<'_, Option<Application>> {
        read!(self, |reader| applications::by_ordinal(&reader, ordinal))
    }

    fn applications(
        &self,
        environment: i64,
        page: PageRequest,
    ) -> StoreFuture<'_, Vec<Application>> {
        read!(self, |reader| applications::list(
            &reader,
            environment,
            page
        ))
    }

    fn endpoint(
        &self,
        application: i64,
        reference: Reference<EndpointId>,
    ) -> StoreFuture<'_, Option<Endpoint>> {
        read!(self, |reader| endpoints::find(
            &reader,
            application,
            &reference
        ))
    }

    fn endpoint_by_ordinal(&self, ordinal: i64) -> StoreFuture<'_, Option<Endpoint>> {
        read!(self, |reader| endpoints::by_ordinal(&reader, ordinal))
    }

    fn endpoints(&self, application: i64, page: PageRequest) -> StoreFuture<'_, Vec<Endpoint>> {
        read!(self, |reader| endpoints::list(&reader, application, page))
    }

    fn endpoints_by_ordinal(&self, ordinals: Vec<i64>) -> StoreFuture<'_, Vec<KnownEndpoint>> {
        read!(self, |reader| endpoints::known(&reader, &ordinals))
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

    fn message(
        &self,
        application: i64,
        reference: MessageReference,
    ) -> StoreFuture<'_, Option<Message>> {
        read!(self, |reader| lists::message(
            &reader,
            application,
            &reference
        ))
    }

    fn message_by_key(&self, key: MessageKey) -> StoreFuture<'_, Option<Message>> {
        read!(self, |reader| lists::message_by_key(&reader, key))
    }

    fn messages(&self, list: ListMessages) -> StoreFuture<'_, Page<Message>> {
        read!(self, |reader| lists::messages(&reader, &list))
    }

    fn attempts(&self, list: ListAttempts) -> StoreFuture<'_, Page<AttemptRow>> {
        read!(self, |reader| lists::attempts(&reader, &list))
    }

    fn attempt(&self, application: i64, id: AttemptId) -> StoreFuture<'_, Option<AttemptRow>> {
        read!(self, |reader| lists::attempt(&reader, application, id))
    }

    fn delivery_facts(&self, message: MessageKey) -> StoreFuture<'_, Vec<DeliveryTrace>> {
        read!(self, |reader| lists::delivery_facts(&reader, message))
    }

    fn record_heads(
        &self,
        application: i64,
        entity_type: String,
        ids: Vec<String>,
    ) -> StoreFuture<'_, Vec<RecordHead>> {
        read!(self, |reader| records::heads(
            &reader,
            application,
            &entity_type,
            &ids
        ))
    }

    fn record(&self, key: RecordKey) -> StoreFuture<'_, Option<Record>> {
        read!(self, |reader| records::find(&reader, &key))
    }

    fn records(&self, list: ListRecords) -> StoreFuture<'_, Vec<RecordHead>> {
        read!(self, |reader| records::list(&reader, &list))
    }

    fn record_changes(&self, list: ListRecordChanges) -> StoreFuture<'_, Vec<RecordChange>> {
        read!(self, |reader| records::changes(&reader, &list))
    }

    fn earlier_messages(
        &self,
        application: i64,
        keys: Vec<Dedup>,
        now: Millis,
    ) -> StoreFuture<'_, Vec<Option<Accepted>>> {
        read!(self, |reader| records::earlier(
            &reader,
            application,
            &keys,
            now
        ))
    }

    fn sweep_records(&self, limit: usize) -> StoreFuture<'_, usize> {
        Box::pin(self.sweep_records_in_groups(limit))
    }

    fn due_endpoints(
        &self,
        after: Option<Creditor>,
        limit: usize,
    ) -> StoreFuture<'_, Vec<(Creditor, Millis)>> {
        let slots = self.ownership.slots();
        read!(self, |reader| pending::due_endpoints(
            &reader, &slots, after, limit
        ))
    }

    fn due(&self, creditor: Creditor, now: Millis, limit: usize) -> StoreFuture<'_, Due> {
        read!(self, |reader| pending::due(&reader, creditor, now, limit))
    }

    fn accept(&self, new: NewMessage) -> StoreFuture<'_, Accepted> {
        self.enqueue(new)
    }

    fn settle(&self, settlement: Settlement) {
        // Fails only after the store was closed; the journal was left open then, and a start recovers.
        let _ = self
            .group_of(&settlement)
            .send(Operation::Settle(Box::new(settlement)));
    }

    fn open_journal(&self, node: String, now: Millis) -> StoreFuture<'_, Opened> {
        Box::pin(self.join(node, now))
    }

    fn journal(&self, slot: i16) -> u16 {
        self.groups.of(slot).lease.journal()
    }

    fn slot_of(&self, application: i64) -> i16 {
        slot::of(application)
    }

    fn owns(&self, slot: i16) -> bool {
        self.ownership.has(slot) && self.groups.of(slot).lease.holds()
    }

    fn balance(&self, busy: Vec<i16>, now: Millis) -> StoreFuture<'_, Balance> {
        Box::pin(self.share(busy, now))
    }

    fn acknowledge(&self, version: i64) {
        for group in self.groups.all() {
            let _ = group.send(Operation::Acknowledge(version)); // fails at the end only
        }
    }

    fn publish(&self, version: i64) -> StoreFuture<'_, ()> {
        Box::pin(self.tell(version))
    }

    fn cancel_stale(&self, now: Millis, limit: usize) -> StoreFuture<'_, usize> {
        Box::pin(self.cancel_stale_in_groups(now, limit))
    }

    fn sweep_dedup(&self, now: Millis, limit: usize) -> StoreFuture<'_, usize> {
        if !self.ownership.has(0) {
            return Box::pin(std::future::ready(Ok(0))); // one node sweeps for all
        }
        let sweep = self.sweep.clone();
        self.write(move |scope| {
            Box::pin(async move {
                let from = sweep.lock().unwrap_or_else(PoisonError::into_inner).clone();
                let (removed, next) = upkeep::sweep_dedup(scope, &from, now, limit).await?;
                *sweep.lock().unwrap_or_else(PoisonError::into_inner) = next;
                Ok(removed)
            })
        })
    }

    fn remove_before(&self, before: Millis, _: usize) -> StoreFuture<'_, Removal> {
        read!(self, |reader| retention::remove_before(&reader, before))
    }

    /// The disk is the server's, which says so when it is full.
    fn room(&self) -> Room {
        Room::Enough
    }

    fn flush(&self) -> StoreFuture<'_, ()> {
        Box::pin(self.flush_groups())
    }
}
