//! What is kept for so long and no longer.

use std::sync::Arc;

use tidings_domain::clock::Millis;
use tidings_domain::message::Message;

use super::Harness;
use super::world::{DAY, NOW, World, list_attempts};
use crate::target::Target;
use crate::{AttemptsOf, NewMessage, Removal, Resend, Resent};

/// Whole days are enough for every store to tell what is old.
const LATER: Millis = NOW + 3 * DAY;
const BEFORE: Millis = NOW + 2 * DAY;

/// Removes what there is to remove, a few rows at a time.
async fn remove(world: &World<'_>, before: Millis) {
    // What has just been settled is known to be so with the next commit.
    world.flush().await;
    for _ in 0..1_000 {
        let removed = world.store().remove_before(before, 3).await;
        if removed.expect("a write") == Removal::Done {
            return;
        }
    }
    panic!("it does not come to an end");
}

async fn accept_at(world: &World<'_>, endpoint: &Arc<Target>, at: Millis) -> Arc<Message> {
    let new = NewMessage {
        accepted_at: at,
        ..world.handed_to(&[endpoint])
    };
    world.accept(new).await
}

/// Accepts a message and delivers it.
async fn delivered_at(world: &World<'_>, endpoint: &Arc<Target>, at: Millis) -> Arc<Message> {
    let message = accept_at(world, endpoint, at).await;
    let mut success = world.success(&message, endpoint);
    success.started_at = at;
    world.settle(success).await;
    message
}

async fn is_there(world: &World<'_>, message: &Message) -> bool {
    let found = world.store().message_by_key(message.key()).await;
    found.expect("a read").is_some()
}

pub(super) async fn old_messages_go_with_their_attempts_and_the_others_stay(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let mut old = Vec::new();
    for number in 0..5 {
        old.push(delivered_at(&world, &endpoint, NOW + number).await);
    }
    let new = delivered_at(&world, &endpoint, LATER).await;
    remove(&world, BEFORE).await;
    for message in &old {
        assert!(!is_there(&world, message).await);
        assert!(world.attempts(message).await.is_empty());
        let facts = world.facts(message, endpoint.ordinal()).await;
        assert!(facts.is_none(), "{facts:?}");
    }
    assert!(is_there(&world, &new).await);
    let attempts = list_attempts(world.of_endpoint(&endpoint));
    let attempts = world.store().attempts(attempts).await.expect("a read");
    assert_eq!(attempts.rows.len(), 1);
    assert_eq!(world.attempts(&new).await.len(), 1);
}

pub(super) async fn what_is_owed_or_in_memory_is_kept_however_old_it_is(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let in_memory = accept_at(&world, &endpoint, NOW).await;
    remove(&world, BEFORE).await;
    assert!(is_there(&world, &in_memory).await);

    let failed = world.retry(&in_memory, &endpoint, LATER);
    world.settle(failed).await;
    remove(&world, BEFORE).await;
    assert!(is_there(&world, &in_memory).await);
    assert_eq!(world.attempts(&in_memory).await.len(), 1);
    let owed = world.owed(endpoint.ordinal()).await;
    assert_eq!(owed.len(), 1);

    let mut success = world.success(&in_memory, &endpoint);
    success.number = 2;
    success.hold = super::world::hold(&owed[0]);
    world.settle(success).await;
    delivered_at(&world, &endpoint, LATER).await;
    remove(&world, BEFORE).await;
    assert!(!is_there(&world, &in_memory).await);
    assert!(world.attempts(&in_memory).await.is_empty());
}

pub(super) async fn a_resend_of_a_message_that_is_gone_is_refused(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let old = delivered_at(&world, &endpoint, NOW).await;
    delivered_at(&world, &endpoint, LATER).await;
    remove(&world, BEFORE).await;
    let resend = Resend {
        message: old.key(),
        endpoint: endpoint.ordinal(),
        now: LATER,
    };
    let answer = world.store().resend(resend, None).await;
    assert_eq!(answer, Ok(Resent::Missing));
    assert!(world.all_owed().await.is_empty());
}

pub(super) async fn the_numbers_of_messages_that_are_gone_are_not_given_again(
    harness: &dyn Harness,
) {
    let mut world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let old = delivered_at(&world, &endpoint, NOW).await;
    let attempt = world.attempts(&old).await[0].attempt.id.seq();
    remove(&world, BEFORE).await;
    assert!(!is_there(&world, &old).await);
    world.crash_and_recover().await;
    let new = delivered_at(&world, &endpoint, LATER).await;
    assert!(new.id.seq() > old.id.seq());
    assert!(world.attempts(&new).await[0].attempt.id.seq() > attempt);
}

pub(super) async fn what_is_kept_for_ever_stays(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let old = delivered_at(&world, &endpoint, NOW).await;
    // Nothing is older than this.
    remove(&world, NOW).await;
    assert!(is_there(&world, &old).await);
    assert_eq!(world.attempts(&old).await.len(), 1);
    let of = AttemptsOf::Message(old.key());
    let listed = world.store().attempts(list_attempts(of)).await;
    assert_eq!(listed.expect("a read").rows.len(), 1);
}
