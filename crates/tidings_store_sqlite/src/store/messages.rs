//! [`Messages`], passed on to the files that do it.

use std::sync::atomic::Ordering;

use tidings_domain::clock::Millis;
use tidings_domain::ids::AttemptId;
use tidings_domain::message::{FAN_OUT_DIRECT_MAX, Message, MessageKey, pack_targets};
use tidings_store::commit::Acceptance;
use tidings_store::{
    Accepted, AttemptRow, AttemptedMessage, CountOutcomes, Dedup, DeliveryTrace, ListAttempts,
    ListMessages, ListRecent, MessageReference, Messages, NewMessage, OutcomeCounts, Page,
    RecentOutcomes, StoreError, StoreFuture,
};
use tokio::sync::oneshot;

use crate::writer::{self, Operation};
use crate::{SqliteStore, expunge, lists, records};

/// Beyond so many messages or bytes in the writer's queue, callers are turned away.
const QUEUED_MESSAGES_MAX: usize = 8_192;
const QUEUED_BYTES_MAX: usize = 64 << 20;

impl Messages for SqliteStore {
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
        queued.add(new.bytes());
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

    fn earlier_messages(
        &self,
        _: i64,
        keys: Vec<Dedup>,
        now: Millis,
    ) -> StoreFuture<'_, Vec<Option<Accepted>>> {
        self.readers
            .read(move |connection| records::earlier(connection, &keys, now))
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

    fn attempted_messages(&self, list: ListAttempts) -> StoreFuture<'_, Page<AttemptedMessage>> {
        self.readers
            .read(move |connection| lists::attempted_messages(connection, &list))
    }

    fn attempt(&self, application: i64, id: AttemptId) -> StoreFuture<'_, Option<AttemptRow>> {
        self.readers
            .read(move |connection| lists::attempt(connection, application, id))
    }

    fn recent_outcomes(&self, list: ListRecent) -> StoreFuture<'_, Vec<RecentOutcomes>> {
        self.readers
            .read(move |connection| lists::recent_outcomes(connection, &list))
    }

    fn recent_failures(&self, list: ListRecent, since: Millis) -> StoreFuture<'_, Vec<AttemptRow>> {
        self.readers
            .read(move |connection| lists::recent_failures(connection, &list, since))
    }

    fn outcome_counts(&self, count: CountOutcomes) -> StoreFuture<'_, OutcomeCounts> {
        self.readers
            .read(move |connection| lists::outcome_counts(connection, &count))
    }

    fn expunge_message(&self, key: MessageKey, now: Millis) -> StoreFuture<'_, bool> {
        self.write_audited(move |scope| expunge::message(scope, key, now))
    }

    fn expunge_attempt(&self, message: MessageKey, id: AttemptId) -> StoreFuture<'_, bool> {
        self.write_audited(move |scope| expunge::attempt(scope, message, id))
    }

    fn delivery_facts(&self, message: MessageKey) -> StoreFuture<'_, Vec<DeliveryTrace>> {
        self.readers
            .read(move |connection| lists::delivery_facts(connection, message.id.seq()))
    }
}
