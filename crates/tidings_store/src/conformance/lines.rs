//! Endpoints that keep the order: what they are owed waits in line, in the order of the commits.

use std::sync::Arc;

use tidings_domain::clock::Millis;
use tidings_domain::delivery::{IN_LINE, Pending, PendingReason, Trigger};
use tidings_domain::message::{Message, MessageKey};
use tokio::task::JoinSet;

use super::Harness;
use super::world::{ALL, DAY, NOW, World, hold, target};
use crate::target::Target;
use crate::{Accepted, Next, Owed, Resend, Settlement};

/// The same endpoint, one that keeps the order.
async fn fifo(world: &World<'_>) -> Arc<Target> {
    let mut endpoint = world.endpoint().await.endpoint.clone();
    endpoint.is_fifo = true;
    target(endpoint)
}

/// A message that joins the line of an endpoint.
async fn join(world: &World<'_>, endpoint: &Arc<Target>) -> Arc<Message> {
    let mut new = world.to(&[endpoint]);
    new.in_line = vec![endpoint.ordinal()];
    world.accept(new).await
}

async fn line(world: &World<'_>, endpoint: &Target) -> Vec<Pending> {
    let creditor = world.creditor(endpoint.ordinal());
    world.store().line(creditor, ALL).await.expect("a read")
}

async fn keys(world: &World<'_>, endpoint: &Target) -> Vec<MessageKey> {
    let line = line(world, endpoint).await;
    line.iter().map(|row| row.message).collect()
}

async fn beside(
    world: &World<'_>,
    endpoint: &Target,
    now: Millis,
) -> (Vec<MessageKey>, Option<Millis>) {
    let creditor = world.creditor(endpoint.ordinal());
    let due = world.store().due_beside_line(creditor, now, ALL).await;
    let due = due.expect("a read");
    (
        due.rows.iter().map(|row| row.message).collect(),
        due.next_at,
    )
}

/// An outcome of who is first in line.
fn of_first(settlement: Settlement, first: &Pending) -> Settlement {
    Settlement {
        hold: hold(first),
        number: first.attempts_count + 1,
        ..settlement
    }
}

pub(super) async fn those_in_line_come_in_the_order_of_their_commits(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let (one, other) = (fifo(&world).await, fifo(&world).await);
    let mut accepting = JoinSet::new();
    for number in 0..60 {
        let mut new = world.to(&[&one, &other]);
        new.in_line = match number % 3 {
            0 => vec![one.ordinal()],
            1 => vec![other.ordinal()],
            _ => vec![one.ordinal(), other.ordinal()],
        };
        new.targets.clone_from(&new.in_line);
        let store = world.store();
        accepting.spawn(async move { store.accept(new).await });
    }
    while let Some(accepted) = accepting.join_next().await {
        let accepted = accepted.expect("it ends");
        assert!(matches!(accepted, Ok(Accepted::Done(_))), "{accepted:?}");
    }
    // A journal gives its numbers in the order of its commits.
    for endpoint in [&one, &other] {
        let line = keys(&world, endpoint).await;
        let mut by_number = line.clone();
        by_number.sort_by_key(|key| key.id.seq());
        assert_eq!((line.len(), &line), (40, &by_number));
    }
}

pub(super) async fn who_waits_in_line_is_not_due_by_itself(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = fifo(&world).await;
    let first = join(&world, &endpoint).await;
    let second = join(&world, &endpoint).await;
    assert_eq!(
        keys(&world, &endpoint).await,
        [&first, &second].map(|message| message.key())
    );
    let row = line(&world, &endpoint).await.remove(0);
    assert_eq!((row.due_at, row.attempts_count), (IN_LINE, 0));
    assert_eq!(
        (row.reason, row.trigger),
        (PendingReason::Line, Trigger::Scheduled)
    );
    let creditor = world.creditor(endpoint.ordinal());
    let due = world.store().due(creditor, NOW + DAY, ALL).await;
    assert!(due.expect("a read").rows.is_empty());
    assert_eq!(
        beside(&world, &endpoint, NOW + DAY).await,
        (Vec::new(), None)
    );
    // Whoever owns the slot is told at once, and is told again when it asks.
    assert!(world.recorder.owed().contains(&(endpoint.ordinal(), NOW)));
    assert_eq!(world.store().lines(None, ALL).await, Ok(vec![creditor]));
    let facts = world.facts(&first, endpoint.ordinal()).await;
    assert_eq!(facts.expect("a target").due_at, Some(IN_LINE));
}

pub(super) async fn a_retry_stays_first_in_line_until_it_has_come_to_an_end(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = fifo(&world).await;
    let first = join(&world, &endpoint).await;
    let second = join(&world, &endpoint).await;
    let row = line(&world, &endpoint).await.remove(0);
    let failed = of_first(world.retry(&first, &endpoint, NOW + 500), &row);
    world.settle(failed).await;
    let waiting = line(&world, &endpoint).await;
    let order: Vec<_> = waiting.iter().map(|row| row.message).collect();
    assert_eq!(order, [first.key(), second.key()]);
    let due: Vec<_> = waiting.iter().map(|row| row.due_at).collect();
    assert_eq!(due, [NOW + 500, IN_LINE]);
    assert_eq!(waiting[0].attempts_count, 1);
    let creditor = world.creditor(endpoint.ordinal());
    let all = world.store().due_endpoints(None, ALL).await;
    assert_eq!(all, Ok(vec![(creditor, NOW + 500)]));
    // A row that is in line never goes out beside it.
    assert_eq!(
        beside(&world, &endpoint, NOW + 500).await,
        (Vec::new(), None)
    );

    let exhausted = of_first(world.exhausted(&first, &endpoint), &waiting[0]);
    world.settle(exhausted).await;
    assert_eq!(keys(&world, &endpoint).await, [second.key()]);
    let row = line(&world, &endpoint).await.remove(0);
    world
        .settle(of_first(world.success(&second, &endpoint), &row))
        .await;
    assert_eq!(world.store().lines(None, ALL).await, Ok(Vec::new()));
    // Places go on where they were.
    let third = join(&world, &endpoint).await;
    let fourth = join(&world, &endpoint).await;
    assert_eq!(
        keys(&world, &endpoint).await,
        [&third, &fourth].map(|message| message.key())
    );
}

pub(super) async fn a_resend_leaves_the_line(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = fifo(&world).await;
    let mut messages = Vec::new();
    for _ in 0..3 {
        messages.push(join(&world, &endpoint).await.key());
    }
    let resend = Resend {
        message: messages[1],
        endpoint: endpoint.ordinal(),
        now: NOW + 7,
    };
    let asked = world.store().resend(resend, None).await;
    asked.expect("it is asked for");
    assert_eq!(
        keys(&world, &endpoint).await,
        [messages[0], messages[2]],
        "the others wait as before"
    );
    assert_eq!(
        beside(&world, &endpoint, NOW + 6).await,
        (Vec::new(), Some(NOW + 7))
    );
    assert_eq!(
        beside(&world, &endpoint, NOW + 7).await,
        (vec![messages[1]], None)
    );
}

pub(super) async fn a_line_goes_on_at_the_same_place_after_a_crash(harness: &dyn Harness) {
    let mut world = World::new(harness).await;
    let endpoint = fifo(&world).await;
    let first = join(&world, &endpoint).await;
    let mut expected = Vec::new();
    for _ in 0..3 {
        expected.push(join(&world, &endpoint).await.key());
    }
    let row = line(&world, &endpoint).await.remove(0);
    world
        .settle(of_first(world.success(&first, &endpoint), &row))
        .await;

    let opened = world.crash_and_recover().await;
    assert_eq!((opened.taken_over, opened.recovered), (1, 0));
    let waiting = line(&world, &endpoint).await;
    let order: Vec<_> = waiting.iter().map(|row| row.message).collect();
    assert_eq!(order, expected);
    let suspected: Vec<_> = waiting.iter().map(|row| row.recoveries_count).collect();
    assert_eq!(suspected, [1, 0, 0], "the node may have died of the first");
    expected.push(join(&world, &endpoint).await.key());
    assert_eq!(keys(&world, &endpoint).await, expected);
}

pub(super) async fn a_wide_fan_out_joins_lines_at_once_and_no_target_twice(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let (one, other) = (fifo(&world).await, fifo(&world).await);
    let mut targets: Vec<i64> = (1..=600).collect();
    targets.retain(|target| ![one.ordinal(), other.ordinal()].contains(target));
    let crowd = targets.len();
    targets.extend([one.ordinal(), other.ordinal()]);
    targets.sort_unstable();
    let mut new = world.to_numbers(targets);
    new.in_line = vec![one.ordinal(), other.ordinal()];
    let wide = world.accept(new).await;
    let next = join(&world, &one).await;
    assert_eq!(
        keys(&world, &one).await,
        [&wide, &next].map(|message| message.key()),
        "it does not wait for the expansion"
    );
    let row = line(&world, &one).await.remove(0);
    world
        .settle(of_first(world.success(&wide, &one), &row))
        .await;
    let mut owed = 0;
    let mut is_done = false;
    while !is_done {
        let expanded = world.store().expand_fan_out(wide.key(), NOW + 1).await;
        let (part, done) = expanded.expect("a part");
        (owed, is_done) = (owed + part.len(), done);
    }
    assert!(owed >= crowd, "{owed}");
    let rows = world.all_owed().await;
    let of_wide = rows.iter().filter(|(message, _)| *message == wide.key());
    assert_eq!(of_wide.count(), crowd + 1, "all but who has it already");
    assert_eq!(keys(&world, &one).await, [next.key()]);
    assert_eq!(keys(&world, &other).await, [wide.key()]);
    assert_eq!(beside(&world, &other, NOW + DAY).await, (Vec::new(), None));
}

pub(super) async fn who_leaves_a_line_is_due_from_when_it_came(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = fifo(&world).await;
    let mut messages = Vec::new();
    for _ in 0..3 {
        messages.push(join(&world, &endpoint).await.key());
    }
    let creditor = world.creditor(endpoint.ordinal());
    let leave = async |limit| world.store().leave_line(creditor, limit).await;
    assert_eq!(leave(2).await, Ok(2));
    assert_eq!(keys(&world, &endpoint).await, messages[2..]);
    let due = world.store().due(creditor, NOW, ALL).await;
    let due = due.expect("a read").rows;
    let due: Vec<_> = due.iter().map(|row| (row.message, row.due_at)).collect();
    assert_eq!(due, [(messages[0], NOW), (messages[1], NOW)]);
    assert_eq!(leave(2).await, Ok(1));
    assert_eq!(leave(2).await, Ok(0));
    assert_eq!(world.store().lines(None, ALL).await, Ok(Vec::new()));
}

pub(super) async fn lines_are_listed_whatever_else_is_owed(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let plain = world.endpoint().await;
    let mut creditors = Vec::new();
    for _ in 0..3 {
        let endpoint = fifo(&world).await;
        join(&world, &endpoint).await;
        join(&world, &endpoint).await;
        creditors.push(world.creditor(endpoint.ordinal()));
    }
    world.accept(world.to(&[&plain])).await;
    // A cursor that has moved has a place too, which is none in a line.
    let wide = world.accept(world.to_numbers((1..=600).collect())).await;
    let moved = world.store().expand_fan_out(wide.key(), NOW).await;
    assert!(!moved.expect("a part").1);
    let lines = async |after, limit| world.store().lines(after, limit).await;
    assert_eq!(lines(None, ALL).await, Ok(creditors.clone()));
    assert_eq!(lines(None, 2).await, Ok(creditors[..2].to_vec()));
    assert_eq!(
        lines(Some(creditors[0]), ALL).await,
        Ok(creditors[1..].to_vec())
    );
}

pub(super) async fn who_is_first_and_given_back_stays_first(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = fifo(&world).await;
    let first = join(&world, &endpoint).await;
    let second = join(&world, &endpoint).await;
    let row = line(&world, &endpoint).await.remove(0);
    let back = Owed {
        message: first.key(),
        endpoint: endpoint.ordinal(),
        due_at: NOW + 1_000,
        reason: PendingReason::Paused,
        hold: hold(&row),
    };
    world.store().owe(vec![back]).await.expect("it is kept");
    let order = keys(&world, &endpoint).await;
    assert_eq!(order, [first.key(), second.key()]);
    // An outcome of another version changes nothing of the line.
    let mut other = of_first(world.success(&first, &endpoint), &row);
    other.hold = crate::Hold::Pending {
        version: row.version + 1,
    };
    other.next = Next::Done;
    world.settle(other).await;
    assert_eq!(keys(&world, &endpoint).await, order);
}
