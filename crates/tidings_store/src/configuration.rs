//! Parameters and answers of the steps that change the configuration.

use tidings_domain::application::{ApiKeyRecord, Metadata};
use tidings_domain::body_format::BodyFormat;
use tidings_domain::clock::Millis;
use tidings_domain::co_signature::CoSignature;
use tidings_domain::endpoint::{Endpoint, EndpointPatch, SealedSecret};
use tidings_domain::event_type::{EventTypePatch, Wording};
use tidings_domain::ids::EndpointId;
use tidings_domain::plan::Plan;
use tidings_domain::retry::policy::RetryPolicy;
use tidings_domain::sample::Sample;
use tidings_domain::schema::SchemaPolicy;

/// How a caller names an object: by its id, or by the name that the product gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference<Id> {
    /// By id.
    Id(Id),
    /// By uid.
    Uid(String),
}

/// An idempotency key with what it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dedup {
    /// A hash over the scope (environment, route) and the caller's key.
    pub key: [u8; 16],
    /// A hash over the request's body, so that the same key with another body is told apart.
    pub body: [u8; 16],
    /// When the key may be forgotten.
    pub expires_at: Millis,
}

/// How a change of the configuration ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Written<T> {
    /// It was made.
    Done(T),
    /// The idempotency key was used before with the same body; this is what it made then, as it is
    /// now. `None` if it is gone.
    Replayed(Option<T>),
    /// The idempotency key was used before with another body.
    KeyReused,
    /// Another object has this uid or name.
    Taken(T),
    /// The object is not there.
    Missing,
    /// The object has changed since the expected version.
    Stale(T),
}

/// What became of a change to an API key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiKeyChanged {
    /// It was made; this is the key now.
    Done(ApiKeyRecord),
    /// The environment has no such key, or it is revoked.
    Missing,
    /// No other key of the environment may manage keys.
    LastAdmin,
}

/// Which way a list runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Oldest first.
    Ascending,
    /// Newest first.
    Descending,
}

/// A page of a list that is ordered by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// Which way.
    pub order: Order,
    /// Start behind this number, in the direction of `order`.
    pub after: Option<i64>,
    /// At most so many.
    pub limit: usize,
}

/// A new application.
#[derive(Debug, Clone)]
pub struct NewApplication {
    /// Where it belongs, by number.
    pub environment: i64,
    /// The product's own name for it.
    pub uid: Option<String>,
    /// What people call it.
    pub name: String,
    /// Messages a second.
    pub throttle_rate: Option<u32>,
    /// Its plan, by uid.
    pub plan: Option<String>,
    /// Its feature flags, if it is shown only some event types.
    pub feature_flags: Option<Vec<String>>,
    /// The product's own notes.
    pub metadata: Metadata,
    /// Now.
    pub created_at: Millis,
    /// 48 bits of chance for the id.
    pub tail: i64,
}

/// An event type that has feature flags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlaggedEventType {
    /// Its name.
    pub name: String,
    /// Its flags, at least one.
    pub flags: Vec<String>,
}

/// A new endpoint. See [`Endpoint`] for the fields.
#[derive(Debug, Clone)]
pub struct NewEndpoint {
    /// The application, by number.
    pub application: i64,
    /// Its environment, by number.
    pub environment: i64,
    /// The product's own name for it.
    pub uid: Option<String>,
    /// Where deliveries go, as it was given.
    pub url: String,
    /// What people call it.
    pub description: String,
    /// Whether it starts switched off.
    pub is_disabled: bool,
    /// Empty means all.
    pub event_types: Vec<String>,
    /// Empty means all.
    pub channels: Vec<String>,
    /// The payloads that it wants, as it was given.
    pub filter: Option<String>,
    /// Deliveries a second.
    pub throttle_rate: Option<u32>,
    /// Whether it keeps the order.
    pub is_fifo: bool,
    /// How many events go into one request.
    pub batch_size: Option<u32>,
    /// How long a batch waits to be filled.
    pub max_wait_secs: Option<u32>,
    /// When it is tried again, if not as everybody is.
    pub retry_policy: Option<Box<RetryPolicy>>,
    /// In which form it gets its events.
    pub format: BodyFormat,
    /// The product's own notes.
    pub metadata: Metadata,
    /// Encrypted headers.
    pub headers: Option<Vec<u8>>,
    /// Encrypted credentials.
    pub credentials: Option<Vec<u8>>,
    /// The encrypted secrets, the current one first.
    pub secrets: Vec<SealedSecret>,
    /// One more signature that it wants.
    pub co_signature: Option<Box<CoSignature>>,
    /// Now.
    pub created_at: Millis,
    /// 48 bits of chance for the id.
    pub tail: i64,
}

/// What endpoints an application has that has any. Hidden ones, of buttons and for polling, do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndpointKinds {
    /// The application, by number.
    pub application: i64,
    /// Whether one is switched on.
    pub has_enabled: bool,
    /// Whether one is more than a place to play with.
    pub has_real: bool,
}

/// An endpoint that may have been deleted.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownEndpoint {
    /// As it is, or as it last was.
    pub endpoint: Endpoint,
    /// Since when it is gone.
    pub deleted_at: Option<Millis>,
}

impl KnownEndpoint {
    /// Its id.
    pub fn id(&self) -> EndpointId {
        self.endpoint.id
    }
}

/// A new event type. See [`tidings_domain::event_type::EventType`] for the fields.
#[derive(Debug, Clone)]
pub struct NewEventType {
    /// The environment, by number.
    pub environment: i64,
    /// Its name.
    pub name: String,
    /// What it means.
    pub description: String,
    /// Whether it starts in the archive.
    pub is_archived: bool,
    /// Whether it is not to be built on.
    pub is_deprecated: bool,
    /// JSON Schemas by version.
    pub schemas: Option<serde_json::Value>,
    /// What happens to payloads that do not fit the newest of them; kept where `None` meets an event type that
    /// is there, and off otherwise.
    pub schema_policy: Option<SchemaPolicy>,
    /// The group that it is shown in.
    pub group_name: Option<String>,
    /// Empty means everybody sees it.
    pub feature_flags: Vec<String>,
    /// What people read about it; kept where `None` meets an event type that is there.
    pub wording: Option<Wording>,
    /// What is sent as an example; kept likewise.
    pub sample: Option<Sample>,
    /// Now.
    pub created_at: Millis,
}

impl NewEventType {
    /// What taking an archived event type out of the archive changes.
    pub fn restoring(&self) -> EventTypePatch {
        EventTypePatch {
            is_archived: Some(self.is_archived),
            feature_flags: Some(self.feature_flags.clone()),
            ..self.catalogued()
        }
    }

    /// What importing it again changes: all that a catalogue speaks of. Whether it is archived and who
    /// sees it are for the environment to say.
    pub fn catalogued(&self) -> EventTypePatch {
        let wording = self.wording.clone();
        let (labels, descriptions, group_labels) = match wording {
            Some(wording) => (
                Some(wording.labels),
                Some(wording.descriptions),
                Some(wording.group_labels),
            ),
            None => (None, None, None),
        };
        EventTypePatch {
            description: Some(self.description.clone()),
            is_deprecated: Some(self.is_deprecated),
            schemas: Some(self.schemas.clone()),
            schema_policy: self.schema_policy,
            group_name: Some(self.group_name.clone()),
            labels,
            descriptions,
            group_labels,
            sample: self.sample.clone().map(Some),
            ..EventTypePatch::default()
        }
    }
}

/// Event types that are made or changed together.
#[derive(Debug, Clone)]
pub struct EventTypesImport {
    /// The environment, by number.
    pub environment: i64,
    /// The event types.
    pub event_types: Vec<EventTypeImport>,
    /// Whether all others are archived.
    pub archives_others: bool,
    /// Plans that are made, or changed if one of the uid is there; the others stay.
    pub plans: Vec<Plan>,
    /// Whether it is meant.
    pub mode: ImportMode,
    /// Now.
    pub now: Millis,
}

/// One event type of an import.
#[derive(Debug, Clone)]
pub struct EventTypeImport {
    /// What is made if it is not there.
    pub new: NewEventType,
    /// What is changed if it is.
    pub change: EventTypePatch,
}

/// What an import did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportedAll {
    /// With each event type, in their order.
    pub event_types: Vec<Imported>,
    /// The names of the event types that were archived, in their order.
    pub archived: Vec<String>,
}

/// What an import did, or would do, with one event type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Imported {
    /// It was not there.
    Created,
    /// It was there, and different.
    Updated,
    /// It was there, just so.
    Unchanged,
}

/// Whether an import is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportMode {
    /// Write.
    Apply,
    /// Only tell what would be written.
    DryRun,
}

/// A page of event types.
#[derive(Debug, Clone)]
pub struct ListEventTypes {
    /// Which way, by name.
    pub order: Order,
    /// Start behind this name.
    pub after: Option<String>,
    /// At most so many.
    pub limit: usize,
    /// Show the archived ones too.
    pub with_archived: bool,
}

/// What a change of the configuration touched, so that caches know what to forget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// The configuration's version after the change.
    pub version: i64,
    /// What it touched.
    pub subject: Subject,
}

/// What a change touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// An API key, by number.
    ApiKey(i64),
    /// An API user, by number.
    ApiUser(i64),
    /// An application or one of its endpoints: the application, by number.
    Application(i64),
    /// An integration, by number.
    Integration(i64),
    /// The portal sessions of an application: the application, by number.
    Sessions(i64),
    /// The event types of an environment, by number.
    EventTypes(i64),
    /// The plans of an environment, by number.
    Plans(i64),
    /// Which application an environment has for operational webhooks: the environment, by number.
    Operational(i64),
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
