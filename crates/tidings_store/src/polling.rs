//! Parameters and answers of the steps of polling endpoints, whose messages are read and not sent.

use tidings_domain::clock::Millis;
use tidings_domain::endpoint::Endpoint;
use tidings_domain::ids::IdParts;
use tidings_domain::message::Message;

/// Most consumers of one polling endpoint.
pub const CONSUMERS_MAX: i64 = 100;

/// The place in front of all messages that were accepted then or later.
pub fn place_at(at: Millis) -> IdParts {
    IdParts {
        at_ms: at,
        journal: 0,
        seq: 0,
        tail: 0,
    }
}

/// What is read of an application's messages, in the order in which they became certain.
#[derive(Debug, Clone)]
pub struct PollMessages {
    /// For whom: its event types and channels count, and no filter.
    pub endpoint: Endpoint,
    /// Start behind this place.
    pub after: IdParts,
    /// At most so many.
    pub limit: usize,
    /// Only this type.
    pub event_type: Option<String>,
    /// Only those on this channel.
    pub channel: Option<String>,
}

impl PollMessages {
    /// Whether a message is asked for.
    pub fn wants(&self, message: &Message) -> bool {
        let is_wanted = self.event_type.as_ref();
        let is_wanted = is_wanted.is_none_or(|wanted| *wanted == message.event_type)
            && self
                .channel
                .as_ref()
                .is_none_or(|wanted| message.channels.contains(wanted));
        is_wanted
            && !message.is_aside()
            && self.endpoint.wants(&message.event_type, &message.channels)
    }
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Polled {
    /// The messages, in order.
    pub rows: Vec<Message>,
    /// Up to where was read; the next page starts behind it.
    pub place: IdParts,
    /// Whether nothing more is certain at the moment. A page that has read as many rows as one page may is not at
    /// its end.
    pub is_done: bool,
}

/// A reader of a polling endpoint that remembers its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsumerKey {
    /// The application, by number.
    pub application: i64,
    /// The polling endpoint, by number.
    pub endpoint: i64,
    /// What its reader calls it.
    pub name: String,
}

/// A consumer's new place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoveConsumer {
    /// Whose.
    pub consumer: ConsumerKey,
    /// Behind which everything is still to be read.
    pub to: IdParts,
    /// Whether it may go back, too.
    pub may_go_back: bool,
    /// Now.
    pub now: Millis,
}

/// Where a consumer is after it was moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    /// Here: where it was told to go, or further on, where it was before.
    To(IdParts),
    /// Nowhere: the polling endpoint has [`CONSUMERS_MAX`] of them already.
    TooMany,
}
