"""Endpoints, their headers and secrets."""

from suite import case, equal
from svix.api import (
    EndpointCreateOptions,
    EndpointHeadersIn,
    EndpointHeadersPatchIn,
    EndpointIn,
    EndpointListOptions,
    EndpointPatch,
    EndpointSecretRotateIn,
    EndpointUpsertIn,
    MessageIn,
)
from world import refused

SECRET = "whsec_plJ3nmyCDGBKInavdOK15jslAbCdEfGh"


@case("endpoint.create")
def an_endpoint_is_made_and_gets_what_it_asked_for(world):
    app, inbox, event_type = world.app(), world.inbox(), world.event_type()
    made = world.svix.endpoint.create(
        app,
        EndpointIn(
            url=inbox.url,
            uid="main",
            description="Production",
            event_types=[event_type],
            channels=["eu"],
            throttle_rate=100,
            metadata={"a": "b"},
            secret=SECRET,
            headers={"X-Tenant": "7"},
        ),
    )
    shown = world.svix.endpoint.get(app, "main")
    equal(shown, made)
    equal((shown.event_types, shown.channels), ([event_type], ["eu"]))
    equal((shown.throttle_rate, shown.metadata), (100, {"a": "b"}))
    equal((shown.url, shown.description, shown.disabled), (inbox.url, "Production", False))
    for channels, kind in ((["us"], event_type), (["eu"], "other"), (["eu"], event_type)):
        sent = world.svix.message.create(
            app, MessageIn(event_type=kind, payload={"n": 1}, channels=channels)
        )
    headers, body = inbox.next(SECRET)
    equal((headers["webhook-id"], headers["x-tenant"]), (sent.id, "7"))
    equal(body, b'{"n":1}')
    assert inbox.is_empty(), "what other channels and types have sent came too"


@case("endpoint.create")
def a_repeated_key_makes_one_endpoint(world):
    app = world.app()
    options = EndpointCreateOptions(idempotency_key=world.name("key"))
    body = EndpointIn(url=world.inbox().url)
    first = world.svix.endpoint.create(app, body, options)
    equal(world.svix.endpoint.create(app, body, options).id, first.id)
    equal(len(world.svix.endpoint.list(app).data), 1)


@case("endpoint.create", "endpoint.patch", "endpoint.upsert", refusal=409)
def a_uid_is_of_one_endpoint(world):
    app = world.app()
    taken, other, svix = world.endpoint(app), world.endpoint(app), world.svix.endpoint
    refused(409, svix.create, app, EndpointIn(url=world.inbox().url, uid=taken))
    refused(409, svix.patch, app, other, EndpointPatch(uid=taken))
    refused(409, svix.upsert, app, other, EndpointUpsertIn(url=world.inbox().url, uid=taken))
    equal(svix.get(app, other).uid, other)


@case("endpoint.get")
def an_endpoint_is_found_by_id_and_uid(world):
    app = world.app()
    made = world.svix.endpoint.create(app, EndpointIn(url=world.inbox().url, uid="me"))
    equal(world.svix.endpoint.get(app, made.id), made)
    equal(world.svix.endpoint.get(app, "me"), made)


@case("endpoint.list")
def endpoints_come_in_pages_both_orders(world):
    app = world.app()
    made = [world.endpoint(app) for _ in range(3)]
    page = world.svix.endpoint.list(app, EndpointListOptions(limit=2))
    equal([endpoint.uid for endpoint in page.data], made[:0:-1])
    assert not page.done
    page = world.svix.endpoint.list(app, EndpointListOptions(limit=2, iterator=page.iterator))
    equal(([endpoint.uid for endpoint in page.data], page.done), (made[:1], True))
    page = world.svix.endpoint.list(app, EndpointListOptions(order="ascending"))
    equal([endpoint.uid for endpoint in page.data], made)
    equal(world.svix.endpoint.get(app, made[0]).id, page.data[0].id)


@case("endpoint.upsert")
def an_endpoint_is_put_and_put_again(world):
    app, url = world.app(), world.inbox().url
    made = world.svix.endpoint.upsert(app, "put", EndpointUpsertIn(url=url, description="One"))
    equal(world.svix.endpoint.get(app, "put"), made)
    again = world.svix.endpoint.upsert(app, "put", EndpointUpsertIn(url=url + "?2", uid="put"))
    equal((again.id, again.url), (made.id, url + "?2"))
    equal(world.svix.endpoint.get(app, made.id).url, url + "?2")


@case("endpoint.patch")
def a_patch_changes_what_it_names(world):
    app, inbox = world.app(), world.inbox()
    endpoint = world.endpoint(app, inbox.url, description="Kept", channels=["a"])
    world.svix.endpoint.patch(app, endpoint, EndpointPatch(disabled=True))
    shown = world.svix.endpoint.get(app, endpoint)
    equal((shown.disabled, shown.description, shown.channels), (True, "Kept", ["a"]))
    message = MessageIn(event_type="some.event", payload={}, channels=["a"])
    world.svix.message.create(app, message)
    world.svix.endpoint.patch(app, endpoint, EndpointPatch(disabled=False))
    sent = world.svix.message.create(app, message)
    equal(inbox.next()[0]["webhook-id"], sent.id, "what came")


@case("endpoint.delete")
def a_deleted_endpoint_is_gone_and_gets_nothing(world):
    app, inbox, other = world.app(), world.inbox(), world.inbox()
    endpoint = world.endpoint(app, inbox.url)
    world.endpoint(app, other.url)
    equal(len(world.svix.endpoint.list(app).data), 2)
    world.svix.endpoint.delete(app, endpoint)
    refused(404, world.svix.endpoint.get, app, endpoint)
    equal(len(world.svix.endpoint.list(app).data), 1)
    world.message(app)
    other.next()
    assert inbox.is_empty()


@case("endpoint.get_secret")
def a_secret_is_shown_as_it_was_given(world):
    app = world.app()
    world.svix.endpoint.create(app, EndpointIn(url=world.inbox().url, uid="a", secret=SECRET))
    equal(world.svix.endpoint.get_secret(app, "a").key, SECRET)


@case("endpoint.get_secret")
def a_made_secret_signs(world):
    app, inbox = world.app(), world.inbox()
    endpoint = world.endpoint(app, inbox.url)
    secret = world.svix.endpoint.get_secret(app, endpoint).key
    sent = world.svix.message.create(app, MessageIn(event_type="a", payload={"n": 1}))
    equal(inbox.next(secret)[0]["webhook-id"], sent.id)


@case("endpoint.rotate_secret")
def both_secrets_sign_until_the_grace_is_over(world):
    app, inbox = world.app(), world.inbox()
    endpoint = world.endpoint(app, inbox.url, secret=SECRET)
    grace = EndpointSecretRotateIn(grace_period_seconds=3600)
    new = world.svix.endpoint.rotate_secret(app, endpoint, grace).key
    equal(world.svix.endpoint.get_secret(app, endpoint).key, new)
    world.message(app)
    request = inbox.next(new)
    inbox.requests.put(request)
    inbox.next(SECRET)
    at_once = EndpointSecretRotateIn(grace_period_seconds=0, key=SECRET)
    world.svix.endpoint.rotate_secret(app, endpoint, at_once)
    equal(world.svix.endpoint.get_secret(app, endpoint).key, SECRET)


@case("endpoint.get_headers", "endpoint.set_headers", "endpoint.patch_headers")
def headers_are_set_patched_shown_and_sent(world):
    app, inbox = world.app(), world.inbox()
    endpoint = world.endpoint(app, inbox.url)
    svix = world.svix.endpoint
    sensitive = {"X-One": "1", "Authorization": "Bearer x"}
    svix.set_headers(app, endpoint, EndpointHeadersIn(headers=sensitive))
    svix.patch_headers(app, endpoint, EndpointHeadersPatchIn(headers={"X-Two": "2"}))
    shown = svix.get_headers(app, endpoint)
    equal((shown.headers, shown.sensitive), ({"X-One": "1", "X-Two": "2"}, ["Authorization"]))
    svix.patch_headers(
        app, endpoint, EndpointHeadersPatchIn(headers={}, delete_headers=["X-One"])
    )
    equal(svix.get_headers(app, endpoint).headers, {"X-Two": "2"})
    world.svix.message.create(app, MessageIn(event_type="a", payload={}))
    headers, _ = inbox.next()
    equal((headers["x-two"], headers["authorization"]), ("2", "Bearer x"))
    assert "x-one" not in headers
    svix.set_headers(app, endpoint, EndpointHeadersIn(headers={}))
    equal(svix.get_headers(app, endpoint).headers, {})
