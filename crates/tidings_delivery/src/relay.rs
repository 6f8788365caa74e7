//! Operational events on their way: each becomes a message to the operational endpoints of its environment.
//!
//! An event is written in the transaction that it tells of. The owner of its slot makes a message of it
//! and then forgets it. A crash in between makes it be looked at again; the message has the event's id as
//! its event id, which the store takes once.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tidings_domain::clock::Millis;
use tidings_domain::operational::OperationalEvent;
use tidings_store::{NewMessage, StoreError, faults};
use tokio_util::sync::CancellationToken;

use crate::shared::Shared;

/// Events that other nodes have written for a slot of this one are noticed this often.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How many events are read at once.
const EVENTS_AT_ONCE: usize = 200;
/// How long an event id cannot be taken a second time: longer than an event waits for its node.
const EVENT_ID_TAKEN_FOR_MS: Millis = 90 * 24 * 60 * 60 * 1000;

/// Runs until told to stop.
pub(crate) async fn run(shared: Arc<Shared>, stop: CancellationToken) {
    loop {
        match relay(&shared).await {
            Ok(count) if count == EVENTS_AT_ONCE && !stop.is_cancelled() => continue,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!("Operational events wait, they will be tried again: {error}");
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = shared.told.notified() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

/// Makes messages of what is there. Gives how many events were read.
async fn relay(shared: &Shared) -> Result<usize, StoreError> {
    let events = shared.store.operational_events(EVENTS_AT_ONCE).await?;
    let count = events.len();
    let mut done = Vec::with_capacity(count);
    let mut result = Ok(count);
    for event in events {
        faults::pass(faults::BEFORE_RELAY);
        if let Err(error) = send(shared, &event).await {
            result = Err(error);
            break;
        }
        done.push((event.application, event.id));
    }
    if !done.is_empty() {
        faults::pass(faults::BEFORE_FORGETTING);
        shared.store.forget_operational_events(done).await?;
    }
    result
}

/// Accepts the message of an event, unless nobody wants it any more. All its deliveries are owed, so none needs
/// a place in memory.
async fn send(shared: &Shared, event: &OperationalEvent) -> Result<(), StoreError> {
    let Some(view) = shared.directory.operational(event.environment).await? else {
        return Ok(());
    };
    let event_type = event.event_type.as_str();
    let matching = view.matching(event_type, &[], event.payload.as_bytes());
    let targets: Vec<i64> = matching.map(|target| target.ordinal()).collect();
    if targets.is_empty() {
        return Ok(());
    }
    let accepted_at = shared.clock.now_ms();
    let accepted = shared.store.accept(NewMessage {
        application: view.ordinal(),
        targets,
        event_type: event_type.to_owned(),
        payload: Bytes::from(event.payload.clone()),
        event_id: Some(event.id.clone()),
        channels: Vec::new(),
        tags: Vec::new(),
        admitted: Vec::new(),
        in_line: Vec::new(),
        accepted_at,
        tail: shared.entropy.id_tail(),
        dedup: None,
        event_id_until: accepted_at + EVENT_ID_TAKEN_FOR_MS,
        record: None,
        options: None,
    });
    // Whether it was taken now or before a crash: it is a message.
    accepted.await.map(drop)
}
