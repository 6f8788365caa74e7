//! The part of [`Store`](crate::Store) about messages.

use tidings_domain::clock::Millis;
use tidings_domain::ids::AttemptId;
use tidings_domain::message::{Message, MessageKey};

use crate::{
    Accepted, AttemptRow, AttemptedMessage, CountOutcomes, Dedup, DeliveryTrace, ListAttempts,
    ListMessages, ListRecent, MessageReference, NewMessage, OutcomeCounts, Page, RecentOutcomes,
    StoreFuture,
};

/// The steps that accept messages, find them, and list them and their attempts.
pub trait Messages {
    /// Writes a message down, with what is owed of it; joins the group commit.
    ///
    /// What was admitted goes to the [`Handover`](crate::Handover) after the commit and before this returns, whether
    /// or not the caller still waits.
    fn accept(&self, new: NewMessage) -> StoreFuture<'_, Accepted>;
    /// What idempotency keys of messages of an application stand for already, in their order: a replay,
    /// a reuse, or nothing.
    fn earlier_messages(
        &self,
        application: i64,
        keys: Vec<Dedup>,
        now: Millis,
    ) -> StoreFuture<'_, Vec<Option<Accepted>>>;
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
    /// One page of the messages that were tried at an endpoint, each once, by its latest attempt. `list` is of that
    /// endpoint.
    fn attempted_messages(&self, list: ListAttempts) -> StoreFuture<'_, Page<AttemptedMessage>>;
    /// One attempt of an application, with its message.
    fn attempt(&self, application: i64, id: AttemptId) -> StoreFuture<'_, Option<AttemptRow>>;
    /// What became of the newest attempts to each of some endpoints, in any order. One to which nothing was ever tried
    /// is not among them.
    fn recent_outcomes(&self, list: ListRecent) -> StoreFuture<'_, Vec<RecentOutcomes>>;
    /// The newest attempts to each of some endpoints that did not succeed, with their messages but without payloads, as
    /// far as they were begun at or after `since`; in any order.
    fn recent_failures(&self, list: ListRecent, since: Millis) -> StoreFuture<'_, Vec<AttemptRow>>;
    /// How many attempts to an endpoint ended in which way, and what it is owed.
    fn outcome_counts(&self, count: CountOutcomes) -> StoreFuture<'_, OutcomeCounts>;
    /// Takes the payload of a message away, and cancels what is owed of it. What is in a node's memory at that
    /// moment is sent still. False if there is no such message; true too if it was gone before.
    fn expunge_message(&self, key: MessageKey, now: Millis) -> StoreFuture<'_, bool>;

    /// Takes away what an endpoint has answered. False if there is no such attempt of the message.
    fn expunge_attempt(&self, message: MessageKey, id: AttemptId) -> StoreFuture<'_, bool>;

    /// What the states of a message's deliveries are derived from, by endpoint number.
    fn delivery_facts(&self, message: MessageKey) -> StoreFuture<'_, Vec<DeliveryTrace>>;
}
