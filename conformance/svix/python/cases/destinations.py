"""Destinations: endpoints that keep the order, and such as are polled."""

import json

from suite import case, equal
from svix.api import DestinationIn, DestinationListOptions, DestinationPatch, EndpointSecretRotateIn
from svix.api import MessageIn
from svix.models import DestinationStatus
from world import refused

SECRET = "whsec_plJ3nmyCDGBKInavdOK15jslAbCdEfGh"


def fifo(url, **fields):
    config = {"url": url, "key": SECRET, "headers": {"X-Tenant": "7"}}
    return DestinationIn.model_validate({"type": "fifoEndpoint", "config": config, **fields})


@case("destination.create")
def a_fifo_endpoint_gets_its_messages_in_order(world):
    app, inbox = world.app(), world.inbox()
    body = fifo(inbox.url, uid="line", batchSize=3, maxWaitSecs=5, metadata={"a": "b"})
    made = world.svix.destination.create(app, body)
    shown = world.svix.destination.get(app, "line")
    equal(shown, made)
    equal((shown.type, shown.batch_size, shown.max_wait_secs), ("fifoEndpoint", 3, 5))
    equal((shown.status, shown.config.url), (DestinationStatus.ENABLED, inbox.url))
    for number in range(3):
        world.svix.message.create(app, MessageIn(event_type="a", payload={"n": number}))
    headers, body = inbox.next(SECRET)
    equal(headers["x-tenant"], "7")
    assert [number for number in (0, 1, 2) if '"n":%d' % number in body.decode()] == [0, 1, 2]
    assert json.loads(body), body


@case("destination.create")
def a_polling_endpoint_is_polled(world):
    app, uid = world.app(), world.name("poller")
    body = DestinationIn.model_validate({"type": "pollingEndpoint", "uid": uid})
    made = world.svix.destination.create(app, body)
    equal(world.svix.destination.get(app, uid), made)
    equal((made.type, made.status), ("pollingEndpoint", DestinationStatus.ENABLED))
    sent = world.svix.message.create(app, MessageIn(event_type="a", payload={"n": 1}))
    page = world.svix.message.poller.poll(app, uid)
    equal([message.id for message in page.data], [sent.id])


@case("destination.create", refusal=409)
def a_uid_is_of_one_destination(world):
    app = world.app()
    taken = world.fifo(app)
    refused(409, world.svix.destination.create, app, fifo(world.inbox().url, uid=taken))


@case("destination.get", "destination.list")
def destinations_are_read_and_listed(world):
    app = world.app()
    world.endpoint(app)
    made = [world.fifo(app) for _ in range(2)]
    svix = world.svix.destination
    page = svix.list(app, DestinationListOptions(limit=1, order="ascending"))
    equal(([found.uid for found in page.data], page.done), (made[:1], False))
    options = DestinationListOptions(limit=5, order="ascending", iterator=page.iterator)
    equal([found.uid for found in svix.list(app, options).data], made[1:])
    equal(svix.get(app, made[0]), page.data[0])


@case("destination.upsert")
def a_destination_is_put_and_put_again(world):
    app, url = world.app(), world.inbox().url
    svix = world.svix.destination
    made = svix.upsert(app, "put", fifo(url, uid="put"))
    equal(svix.get(app, "put").config.url, url)
    again = svix.upsert(app, "put", fifo(url + "?2", uid="put", status="disabled"))
    equal(again.id, made.id)
    shown = svix.get(app, made.id)
    equal((shown.config.url, shown.status), (url + "?2", DestinationStatus.DISABLED))


@case("destination.patch")
def a_patch_changes_what_it_names(world):
    app, url = world.app(), world.inbox().url
    uid = world.fifo(app, url)
    patch = DestinationPatch.model_validate({"type": "fifoEndpoint", "batchSize": 7})
    world.svix.destination.patch(app, uid, patch)
    shown = world.svix.destination.get(app, uid)
    equal((shown.batch_size, shown.config.url), (7, url))


@case("destination.delete")
def a_destination_goes(world):
    app = world.app()
    uid = world.fifo(app)
    equal(world.svix.destination.get(app, uid).uid, uid)
    world.svix.destination.delete(app, uid)
    refused(404, world.svix.destination.get, app, uid)


@case("destination.rotate_secret")
def the_new_secret_signs(world):
    app, inbox = world.app(), world.inbox()
    uid = world.fifo(app, inbox.url)
    new = world.svix.destination.rotate_secret(app, uid, EndpointSecretRotateIn(key=SECRET))
    equal(new.key, SECRET)
    world.svix.message.create(app, MessageIn(event_type="a", payload={"n": 1}))
    inbox.next(SECRET)
