//! Tests and presses: one request for somebody who waits for the answer.
//!
//! It passes by the lanes, since it is to show how the endpoint answers now, and is not a delivery
//! that anybody is owed. So its message has no targets, a crash brings nothing back, and it teaches
//! neither the lane nor the endpoint's health anything.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tidings_domain::body_format::Event;
use tidings_domain::delivery::{Outcome, Trigger};
use tidings_domain::message::Message;
use tidings_store::target::Target;
use tidings_store::{Hold, Next, Permit, Place, Room, Settlement, StoreError};

use crate::shared::Shared;
use crate::worker;

/// Tests and presses at once on one node; people wait for each of them.
const TESTS_MAX: usize = 64;

/// Counts tests that are under way.
#[derive(Default)]
pub(crate) struct TestPlaces(AtomicUsize);

impl Place for TestPlaces {
    fn release(&self, _: usize) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

pub(crate) fn try_place(shared: &Shared) -> Option<Permit> {
    if shared.is_draining() || shared.store.room() == Room::None {
        return None;
    }
    let taken = |count: usize| (count < TESTS_MAX).then_some(count + 1);
    let places = &shared.test_places;
    places
        .0
        .try_update(Ordering::Relaxed, Ordering::Relaxed, taken)
        .ok()?;
    Some(Permit::new(places.clone(), 0))
}

/// Makes the request and writes its outcome; returns when that is on disk.
pub(crate) async fn send(
    shared: Arc<Shared>,
    message: Arc<Message>,
    target: Arc<Target>,
    trigger: Trigger,
    permit: Permit,
) -> Result<(), StoreError> {
    let started_at = shared.clock.now_ms();
    let id = message.id.to_string();
    let event = Event::of(&message, &id, target.application);
    let exchange = if target.endpoint.has_batches() {
        worker::request(&shared, &target, &[&message], started_at).await
    } else {
        shared.sender.send(&target, &event, started_at).await
    };
    let outcome = match exchange.error {
        None => Outcome::Success,
        Some(_) => Outcome::Exhausted,
    };
    shared.store.settle(Settlement {
        message,
        endpoint: target.endpoint.id,
        number: 1,
        trigger,
        outcome,
        started_at,
        tail: shared.entropy.id_tail(),
        exchange,
        hold: Hold::Handed,
        journal: 0,
        next: Next::Done,
        state: None,
        told: None,
        permit: Some(permit),
    });
    shared.store.flush().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_comes_back_with_its_permit() {
        let places = Arc::new(TestPlaces::default());
        places.0.store(1, Ordering::Relaxed);
        drop(Permit::new(places.clone(), 0));
        assert_eq!(places.0.load(Ordering::Relaxed), 0);
    }
}
