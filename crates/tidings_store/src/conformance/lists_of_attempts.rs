//! Lists of attempts: of an endpoint, of a message; pages, filters and their bound.

use std::sync::Arc;

use bytes::Bytes;
use tidings_domain::clock::{Entropy as _, SeededEntropy};
use tidings_domain::delivery::{AttemptError, DeliveryState, Outcome};
use tidings_domain::ids::AttemptId;
use tidings_domain::message::Message;

use super::Harness;
use super::world::{ALL, NOW, World, hold, list_attempts};
use crate::target::Target;
use crate::{
    AttemptRow, AttemptsOf, ListAttempts, NewMessage, Order, Page, SCAN_ROWS_MAX, Settlement,
};

async fn page(world: &World<'_>, list: ListAttempts) -> Page<AttemptRow> {
    world.store().attempts(list).await.expect("a read")
}

/// Follows a list to its end, oldest first.
async fn follow(world: &World<'_>, list: ListAttempts) -> Vec<AttemptRow> {
    let mut list = list;
    let mut found = Vec::new();
    loop {
        let page = page(world, list.clone()).await;
        assert!(page.rows.len() <= list.limit);
        found.extend(page.rows);
        match page.next {
            Some(next) => list.after = Some(next),
            None => break,
        }
    }
    if list.order == Order::Descending {
        found.reverse();
    }
    found
}

struct Log {
    targets: Vec<Arc<Target>>,
    messages: Vec<Arc<Message>>,
    /// Every attempt with its message, in order.
    rows: Vec<AttemptRow>,
}

/// Attempts of all sorts, at two endpoints and of a few messages.
async fn log(world: &World<'_>, count: usize) -> Log {
    let targets = world.endpoints(2).await;
    let mut messages = Vec::new();
    for (event_type, channel, tag) in [
        ("a", "north", "vip"),
        ("b", "south", "vip"),
        ("c", "north", "new"),
        ("a", "west", "old"),
    ] {
        let new = NewMessage {
            event_type: event_type.into(),
            channels: vec![channel.into()],
            tags: vec![tag.into()],
            ..world.handed_to(&[&targets[0], &targets[1]])
        };
        messages.push(world.accept(new).await);
    }
    let chance = SeededEntropy::new(5);
    let pick = |below: u64| usize::try_from(chance.next_u64() % below).expect("a small number");
    for _ in 0..count {
        let mut settlement = world.success(&messages[pick(4)], &targets[pick(2)]);
        settlement.started_at = NOW + i64::try_from(pick(50)).expect("a small number");
        (settlement.outcome, settlement.exchange.status) = [
            (Outcome::Success, Some(204)),
            (Outcome::Success, Some(200)),
            (Outcome::Success, Some(200)),
            (Outcome::Retry, Some(500)),
            (Outcome::Retry, None),
            (Outcome::Exhausted, Some(404)),
            (Outcome::Canceled, None),
        ][pick(7)];
        if settlement.exchange.status.is_none() {
            settlement.exchange.error = Some(AttemptError::Timeout);
        }
        world.store().settle(settlement);
    }
    world.flush().await;
    let mut rows: Vec<AttemptRow> = Vec::new();
    let mut is_by_time = true;
    for target in &targets {
        let list = list_attempts(world.of_endpoint(target));
        let list = ListAttempts {
            with_message: true,
            with_payload: true,
            ..list
        };
        let listed = page(world, list).await.rows;
        is_by_time &= listed.is_sorted_by_key(|row| row.attempt.id);
        rows.extend(listed);
    }
    // A list runs by number or by time; each store has one of these orders for all of them.
    rows.sort_by_key(|row| {
        let mut parts = row.attempt.id.parts();
        if !is_by_time {
            parts.at_ms = 0;
        }
        parts
    });
    assert_eq!(rows.len(), count);
    Log {
        targets,
        messages,
        rows,
    }
}

impl Log {
    fn of_endpoint(&self, place: usize) -> Vec<AttemptRow> {
        let id = self.targets[place].endpoint.id;
        self.rows
            .iter()
            .filter(|row| row.attempt.endpoint == id)
            .cloned()
            .collect()
    }

    fn of_message(&self, place: usize) -> Vec<AttemptRow> {
        let id = self.messages[place].id;
        self.rows
            .iter()
            .filter(|row| row.attempt.message == id)
            .cloned()
            .collect()
    }
}

pub(super) async fn pages_of_attempts_neither_skip_nor_repeat(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let log = log(&world, 80).await;
    let of_endpoint = world.of_endpoint(&log.targets[0]);
    let of_message = AttemptsOf::Message(log.messages[0].key());
    for (of, expected) in [
        (of_endpoint, log.of_endpoint(0)),
        (of_message, log.of_message(0)),
    ] {
        for order in [Order::Ascending, Order::Descending] {
            for limit in [1, 7, expected.len(), ALL] {
                let list = ListAttempts {
                    order,
                    limit,
                    with_message: true,
                    with_payload: true,
                    ..list_attempts(of)
                };
                assert_eq!(follow(&world, list).await, expected);
            }
        }
        let exact = ListAttempts {
            limit: expected.len(),
            ..list_attempts(of)
        };
        assert_eq!(page(&world, exact).await.next, None);
    }
}

/// A list with this filter holds what passes, and nothing else, both ways and at every length.
async fn assert_keeps(
    world: &World<'_>,
    log: &Log,
    list: ListAttempts,
    passes: impl Fn(&AttemptRow) -> bool,
) {
    let rows = log.of_endpoint(0);
    let expected: Vec<AttemptRow> = rows.iter().filter(|row| passes(row)).cloned().collect();
    assert!(!expected.is_empty() && expected.len() < rows.len());
    for order in [Order::Ascending, Order::Descending] {
        for limit in [1, 5, ALL] {
            let list = ListAttempts {
                order,
                limit,
                ..list.clone()
            };
            assert_eq!(follow(world, list).await, expected);
        }
    }
}

/// What to ask for: the attempts at the first endpoint.
fn of_first(world: &World<'_>, log: &Log) -> ListAttempts {
    let of = world.of_endpoint(&log.targets[0]);
    ListAttempts {
        with_message: true,
        with_payload: true,
        ..list_attempts(of)
    }
}

pub(super) async fn attempts_are_filtered_by_how_they_ended(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let log = log(&world, 150).await;
    for outcomes in [
        vec![Outcome::Success],
        vec![Outcome::Retry],
        vec![Outcome::Exhausted, Outcome::Canceled],
        vec![Outcome::Retry, Outcome::Success],
    ] {
        let list = ListAttempts {
            outcomes: outcomes.clone(),
            ..of_first(&world, &log)
        };
        assert_keeps(&world, &log, list, |row| {
            outcomes.contains(&row.attempt.outcome)
        })
        .await;
    }
    let status = |row: &AttemptRow| row.attempt.exchange.status;
    let between = |from, to| ListAttempts {
        status_between: Some((from, to)),
        ..of_first(&world, &log)
    };
    assert_keeps(&world, &log, between(200, 204), |row| {
        status(row) == Some(200)
    })
    .await;
    assert_keeps(&world, &log, between(0, 100), |row| status(row).is_none()).await;
}

pub(super) async fn attempts_are_filtered_by_time_and_by_their_message(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let log = log(&world, 150).await;
    let of = |row: &AttemptRow| row.message.clone().expect("it was asked for");
    let at = NOW + 20;
    let from = ListAttempts {
        from: Some(at),
        ..of_first(&world, &log)
    };
    assert_keeps(&world, &log, from, |row| row.attempt.started_at >= at).await;
    let to = ListAttempts {
        to: Some(at),
        ..of_first(&world, &log)
    };
    assert_keeps(&world, &log, to, |row| row.attempt.started_at < at).await;
    let channel = ListAttempts {
        channel: Some("north".into()),
        ..of_first(&world, &log)
    };
    assert_keeps(&world, &log, channel, |row| of(row).channels == ["north"]).await;
    let tag = ListAttempts {
        tag: Some("vip".into()),
        ..of_first(&world, &log)
    };
    assert_keeps(&world, &log, tag, |row| of(row).tags == ["vip"]).await;
    let types = ListAttempts {
        event_types: vec!["a".into(), "c".into()],
        ..of_first(&world, &log)
    };
    assert_keeps(&world, &log, types, |row| of(row).event_type != "b").await;
}

pub(super) async fn attempts_of_a_message_are_filtered_by_endpoint(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let log = log(&world, 80).await;
    for target in &log.targets {
        let list = ListAttempts {
            endpoint: Some(target.ordinal()),
            with_message: true,
            with_payload: true,
            ..list_attempts(AttemptsOf::Message(log.messages[2].key()))
        };
        let mut expected = log.of_message(2);
        expected.retain(|row| row.attempt.endpoint == target.endpoint.id);
        assert_eq!(follow(&world, list).await, expected);
    }
}

pub(super) async fn a_message_comes_with_its_attempts_where_it_is_wanted(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let log = log(&world, 10).await;
    for message in &log.messages {
        let list = list_attempts(AttemptsOf::Message(message.key()));
        let with = page(
            &world,
            ListAttempts {
                with_message: true,
                with_payload: true,
                ..list.clone()
            },
        )
        .await;
        assert!(
            with.rows
                .iter()
                .all(|row| row.message.as_ref() == Some(message))
        );
        let bare = Message {
            payload: Bytes::new(),
            ..message.as_ref().clone()
        };
        let list = ListAttempts {
            with_message: true,
            ..list
        };
        let beside = page(&world, list.clone()).await;
        assert!(
            beside
                .rows
                .iter()
                .all(|row| row.message.as_ref() == Some(&bare))
        );
        let list = ListAttempts {
            with_message: false,
            ..list
        };
        let without = page(&world, list).await;
        assert!(without.rows.iter().all(|row| row.message.is_none()));
        for some in [&without, &beside] {
            assert_eq!(some.rows.len(), with.rows.len());
        }
    }
}

pub(super) async fn attempts_at_a_deleted_endpoint_are_still_listed(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let log = log(&world, 10).await;
    for target in &log.targets {
        world
            .store()
            .delete_endpoint(target.ordinal(), NOW)
            .await
            .expect("a write");
    }
    let mut found = Vec::new();
    for message in &log.messages {
        let list = list_attempts(AttemptsOf::Message(message.key()));
        found.extend(
            page(
                &world,
                ListAttempts {
                    with_message: true,
                    with_payload: true,
                    ..list
                },
            )
            .await
            .rows,
        );
    }
    let mut expected = log.rows;
    found.sort_by_key(|row| row.attempt.id);
    expected.sort_by_key(|row| row.attempt.id);
    assert_eq!(found, expected);
}

pub(super) async fn a_page_of_attempts_reads_a_bounded_number_of_rows(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.handed_to(&[&endpoint])).await;
    let settle = |outcome, status| {
        let mut settlement = world.success(&message, &endpoint);
        (settlement.outcome, settlement.exchange.status) = (outcome, Some(status));
        world.store().settle(settlement);
    };
    settle(Outcome::Exhausted, 404);
    for _ in 0..SCAN_ROWS_MAX {
        settle(Outcome::Success, 200);
    }
    settle(Outcome::Exhausted, 404);
    world.flush().await;
    for of in [
        world.of_endpoint(&endpoint),
        AttemptsOf::Message(message.key()),
    ] {
        for order in [Order::Ascending, Order::Descending] {
            let list = ListAttempts {
                status_between: Some((400, 500)),
                order,
                limit: 5,
                ..list_attempts(of)
            };
            let short = page(&world, list.clone()).await;
            assert_eq!(short.rows.len(), 1);
            assert!(short.next.is_some());
            assert_eq!(follow(&world, list).await.len(), 2);
        }
    }
}

pub(super) async fn an_attempt_is_found_by_its_whole_id_in_its_application(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let log = log(&world, 3).await;
    let store = world.store();
    let row = log.rows[1].clone();
    assert_eq!(
        store.attempt(world.app(), row.attempt.id).await,
        Ok(Some(row.clone()))
    );
    let other = world.other_application().await.id.seq();
    assert_eq!(store.attempt(other, row.attempt.id).await, Ok(None));
    let parts = row.attempt.id.parts();
    let wrong = [
        AttemptId::new(parts.at_ms + 1, parts.journal, parts.seq, parts.tail),
        AttemptId::new(parts.at_ms, parts.journal + 1, parts.seq, parts.tail),
        AttemptId::new(parts.at_ms, parts.journal, parts.seq + 1, parts.tail),
        AttemptId::new(parts.at_ms, parts.journal, parts.seq, parts.tail + 1),
    ];
    for id in wrong {
        assert_eq!(store.attempt(world.app(), id).await, Ok(None));
    }
}

pub(super) async fn the_messages_of_an_endpoint_come_once_each_by_their_latest_attempt(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let targets = world.endpoints(2).await;
    let (one, other) = (&targets[0], &targets[1]);
    let first = world.accept(world.handed_to(&[one, other])).await;
    let second = world.accept(world.handed_to(&[one])).await;
    world.settle(world.retry(&first, one, NOW + 500)).await;
    world.settle(world.success(&second, one)).await;
    world.settle(world.exhausted(&first, other)).await;
    let row = world.owed(one.ordinal()).await.remove(0);
    let again = Settlement {
        number: 2,
        hold: hold(&row),
        started_at: NOW + 10,
        ..world.retry(&first, one, NOW + 900)
    };
    world.settle(again).await;
    let page = async |limit, after| {
        let list = ListAttempts {
            order: Order::Descending,
            limit,
            after,
            with_message: true,
            with_payload: true,
            ..list_attempts(world.of_endpoint(one))
        };
        world
            .store()
            .attempted_messages(list)
            .await
            .expect("a read")
    };
    let all = page(10, None).await;
    assert_eq!(all.next, None);
    let found: Vec<_> = all
        .rows
        .iter()
        .map(|row| (row.message.id, row.facts.state(), row.facts.due_at))
        .collect();
    assert_eq!(
        found,
        [
            (first.id, DeliveryState::Pending, Some(NOW + 900)),
            (second.id, DeliveryState::Delivered, None),
        ]
    );
    assert!(!all.rows[0].message.payload.is_empty());
    // A page at a time, what is passed over makes a page short, and none comes twice.
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let one = page(1, after).await;
        seen.extend(one.rows.iter().map(|row| row.message.id));
        after = one.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, [first.id, second.id]);
}
