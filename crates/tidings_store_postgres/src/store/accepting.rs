//! Messages on their way to the writer.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tidings_domain::message::{FAN_OUT_DIRECT_MAX, pack_targets};
use tidings_domain::slot;
use tidings_store::commit::Acceptance;
use tidings_store::{Accepted, NewMessage, StoreError, StoreFuture};
use tokio::sync::oneshot;

use crate::PostgresStore;
use crate::writer::Operation;

/// Beyond so many messages or bytes in the writer's queue, callers are turned away.
const QUEUED_MESSAGES_MAX: usize = 8_192;
const QUEUED_BYTES_MAX: usize = 64 << 20;
/// How long a caller waits for its message to be written.
const ANSWER_FOR_MAX: Duration = Duration::from_secs(10);

impl PostgresStore {
    /// Puts a message into the writer's queue; turned away if that is too long.
    pub(super) fn enqueue(&self, mut new: NewMessage) -> StoreFuture<'static, Accepted> {
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
        queued.add(new.payload.len());
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
