//! Batches: several deliveries in one request, for an endpoint that keeps the order and wants them so.

use std::sync::Arc;

use tidings_domain::body_format::{self, Event};
use tidings_domain::clock::Millis;
use tidings_domain::delivery::{Exchange, Pending};
use tidings_domain::message::Message;
use tidings_store::target::Target;
use tidings_store::{Hold, Permit, StoreError, faults};

use super::{Job, conclude};
use crate::lane::Lane;
use crate::shared::Shared;

/// A batch ends with the message that makes it so large.
const BATCH_BYTES_MAX: usize = 4 << 20;
/// The event type of a batch whose events are of several types.
const MIXED: &str = "batch";

/// Sends a delivery with those behind it that are there and fit; what comes back holds for all of them.
pub(super) async fn send(
    shared: &Arc<Shared>,
    lane: &Arc<Lane>,
    (job, behind): (Job, Vec<(Pending, Permit)>),
    target: &Arc<Target>,
    started_at: Millis,
) {
    let along = match read_along(shared, &job, behind).await {
        Ok(along) => along,
        Err(error) => {
            // Their rows still stand.
            tracing::warn!("A batch could not be read, it will be tried again: {error}");
            let again_at = shared.clock.now_ms() + 1_000;
            shared.due.note(lane.creditor, again_at);
            lane.forget_under_way(job.message.key());
            return;
        }
    };
    faults::pass(faults::WHILE_SENDING);
    let messages = || std::iter::once(&job).chain(&along).map(|job| &*job.message);
    let messages: Vec<&Message> = messages().collect();
    let exchange = request(shared, target, &messages, started_at).await;
    faults::pass(faults::BEFORE_SETTLE);
    conclude(shared, lane, (job, along), target, (exchange, started_at)).await;
}

/// Makes one request of messages, in their order.
pub(crate) async fn request(
    shared: &Shared,
    target: &Target,
    messages: &[&Message],
    started_at: Millis,
) -> Exchange {
    let ids: Vec<String> = messages.iter().map(|one| one.id.to_string()).collect();
    let events = messages.iter().zip(&ids);
    let events = events.map(|(message, id)| Event::of(message, id, target.application));
    let body = body_format::list(events);
    let types = || messages.iter().map(|message| &message.event_type);
    let first_type = types()
        .next()
        .filter(|first| types().all(|one| one == *first));
    let event = Event {
        id: &id_of(&ids),
        event_type: first_type.map_or(MIXED, |first| first),
        accepted_at: started_at,
        application: target.application,
        payload: &body,
        options: None,
    };
    shared.sender.send(target, &event, started_at).await
}

/// The id of a batch: the same each time that the same messages are tried again, and no other's. It has no
/// dots, which are between the parts of what is signed.
fn id_of(ids: &[String]) -> String {
    match ids {
        [first, .., last] => format!("{first}-{last}-{}", ids.len()),
        [only] => only.clone(),
        [] => String::new(),
    }
}

/// Reads those that go along, until the batch is large enough. The others are let go of.
async fn read_along(
    shared: &Shared,
    first: &Job,
    behind: Vec<(Pending, Permit)>,
) -> Result<Vec<Job>, StoreError> {
    let mut bytes = first.message.payload.len();
    let mut along = Vec::with_capacity(behind.len());
    for (row, permit) in behind {
        if bytes >= BATCH_BYTES_MAX {
            break;
        }
        let Some(message) = shared.store.message_by_key(row.message).await? else {
            break; // it is told once it is the first
        };
        if message.is_expunged() {
            break; // and so is this one
        }
        bytes += message.payload.len();
        along.push(Job {
            message: Arc::new(message),
            hold: Hold::Pending {
                version: row.version,
            },
            number: row.attempts_count.saturating_add(1),
            trigger: row.trigger,
            recoveries_count: row.recoveries_count,
            journal: first.journal,
            permit,
        });
    }
    Ok(along)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_a_batch_says_what_is_in_it() {
        let ids = |ids: &[&str]| id_of(&ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>());
        assert_eq!(ids(&["msg_1"]), "msg_1");
        assert_eq!(ids(&["msg_1", "msg_2", "msg_3"]), "msg_1-msg_3-3");
    }
}
