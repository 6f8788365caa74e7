"""What a case has at hand: clients, things to work with, a receiver."""

import json
import os
import secrets
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone
from functools import cached_property

from catalogue import all_calls
from receiver import Receiver
from recorder import connect, new_loop
from suite import until
from svix.api import (
    ApplicationIn,
    DestinationIn,
    EndpointIn,
    EventTypeIn,
    MessageGetOptions,
    MessageIn,
    OperationalWebhookEndpointIn,
)
from svix.exceptions import HttpError, HTTPValidationError


class World:
    """`svix` is the client under test; what `setup` does is not counted as part of a case."""

    def __init__(self, is_async):
        self.url = os.environ["SVIX_SERVER_URL"].rstrip("/")
        self.token = os.environ["SVIX_TOKEN"]
        self.sdk = "python-async" if is_async else "python"
        self.notes = []
        self._loop = new_loop(is_async)
        self.svix = self.as_bearer(self.token)
        self.setup_notes = []
        self.setup = connect(self.token, self.url, self.setup_notes)
        self.receiver = Receiver()
        self.catalogue = all_calls(self.svix._resource)
        self.unknown_path = self.ask("GET", "/api/v1/no/such/path/at/all")[1]
        self._fixture = None
        self.begin()
        self.setup.health.get()

    def begin(self):
        """A new case."""
        self.notes.clear()
        self.setup_notes.clear()

    def as_bearer(self, token):
        """The client with another token; its calls are noted as well."""
        return connect(token, self.url, self.notes, self._loop)

    @cached_property
    def nobody(self):
        """The client with a key that is none."""
        return self.as_bearer("not-a-key")

    def is_absent(self, note):
        """Whether the server does not have the operation at all."""
        if note.refused == 501:
            return True
        if note.refused not in (404, 405):
            return False
        unknown = self.unknown_path
        return (note.code, note.detail) == (unknown.get("code"), unknown.get("detail")) or (
            note.refused == 405
        )

    @property
    def blocked_by(self):
        """What the case needed and the server does not have."""
        notes = [*self.notes, *self.setup_notes]
        return next((note for note in notes if self.is_absent(note)), None)

    def ask(self, method, path, body=None):
        """A request past the SDK; the status and the JSON of the answer."""
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"authorization": "Bearer " + self.token, "content-type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read()
        return status, json.loads(text) if text else {}

    # Things to work with.

    def name(self, kind):
        """A name that nobody has used, in this run or another."""
        return "%s-%s" % (kind, secrets.token_hex(6))

    def now(self):
        return datetime.now(timezone.utc)

    def ago(self, **span):
        return self.now() - timedelta(**span)

    def app(self):
        uid = self.name("app")
        self.setup.application.create(ApplicationIn(name="Conformance", uid=uid))
        return uid

    def event_type(self, **fields):
        name = self.name("type").replace("-", ".")
        self.setup.event_type.create(EventTypeIn(name=name, description="A type", **fields))
        return name

    def inbox(self, status=200):
        inbox = self.receiver.inbox(self.name("hook"))
        inbox.status = status
        return inbox

    def endpoint(self, app, url=None, **fields):
        uid = self.name("ep")
        url = url or self.inbox().url
        self.setup.endpoint.create(app, EndpointIn(url=url, uid=uid, **fields))
        return uid

    def message(self, app, **fields):
        fields = {"event_type": "some.event", "payload": {"n": 1}} | fields
        return self.setup.message.create(app, MessageIn(**fields)).id

    def delivered(self, status=200):
        """An application with an endpoint that has had a message: app, endpoint, message, attempt, inbox."""
        app, inbox = self.app(), self.inbox(status)
        endpoint = self.endpoint(app, inbox.url)
        message = self.message(app)
        inbox.next()
        attempt = until("the attempt", lambda: self.attempts(app, message))[0]
        return app, endpoint, message, attempt.id, inbox

    def payload(self, app, message):
        """What the message says, asked through the client under test."""
        with_content = MessageGetOptions(with_content=True)
        return self.svix.message.get(app, message, with_content).payload

    def attempts(self, app, message):
        """Those that have come to their end."""
        attempts = self.setup.message_attempt.list_by_msg(app, message).data
        return [attempt for attempt in attempts if attempt.status not in (1, 3)]

    def operational_endpoint(self, url=None, **fields):
        uid = self.name("ops")
        made = OperationalWebhookEndpointIn(url=url or self.inbox().url, uid=uid, **fields)
        self.setup.operational_webhook.endpoint.create(made)
        return uid

    def fifo(self, app, url=None):
        uid = self.name("fifo")
        config = {"url": url or self.inbox().url}
        made = {"type": "fifoEndpoint", "uid": uid, "config": config}
        self.setup.destination.create(app, DestinationIn.model_validate(made))
        return uid

    def polling_endpoint(self, app):
        """Through a destination; where there are none of this type, as Tidings has them besides."""
        uid = self.name("poller")
        try:
            made = DestinationIn.model_validate({"type": "pollingEndpoint", "uid": uid})
            self.setup.destination.create(app, made)
        except (HttpError, HTTPValidationError):
            self.setup_notes.clear()
            status, answer = self.ask("POST", "/api/v1/app/%s/poller" % app, {"uid": uid})
            assert status == 201, "no polling endpoint: %s" % answer
        return uid

    def fixture(self):
        """Ids of one of each that stay as they are, for cases that are refused anyway."""
        if self._fixture is None:
            app, endpoint, message, attempt, _ = self.delivered()
            self._fixture = {
                "app_id": app,
                "endpoint_id": endpoint,
                "msg_id": message,
                "attempt_id": attempt,
                "event_type_name": self.event_type(),
                "destination_id": self.fifo(app),
                "sink_id": self.polling_endpoint(app),
                "consumer_id": "consumer",
            }
        return self._fixture


def refused(status, call, *arguments):
    """The error that this call is refused with."""
    try:
        answer = call(*arguments)
    except (HttpError, HTTPValidationError) as error:
        assert error.status_code == status, "%s instead of %s: %s" % (
            error.status_code,
            status,
            error.detail,
        )
        return error
    raise AssertionError("%s was expected, but it succeeded: %s" % (status, answer))
