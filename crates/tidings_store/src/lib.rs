//! What Tidings needs of a store: one trait, one method for each business step, one transaction each.
//!
//! The trait hides which engine keeps the rows. There is no `begin`: a transaction never spans two
//! calls, so nobody can wait for the network inside one. The `conformance` suite is written
//! against the trait and runs on every engine.

mod api_users;
pub mod checkup;
pub mod commit;
pub mod configuration;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod copy;
pub mod directory;
pub mod error;
pub mod faults;
pub mod handover;
pub mod inboxes;
pub mod messages;
mod nodes;
mod records;
mod secrets;
pub mod target;

use std::future::Future;
use std::pin::Pin;

use tidings_domain::application::{ApiKeyRecord, Application, ApplicationPatch, Environment};
use tidings_domain::clock::Millis;
use tidings_domain::delivery::Pending;
use tidings_domain::endpoint::{Endpoint, EndpointPatch};
use tidings_domain::event_type::{EventType, EventTypePatch};
use tidings_domain::ids::{AttemptId, InboxRequestId};
use tidings_domain::inbox::{Inbox, InboxPatch, InboxRequest};
use tidings_domain::message::{Message, MessageKey};
use tidings_domain::plan::Plan;

pub use api_users::{ApiUsers, NewApiUser};
pub use configuration::*;
pub use error::StoreError;
pub use handover::{Admission, AdmitFuture, Handed, Handover, Permit, Place, TestFuture};
pub use inboxes::*;
pub use messages::*;
pub use nodes::{Balance, Creditor};
pub use records::*;
pub use secrets::{secrets_from_rows, secrets_to_text};

/// What a store gives back: boxed, since the box costs nothing beside a commit and keeps the trait
/// usable as `dyn Store`.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Every business step that touches rows.
///
/// Writes return once they would survive a power cut. Reads see every write that has returned.
pub trait Store: ApiUsers + Send + Sync + 'static {
    // -- Environments and keys ------------------------------------------------------------------

    /// The environment of this name; made if it is not there.
    fn ensure_environment(&self, name: String, now: Millis) -> StoreFuture<'_, Environment>;
    /// All environments, oldest first.
    fn environments(&self) -> StoreFuture<'_, Vec<Environment>>;
    /// The plans of an environment, the lowest first.
    fn plans(&self, environment: i64) -> StoreFuture<'_, Vec<Plan>>;
    /// Replaces them, unless an application has one that would go; gives the plan's uid then.
    fn put_plans(&self, environment: i64, plans: Vec<Plan>) -> StoreFuture<'_, Option<String>>;
    /// Keeps a new API key.
    fn create_api_key(&self, key: ApiKeyRecord) -> StoreFuture<'_, ()>;
    /// The key with this number, revoked or not.
    fn api_key(&self, ordinal: i64) -> StoreFuture<'_, Option<ApiKeyRecord>>;
    /// All keys of an environment, oldest first.
    fn api_keys(&self, environment: i64) -> StoreFuture<'_, Vec<ApiKeyRecord>>;
    /// Refuses a key from now on. False if there is no such key in the environment.
    fn revoke_api_key(&self, environment: i64, ordinal: i64, now: Millis) -> StoreFuture<'_, bool>;
    /// Notes when keys were last seen.
    fn touch_api_keys(&self, seen: Vec<(i64, Millis)>) -> StoreFuture<'_, ()>;
    /// What has changed in the configuration since this version, oldest first; at most 1,000.
    fn changes_since(&self, version: i64) -> StoreFuture<'_, Vec<Change>>;
    /// The newest version of the configuration.
    fn version(&self) -> StoreFuture<'_, i64>;

    // -- Applications ---------------------------------------------------------------------------

    /// Makes an application.
    fn create_application(
        &self,
        new: NewApplication,
        dedup: Option<Dedup>,
    ) -> StoreFuture<'_, Written<Application>>;
    /// The application of this id or uid.
    fn application(
        &self,
        environment: i64,
        reference: Reference<tidings_domain::ids::ApplicationId>,
    ) -> StoreFuture<'_, Option<Application>>;
    /// The application of this number, unless it was deleted.
    fn application_by_ordinal(&self, ordinal: i64) -> StoreFuture<'_, Option<Application>>;
    /// One page of the applications of an environment, by number.
    fn applications(
        &self,
        environment: i64,
        page: PageRequest,
    ) -> StoreFuture<'_, Vec<Application>>;
    /// Changes an application.
    fn update_application(
        &self,
        ordinal: i64,
        patch: ApplicationPatch,
        now: Millis,
    ) -> StoreFuture<'_, Written<Application>>;
    /// Deletes an application and its endpoints. False if it is not there.
    fn delete_application(&self, ordinal: i64, now: Millis) -> StoreFuture<'_, bool>;

    // -- Endpoints ------------------------------------------------------------------------------

    /// Makes an endpoint; its application must be there.
    fn create_endpoint(
        &self,
        new: NewEndpoint,
        dedup: Option<Dedup>,
    ) -> StoreFuture<'_, Written<Endpoint>>;
    /// The endpoint of this id or uid in an application.
    fn endpoint(
        &self,
        application: i64,
        reference: Reference<tidings_domain::ids::EndpointId>,
    ) -> StoreFuture<'_, Option<Endpoint>>;
    /// The endpoint of this number, unless it was deleted.
    fn endpoint_by_ordinal(&self, ordinal: i64) -> StoreFuture<'_, Option<Endpoint>>;
    /// One page of the endpoints of an application, by number.
    fn endpoints(&self, application: i64, page: PageRequest) -> StoreFuture<'_, Vec<Endpoint>>;
    /// Endpoints by number, deleted ones included; those that never were are left out.
    fn endpoints_by_ordinal(&self, ordinals: Vec<i64>) -> StoreFuture<'_, Vec<KnownEndpoint>>;
    /// Changes an endpoint, if it still has the expected version.
    fn update_endpoint(
        &self,
        update: EndpointUpdate,
        dedup: Option<Dedup>,
    ) -> StoreFuture<'_, Written<Endpoint>>;
    /// Deletes an endpoint. False if it is not there.
    fn delete_endpoint(&self, ordinal: i64, now: Millis) -> StoreFuture<'_, bool>;

    // -- Event types ----------------------------------------------------------------------------

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
    /// Makes or changes all of these event types in one transaction, and tells what it did with each, in
    /// their order. One that is just so already is not written.
    fn import_event_types(
        &self,
        event_types: Vec<NewEventType>,
        mode: ImportMode,
    ) -> StoreFuture<'_, Vec<Imported>>;
    /// Removes an event type for good. False if it is not there.
    fn expunge_event_type(&self, environment: i64, name: String) -> StoreFuture<'_, bool>;

    // -- Inboxes --------------------------------------------------------------------------------

    /// Makes an inbox.
    fn create_inbox(&self, new: NewInbox, dedup: Option<Dedup>) -> StoreFuture<'_, Written<Inbox>>;
    /// The inbox of this number.
    fn inbox(&self, ordinal: i64) -> StoreFuture<'_, Option<Inbox>>;
    /// One page of the inboxes of an environment, by number.
    fn inboxes(&self, environment: i64, page: PageRequest) -> StoreFuture<'_, Vec<Inbox>>;
    /// Changes an inbox; none if it is not there.
    fn update_inbox(
        &self,
        ordinal: i64,
        patch: InboxPatch,
        now: Millis,
    ) -> StoreFuture<'_, Option<Inbox>>;
    /// Deletes an inbox and what it has caught. False if it is not there.
    fn delete_inbox(&self, ordinal: i64) -> StoreFuture<'_, bool>;
    /// Keeps a request, and of the oldest of its inbox no more than may stay.
    fn catch_request(&self, caught: CaughtRequest) -> StoreFuture<'_, ()>;
    /// One page of what an inbox has caught.
    fn inbox_requests(&self, list: ListInboxRequests) -> StoreFuture<'_, Vec<InboxRequest>>;
    /// One request that an inbox has caught.
    fn inbox_request(
        &self,
        inbox: i64,
        id: InboxRequestId,
    ) -> StoreFuture<'_, Option<InboxRequest>>;
    /// Deletes one request of an inbox, or all of them. Gives how many there were.
    fn delete_inbox_requests(
        &self,
        inbox: i64,
        id: Option<InboxRequestId>,
    ) -> StoreFuture<'_, usize>;
    /// Deletes some of the requests that came before this. Gives how many; none once there are no more.
    fn sweep_inboxes(&self, before: Millis) -> StoreFuture<'_, usize>;

    // -- Messages -------------------------------------------------------------------------------

    /// Writes a message down, with what is owed of it; joins the group commit.
    ///
    /// What was admitted goes to the [`Handover`] after the commit and before this returns, whether
    /// or not the caller still waits.
    fn accept(&self, new: NewMessage) -> StoreFuture<'_, Accepted>;
    /// One message.
    fn message(
        &self,
        application: i64,
        reference: MessageReference,
    ) -> StoreFuture<'_, Option<Message>>;
    /// The message of this key.
    fn message_by_key(&self, key: MessageKey) -> StoreFuture<'_, Option<Message>>;
    /// One page of the messages of an application, by time.
    fn messages(&self, list: ListMessages) -> StoreFuture<'_, Page<Message>>;
    /// One page of attempts, by time.
    fn attempts(&self, list: ListAttempts) -> StoreFuture<'_, Page<AttemptRow>>;
    /// One attempt of an application, with its message.
    fn attempt(&self, application: i64, id: AttemptId) -> StoreFuture<'_, Option<AttemptRow>>;
    /// What the states of a message's deliveries are derived from, by endpoint number.
    fn delivery_facts(&self, message: MessageKey) -> StoreFuture<'_, Vec<DeliveryTrace>>;

    // -- Records --------------------------------------------------------------------------------

    /// What is known of records of one type, gone ones included, in the order of their ids; those that
    /// never were are left out. It reads no values.
    fn record_heads(
        &self,
        application: i64,
        entity_type: String,
        ids: Vec<String>,
    ) -> StoreFuture<'_, Vec<RecordHead>>;
    /// One record with its value, unless it is gone.
    fn record(&self, key: RecordKey) -> StoreFuture<'_, Option<Record>>;
    /// One page of the records of a type, by id.
    fn records(&self, list: ListRecords) -> StoreFuture<'_, Vec<RecordHead>>;
    /// One page of the changes of a record, by version.
    fn record_changes(&self, list: ListRecordChanges) -> StoreFuture<'_, Vec<RecordChange>>;
    /// What idempotency keys of messages of an application stand for already, in their order: a replay,
    /// a reuse, or nothing.
    fn earlier_messages(
        &self,
        application: i64,
        keys: Vec<Dedup>,
        now: Millis,
    ) -> StoreFuture<'_, Vec<Option<Accepted>>>;
    /// Removes records, and their histories, of applications that were deleted; at most `limit` rows.
    /// Gives how many.
    fn sweep_records(&self, limit: usize) -> StoreFuture<'_, usize>;

    // -- Deliveries -----------------------------------------------------------------------------

    /// Records how an attempt ended and what follows; joins the group commit and returns at once.
    /// [`Handover::settled`] tells when it is on disk.
    fn settle(&self, settlement: Settlement);
    /// Writes down deliveries that were only in memory, so that they are owed. One that was settled
    /// meanwhile is left out; a worker that still holds one may settle it as handed over all the same.
    fn owe(&self, deliveries: Vec<Owed>) -> StoreFuture<'_, ()>;
    /// Asks for a delivery once more, now.
    fn resend(&self, resend: Resend, dedup: Option<Dedup>) -> StoreFuture<'_, Resent>;
    /// The endpoints in this node's slots that are owed something, with the time of the first; in order,
    /// behind `after`.
    fn due_endpoints(
        &self,
        after: Option<Creditor>,
        limit: usize,
    ) -> StoreFuture<'_, Vec<(Creditor, Millis)>>;
    /// What is due to an endpoint by `now`, oldest first, and when the next is due after that.
    fn due(&self, creditor: Creditor, now: Millis, limit: usize) -> StoreFuture<'_, Due>;
    /// Counts one more recovery on rows that a crash brought back, before they are sent.
    fn count_recoveries(&self, rows: Vec<Pending>) -> StoreFuture<'_, ()>;
    /// Turns the next part of a fan-out cursor into rows of their own. Gives the endpoints that are
    /// owed something now, and whether the cursor is done.
    fn expand_fan_out(&self, message: MessageKey, now: Millis)
    -> StoreFuture<'_, (Vec<i64>, bool)>;

    // -- Journals and upkeep --------------------------------------------------------------------

    /// Takes over the journals of nodes that are gone, then opens one for this node. Until then nothing
    /// is accepted.
    fn open_journal(&self, node: String, now: Millis) -> StoreFuture<'_, Opened>;
    /// Closes this node's journal; everything must be settled or owed by now.
    fn close_journal(&self) -> StoreFuture<'_, ()>;
    /// Cancels at most `limit` deliveries that are owed to endpoints that are off, or owed for too
    /// long, with a row each that says why. Gives how many.
    fn cancel_stale(&self, now: Millis, limit: usize) -> StoreFuture<'_, usize>;
    /// Removes idempotency keys and event ids that have run out; looks at no more than `limit` rows
    /// and goes on from there the next time. Gives how many were removed.
    fn sweep_dedup(&self, now: Millis, limit: usize) -> StoreFuture<'_, usize>;

    // -- Nodes beside this one ------------------------------------------------------------------
    //
    // A store for one node has one slot, which is that node's.

    /// The slot of an application, by number.
    fn slot_of(&self, _application: i64) -> i16 {
        0
    }
    /// The number of the journal that is open for a slot, if another may follow it; else 0.
    fn journal(&self, _slot: i16) -> u16 {
        0
    }
    /// Whether this node is the one that takes what is owed in a slot.
    fn owns(&self, _slot: i16) -> bool {
        true
    }
    /// Takes over from nodes that are gone, and this node's fair share of the slots. Of those that it has
    /// to give away it keeps the busy ones until they are so no more.
    fn balance(&self, _busy: Vec<i16>, _now: Millis) -> StoreFuture<'_, Balance> {
        Box::pin(std::future::ready(Ok(Balance::default())))
    }
    /// Notes up to which version of the configuration this node knows all changes.
    fn acknowledge(&self, _version: i64) {}
    /// Tells the other nodes of this version of the configuration. Returns once all of them have
    /// acknowledged it, after a second at the latest.
    fn publish(&self, _version: i64) -> StoreFuture<'_, ()> {
        Box::pin(std::future::ready(Ok(())))
    }

    // -- The engine -----------------------------------------------------------------------------

    /// Removes messages that were accepted before this with their attempts, unless something of them is
    /// owed or in memory still. Does so much in one go as nobody notices: at most `limit` rows, or a whole
    /// day where days are kept apart.
    fn remove_before(&self, before: Millis, limit: usize) -> StoreFuture<'_, Removal>;
    /// Whether the disk lets rows be written.
    fn room(&self) -> Room;
    /// Waits until everything that was asked for is on disk.
    fn flush(&self) -> StoreFuture<'_, ()>;
}

/// A change to an endpoint, on top of the version that it was made from.
#[derive(Debug, Clone)]
pub struct EndpointUpdate {
    /// The endpoint, by number.
    pub ordinal: i64,
    /// What changes.
    pub patch: EndpointPatch,
    /// The version that the change was made from; `None` if any will do.
    pub expected_version: Option<u32>,
    /// Now.
    pub now: Millis,
}
