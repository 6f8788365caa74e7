"""Messages and the message poller."""

from datetime import timedelta

from suite import case, equal, until
from svix.api import (
    ApplicationIn,
    BulkExpungeContentsIn,
    MessageCreateOptions,
    MessageGetOptions,
    MessageIn,
    MessageListOptions,
    MessagePollerConsumerPollOptions,
    MessagePollerPollOptions,
    MessagePrecheckIn,
    PollingEndpointConsumerSeekIn,
)
from svix.api.message import message_in_raw
from world import refused

SECRET = "whsec_plJ3nmyCDGBKInavdOK15jslAbCdEfGh"


@case("message.create")
def a_message_is_sent_signed_and_shown(world):
    app, inbox = world.app(), world.inbox()
    endpoint = world.endpoint(app, inbox.url, secret=SECRET)
    made = world.svix.message.create(
        app,
        MessageIn(
            event_type="user.signup",
            payload={"name": "Ada", "n": 1},
            event_id="e-1",
            channels=["eu"],
            tags=["new"],
        ),
    )
    headers, body = inbox.next(SECRET)
    equal((headers["webhook-id"], body), (made.id, b'{"name":"Ada","n":1}'))
    for key in (made.id, "e-1"):
        shown = world.svix.message.get(app, key)
        equal((shown.id, world.payload(app, key)), (made.id, {"name": "Ada", "n": 1}))
        equal((shown.event_id, shown.channels, shown.tags), ("e-1", ["eu"], ["new"]))
    attempts = until("the attempt", lambda: world.attempts(app, made.id))
    targets = world.svix.message_attempt.list_attempted_destinations(app, made.id).data
    equal([target.uid for target in targets], [endpoint])
    equal([attempt.response_status_code for attempt in attempts], [200])


@case("message.create", refusal=409)
def an_event_id_is_of_one_message(world):
    app = world.app()
    message = MessageIn(event_type="a", payload={}, event_id="once")
    first = world.svix.message.create(app, message)
    refused(409, world.svix.message.create, app, message)
    equal(world.svix.message.get(app, "once").id, first.id)


@case("message.create")
def a_repeated_key_makes_one_message(world):
    app = world.app()
    options = MessageCreateOptions(idempotency_key=world.name("key"))
    message = MessageIn(event_type="a", payload={"n": 1})
    first = world.svix.message.create(app, message, options)
    equal(world.svix.message.create(app, message, options).id, first.id)
    equal(len(world.svix.message.list(app).data), 1)


@case("message.create")
def an_application_is_made_along_with_a_message(world):
    app = world.name("app")
    body = ApplicationIn(name="Along", uid=app)
    sent = world.svix.message.create(
        app, MessageIn(event_type="a", payload={}, application=body)
    )
    equal(world.svix.application.get(app).name, "Along")
    equal(world.svix.message.get(app, sent.id).id, sent.id)


@case("message.create")
def a_message_is_sent_later(world):
    app, inbox = world.app(), world.inbox()
    world.endpoint(app, inbox.url)
    at = world.now().replace(microsecond=0) + timedelta(seconds=2)
    sent = world.svix.message.create(app, MessageIn(event_type="a", payload={}, deliver_at=at))
    target = world.svix.message_attempt.list_attempted_destinations(app, sent.id).data[0]
    equal((sent.deliver_at, target.next_attempt), (at, at))
    inbox.next()
    assert world.now() >= at, "it came too early"


@case("message.create")
def a_raw_body_goes_out_as_it_is(world):
    app, inbox = world.app(), world.inbox()
    world.endpoint(app, inbox.url)
    raw = message_in_raw("order.paid", "<order>1</order>", "application/xml")
    sent = world.svix.message.create(app, raw)
    headers, body = inbox.next()
    equal((headers["content-type"], body), ("application/xml", b"<order>1</order>"))
    equal(world.svix.message.get(app, sent.id).event_type, "order.paid")


@case("message.get")
def content_is_shown_where_it_is_asked_for(world):
    app = world.app()
    sent = world.svix.message.create(app, MessageIn(event_type="a", payload={"n": 1}))
    get = world.svix.message.get
    equal(get(app, sent.id, MessageGetOptions(with_content=True)).payload, {"n": 1})
    assert get(app, sent.id, MessageGetOptions(with_content=False)).payload != {"n": 1}


@case("message.list")
def messages_are_filtered_and_come_in_pages(world):
    app = world.app()
    made = []
    for number in range(4):
        message = MessageIn(
            event_type="even" if number % 2 == 0 else "odd",
            payload={"n": number},
            channels=["c%d" % number],
            tags=["t%d" % number],
        )
        made.append(world.svix.message.create(app, message).id)

    def ids(**options):
        page = world.svix.message.list(app, MessageListOptions(**options))
        return [message.id for message in page.data]

    equal(ids(), made[::-1])
    equal(ids(event_types=["even"]), [made[2], made[0]])
    equal(ids(event_types=["even", "odd"]), made[::-1])
    equal(ids(channel="c1"), [made[1]])
    equal(ids(tag="t3"), [made[3]])
    equal(ids(before=world.ago(days=1)), [])
    equal(ids(after=world.ago(days=1)), made[::-1])
    page = world.svix.message.list(app, MessageListOptions(limit=3, with_content=True))
    equal(([message.payload["n"] for message in page.data], page.done), ([3, 2, 1], False))
    equal(ids(limit=3, iterator=page.iterator), [made[0]])


@case("message.precheck")
def a_precheck_says_whether_anybody_would_get_it(world):
    app = world.app()
    world.svix.endpoint.list(app)
    ask = world.svix.message.precheck
    equal(ask(app, MessagePrecheckIn(event_type="a")).active, False)
    wanted = world.event_type()
    world.endpoint(app, event_types=[wanted], channels=["eu"])
    equal(ask(app, MessagePrecheckIn(event_type="a")).active, False)
    equal(ask(app, MessagePrecheckIn(event_type=wanted, channels=["us"])).active, False)
    equal(ask(app, MessagePrecheckIn(event_type=wanted, channels=["eu"])).active, True)


@case("message.expunge_content")
def a_payload_goes(world):
    app, endpoint, message, _, _ = world.delivered()
    world.svix.message.expunge_content(app, message)
    equal(world.payload(app, message), {"expired": True})
    refused(400, world.svix.message_attempt.resend, app, message, endpoint)


@case("message.bulk_expunge_content")
def payloads_go_together(world):
    app = world.app()
    made = [world.message(app, event_id="e-%d" % number) for number in range(3)]
    results = world.svix.message.bulk_expunge_content(
        app, BulkExpungeContentsIn(ids=[made[0], "e-1", "nobody"])
    ).results
    shown = {name: getattr(status, "value", status) for name, status in results.items()}
    equal(shown, {made[0]: "expunged", "e-1": "expunged", "nobody": "not-found"})
    equal(world.payload(app, made[1]), {"expired": True})
    equal(world.payload(app, made[2]), {"n": 1})


@case("message.poller.poll")
def what_is_new_is_polled(world):
    app = world.app()
    sink = world.polling_endpoint(app)
    made = [
        world.svix.message.create(app, MessageIn(event_type="polled", payload={"n": n})).id
        for n in range(3)
    ]
    poll = world.svix.message.poller.poll
    first = poll(app, sink, MessagePollerPollOptions(limit=2))
    equal(([message.id for message in first.data], first.done), (made[:2], False))
    rest = poll(app, sink, MessagePollerPollOptions(iterator=first.iterator))
    equal(([message.id for message in rest.data], rest.done), (made[2:], True))
    equal(rest.data[0].payload, {"n": 2})
    other = poll(app, sink, MessagePollerPollOptions(event_type="other"))
    equal(other.data, [])


@case("message.poller.consumer_poll", "message.poller.consumer_seek")
def a_consumer_keeps_its_place_and_is_sent_back(world):
    app = world.app()
    sink, since = world.polling_endpoint(app), world.ago(days=1)
    made = [
        world.svix.message.create(app, MessageIn(event_type="polled", payload={"n": n})).id
        for n in range(3)
    ]
    poller = world.svix.message.poller
    page = poller.consumer_poll(app, sink, "me", MessagePollerConsumerPollOptions(limit=1))
    equal([message.id for message in page.data], made[:1])
    following = MessagePollerConsumerPollOptions(limit=2, iterator=page.iterator)
    page = poller.consumer_poll(app, sink, "me", following)
    equal([message.id for message in page.data], made[1:])
    sought = poller.consumer_seek(app, sink, "me", PollingEndpointConsumerSeekIn(after=since))
    assert sought.iterator
    page = poller.consumer_poll(app, sink, "me")
    equal([message.id for message in page.data], made)
