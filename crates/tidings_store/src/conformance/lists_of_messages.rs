//! Lists of messages: pages, filters and their bound; and the states of a message's deliveries.

use std::collections::BTreeMap;

use tidings_domain::clock::{Entropy as _, SeededEntropy};
use tidings_domain::delivery::{DeliveryFacts, Outcome};
use tidings_domain::ids::MessageId;
use tidings_domain::message::Message;
use tokio::task::JoinSet;

use super::Harness;
use super::world::{ALL, NOW, World};
use crate::{ListMessages, MessageReference, NewMessage, Order, Page, Resend, SCAN_ROWS_MAX};

fn everything(world: &World<'_>) -> ListMessages {
    ListMessages {
        application: world.app(),
        order: Order::Ascending,
        after: None,
        limit: ALL,
        read_max: SCAN_ROWS_MAX,
        channel: None,
        tag: None,
        event_types: Vec::new(),
        from: None,
        to: None,
        with_payload: true,
    }
}

async fn page(world: &World<'_>, list: ListMessages) -> Page<Message> {
    world.store().messages(list).await.expect("a read")
}

/// Follows a list to its end, oldest first.
async fn follow(world: &World<'_>, list: ListMessages) -> Vec<Message> {
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

/// Messages of all sorts, among those of another application; in the order in which they are listed,
/// which is by number or by time.
async fn messages(world: &World<'_>, count: usize) -> Vec<Message> {
    let chance = SeededEntropy::new(3);
    let pick = |of: &[&str]| {
        let place = usize::try_from(chance.next_u64() % 5).expect("a small number");
        of.get(place).map(|word| (*word).to_owned())
    };
    let other = world.other_application().await.id.seq();
    let mut made = Vec::new();
    for (since, _) in (NOW..).zip(0..count) {
        let new = NewMessage {
            event_type: pick(&["a", "b"]).unwrap_or_else(|| "c".into()),
            channels: pick(&["north", "south"]).into_iter().collect(),
            tags: pick(&["vip"]).into_iter().chain(pick(&["new"])).collect(),
            // Several nodes' clocks: numbers do not quite follow time.
            accepted_at: since + i64::try_from(chance.next_u64() % 5).expect("a small number"),
            ..world.to(&[])
        };
        made.push((*world.accept(new).await).clone());
        world
            .accept(NewMessage {
                application: other,
                ..world.to(&[])
            })
            .await;
    }
    let listed = page(world, everything(world)).await.rows;
    let mut sorted = listed.clone();
    made.sort_by_key(|message| message.id);
    sorted.sort_by_key(|message| message.id);
    assert_eq!(sorted, made);
    listed
}

pub(super) async fn pages_of_messages_neither_skip_nor_repeat(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let made = messages(&world, 60).await;
    for order in [Order::Ascending, Order::Descending] {
        for limit in [1, 7, 59, 60, 61] {
            let list = ListMessages {
                order,
                limit,
                ..everything(&world)
            };
            assert_eq!(follow(&world, list).await, made);
        }
    }
    let exact = page(
        &world,
        ListMessages {
            limit: 60,
            ..everything(&world)
        },
    )
    .await;
    assert_eq!((exact.rows.len(), exact.next), (60, None));
    let short = page(
        &world,
        ListMessages {
            limit: 59,
            ..everything(&world)
        },
    )
    .await;
    assert_eq!(
        (short.rows.len(), short.next),
        (59, Some(made[58].id.parts()))
    );
}

pub(super) async fn a_new_message_does_not_disturb_a_list_that_is_being_read(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let made = messages(&world, 10).await;
    let list = ListMessages {
        order: Order::Descending,
        limit: 5,
        ..everything(&world)
    };
    let first = page(&world, list.clone()).await;
    let new = NewMessage {
        accepted_at: NOW + 100,
        ..world.to(&[])
    };
    world.accept(new).await;
    let second = page(
        &world,
        ListMessages {
            after: first.next,
            ..list
        },
    )
    .await;
    let mut seen: Vec<Message> = first.rows.into_iter().chain(second.rows).collect();
    seen.reverse();
    assert_eq!(seen, made);
}

/// A list with this filter holds what passes, and nothing else, both ways and at every length.
async fn assert_keeps(
    world: &World<'_>,
    made: &[Message],
    list: ListMessages,
    passes: impl Fn(&Message) -> bool,
) {
    let expected: Vec<Message> = made.iter().filter(|one| passes(one)).cloned().collect();
    assert!(!expected.is_empty() && expected.len() < made.len());
    for order in [Order::Ascending, Order::Descending] {
        for limit in [1, 4, ALL] {
            let list = ListMessages {
                order,
                limit,
                ..list.clone()
            };
            assert_eq!(follow(world, list).await, expected);
        }
    }
}

pub(super) async fn messages_are_filtered_by_what_they_say(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let made = messages(&world, 60).await;
    let all = || everything(&world);
    let channel = ListMessages {
        channel: Some("north".into()),
        ..all()
    };
    assert_keeps(&world, &made, channel, |one| one.channels == ["north"]).await;
    let tag = ListMessages {
        tag: Some("new".into()),
        ..all()
    };
    let has_tag = |one: &Message, tag: &str| one.tags.iter().any(|own| own == tag);
    assert_keeps(&world, &made, tag, |one| has_tag(one, "new")).await;
    let one_type = ListMessages {
        event_types: vec!["a".into()],
        ..all()
    };
    assert_keeps(&world, &made, one_type, |one| one.event_type == "a").await;
    let two_types = ListMessages {
        event_types: vec!["a".into(), "b".into()],
        ..all()
    };
    assert_keeps(&world, &made, two_types, |one| one.event_type != "c").await;
}

pub(super) async fn messages_are_filtered_by_time_whatever_their_order(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let made = messages(&world, 60).await;
    let (early, late) = (NOW + 10, NOW + 40);
    let from = ListMessages {
        from: Some(early),
        ..everything(&world)
    };
    assert_keeps(&world, &made, from, |one| one.accepted_at() >= early).await;
    let to = ListMessages {
        to: Some(early),
        ..everything(&world)
    };
    assert_keeps(&world, &made, to, |one| one.accepted_at() < early).await;
    let both = ListMessages {
        event_types: vec!["c".into()],
        from: Some(early),
        to: Some(late),
        ..everything(&world)
    };
    let is_between = |one: &Message| (early..late).contains(&one.accepted_at());
    assert_keeps(&world, &made, both, |one| {
        one.event_type == "c" && is_between(one)
    })
    .await;
}

pub(super) async fn a_list_without_payloads_leaves_out_just_those(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let made = messages(&world, 3).await;
    let list = ListMessages {
        with_payload: false,
        ..everything(&world)
    };
    for (found, made) in page(&world, list).await.rows.into_iter().zip(made) {
        assert!(found.payload.is_empty() && !made.payload.is_empty());
        assert_eq!(
            Message {
                payload: made.payload.clone(),
                ..found
            },
            made
        );
    }
}

pub(super) async fn a_page_of_messages_reads_a_bounded_number_of_rows(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let rare = |world: &World<'_>| NewMessage {
        event_type: "rare".into(),
        ..world.to(&[])
    };
    let first = (*world.accept(rare(&world)).await).clone();
    // In parts, since a store may turn away more than it can queue.
    for _ in 0..4 {
        let mut accepting = JoinSet::new();
        for _ in 0..SCAN_ROWS_MAX / 4 {
            let (store, new) = (world.store(), world.to(&[]));
            accepting.spawn(async move { store.accept(new).await });
        }
        while let Some(accepted) = accepting.join_next().await {
            assert!(matches!(accepted, Ok(Ok(crate::Accepted::Done(_)))));
        }
    }
    let second = (*world.accept(rare(&world)).await).clone();
    let list = ListMessages {
        event_types: vec!["rare".into()],
        limit: 5,
        ..everything(&world)
    };
    let short = page(&world, list.clone()).await;
    assert_eq!(short.rows, std::slice::from_ref(&first));
    assert!(short.next.is_some());
    for order in [Order::Ascending, Order::Descending] {
        let found = follow(
            &world,
            ListMessages {
                order,
                ..list.clone()
            },
        )
        .await;
        assert_eq!(found, [first.clone(), second.clone()]);
    }
}

pub(super) async fn a_message_is_found_by_its_whole_id_or_its_latest_event_id(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let store = world.store();
    let new = |accepted_at, event_id_until| NewMessage {
        event_id: Some("e1".into()),
        accepted_at,
        event_id_until,
        ..world.to(&[])
    };
    let first = world.accept(new(NOW, NOW)).await;
    let second = world.accept(new(NOW + 5, NOW + 5)).await;
    let by_event_id = MessageReference::EventId("e1".into());
    let found = store.message(world.app(), by_event_id.clone()).await;
    assert_eq!(found, Ok(Some((*second).clone())));
    let parts = first.id.parts();
    let wrong = [
        MessageId::new(parts.at_ms, parts.journal, parts.seq, parts.tail + 1),
        MessageId::new(parts.at_ms + 1, parts.journal, parts.seq, parts.tail),
        MessageId::new(parts.at_ms, parts.journal + 1, parts.seq, parts.tail),
    ];
    for id in wrong {
        assert_eq!(
            store.message(world.app(), MessageReference::Id(id)).await,
            Ok(None)
        );
    }
    let other = world.other_application().await.id.seq();
    for reference in [MessageReference::Id(first.id), by_event_id] {
        assert_eq!(store.message(other, reference).await, Ok(None));
    }
    assert_eq!(store.message_by_key(world.unknown_key()).await, Ok(None));
}

pub(super) async fn the_deliveries_of_a_message_are_targets_attempts_and_what_is_owed(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let targets = world.endpoints(5).await;
    let mut new = world.to(&[&targets[0], &targets[1], &targets[2]]);
    world.admit(&mut new, &targets[0]);
    world.admit(&mut new, &targets[1]);
    let message = world.accept(new).await;
    world.settle(world.success(&message, &targets[1])).await;
    world.settle(world.exhausted(&message, &targets[4])).await;
    let resend = Resend {
        message: message.key(),
        endpoint: targets[3].ordinal(),
        now: NOW + 7,
    };
    world.store().resend(resend, None).await.expect("a write");
    let nothing = DeliveryFacts::default();
    let expected = BTreeMap::from([
        (targets[0].ordinal(), nothing.clone()),
        (
            targets[1].ordinal(),
            DeliveryFacts {
                has_succeeded: true,
                latest: Some(Outcome::Success),
                ..nothing.clone()
            },
        ),
        (
            targets[2].ordinal(),
            DeliveryFacts {
                due_at: Some(NOW),
                ..nothing.clone()
            },
        ),
        (
            targets[3].ordinal(),
            DeliveryFacts {
                due_at: Some(NOW + 7),
                ..nothing.clone()
            },
        ),
        (
            targets[4].ordinal(),
            DeliveryFacts {
                latest: Some(Outcome::Exhausted),
                ..nothing
            },
        ),
    ]);
    let traces = world
        .store()
        .delivery_facts(message.key())
        .await
        .expect("a read");
    assert!(traces.is_sorted_by(|one, two| one.endpoint < two.endpoint));
    let found: BTreeMap<_, _> = traces
        .into_iter()
        .map(|trace| (trace.endpoint, trace.facts))
        .collect();
    assert_eq!(found, expected);
    let none = world.store().delivery_facts(world.unknown_key()).await;
    assert_eq!(none, Ok(Vec::new()));
}
