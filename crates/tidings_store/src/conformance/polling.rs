//! Polling endpoints and their consumers.

use tidings_domain::clock::Millis;
use tidings_domain::endpoint::Endpoint;
use tidings_domain::ids::{IdParts, MessageId};
use tidings_domain::message::MessageOptions;

use super::Harness;
use super::world::{ALL, DAY, NOW, World, done};
use crate::{
    CONSUMERS_MAX, ConsumerKey, MoveConsumer, Moved, NewEndpoint, NewMessage, Order, PageRequest,
    PollMessages, Polled, Reference, SCAN_ROWS_MAX, place_at,
};

async fn create(world: &World<'_>, new: NewEndpoint) -> Endpoint {
    let made = world.store().create_polling_endpoint(new, None).await;
    done(made.expect("a write"))
}

fn from_the_start(endpoint: &Endpoint) -> PollMessages {
    PollMessages {
        endpoint: endpoint.clone(),
        after: place_at(0),
        limit: ALL,
        event_type: None,
        channel: None,
    }
}

async fn poll(world: &World<'_>, poll: PollMessages) -> Polled {
    world.store().poll(poll).await.expect("a read")
}

fn ids(polled: &Polled) -> Vec<MessageId> {
    polled.rows.iter().map(|message| message.id).collect()
}

fn at(world: &World<'_>, after: Millis) -> NewMessage {
    NewMessage {
        accepted_at: NOW + after,
        ..world.to(&[])
    }
}

pub(super) async fn a_polling_endpoint_is_found_and_listed_and_no_event_reaches_it(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let ordinary = world.endpoint().await;
    let new = NewEndpoint {
        uid: Some("reader".into()),
        ..world.new_endpoint()
    };
    let made = create(&world, new).await;
    let (store, app) = (world.store(), world.app());
    for reference in [Reference::Id(made.id), Reference::Uid("reader".into())] {
        let found = store.polling_endpoint(app, reference).await;
        assert_eq!(found, Ok(Some(made.clone())));
    }
    let other = Reference::Id(ordinary.endpoint.id);
    assert_eq!(store.polling_endpoint(app, other).await, Ok(None));
    let page = PageRequest {
        order: Order::Ascending,
        after: None,
        limit: ALL,
    };
    let listed = store.polling_endpoints(app, page).await;
    assert_eq!(listed, Ok(vec![made.clone()]));
    // The list of endpoints is also what messages are matched with.
    let endpoints = store.endpoints(app, page).await.expect("a read");
    assert_eq!(endpoints, std::slice::from_ref(&ordinary.endpoint));
    assert_eq!(
        store.delete_endpoint(made.id.seq(), NOW + 1).await,
        Ok(true)
    );
    let gone = store.polling_endpoint(app, Reference::Id(made.id)).await;
    assert_eq!(gone, Ok(None));
}

pub(super) async fn messages_are_read_in_order_each_once_whatever_the_size_of_a_page(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let endpoint = create(&world, world.new_endpoint()).await;
    let mut made = Vec::new();
    for number in 0..23 {
        made.push(world.accept(at(&world, number / 4)).await.id);
    }
    for limit in [1, 2, 22, 23, 24] {
        let (mut seen, mut after) = (Vec::new(), place_at(0));
        loop {
            let page = PollMessages {
                after,
                limit,
                ..from_the_start(&endpoint)
            };
            let page = poll(&world, page).await;
            assert!(page.rows.len() <= limit);
            seen.extend(ids(&page));
            after = page.place;
            if page.is_done {
                break;
            }
        }
        assert_eq!(seen, made, "{limit} at a time");
        assert_eq!(after, made[22].parts());
    }
    let whole = poll(&world, from_the_start(&endpoint)).await;
    assert!(whole.rows.iter().all(|message| !message.payload.is_empty()));
}

pub(super) async fn what_is_accepted_meanwhile_comes_behind_what_was_read(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = create(&world, world.new_endpoint()).await;
    world.accept(at(&world, 10)).await;
    let first = poll(&world, from_the_start(&endpoint)).await;
    assert_eq!((first.rows.len(), first.is_done), (1, true));
    // A clock went back, or the message waited for its commit.
    let late = world.accept(at(&world, 3)).await;
    let next = PollMessages {
        after: first.place,
        ..from_the_start(&endpoint)
    };
    let second = poll(&world, next).await;
    assert_eq!(ids(&second), [late.id]);
    let nothing = PollMessages {
        after: second.place,
        ..from_the_start(&endpoint)
    };
    let third = poll(&world, nothing).await;
    let expected = Polled {
        rows: Vec::new(),
        place: second.place,
        is_done: true,
    };
    assert_eq!(third, expected);
}

pub(super) async fn only_what_the_polling_endpoint_wants_is_read_and_no_test(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let new = NewEndpoint {
        event_types: vec!["invoice.*".into()],
        channels: vec!["eu".into(), "us".into()],
        ..world.new_endpoint()
    };
    let endpoint = create(&world, new).await;
    let of = |event_type: &str, channel: &str| NewMessage {
        event_type: event_type.into(),
        channels: vec![channel.into()],
        ..world.to(&[])
    };
    let paid = world.accept(of("invoice.paid", "eu")).await.id;
    world.accept(of("user.created", "eu")).await;
    world.accept(of("invoice.paid", "apac")).await;
    world
        .accept(NewMessage {
            channels: Vec::new(),
            ..of("invoice.paid", "")
        })
        .await;
    let sent = world.accept(of("invoice.sent", "us")).await.id;
    let test = NewMessage {
        options: MessageOptions::aside(),
        ..of("invoice.paid", "eu")
    };
    let last = world.accept(test).await.id;
    let other = world.other_application().await.id.seq();
    world
        .accept(NewMessage {
            application: other,
            ..of("invoice.paid", "eu")
        })
        .await;
    let all = poll(&world, from_the_start(&endpoint)).await;
    assert_eq!(ids(&all), [paid, sent]);
    assert_eq!(
        all.place,
        last.parts(),
        "what is passed over is not read again"
    );
    let of_type = PollMessages {
        event_type: Some("invoice.sent".into()),
        ..from_the_start(&endpoint)
    };
    assert_eq!(ids(&poll(&world, of_type).await), [sent]);
    let on_channel = PollMessages {
        channel: Some("eu".into()),
        ..from_the_start(&endpoint)
    };
    assert_eq!(ids(&poll(&world, on_channel).await), [paid]);
}

pub(super) async fn reading_starts_at_an_instant(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = create(&world, world.new_endpoint()).await;
    let mut made = Vec::new();
    for after in [0, 10, 10, 20] {
        made.push(world.accept(at(&world, after)).await.id);
    }
    for (from, rest) in [
        (-5, 0),
        (0, 0),
        (1, 1),
        (10, 1),
        (11, 3),
        (20, 3),
        (21, 4),
        (DAY, 4),
    ] {
        let since = PollMessages {
            after: place_at(NOW + from),
            ..from_the_start(&endpoint)
        };
        let page = poll(&world, since).await;
        assert_eq!(ids(&page), made[rest..], "from {from} on");
    }
}

fn key(world: &World<'_>, endpoint: &Endpoint, name: &str) -> ConsumerKey {
    ConsumerKey {
        application: world.app(),
        endpoint: endpoint.id.seq(),
        name: name.into(),
    }
}

async fn move_to(world: &World<'_>, consumer: &ConsumerKey, to: IdParts, back: bool) -> Moved {
    let step = MoveConsumer {
        consumer: consumer.clone(),
        to,
        may_go_back: back,
        now: NOW,
    };
    world.store().move_consumer(step).await.expect("a write")
}

pub(super) async fn a_consumer_keeps_its_place_and_goes_back_only_if_told_so(
    harness: &dyn Harness,
) {
    let mut world = World::new(harness).await;
    let endpoint = create(&world, world.new_endpoint()).await;
    let first = world.accept(at(&world, 0)).await.id.parts();
    let second = world.accept(at(&world, 1)).await.id.parts();
    let (one, other) = (key(&world, &endpoint, "one"), key(&world, &endpoint, "One"));
    let place = async |world: &World<'_>, consumer: &ConsumerKey| {
        let place = world.store().consumer(consumer.clone()).await;
        place.expect("a read")
    };
    assert_eq!(place(&world, &one).await, None);
    assert_eq!(
        move_to(&world, &one, second, false).await,
        Moved::To(second)
    );
    assert_eq!(move_to(&world, &one, first, false).await, Moved::To(second));
    world.crash_and_recover().await;
    assert_eq!(place(&world, &one).await, Some(second));
    assert_eq!(place(&world, &other).await, None, "its name is another one");
    assert_eq!(move_to(&world, &one, first, true).await, Moved::To(first));
    let instant = place_at(NOW - DAY);
    assert_eq!(
        move_to(&world, &one, instant, true).await,
        Moved::To(instant)
    );
    assert_eq!(move_to(&world, &one, first, false).await, Moved::To(first));
}

pub(super) async fn a_hundred_consumers_are_kept_and_no_more(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = create(&world, world.new_endpoint()).await;
    let place = place_at(NOW);
    for number in 0..CONSUMERS_MAX {
        let consumer = key(&world, &endpoint, &number.to_string());
        assert_eq!(
            move_to(&world, &consumer, place, false).await,
            Moved::To(place)
        );
    }
    let more = key(&world, &endpoint, "more");
    assert_eq!(move_to(&world, &more, place, false).await, Moved::TooMany);
    let known = key(&world, &endpoint, "7");
    assert_eq!(move_to(&world, &known, place, true).await, Moved::To(place));
    let other = create(&world, world.new_endpoint()).await;
    let elsewhere = key(&world, &other, "more");
    assert_eq!(
        move_to(&world, &elsewhere, place, false).await,
        Moved::To(place)
    );
}

pub(super) async fn consumers_go_with_their_polling_endpoint_and_its_application(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let (store, place) = (world.store(), place_at(NOW));
    let mut consumers = Vec::new();
    for _ in 0..3 {
        let endpoint = create(&world, world.new_endpoint()).await;
        let consumer = key(&world, &endpoint, "one");
        move_to(&world, &consumer, place, false).await;
        consumers.push(consumer);
    }
    let there = async |consumer: &ConsumerKey| {
        let place = store.consumer(consumer.clone()).await;
        place.expect("a read").is_some()
    };
    let first = consumers[0].endpoint;
    assert_eq!(store.delete_endpoint(first, NOW).await, Ok(true));
    assert!(!there(&consumers[0]).await && there(&consumers[1]).await);
    assert_eq!(store.delete_application(world.app(), NOW).await, Ok(true));
    assert!(!there(&consumers[1]).await && !there(&consumers[2]).await);
}

pub(super) async fn a_page_that_reads_as_much_as_it_may_goes_on_with_the_next(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let new = NewEndpoint {
        event_types: vec!["rare".into()],
        ..world.new_endpoint()
    };
    let endpoint = create(&world, new).await;
    for _ in 0..=SCAN_ROWS_MAX / 500 {
        accept_all(&world, 500).await;
    }
    let rare = NewMessage {
        event_type: "rare".into(),
        ..world.to(&[])
    };
    let rare = world.accept(rare).await.id;
    let first = poll(&world, from_the_start(&endpoint)).await;
    assert_eq!((first.rows.len(), first.is_done), (0, false));
    let rest = PollMessages {
        after: first.place,
        ..from_the_start(&endpoint)
    };
    let second = poll(&world, rest).await;
    assert_eq!((ids(&second), second.is_done), (vec![rare], true));
}

/// So many messages that go into few commits.
async fn accept_all(world: &World<'_>, count: usize) {
    let store = world.store();
    let waiting: Vec<_> = (0..count).map(|_| store.accept(world.to(&[]))).collect();
    for accepted in waiting {
        accepted.await.expect("it is accepted");
    }
}
