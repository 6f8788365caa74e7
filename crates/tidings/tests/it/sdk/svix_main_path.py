"""Goes the main path with the Svix SDK as published, and checks each request with standardwebhooks.

The server is named by TIDINGS_URL, the key by TIDINGS_TOKEN. Ends with an exception where anything is
not as a user of the SDK would expect it.
"""

import os
import queue
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from svix.api import (
    ApplicationIn,
    ApplicationListOptions,
    ApplicationPatch,
    EndpointHeadersIn,
    EndpointHeadersPatchIn,
    EndpointIn,
    EndpointPatch,
    EndpointSecretRotateIn,
    EventTypeIn,
    MessageCreateOptions,
    MessageGetOptions,
    MessageIn,
    Svix,
    SvixOptions,
)
from svix.exceptions import HttpError, HTTPValidationError
from svix.webhooks import Webhook as SvixWebhook

URL = os.environ["TIDINGS_URL"]
TOKEN = os.environ["TIDINGS_TOKEN"]
PATIENCE_S = 20


class Receiver:
    """An endpoint that takes everything and keeps it in a queue."""

    def __init__(self):
        requests = queue.Queue()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                requests.put((dict(self.headers.items()), body))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.requests = requests
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = "http://127.0.0.1:%d/hook" % self.server.server_address[1]

    def next(self):
        return self.requests.get(timeout=PATIENCE_S)


def until(what, ask):
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        answer = ask()
        if answer:
            return answer
        time.sleep(0.02)
    raise AssertionError("waited in vain for " + what)


def refused(kind, status, call):
    try:
        call()
    except kind as error:
        assert error.status_code == status, error
        return error
    raise AssertionError("expected %s %s" % (kind.__name__, status))


def is_signed_with(secret, request):
    headers, body = request
    try:
        Webhook(secret).verify(body, headers)
        return True
    except WebhookVerificationError:
        return False


def applications(svix):
    made = svix.application.create(ApplicationIn(name="Cool Account", uid="cool"))
    assert made.id.startswith("app_") and made.uid == "cool", made
    again = svix.application.get_or_create(ApplicationIn(name="Another name", uid="cool"))
    assert (again.id, again.name) == (made.id, "Cool Account"), again
    assert svix.application.get("cool").id == made.id

    changed = svix.application.patch("cool", ApplicationPatch(name="Cooler"))
    assert (changed.id, changed.name, changed.uid) == (made.id, "Cooler", "cool"), changed
    put = svix.application.upsert("second", ApplicationIn(name="Second", uid="second"))
    assert put.id != made.id and put.uid == "second", put
    put_again = svix.application.upsert("second", ApplicationIn(name="Renamed", uid="second"))
    assert (put_again.id, put_again.name) == (put.id, "Renamed"), put_again

    for number in range(5):
        svix.application.create(ApplicationIn(name="Page %d" % number))
    seen, iterator, done = [], None, False
    while not done:
        page = svix.application.list(ApplicationListOptions(limit=3, iterator=iterator))
        seen += [application.id for application in page.data]
        iterator, done = page.iterator, page.done
    assert len(seen) == len(set(seen)) == 7, seen
    svix.application.delete("second")
    refused(HttpError, 404, lambda: svix.application.get("second"))
    return made


def event_types(svix):
    made = svix.event_type.create(EventTypeIn(name="user.signup", description="Somebody came"))
    assert made.name == "user.signup", made
    refused(
        HttpError,
        409,
        lambda: svix.event_type.create(EventTypeIn(name="user.signup", description="Again")),
    )
    assert [event_type.name for event_type in svix.event_type.list().data] == ["user.signup"]


def errors(svix):
    nobody = Svix("not-a-key", SvixOptions(server_url=URL))
    error = refused(HttpError, 401, lambda: nobody.application.list())
    assert error.code == "authentication_failed" and error.detail, error
    error = refused(HttpError, 404, lambda: svix.application.get("nobody"))
    assert error.code == "not_found", error
    error = refused(
        HttpError, 409, lambda: svix.application.create(ApplicationIn(name="x", uid="cool"))
    )
    assert error.code == "conflict", error
    error = refused(
        HTTPValidationError,
        422,
        lambda: svix.application.create(ApplicationIn(name="x", uid="no spaces")),
    )
    assert error.detail[0].loc == ["body", "uid"], error
    refused(
        HTTPValidationError,
        422,
        lambda: svix.endpoint.create("cool", EndpointIn(url="no URL", version=1)),
    )


def headers(svix, endpoint):
    svix.endpoint.set_headers(
        "cool", endpoint, EndpointHeadersIn(headers={"X-One": "1", "Authorization": "Bearer x"})
    )
    svix.endpoint.patch_headers(
        "cool", endpoint, EndpointHeadersPatchIn(headers={"X-Two": "2"})
    )
    shown = svix.endpoint.get_headers("cool", endpoint)
    assert shown.headers == {"X-One": "1", "X-Two": "2"}, shown
    assert shown.sensitive == ["Authorization"], shown


def main_path(svix, receiver):
    endpoint = svix.endpoint.create(
        "cool", EndpointIn(url=receiver.url, event_types=["user.signup"], description="mine")
    )
    assert endpoint.id.startswith("ep_") and endpoint.event_types == ["user.signup"], endpoint
    headers(svix, endpoint.id)
    assert svix.endpoint.patch("cool", endpoint.id, EndpointPatch(uid="hook")).uid == "hook"
    secret = svix.endpoint.get_secret("cool", "hook").key

    event = MessageIn(event_type="user.signup", payload={"name": "Ada", "n": 1}, event_id="e-1")
    sent = svix.message.create("cool", event)
    request = receiver.next()
    assert request[0]["webhook-id"] == sent.id, request
    assert request[0]["x-one"] == "1" and request[0]["authorization"] == "Bearer x", request
    assert is_signed_with(secret, request), request
    assert request[1] == b'{"name":"Ada","n":1}', request
    with_content = MessageGetOptions(with_content=True)
    assert svix.message.get("cool", "e-1", with_content).payload == {"name": "Ada", "n": 1}
    refused(HttpError, 409, lambda: svix.message.create("cool", event))

    attempts = until(
        "the attempt", lambda: svix.message_attempt.list_by_msg("cool", sent.id).data
    )
    assert len(attempts) == 1 and attempts[0].status == 0, attempts
    by_endpoint = svix.message_attempt.list_by_endpoint("cool", "hook").data
    assert [attempt.id for attempt in by_endpoint] == [attempts[0].id], by_endpoint
    one = svix.message_attempt.get("cool", sent.id, attempts[0].id)
    assert one.response_status_code == 204, one
    targets = svix.message_attempt.list_attempted_destinations("cool", sent.id).data
    assert [target.id for target in targets] == [endpoint.id], targets

    rotated = svix.endpoint.rotate_secret(
        "cool", "hook", EndpointSecretRotateIn(grace_period_seconds=3600)
    )
    assert rotated.key != secret, rotated
    assert svix.endpoint.get_secret("cool", "hook").key == rotated.key
    svix.message_attempt.resend("cool", sent.id, "hook")
    request = receiver.next()
    assert request[0]["webhook-id"] == sent.id, request
    assert is_signed_with(secret, request) and is_signed_with(rotated.key, request), request
    until(
        "the second attempt",
        lambda: len(svix.message_attempt.list_by_msg("cool", sent.id).data) == 2,
    )

    svix.endpoint.rotate_secret("cool", "hook", EndpointSecretRotateIn(grace_period_seconds=0))
    last = svix.endpoint.get_secret("cool", "hook").key
    key = MessageCreateOptions(idempotency_key=str(uuid.uuid4()))
    plain = MessageIn(event_type="user.signup", payload={"n": 2})
    first = svix.message.create("cool", plain, key)
    assert svix.message.create("cool", plain, key).id == first.id
    request = receiver.next()
    assert is_signed_with(last, request), request
    SvixWebhook(last).verify(request[1], request[0])
    assert receiver.requests.empty(), "one key, one delivery"
    svix.endpoint.delete("cool", "hook")
    refused(HttpError, 404, lambda: svix.endpoint.get("cool", "hook"))


def main():
    svix = Svix(TOKEN, SvixOptions(server_url=URL))
    svix.health.get()
    applications(svix)
    event_types(svix)
    errors(svix)
    main_path(svix, Receiver())


main()
