"""Sends later, raw and short-lived messages, expunges and polls with the Svix SDK as published.

The server is named by TIDINGS_URL, the key by TIDINGS_TOKEN. Ends with an exception where anything is
not as a user of the SDK would expect it.
"""

import base64
import hashlib
import hmac
import os
import queue
import threading
import time
import urllib.request
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from svix.api import (
    ApplicationIn,
    BulkExpungeContentsIn,
    EndpointIn,
    MessageGetOptions,
    MessageIn,
    MessagePrecheckIn,
    PollingEndpointConsumerSeekIn,
    Svix,
    SvixOptions,
)
from svix.api.message import message_in_raw
from svix.api.message_poller import (
    MessagePollerConsumerPollOptions,
    MessagePollerPollOptions,
)
from svix.exceptions import HTTPValidationError

URL = os.environ["TIDINGS_URL"]
TOKEN = os.environ["TIDINGS_TOKEN"]
PATIENCE_S = 20
APP = "cool"
WITH_CONTENT = MessageGetOptions(with_content=True)


def receiver():
    requests = queue.Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            requests.put((dict(self.headers.items()), body))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"thanks")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return "http://127.0.0.1:%d/hook" % server.server_address[1], requests


def until(what, ask):
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        answer = ask()
        if answer:
            return answer
        time.sleep(0.02)
    raise AssertionError("waited in vain for " + what)


def is_signed(secret, headers, body):
    """By hand: the library would read the body as JSON."""
    signed = "%s.%s." % (headers["webhook-id"], headers["webhook-timestamp"])
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, signed.encode() + body, hashlib.sha256).digest()
    own = "v1," + base64.b64encode(digest).decode()
    assert own in headers["webhook-signature"].split(" "), headers


def raw(svix, requests, secret):
    message = message_in_raw("order.paid", "<order>1</order>", "application/xml")
    made = svix.message.create(APP, message)
    headers, body = requests.get(timeout=PATIENCE_S)
    assert body == b"<order>1</order>", body
    assert headers["content-type"] == "application/xml", headers
    is_signed(secret, headers, body)
    assert headers["webhook-id"] == made.id, headers
    return made


def later(svix, requests):
    at = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(seconds=2)
    made = svix.message.create(
        APP, MessageIn(event_type="later", payload={"n": 1}, deliver_at=at)
    )
    assert made.deliver_at == at, made
    destination = svix.message_attempt.list_attempted_destinations(APP, made.id).data[0]
    assert destination.next_attempt == at, destination
    requests.get(timeout=PATIENCE_S)
    assert datetime.now(timezone.utc) >= at
    try:
        svix.message.create(
            APP,
            MessageIn(event_type="later", payload={}, deliver_at=at + timedelta(days=31)),
        )
    except HTTPValidationError:
        return
    raise AssertionError("31 days ahead were accepted")


def expunging(svix, requests):
    made = svix.message.create(
        APP,
        MessageIn(
            event_type="a", event_id="first", payload={"secret": 1}, payload_retention_hours=1
        ),
    )
    requests.get(timeout=PATIENCE_S)
    attempt = until(
        "the attempt", lambda: svix.message_attempt.list_by_msg(APP, made.id).data
    )[0]
    assert svix.message_attempt.expunge_content(APP, made.id, attempt.id) is None
    assert svix.message_attempt.get(APP, made.id, attempt.id).response == "EXPUNGED"
    assert svix.message.expunge_content(APP, made.id) is None
    assert svix.message.get(APP, made.id, WITH_CONTENT).payload == {"expired": True}
    results = svix.message.bulk_expunge_content(
        APP, BulkExpungeContentsIn(ids=["first", "nobody"])
    ).results
    assert {name: str(status) for name, status in results.items()} == {
        "first": "expunged",
        "nobody": "not-found",
    }, results
    attempted = svix.message_attempt.list_attempted_messages(APP, "main").data
    assert made.id in [message.id for message in attempted], attempted


def precheck(svix):
    ask = MessagePrecheckIn(event_type="a")
    assert svix.message.precheck(APP, ask).active is True
    svix.application.create(ApplicationIn(name="Nobody listens", uid="deaf"))
    assert svix.message.precheck("deaf", ask).active is False


def polling(svix):
    request = urllib.request.Request(
        URL + "/api/v1/app/%s/poller" % APP,
        data=b'{"uid":"reader"}',
        headers={"authorization": "Bearer " + TOKEN, "content-type": "application/json"},
    )
    urllib.request.urlopen(request).close()
    since = datetime.now(timezone.utc) - timedelta(days=1)
    made = [
        svix.message.create(APP, MessageIn(event_type="polled", payload={"n": n})).id
        for n in range(3)
    ]
    poller = svix.message.poller
    first = poller.poll(APP, "reader", MessagePollerPollOptions(limit=2))
    assert [message.id for message in first.data] == made[:2] and not first.done, first
    rest = poller.poll(APP, "reader", MessagePollerPollOptions(iterator=first.iterator))
    assert [message.id for message in rest.data] == made[2:] and rest.done, rest
    assert rest.data[0].payload == {"n": 2}, rest
    page = poller.consumer_poll(APP, "reader", "me", MessagePollerConsumerPollOptions(limit=1))
    again = MessagePollerConsumerPollOptions(limit=1, iterator=page.iterator)
    following = poller.consumer_poll(APP, "reader", "me", again)
    assert [message.id for message in following.data] == made[1:2], following
    sought = poller.consumer_seek(
        APP, "reader", "me", PollingEndpointConsumerSeekIn(after=since)
    )
    assert sought.iterator, sought
    page = poller.consumer_poll(APP, "reader", "me")
    assert [message.id for message in page.data][-3:] == made, page


def main():
    svix = Svix(TOKEN, SvixOptions(server_url=URL))
    svix.application.create(ApplicationIn(name="Cool Account", uid=APP))
    url, requests = receiver()
    svix.endpoint.create(APP, EndpointIn(url=url, uid="main"))
    secret = svix.endpoint.get_secret(APP, "main").key
    raw(svix, requests, secret)
    later(svix, requests)
    expunging(svix, requests)
    precheck(svix)
    polling(svix)


main()
