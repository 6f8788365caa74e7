"""A valid body for each kind of body, and bodies that a server must refuse, by call."""

from datetime import datetime, timedelta, timezone

from svix import models as m

NOW = datetime.now(timezone.utc)
DAY = timedelta(days=1)
URL = "https://example.com/hook"
CODE = "function handler(webhook) { return webhook; }"
SINK = {"type": "http", "config": {"url": URL}}
FIFO = {"type": "fifoEndpoint", "config": {"url": URL}}

BODIES = {
    "ApplicationIn": lambda: m.ApplicationIn(name="Somebody"),
    "ApplicationPatch": lambda: m.ApplicationPatch(name="Somebody"),
    "AppUsageStatsIn": lambda: m.AppUsageStatsIn(since=NOW - DAY, until=NOW),
    "BulkExpungeContentsIn": lambda: m.BulkExpungeContentsIn(ids=["somebody"]),
    "BulkReplayIn": lambda: m.BulkReplayIn(since=NOW - DAY),
    "ConnectorIn": lambda: m.ConnectorIn(name="Somebody", transformation=CODE),
    "ConnectorUpsertIn": lambda: m.ConnectorUpsertIn(transformation=CODE),
    "CreateStreamEventsIn": lambda: m.CreateStreamEventsIn(
        events=[m.EventIn(event_type="a", payload="{}")]
    ),
    "DestinationIn": lambda: m.DestinationIn.model_validate(dict(FIFO)),
    "DestinationPatch": lambda: m.DestinationPatch.model_validate({"type": "fifoEndpoint"}),
    "EndpointHeadersIn": lambda: m.EndpointHeadersIn(headers={"X-One": "1"}),
    "EndpointHeadersPatchIn": lambda: m.EndpointHeadersPatchIn(headers={"X-One": "1"}),
    "EndpointIn": lambda: m.EndpointIn(url=URL),
    "EndpointPatch": lambda: m.EndpointPatch(description="Somebody"),
    "EndpointUpsertIn": lambda: m.EndpointUpsertIn(url=URL),
    "EventExampleIn": lambda: m.EventExampleIn(event_type="svix.ping"),
    "EventTypeIn": lambda: m.EventTypeIn(name="somebody", description="Somebody"),
    "EventTypeImportOpenApiIn": lambda: m.EventTypeImportOpenApiIn(
        dry_run=True, spec={"openapi": "3.1.0", "webhooks": {}}
    ),
    "EventTypeUpsertIn": lambda: m.EventTypeUpsertIn(description="Somebody"),
    "HttpSinkHeadersPatchIn": lambda: m.HttpSinkHeadersPatchIn(headers={}),
    "IngestEndpointHeadersIn": lambda: m.IngestEndpointHeadersIn(headers={}),
    "IngestEndpointIn": lambda: m.IngestEndpointIn(url=URL),
    "IngestEndpointUpsertIn": lambda: m.IngestEndpointUpsertIn(url=URL),
    "IngestSourceIn": lambda: m.IngestSourceIn.model_validate(
        {"name": "Somebody", "type": "generic-webhook"}
    ),
    "IntegrationIn": lambda: m.IntegrationIn(name="Somebody"),
    "IntegrationUpdate": lambda: m.IntegrationUpdate(name="Somebody"),
    "MessageIn": lambda: m.MessageIn(event_type="some.event", payload={"n": 1}),
    "MessagePrecheckIn": lambda: m.MessagePrecheckIn(event_type="some.event"),
    "OperationalWebhookEndpointHeadersIn": lambda: m.OperationalWebhookEndpointHeadersIn(
        headers={"X-One": "1"}
    ),
    "OperationalWebhookEndpointIn": lambda: m.OperationalWebhookEndpointIn(url=URL),
    "OperationalWebhookEndpointUpsertIn": lambda: m.OperationalWebhookEndpointUpsertIn(url=URL),
    "PollingEndpointConsumerSeekIn": lambda: m.PollingEndpointConsumerSeekIn(after=NOW - DAY),
    "RecoverIn": lambda: m.RecoverIn(since=NOW - DAY),
    "ReplayIn": lambda: m.ReplayIn(since=NOW - DAY),
    "StreamEventTypeIn": lambda: m.StreamEventTypeIn(name="somebody", description="Somebody"),
    "StreamIn": lambda: m.StreamIn(name="Somebody"),
    "StreamSinkIn": lambda: m.StreamSinkIn.model_validate(dict(SINK)),
    "StreamSinkPatch": lambda: m.StreamSinkPatch.model_validate(dict(SINK)),
}


def body_of(kind):
    """A valid body of this class; those that need no field are made without any."""
    make = BODIES.get(kind.__name__)
    return make() if make else kind()


LONG = "x" * 257
BAD_METADATA = {"key": "x" * 5000}

#: What a server must refuse with 422, and the field that it must name.
BAD_BODIES = {
    "application.create": [
        ("uid", lambda: m.ApplicationIn(name="x", uid="no spaces")),
        ("uid", lambda: m.ApplicationIn(name="x", uid=LONG)),
        ("name", lambda: m.ApplicationIn(name="")),
        ("throttleRate", lambda: m.ApplicationIn(name="x", throttle_rate=0)),
        ("metadata", lambda: m.ApplicationIn(name="x", metadata=BAD_METADATA)),
    ],
    "application.get_or_create": [("uid", lambda: m.ApplicationIn(name="x", uid="no spaces"))],
    "application.upsert": [("uid", lambda: m.ApplicationIn(name="x", uid="no spaces"))],
    "application.patch": [("uid", lambda: m.ApplicationPatch(uid="no spaces"))],
    "authentication.app_portal_access": [
        ("expiry", lambda: m.AppPortalAccessIn(expiry=3599)),
        ("expiry", lambda: m.AppPortalAccessIn(expiry=604801)),
        ("sessionId", lambda: m.AppPortalAccessIn(session_id="x" * 65)),
    ],
    "authentication.expire_all": [
        ("expiry", lambda: m.ApplicationTokenExpireIn(expiry=259201)),
    ],
    "destination.create": [
        ("batchSize", lambda: m.DestinationIn.model_validate(FIFO | {"batchSize": 0})),
        ("url", lambda: m.DestinationIn.model_validate(FIFO | {"config": {"url": "no URL"}})),
    ],
    "destination.upsert": [
        ("maxWaitSecs", lambda: m.DestinationIn.model_validate(FIFO | {"maxWaitSecs": 301})),
    ],
    "destination.patch": [
        (
            "batchSize",
            lambda: m.DestinationPatch.model_validate({"type": "fifoEndpoint", "batchSize": 1001}),
        ),
    ],
    "destination.rotate_secret": [("key", lambda: m.EndpointSecretRotateIn(key="no secret"))],
    "endpoint.create": [
        ("url", lambda: m.EndpointIn(url="no URL")),
        ("url", lambda: m.EndpointIn(url="ftp://example.com/")),
        ("uid", lambda: m.EndpointIn(url=URL, uid="no spaces")),
        ("eventTypes", lambda: m.EndpointIn(url=URL, event_types=["nobody.has.made.it"])),
        ("channels", lambda: m.EndpointIn(url=URL, channels=["no spaces"])),
        ("secret", lambda: m.EndpointIn(url=URL, secret="whsec_short")),
        ("throttleRate", lambda: m.EndpointIn(url=URL, throttle_rate=0)),
        ("metadata", lambda: m.EndpointIn(url=URL, metadata=BAD_METADATA)),
    ],
    "endpoint.upsert": [("url", lambda: m.EndpointUpsertIn(url="no URL"))],
    "endpoint.patch": [
        ("url", lambda: m.EndpointPatch(url="no URL")),
        ("eventTypes", lambda: m.EndpointPatch(event_types=["nobody.has.made.it"])),
    ],
    "endpoint.set_headers": [("headers", lambda: m.EndpointHeadersIn(headers={"no name": "1"}))],
    "endpoint.patch_headers": [
        ("headers", lambda: m.EndpointHeadersPatchIn(headers={"X-One": "two\nlines"})),
    ],
    "endpoint.rotate_secret": [
        ("key", lambda: m.EndpointSecretRotateIn(key="no secret")),
        ("gracePeriodSeconds", lambda: m.EndpointSecretRotateIn(grace_period_seconds=604801)),
    ],
    "endpoint.recover": [("since", lambda: m.RecoverIn(since=NOW - 15 * DAY))],
    "endpoint.replay_missing": [
        ("until", lambda: m.ReplayIn(since=NOW - DAY, until=NOW - 2 * DAY)),
    ],
    "endpoint.bulk_replay": [
        ("until", lambda: m.BulkReplayIn(since=NOW - DAY, until=NOW - 2 * DAY)),
    ],
    "endpoint.send_example": [
        ("eventType", lambda: m.EventExampleIn(event_type="nobody.has.made.it")),
    ],
    "event_type.create": [
        ("name", lambda: m.EventTypeIn(name="no spaces", description="x")),
        (
            "schemas",
            lambda: m.EventTypeIn(name="a.b", description="x", schemas={"1": {"type": "nothing"}}),
        ),
    ],
    "event_type.upsert": [
        (
            "schemas",
            lambda: m.EventTypeUpsertIn(description="x", schemas={"1": {"type": "nothing"}}),
        ),
    ],
    "event_type.patch": [
        ("schemas", lambda: m.EventTypePatch(schemas={"1": {"type": "nothing"}})),
    ],
    "event_type.import_openapi": [
        (
            "spec",
            lambda: m.EventTypeImportOpenApiIn(
                spec={"openapi": "3.1.0", "webhooks": {"no spaces": {"post": {}}}}
            ),
        ),
    ],
    "environment.import_": [
        (
            "eventTypes",
            lambda: m.EnvironmentIn(
                event_types=[m.EventTypeIn(name="no spaces", description="x")]
            ),
        ),
    ],
    "integration.create": [("featureFlags", lambda: m.IntegrationIn(name="x", feature_flags=[LONG]))],
    "message.create": [
        ("eventType", lambda: m.MessageIn(event_type="no spaces", payload={})),
        ("channels", lambda: m.MessageIn(event_type="a", payload={}, channels=["no spaces"])),
        ("tags", lambda: m.MessageIn(event_type="a", payload={}, tags=list("abcdef"))),
        ("eventId", lambda: m.MessageIn(event_type="a", payload={}, event_id="no spaces")),
        (
            "payloadRetentionPeriod",
            lambda: m.MessageIn(event_type="a", payload={}, payload_retention_period=91),
        ),
        (
            "payloadRetentionHours",
            lambda: m.MessageIn(event_type="a", payload={}, payload_retention_hours=2161),
        ),
    ],
    "message.precheck": [("eventType", lambda: m.MessagePrecheckIn(event_type="no spaces"))],
    "message.bulk_expunge_content": [
        ("ids", lambda: m.BulkExpungeContentsIn(ids=["m%d" % n for n in range(251)])),
    ],
    "operational_webhook.endpoint.create": [
        ("url", lambda: m.OperationalWebhookEndpointIn(url="no URL")),
        ("eventTypes", lambda: m.OperationalWebhookEndpointIn(url=URL, event_types=["no.such"])),
    ],
    "operational_webhook.endpoint.upsert": [
        ("url", lambda: m.OperationalWebhookEndpointUpsertIn(url="no URL")),
    ],
    "operational_webhook.endpoint.set_headers": [
        ("headers", lambda: m.OperationalWebhookEndpointHeadersIn(headers={"no name": "1"})),
    ],
    "operational_webhook.endpoint.rotate_secret": [
        ("key", lambda: m.OperationalWebhookEndpointSecretIn(key="no secret")),
    ],
    "statistics.aggregate_app_stats": [
        ("until", lambda: m.AppUsageStatsIn(since=NOW, until=NOW - DAY)),
    ],
}
