// A valid body for each call that must have one, and bodies that a server must refuse.

const DAY_MS = 86_400_000;
const now = new Date();
const daysAgo = (days) => new Date(now - days * DAY_MS);
const url = "https://example.com/hook";
const code = "function handler(webhook) { return webhook; }";
const fifo = { type: "fifoEndpoint", config: { url } };
const sink = { type: "http", config: { url } };
const since = daysAgo(1);
const named = { name: "Somebody" };
const described = { description: "Somebody" };
const headers = { headers: { "X-One": "1" } };

export const BODIES = {
  "application.create": named,
  "application.getOrCreate": named,
  "application.upsert": named,
  "application.patch": named,
  "connector.create": { name: "Somebody", transformation: code },
  "connector.upsert": { transformation: code },
  "destination.create": fifo,
  "destination.upsert": fifo,
  "destination.patch": { type: "fifoEndpoint", config: {} },
  "endpoint.create": { url },
  "endpoint.upsert": { url },
  "endpoint.setHeaders": headers,
  "endpoint.patchHeaders": headers,
  "endpoint.recover": { since },
  "endpoint.replayMissing": { since },
  "endpoint.bulkReplay": { since },
  "endpoint.sendExample": { eventType: "svix.ping" },
  "eventType.create": { name: "somebody", ...described },
  "eventType.upsert": described,
  "eventType.importOpenapi": { dryRun: true, spec: { openapi: "3.1.0", webhooks: {} } },
  "ingest.endpoint.create": { url },
  "ingest.endpoint.upsert": { url },
  "ingest.endpoint.setHeaders": headers,
  "ingest.source.create": { ...named, type: "generic-webhook" },
  "ingest.source.upsert": { ...named, type: "generic-webhook" },
  "integration.create": named,
  "integration.update": named,
  "message.create": { eventType: "some.event", payload: { n: 1 } },
  "message.precheck": { eventType: "some.event" },
  "message.bulkExpungeContent": { ids: ["somebody"] },
  "message.poller.consumerSeek": { after: since },
  "operationalWebhook.endpoint.create": { url },
  "operationalWebhook.endpoint.upsert": { url },
  "operationalWebhook.endpoint.setHeaders": headers,
  "statistics.aggregateAppStats": { since, until: now },
  "streaming.eventType.create": { name: "somebody", ...described },
  "streaming.eventType.upsert": { name: "somebody", ...described },
  "streaming.events.create": { events: [{ eventType: "a", payload: "{}" }] },
  "streaming.sink.create": sink,
  "streaming.sink.upsert": sink,
  "streaming.sink.patch": sink,
  "streaming.sinkHeadersPatch": headers,
  "streaming.stream.create": named,
  "streaming.stream.upsert": named,
};

const spaced = { name: "x", uid: "no spaces" };
const schemas = { 1: { type: "nothing" } };
const message = { eventType: "a", payload: {} };

// What a server must refuse with 422, and the field that it must name.
export const BAD_BODIES = {
  "application.create": [
    ["uid", spaced],
    ["uid", { name: "x", uid: "x".repeat(257) }],
    ["name", { name: "" }],
    ["name", {}],
    ["throttleRate", { name: "x", throttleRate: 0 }],
    ["metadata", { name: "x", metadata: { key: "x".repeat(5000) } }],
  ],
  "application.getOrCreate": [["uid", spaced]],
  "application.upsert": [["uid", spaced]],
  "application.patch": [["uid", { uid: "no spaces" }]],
  "authentication.appPortalAccess": [
    ["expiry", { expiry: 3599 }],
    ["sessionId", { sessionId: "x".repeat(65) }],
  ],
  "authentication.expireAll": [["expiry", { expiry: 259_201 }]],
  "destination.create": [
    ["batchSize", { ...fifo, batchSize: 0 }],
    ["url", { ...fifo, config: { url: "no URL" } }],
  ],
  "destination.upsert": [["maxWaitSecs", { ...fifo, maxWaitSecs: 301 }]],
  "destination.patch": [["batchSize", { type: "fifoEndpoint", config: {}, batchSize: 1001 }]],
  "endpoint.create": [
    ["url", { url: "no URL" }],
    ["url", {}],
    ["uid", { url, uid: "no spaces" }],
    ["eventTypes", { url, eventTypes: ["nobody.has.made.it"] }],
    ["channels", { url, channels: ["no spaces"] }],
    ["secret", { url, secret: "whsec_short" }],
  ],
  "endpoint.upsert": [["url", { url: "no URL" }]],
  "endpoint.patch": [["url", { url: "no URL" }]],
  "endpoint.setHeaders": [["headers", { headers: { "no name": "1" } }]],
  "endpoint.patchHeaders": [["headers", { headers: { "X-One": "two\nlines" } }]],
  "endpoint.rotateSecret": [
    ["key", { key: "no secret" }],
    ["gracePeriodSeconds", { gracePeriodSeconds: 604_801 }],
  ],
  "endpoint.recover": [["since", { since: daysAgo(15) }]],
  "endpoint.replayMissing": [["until", { since, until: daysAgo(2) }]],
  "endpoint.bulkReplay": [["until", { since, until: daysAgo(2) }]],
  "endpoint.sendExample": [["eventType", { eventType: "nobody.has.made.it" }]],
  "environment.import": [["eventTypes", { eventTypes: [{ name: "no spaces", ...described }] }]],
  "eventType.create": [
    ["name", { name: "no spaces", ...described }],
    ["schemas", { name: "a.b", ...described, schemas }],
  ],
  "eventType.upsert": [["schemas", { ...described, schemas }]],
  "eventType.patch": [["schemas", { schemas }]],
  "integration.create": [["featureFlags", { name: "x", featureFlags: ["x".repeat(257)] }]],
  "message.create": [
    ["eventType", { ...message, eventType: "no spaces" }],
    ["eventType", { payload: {} }],
    ["payload", { eventType: "a", payload: [1] }],
    ["channels", { ...message, channels: ["no spaces"] }],
    ["tags", { ...message, tags: [..."abcdef"] }],
    ["eventId", { ...message, eventId: "no spaces" }],
    ["payloadRetentionPeriod", { ...message, payloadRetentionPeriod: 91 }],
  ],
  "message.precheck": [["eventType", { eventType: "no spaces" }]],
  "message.bulkExpungeContent": [["ids", { ids: [...Array(251).keys()].map(String) }]],
  "operationalWebhook.endpoint.create": [
    ["url", { url: "no URL" }],
    ["eventTypes", { url, eventTypes: ["no.such"] }],
  ],
  "operationalWebhook.endpoint.upsert": [["url", { url: "no URL" }]],
  "operationalWebhook.endpoint.setHeaders": [["headers", { headers: { "no name": "1" } }]],
  "operationalWebhook.endpoint.rotateSecret": [["key", { key: "no secret" }]],
  "statistics.aggregateAppStats": [["until", { since: now, until: since }]],
};
