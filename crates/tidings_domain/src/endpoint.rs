//! Endpoints: a URL that wants events, with its filters, secrets and health.

use crate::application::{Metadata, set};
use crate::body_format::BodyFormat;
use crate::clock::Millis;
use crate::co_signature::CoSignature;
use crate::ids::EndpointId;
use crate::names::is_wanted_event_type;
use crate::retry::policy::RetryPolicy;

/// A signing secret as it is stored: encrypted, and with the end of its overlap once rotated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedSecret {
    /// The blob that [`crate::sealed`] made.
    pub sealed: Vec<u8>,
    /// Until when it still signs beside the newer ones; none for the current secret.
    pub expires_at: Option<Millis>,
}

/// The configuration of an endpoint, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Its id; the sequence number is its number in the store.
    pub id: EndpointId,
    /// The application that it belongs to, by number.
    pub application: i64,
    /// The environment of that application, by number.
    pub environment: i64,
    /// Its number among the endpoints of the application, from 1 on; no two ever have the same.
    pub number: i64,
    /// The product's own name for it, unique in the application.
    pub uid: Option<String>,
    /// Where deliveries go, as it was given; the guard has accepted it.
    pub url: String,
    /// What people call it.
    pub description: String,
    /// Switched off by its owner. See [`EndpointState::disabled`] for what Tidings does itself.
    pub is_disabled: bool,
    /// The event types that it wants, or groups of them; empty means all.
    pub event_types: Vec<String>,
    /// The channels that it listens to; empty means all.
    pub channels: Vec<String>,
    /// The payloads that it wants, a [`crate::filter`] as it was given; none means all.
    pub filter: Option<String>,
    /// Deliveries a second that it takes; none means no limit.
    pub throttle_rate: Option<u32>,
    /// Whether it gets its events one after another, in the order in which they were accepted.
    pub is_fifo: bool,
    /// How many of them go into one request at most, where it keeps the order; none means one, as it is.
    pub batch_size: Option<u32>,
    /// How long a request that could take more waits for them, in seconds; none means not at all.
    pub max_wait_secs: Option<u32>,
    /// When it is tried again, if not as everybody is.
    pub retry_policy: Option<Box<RetryPolicy>>,
    /// In which form it gets its events.
    pub format: BodyFormat,
    /// The product's own notes.
    pub metadata: Metadata,
    /// Headers sent with each request: an encrypted JSON object, or none.
    pub headers: Option<Vec<u8>>,
    /// What it wants to see before it takes a request: encrypted credentials, or none.
    pub credentials: Option<Vec<u8>>,
    /// The signing secrets, the current one first.
    pub secrets: Vec<SealedSecret>,
    /// One more signature that it wants, in another form.
    pub co_signature: Option<Box<CoSignature>>,
    /// Counts changes; an update that names another version is refused.
    pub version: u32,
    /// When it was made.
    pub created_at: Millis,
    /// When it was last changed.
    pub updated_at: Millis,
    /// Its health, kept beside the configuration.
    pub state: EndpointState,
}

/// Why Tidings itself switched an endpoint off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisabledReason {
    /// It answered 410 Gone.
    Gone,
    /// It failed for five days.
    Failing,
    /// It wished so in an answer, whatever its status.
    Wished,
}

impl DisabledReason {
    /// The word in the store and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Failing => "failing",
            Self::Wished => "wished",
        }
    }

    /// The inverse of [`DisabledReason::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "gone" => Some(Self::Gone),
            "failing" => Some(Self::Failing),
            "wished" => Some(Self::Wished),
            _ => None,
        }
    }
}

/// The health of an endpoint. It changes with deliveries, not with configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EndpointState {
    /// The first failure since the last success.
    pub failing_since: Option<Millis>,
    /// The latest failure since the last success.
    pub last_failure_at: Option<Millis>,
    /// Failures since the last success.
    pub failures_count: u32,
    /// Why and since when Tidings has switched it off.
    pub disabled: Option<(DisabledReason, Millis)>,
}

impl Endpoint {
    /// Whether nothing is to be sent to it.
    pub fn is_off(&self) -> bool {
        self.is_disabled || self.state.disabled.is_some()
    }

    /// Whether its requests hold several events, in a list, even where there is only one.
    pub fn has_batches(&self) -> bool {
        self.is_fifo && self.batch_size.is_some_and(|size| size > 1)
    }

    /// Whether it names this very event type, and not only a group of it.
    pub fn names(&self, event_type: &str) -> bool {
        self.event_types.iter().any(|own| own == event_type)
    }

    /// Whether it wants a message of this type on these channels.
    ///
    /// An endpoint with channels gets messages that share one; a message without channels never
    /// reaches an endpoint with channels.
    pub fn wants(&self, event_type: &str, channels: &[String]) -> bool {
        let wants_type = self.event_types.is_empty()
            || self
                .event_types
                .iter()
                .any(|own| is_wanted_event_type(own, event_type));
        let wants_channel =
            self.channels.is_empty() || self.channels.iter().any(|own| channels.contains(own));
        wants_type && wants_channel
    }
}

/// A change to an endpoint; what is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EndpointPatch {
    /// The new uid, or none.
    pub uid: Option<Option<String>>,
    /// The new URL.
    pub url: Option<String>,
    /// The new description.
    pub description: Option<String>,
    /// Off or on. Switching on also ends what Tidings had switched off.
    pub is_disabled: Option<bool>,
    /// The new event types; empty means all.
    pub event_types: Option<Vec<String>>,
    /// The new channels; empty means all.
    pub channels: Option<Vec<String>>,
    /// The new filter, or none.
    pub filter: Option<Option<String>>,
    /// The new limit, or none.
    pub throttle_rate: Option<Option<u32>>,
    /// Whether it keeps the order from now on.
    pub is_fifo: Option<bool>,
    /// The new size of its batches, or none.
    pub batch_size: Option<Option<u32>>,
    /// The new wait for a batch to fill, or none.
    pub max_wait_secs: Option<Option<u32>>,
    /// The new rules for trying again, or none of its own.
    pub retry_policy: Option<Option<Box<RetryPolicy>>>,
    /// The new form of its events.
    pub format: Option<BodyFormat>,
    /// The new notes; they replace the old ones.
    pub metadata: Option<Metadata>,
    /// The new encrypted headers, or none.
    pub headers: Option<Option<Vec<u8>>>,
    /// The new encrypted credentials, or none.
    pub credentials: Option<Option<Vec<u8>>>,
    /// The new secrets, the current one first.
    pub secrets: Option<Vec<SealedSecret>>,
    /// The new further signature, or none.
    pub co_signature: Option<Option<Box<CoSignature>>>,
}

impl EndpointPatch {
    /// The endpoint after the change.
    pub fn apply(self, endpoint: &mut Endpoint, now: Millis) {
        if self.is_disabled == Some(false) {
            endpoint.state = EndpointState::default();
        }
        set(&mut endpoint.uid, self.uid);
        set(&mut endpoint.url, self.url);
        set(&mut endpoint.description, self.description);
        set(&mut endpoint.is_disabled, self.is_disabled);
        set(&mut endpoint.event_types, self.event_types);
        set(&mut endpoint.channels, self.channels);
        set(&mut endpoint.filter, self.filter);
        set(&mut endpoint.throttle_rate, self.throttle_rate);
        set(&mut endpoint.is_fifo, self.is_fifo);
        set(&mut endpoint.batch_size, self.batch_size);
        set(&mut endpoint.max_wait_secs, self.max_wait_secs);
        set(&mut endpoint.retry_policy, self.retry_policy);
        set(&mut endpoint.format, self.format);
        set(&mut endpoint.metadata, self.metadata);
        set(&mut endpoint.headers, self.headers);
        set(&mut endpoint.credentials, self.credentials);
        set(&mut endpoint.secrets, self.secrets);
        set(&mut endpoint.co_signature, self.co_signature);
        endpoint.version += 1;
        endpoint.updated_at = now;
    }
}
