//! [`Messages`]: put into the writer's queue, or passed on to the files that read them.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tidings_domain::clock::Millis;
use tidings_domain::ids::AttemptId;
use tidings_domain::message::{FAN_OUT_DIRECT_MAX, Message, MessageKey, pack_targets};
use tidings_domain::slot;
use tidings_store::commit::Acceptance;
use tidings_store::{
    Accepted, AttemptRow, AttemptedMessage, CountOutcomes, Dedup, DeliveryTrace, ListAttempts,
    ListMessages, ListRecent, MessageReference, Messages, NewMessage, OutcomeCounts, Page,
    RecentOutcomes, StoreError, StoreFuture,
};
use tokio::sync::oneshot;

use super::passing::{read, write_audited_in};
use crate::writer::Operation;
use crate::{PostgresStore, expunge, lists, records};

/// Beyond so many messages or bytes in the writer's queue, callers are turned away.
const QUEUED_MESSAGES_MAX: usize = 8_192;
const QUEUED_BYTES_MAX: usize = 64 << 20;
/// How long a caller waits for its message to be written.
const ANSWER_FOR_MAX: Duration = Duration::from_secs(10);

impl Messages for PostgresStore {
    fn accept(&self, new: NewMessage) -> StoreFuture<'_, Accepted> {
        self.enqueue(new)
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

    fn attempted_messages(&self, list: ListAttempts) -> StoreFuture<'_, Page<AttemptedMessage>> {
        read!(self, |reader| lists::attempted_messages(&reader, &list))
    }

    fn attempt(&self, application: i64, id: AttemptId) -> StoreFuture<'_, Option<AttemptRow>> {
        read!(self, |reader| lists::attempt(&reader, application, id))
    }

    fn recent_outcomes(&self, list: ListRecent) -> StoreFuture<'_, Vec<RecentOutcomes>> {
        read!(self, |reader| lists::recent_outcomes(&reader, &list))
    }

    fn recent_failures(&self, list: ListRecent, since: Millis) -> StoreFuture<'_, Vec<AttemptRow>> {
        read!(self, |reader| lists::recent_failures(&reader, &list, since))
    }

    fn outcome_counts(&self, count: CountOutcomes) -> StoreFuture<'_, OutcomeCounts> {
        read!(self, |reader| lists::outcome_counts(&reader, &count))
    }

    fn expunge_message(&self, key: MessageKey, now: Millis) -> StoreFuture<'_, bool> {
        let slot = slot::of(key.application);
        write_audited_in!(self, slot, |scope| expunge::message(scope, key, now))
    }

    fn expunge_attempt(&self, message: MessageKey, id: AttemptId) -> StoreFuture<'_, bool> {
        let slot = slot::of(message.application);
        write_audited_in!(self, slot, |scope| expunge::attempt(scope, message, id))
    }

    fn delivery_facts(&self, message: MessageKey) -> StoreFuture<'_, Vec<DeliveryTrace>> {
        read!(self, |reader| lists::delivery_facts(&reader, message))
    }
}

impl PostgresStore {
    /// Puts a message into the writer's queue; turned away if that is too long.
    fn enqueue(&self, mut new: NewMessage) -> StoreFuture<'static, Accepted> {
        let group = self.groups.of(slot::of(new.application));
        let queued = &group.gauge;
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
        let sent = group.send(Operation::Accept(acceptance));
        Box::pin(async move {
            sent?;
            match tokio::time::timeout(ANSWER_FOR_MAX, answer).await {
                Ok(Ok(accepted)) => accepted,
                Ok(Err(_)) => Err(StoreError::Unavailable("the store has been closed".into())),
                // It may be written yet: as with every 503, a key tells a repeated request apart.
                Err(_) => Err(StoreError::Unavailable(
                    "the database has not answered for 10 s".into(),
                )),
            }
        })
    }
}
