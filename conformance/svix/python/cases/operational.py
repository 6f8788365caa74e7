"""Operational webhooks: endpoints of those who run the environment."""

import json

from suite import case, equal
from svix.api import (
    EndpointIn,
    OperationalWebhookEndpointHeadersIn,
    OperationalWebhookEndpointIn,
    OperationalWebhookEndpointListOptions,
    OperationalWebhookEndpointSecretIn,
    OperationalWebhookEndpointUpsertIn,
)
from world import refused

SECRET = "whsec_plJ3nmyCDGBKInavdOK15jslAbCdEfGh"


def told(inbox, secret, endpoint):
    """The request that tells of this endpoint; others work in the same environment."""
    for _ in range(50):
        headers, body = inbox.next(secret)
        event = json.loads(body)
        if event["data"].get("endpointId") == endpoint:
            return headers, event
    raise AssertionError("nothing was told of the endpoint")


@case("operational_webhook.endpoint.create")
def an_operational_endpoint_is_told_of_changes(world):
    inbox, app, uid = world.inbox(), world.app(), world.name("ops")
    made = world.svix.operational_webhook.endpoint.create(
        OperationalWebhookEndpointIn(
            url=inbox.url,
            uid=uid,
            description="Mine",
            event_types=["endpoint.created"],
            metadata={"a": "b"},
            secret=SECRET,
        )
    )
    shown = world.svix.operational_webhook.endpoint.get(uid)
    equal(shown, made)
    equal((shown.description, shown.metadata, shown.disabled), ("Mine", {"a": "b"}, False))
    endpoint = world.svix.endpoint.create(app, EndpointIn(url=world.inbox().url)).id
    _, event = told(inbox, SECRET, endpoint)
    equal((event["type"], event["data"]["appUid"]), ("endpoint.created", app))
    world.svix.operational_webhook.endpoint.delete(uid)


@case("operational_webhook.endpoint.create", refusal=409)
def a_uid_is_of_one_operational_endpoint(world):
    taken = world.operational_endpoint()
    body = OperationalWebhookEndpointIn(url=world.inbox().url, uid=taken)
    refused(409, world.svix.operational_webhook.endpoint.create, body)
    world.setup.operational_webhook.endpoint.delete(taken)


@case("operational_webhook.endpoint.get", "operational_webhook.endpoint.list")
def operational_endpoints_are_read_and_listed(world):
    made = [world.operational_endpoint() for _ in range(2)]
    svix = world.svix.operational_webhook.endpoint
    newest = svix.list(OperationalWebhookEndpointListOptions(limit=2, order="descending")).data
    equal([found.uid for found in newest], made[::-1])
    equal(svix.get(made[0]), newest[1])
    for uid in made:
        world.setup.operational_webhook.endpoint.delete(uid)


@case("operational_webhook.endpoint.upsert")
def an_operational_endpoint_is_put(world):
    uid, url = world.operational_endpoint(), world.inbox().url
    svix = world.svix.operational_webhook.endpoint
    body = OperationalWebhookEndpointUpsertIn(url=url, uid=uid, description="Put", disabled=True)
    svix.upsert(uid, body)
    shown = svix.get(uid)
    equal((shown.url, shown.description, shown.disabled), (url, "Put", True))
    svix.delete(uid)


@case("operational_webhook.endpoint.delete")
def an_operational_endpoint_goes(world):
    uid = world.operational_endpoint()
    svix = world.svix.operational_webhook.endpoint
    equal(svix.get(uid).uid, uid)
    svix.delete(uid)
    refused(404, svix.get, uid)


@case("operational_webhook.endpoint.get_secret", "operational_webhook.endpoint.rotate_secret")
def a_secret_is_shown_and_replaced(world):
    uid = world.operational_endpoint(secret=SECRET)
    svix = world.svix.operational_webhook.endpoint
    equal(svix.get_secret(uid).key, SECRET)
    svix.rotate_secret(uid, OperationalWebhookEndpointSecretIn(grace_period_seconds=0))
    new = svix.get_secret(uid).key
    assert new != SECRET and new.startswith("whsec_"), new
    svix.delete(uid)


@case("operational_webhook.endpoint.get_headers", "operational_webhook.endpoint.set_headers")
def headers_are_set_shown_and_sent(world):
    inbox, app = world.inbox(), world.app()
    uid = world.operational_endpoint(inbox.url, secret=SECRET, event_types=["endpoint.created"])
    svix = world.svix.operational_webhook.endpoint
    headers = {"X-One": "1", "Authorization": "Bearer x"}
    svix.set_headers(uid, OperationalWebhookEndpointHeadersIn(headers=headers))
    shown = svix.get_headers(uid)
    equal((shown.headers, shown.sensitive), ({"X-One": "1"}, ["Authorization"]))
    endpoint = world.svix.endpoint.create(app, EndpointIn(url=world.inbox().url)).id
    sent, _ = told(inbox, SECRET, endpoint)
    equal((sent["x-one"], sent["authorization"]), ("1", "Bearer x"))
    svix.delete(uid)
