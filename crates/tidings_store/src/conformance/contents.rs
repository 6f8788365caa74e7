//! Messages for later, payloads that go before their messages, and answers that were expunged.

use bytes::Bytes;
use tidings_domain::clock::Millis;
use tidings_domain::delivery::{AttemptError, DeliveryState, Outcome, PendingReason};
use tidings_domain::ids::AttemptId;
use tidings_domain::message::{EXPUNGED, Message, MessageKey, MessageOptions};

use super::Harness;
use super::world::{DAY, NOW, World, hold, list_attempts};
use crate::{AttemptsOf, NewMessage, Settlement};

const LATER: Millis = NOW + 3 * DAY;

fn with(new: NewMessage, options: MessageOptions) -> NewMessage {
    NewMessage {
        options: options.boxed(),
        ..new
    }
}

fn later() -> MessageOptions {
    MessageOptions {
        deliver_at: Some(LATER),
        ..MessageOptions::default()
    }
}

fn until(until: Millis) -> MessageOptions {
    MessageOptions {
        payload_until: Some(until),
        ..MessageOptions::default()
    }
}

async fn expunge(world: &World<'_>, key: MessageKey, now: Millis) -> bool {
    let expunged = world.store().expunge_message(key, now).await;
    expunged.expect("a write")
}

async fn expire(world: &World<'_>, now: Millis, limit: usize) -> usize {
    let expired = world.store().expire_payloads(now, limit).await;
    expired.expect("a write")
}

/// How the attempts of a message ended, and why.
async fn outcomes(world: &World<'_>, message: &Message) -> Vec<(Outcome, Option<AttemptError>)> {
    let attempts = world.attempts(message).await;
    let attempts = attempts.into_iter().map(|row| row.attempt);
    attempts
        .map(|attempt| (attempt.outcome, attempt.exchange.error))
        .collect()
}

pub(super) async fn what_is_to_be_sent_later_is_owed_then_and_not_before(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(with(world.to(&[&endpoint]), later())).await;
    let creditor = world.creditor(endpoint.ordinal());
    assert_eq!(world.recorder.owed(), [(endpoint.ordinal(), LATER)]);
    assert!(world.recorder.handed().is_empty());
    let due = world.store().due(creditor, LATER - 1, 10).await;
    let due = due.expect("a read");
    assert_eq!((due.rows.len(), due.next_at), (0, Some(LATER)));
    let due = world.store().due(creditor, LATER, 10).await;
    let row = due.expect("a read").rows.remove(0);
    assert_eq!((row.message, row.due_at), (message.key(), LATER));
    assert_eq!((row.reason, row.attempts_count), (PendingReason::Later, 0));
    let facts = world.facts(&message, endpoint.ordinal()).await;
    let facts = facts.expect("a target");
    assert_eq!(
        (facts.state(), facts.due_at),
        (DeliveryState::Pending, Some(LATER))
    );
}

pub(super) async fn a_wide_fan_out_for_later_is_expanded_then(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let wide = world.to_numbers((1..=600).collect());
    let message = world.accept(with(wide, later())).await;
    let cursor = world.owed(0).await.remove(0);
    assert_eq!((cursor.message, cursor.due_at), (message.key(), LATER));
    assert_eq!(world.recorder.owed(), [(0, LATER)]);
    let facts = world.facts(&message, 600).await.expect("a target");
    assert_eq!(facts.due_at, Some(LATER));
}

pub(super) async fn a_crash_brings_back_nothing_early_that_is_to_be_sent_later(
    harness: &dyn Harness,
) {
    let mut world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(with(world.to(&[&endpoint]), later())).await;
    let opened = world.crash_and_recover().await;
    assert_eq!((opened.taken_over, opened.recovered), (1, 0));
    let row = world.owed(endpoint.ordinal()).await.remove(0);
    assert_eq!((row.message, row.due_at), (message.key(), LATER));
    assert_eq!(
        row.recoveries_count, 0,
        "it was not due, so nobody died of it"
    );
}

pub(super) async fn the_options_of_a_message_are_kept_exactly(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let options = MessageOptions {
        deliver_at: Some(LATER),
        payload_until: Some(NOW + 5 * DAY),
        raw_payload: Some(Bytes::from_static(
            "<a>\u{0}\u{1A}0 \u{1F989}</a>".as_bytes(),
        )),
        headers: vec![
            ("content-type".into(), "text/xml".into()),
            ("x-\u{e9}".into(), "\u{1A}\u{1A}".into()),
        ],
        is_aside: true,
    };
    let plain = world.accept(world.to_numbers(Vec::new())).await;
    let asking = with(world.to_numbers(Vec::new()), options.clone());
    let message = world.accept(asking).await;
    assert_eq!(message.options.as_deref(), Some(&options));
    assert_eq!(plain.options, None);
    let again = world.message(message.id).await;
    assert_eq!(again.options.as_deref(), Some(&options));
}

pub(super) async fn an_expunged_payload_is_gone_and_what_is_owed_of_it_is_canceled(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let targets = world.endpoints(2).await;
    let options = MessageOptions {
        raw_payload: Some(Bytes::from_static(b"secret")),
        headers: vec![("x-secret".into(), "1".into())],
        ..later()
    };
    let other = world.accept(world.to(&[&targets[0]])).await;
    let new = world.to(&[&targets[0], &targets[1]]);
    let message = world.accept(with(new, options)).await;
    let key = message.key();
    assert!(expunge(&world, key, NOW + 7).await);
    let gone = world.message(message.id).await;
    assert!(gone.is_expunged());
    assert_eq!(gone.options, later().boxed(), "what is no content stays");
    assert_eq!(gone.event_type, message.event_type);
    let canceled = (Outcome::Canceled, Some(AttemptError::Expunged));
    assert_eq!(outcomes(&world, &message).await, [canceled, canceled]);
    for row in world.attempts(&message).await {
        assert_eq!(row.attempt.started_at, NOW + 7);
        assert_eq!(row.attempt.exchange.url, targets[0].endpoint.url);
    }
    assert_eq!(
        world.all_owed().await,
        [(other.key(), targets[0].ordinal())]
    );
    let facts = world.facts(&message, targets[1].ordinal()).await;
    let facts = facts.expect("a target");
    assert_eq!(facts.state(), DeliveryState::Canceled);
    // Once more changes nothing.
    assert!(expunge(&world, key, NOW + 8).await);
    assert_eq!(world.attempts(&message).await.len(), 2);
    assert!(!world.message(other.id).await.is_expunged());
}

pub(super) async fn a_wide_fan_out_whose_payload_is_gone_is_expanded_at_once(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let numbers = (endpoint.ordinal()..endpoint.ordinal() + 300).collect();
    let message = world.accept(with(world.to_numbers(numbers), later())).await;
    assert!(expunge(&world, message.key(), NOW + 1).await);
    let cursor = world.owed(0).await.remove(0);
    assert_eq!(cursor.due_at, NOW + 1);
    assert!(world.recorder.owed().contains(&(0, NOW + 1)));
    let (part, _) = world
        .store()
        .expand_fan_out(message.key(), NOW + 2)
        .await
        .expect("a write");
    assert!(part.contains(&endpoint.ordinal()));
    // Whoever takes one of these rows finds no payload, and expunges once more.
    assert!(expunge(&world, message.key(), NOW + 3).await);
    assert!(world.owed(endpoint.ordinal()).await.is_empty());
}

pub(super) async fn a_retry_after_its_payload_is_gone_is_owed_and_canceled_by_the_next_expunging(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.handed_to(&[&endpoint])).await;
    assert!(expunge(&world, message.key(), NOW).await);
    assert!(world.attempts(&message).await.is_empty(), "it is in memory");
    world
        .settle(world.retry(&message, &endpoint, NOW + 60_000))
        .await;
    let row = world.owed(endpoint.ordinal()).await.remove(0);
    assert!(expunge(&world, message.key(), NOW + 60_000).await);
    assert!(world.all_owed().await.is_empty());
    let canceled = (Outcome::Canceled, Some(AttemptError::Expunged));
    let ended = outcomes(&world, &message).await;
    assert_eq!((ended.len(), ended[1]), (2, canceled));
    // An outcome that comes after all is kept, and brings back nothing that could be sent.
    let late = Settlement {
        hold: hold(&row),
        ..world.success(&message, &endpoint)
    };
    world.settle(late).await;
    assert!(world.all_owed().await.is_empty());
}

pub(super) async fn nobody_elses_message_is_expunged(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let message = world.accept(world.to_numbers(Vec::new())).await;
    let elsewhere = MessageKey {
        application: message.application + 1,
        id: message.id,
    };
    assert!(!expunge(&world, elsewhere, NOW).await);
    assert!(!world.message(message.id).await.is_expunged());
}

pub(super) async fn payloads_go_when_their_time_is_up_a_few_at_a_time(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let mut messages = Vec::new();
    for end in [DAY, DAY, DAY, 2 * DAY] {
        let new = world.to(&[&endpoint]);
        messages.push(world.accept(with(new, until(NOW + end))).await);
    }
    let forever = world.accept(world.to(&[&endpoint])).await;
    assert_eq!(expire(&world, NOW + DAY - 1, 2).await, 0);
    assert_eq!(expire(&world, NOW + DAY, 2).await, 2);
    assert_eq!(expire(&world, NOW + DAY, 2).await, 1);
    assert_eq!(expire(&world, NOW + DAY, 2).await, 0);
    for message in &messages[..3] {
        assert!(world.message(message.id).await.is_expunged());
        let canceled = (Outcome::Canceled, Some(AttemptError::Expunged));
        assert_eq!(outcomes(&world, message).await, [canceled]);
    }
    let owed = world.all_owed().await;
    assert_eq!(owed.len(), 2);
    assert_eq!(expire(&world, NOW + 90 * DAY, 10).await, 1);
    assert!(!world.message(forever.id).await.is_expunged());
}

pub(super) async fn an_expunged_answer_is_gone_and_its_attempt_stays(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.handed_to(&[&endpoint])).await;
    let mut success = world.success(&message, &endpoint);
    success.exchange.response = Bytes::from_static(b"secret");
    success.exchange.response_headers = Bytes::from_static(b"x-secret: 1\n");
    success.exchange.is_truncated = true;
    world.settle(success).await;
    let before = world.attempts(&message).await.remove(0).attempt;
    let expunge = async |message: MessageKey, id: AttemptId| {
        let expunged = world.store().expunge_attempt(message, id).await;
        expunged.expect("a write")
    };
    let guessed = AttemptId::new(before.started_at, 0, before.id.seq(), 5);
    assert!(!expunge(message.key(), guessed).await);
    assert!(expunge(message.key(), before.id).await);
    let list = list_attempts(AttemptsOf::Message(message.key()));
    let rows = world.store().attempts(list).await.expect("a read").rows;
    let after = &rows[0].attempt;
    assert_eq!(after.exchange.response, EXPUNGED.as_bytes());
    assert!(after.exchange.response_headers.is_empty());
    assert!(!after.exchange.is_truncated);
    assert_eq!(after.exchange.status, before.exchange.status);
    let other = world.accept(world.to_numbers(Vec::new())).await;
    assert!(!expunge(other.key(), before.id).await);
}
