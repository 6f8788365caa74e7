//! Parameters and answers of the steps in the life of a message.

use std::sync::Arc;

use bytes::Bytes;
use tidings_domain::clock::Millis;
use tidings_domain::delivery::{
    Attempt, AttemptError, DeliveryFacts, Exchange, Outcome, Pending, PendingReason, Trigger,
};
use tidings_domain::endpoint::EndpointState;
use tidings_domain::ids::{AttemptId, EndpointId, IdParts, MessageId};
use tidings_domain::message::{Message, MessageKey, MessageOptions};

use crate::configuration::{Dedup, Order};
use crate::handover::Permit;
use crate::notes::Told;
use crate::records::RecordWrite;
use crate::target::Target;

/// A message to be accepted, checked and matched.
pub struct NewMessage {
    /// The application, by number.
    pub application: i64,
    /// What happened.
    pub event_type: String,
    /// The bytes exactly as they came.
    pub payload: Bytes,
    /// The caller's own id of the event.
    pub event_id: Option<String>,
    /// The channels that it goes out on.
    pub channels: Vec<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Every endpoint that matched, by number, ascending.
    pub targets: Vec<i64>,
    /// Those of them that delivery has a place for in memory. The others, but for those in line, become owed in the same
    /// commit: one row each, or one fan-out cursor above
    /// [`tidings_domain::message::FAN_OUT_DIRECT_MAX`] targets.
    pub admitted: Vec<(Arc<Target>, Permit)>,
    /// Those of them that keep the order. They are owed in the same commit, each with the next place in
    /// its line, however many targets there are.
    pub in_line: Vec<i64>,
    /// Now.
    pub accepted_at: Millis,
    /// 48 bits of chance for the id.
    pub tail: i64,
    /// The caller's idempotency key.
    pub dedup: Option<Dedup>,
    /// Until when `event_id` is kept unique.
    pub event_id_until: Millis,
    /// The change of a record that it tells of, made in the same transaction.
    pub record: Option<Box<RecordWrite>>,
    /// What few messages ask for. One that is to be sent later has no places, neither in memory nor in a line:
    /// all of it is owed.
    pub options: Option<Box<MessageOptions>>,
}

impl NewMessage {
    /// When what is owed of it is due, and why it is owed.
    pub fn due(&self) -> (Millis, PendingReason) {
        let later = self.options.as_ref().and_then(|options| options.deliver_at);
        match later {
            Some(at) if at > self.accepted_at => (at, PendingReason::Later),
            _ => (self.accepted_at, PendingReason::Spilled),
        }
    }

    /// How many bytes it takes in memory, about.
    pub fn bytes(&self) -> usize {
        let options = self.options.as_ref();
        self.payload.len() + options.map_or(0, |options| options.bytes())
    }

    /// Why the cursor of its fan-out is owed.
    pub fn reason_of_fan_out(&self) -> PendingReason {
        if self.in_line.is_empty() {
            PendingReason::FanOut
        } else {
            PendingReason::Line
        }
    }
}

/// How the acceptance of a message ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accepted {
    /// It is on disk under this id.
    Done(MessageId),
    /// The idempotency key was used before with the same body, for this message.
    Replayed(Arc<Message>),
    /// The idempotency key was used before with another body.
    KeyReused,
    /// The application had a message with this event id within the last day.
    EventIdTaken(MessageId),
    /// The record has changed since the expected version. The idempotency key is not used up.
    RecordChanged,
}

/// How a caller names a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageReference {
    /// By id.
    Id(MessageId),
    /// By the event id that came with it; the latest one, if there are several.
    EventId(String),
}

/// A page of a list that a filter may make short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows, in order.
    pub rows: Vec<T>,
    /// The id of the last row read, behind which the next page starts; none at the end of the list.
    /// Set too when the page is short because it had read as many rows as one page may.
    pub next: Option<IdParts>,
}

/// How many rows one page of a filtered list reads at most: what takes 10 ms or so.
pub const SCAN_ROWS_MAX: usize = 4_000;

/// What a list of messages asks for.
#[derive(Debug, Clone)]
pub struct ListMessages {
    /// The application, by number.
    pub application: i64,
    /// Which way, by time.
    pub order: Order,
    /// Start behind this row's id, in the direction of `order`.
    pub after: Option<IdParts>,
    /// At most so many.
    pub limit: usize,
    /// At most so many are read to find them; never more than [`SCAN_ROWS_MAX`].
    pub read_max: usize,
    /// Only those on this channel.
    pub channel: Option<String>,
    /// Only those with this tag.
    pub tag: Option<String>,
    /// Only these types; empty means all.
    pub event_types: Vec<String>,
    /// Only those accepted at or after.
    pub from: Option<Millis>,
    /// Only those accepted before.
    pub to: Option<Millis>,
    /// Whether payloads are wanted.
    pub with_payload: bool,
}

/// Whose attempts a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptsOf {
    /// Of an endpoint.
    Endpoint {
        /// Its application, by number.
        application: i64,
        /// The endpoint, by number.
        endpoint: i64,
    },
    /// Of a message.
    Message(MessageKey),
}

/// What a list of attempts asks for.
#[derive(Debug, Clone)]
pub struct ListAttempts {
    /// Whose.
    pub of: AttemptsOf,
    /// Only those to this endpoint, by number.
    pub endpoint: Option<i64>,
    /// Which way, by time.
    pub order: Order,
    /// Start behind this row's id, in the direction of `order`.
    pub after: Option<IdParts>,
    /// At most so many.
    pub limit: usize,
    /// Only these outcomes; empty means all.
    pub outcomes: Vec<Outcome>,
    /// Only HTTP statuses from the first up to, but without, the second; (0, 100) for none at all.
    pub status_between: Option<(u16, u16)>,
    /// Only those of messages on this channel.
    pub channel: Option<String>,
    /// Only those of messages with this tag.
    pub tag: Option<String>,
    /// Only those of messages of these types; empty means all.
    pub event_types: Vec<String>,
    /// Only those begun at or after.
    pub from: Option<Millis>,
    /// Only those begun before.
    pub to: Option<Millis>,
    /// Whether the message itself is wanted beside the attempt.
    pub with_message: bool,
    /// Whether that is wanted with its payload.
    pub with_payload: bool,
}

impl ListAttempts {
    /// The first so many in this order, whatever became of them, without their messages.
    pub fn first(of: AttemptsOf, order: Order, limit: usize) -> Self {
        Self {
            of,
            endpoint: None,
            order,
            after: None,
            limit,
            outcomes: Vec::new(),
            status_between: None,
            channel: None,
            tag: None,
            event_types: Vec::new(),
            from: None,
            to: None,
            with_message: false,
            with_payload: false,
        }
    }
}

/// An attempt, and its message if that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptRow {
    /// The attempt.
    pub attempt: Attempt,
    /// Its message.
    pub message: Option<Message>,
}

/// Of which endpoints the newest attempts are looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRecent {
    /// Their application, by number.
    pub application: i64,
    /// The endpoints, by number.
    pub endpoints: Vec<i64>,
    /// How many attempts of each.
    pub limit: usize,
}

/// What became of the newest attempts to an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentOutcomes {
    /// How many of them have succeeded.
    pub success: u64,
    /// How many have failed, for the time being or for good. Those that were canceled are in neither.
    pub fail: u64,
    /// The newest of all, which says which endpoint it is.
    pub last: Attempt,
}

/// Of how many failures at most a count looks up whether the delivery went on: the newest of them.
pub const FAILURES_LOOKED_UP_MAX: u32 = 100_000;

/// Which attempts are counted: those to one endpoint that began in a span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountOutcomes {
    /// The application, by number.
    pub application: i64,
    /// The endpoint, by number.
    pub endpoint: i64,
    /// Those begun at or after.
    pub from: Millis,
    /// Those begun before.
    pub to: Millis,
}

/// How many attempts ended in which way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OutcomeCounts {
    /// Successful ones.
    pub success: u64,
    /// Those that were to be tried again.
    pub retry: u64,
    /// Those that were the last of their schedule.
    pub exhausted: u64,
    /// Notes that nothing was sent.
    pub canceled: u64,
    /// How many of `exhausted` did not end their delivery: it was tried again later, is owed again, or had
    /// arrived before. Looked up for [`FAILURES_LOOKED_UP_MAX`] at most.
    pub exhausted_and_not_the_end: u64,
    /// The same of `canceled`.
    pub canceled_and_not_the_end: u64,
    /// What the endpoint is owed, as far as it has been owed since the span began and before it ended.
    pub owed: u64,
}

/// What there is to know of one delivery of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryTrace {
    /// The endpoint, by number.
    pub endpoint: i64,
    /// What its state follows from; `is_held` and `is_endpoint_off` are for the caller to fill in.
    pub facts: DeliveryFacts,
}

/// A message that was tried at an endpoint, as a row of that endpoint's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptedMessage {
    /// The message.
    pub message: Message,
    /// The latest attempt, which gives the row its place.
    pub latest: AttemptId,
    /// What the state of the delivery follows from; see [`DeliveryTrace::facts`].
    pub facts: DeliveryFacts,
}

/// How a delivery came into a worker's hands, and so what its settlement has to clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// Handed over when the message was accepted; no row but the message's own speaks of it.
    Handed,
    /// Taken from this version of its `pending` row.
    Pending {
        /// The version that was taken.
        version: u32,
    },
}

/// What follows an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nothing: delivered, exhausted or canceled.
    Done,
    /// Another attempt.
    At {
        /// When.
        due_at: Millis,
        /// Why.
        reason: PendingReason,
    },
}

/// How an attempt ended, on its way to disk.
pub struct Settlement {
    /// The message.
    pub message: Arc<Message>,
    /// The endpoint.
    pub endpoint: EndpointId,
    /// 1 for the first attempt.
    pub number: u16,
    /// What set it off.
    pub trigger: Trigger,
    /// How it ended.
    pub outcome: Outcome,
    /// When the request began.
    pub started_at: Millis,
    /// 48 bits of chance for the attempt's id.
    pub tail: i64,
    /// What was sent and what came back.
    pub exchange: Exchange,
    /// How the delivery was held.
    pub hold: Hold,
    /// The journal that was open when the delivery was taken from its row; 0 for any. If another one is
    /// open by now, the outcome is late. (What was handed over names its journal in its id.)
    pub journal: u16,
    /// What follows.
    pub next: Next,
    /// The endpoint's health after this attempt, if it has changed.
    pub state: Option<EndpointState>,
    /// What operational webhooks tell of it; nothing, next to always.
    pub told: Option<Box<Told>>,
    /// The place in memory, given back once this is on disk.
    pub permit: Option<Permit>,
}

/// How much an endpoint is owed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OwedCount {
    /// How many deliveries, as far as was counted.
    pub count: u64,
    /// Since when the one is owed that is owed longest, of those that were counted.
    pub since: Option<Millis>,
}

/// A settlement that is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// The attempt's id.
    pub attempt: AttemptId,
    /// The message.
    pub message: MessageId,
    /// The application, by number.
    pub application: i64,
    /// The event type.
    pub event_type: Arc<str>,
    /// The endpoint.
    pub endpoint: EndpointId,
    /// 1 for the first attempt.
    pub number: u16,
    /// What set it off.
    pub trigger: Trigger,
    /// How it ended.
    pub outcome: Outcome,
    /// The HTTP status, if there was one.
    pub status: Option<u16>,
    /// Why it failed.
    pub error: Option<AttemptError>,
    /// When the request began.
    pub started_at: Millis,
    /// How long it took, in microseconds.
    pub duration_us: u32,
    /// When the next attempt is due.
    pub next_at: Option<Millis>,
}

/// A delivery that is only in memory and must be written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owed {
    /// The message.
    pub message: MessageKey,
    /// The endpoint, by number.
    pub endpoint: i64,
    /// When it is due.
    pub due_at: Millis,
    /// Why it is written down.
    pub reason: PendingReason,
    /// How it was held so far. What was taken from a row is only given back: its row stands.
    pub hold: Hold,
}

/// What is owed to an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Due {
    /// What is due by now, oldest first.
    pub rows: Vec<Pending>,
    /// When the first that is not yet due will be.
    pub next_at: Option<Millis>,
}

/// A request to send a message to an endpoint once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resend {
    /// The message.
    pub message: MessageKey,
    /// The endpoint, by number.
    pub endpoint: i64,
    /// Now.
    pub now: Millis,
}

/// How a request to resend ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resent {
    /// It is owed, now.
    Done,
    /// The idempotency key was used before with the same body.
    Replayed,
    /// The idempotency key was used before with another body.
    KeyReused,
    /// The message is gone.
    Missing,
}

/// How far the removal of old messages has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// There is no more to remove, or it has to wait.
    Done,
    /// There may be more.
    More,
}

/// What opening a journal found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Opened {
    /// The number of the journal that is open now.
    pub journal: u16,
    /// How many journals of dead nodes were taken over.
    pub taken_over: usize,
    /// How many deliveries were found in nobody's hands and are owed now.
    pub recovered: usize,
}

/// How much room the disk has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// Enough.
    Enough,
    /// Too little to accept messages; outcomes can still be written.
    Low,
    /// Too little to start an attempt whose outcome may not fit.
    None,
}
