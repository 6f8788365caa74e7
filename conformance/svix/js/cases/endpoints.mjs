// Endpoints, their headers and secrets.

import assert from "node:assert/strict";

import { equal, happy, refusal } from "../suite.mjs";
import { refused, SECRET } from "../world.mjs";

happy("endpoint.create", "an endpoint is made and gets what it asked for", async (world) => {
  const [app, inbox, eventType] = [await world.app(), world.inbox(), await world.eventType()];
  const body = {
    url: inbox.url,
    uid: "main",
    description: "Production",
    eventTypes: [eventType],
    channels: ["eu"],
    throttleRate: 100,
    metadata: { a: "b" },
  };
  const secrets = { secret: SECRET, headers: { "X-Tenant": "7" } };
  const made = await world.svix.endpoint.create(app, { ...body, ...secrets });
  const shown = await world.svix.endpoint.get(app, "main");
  equal(shown, made);
  for (const [field, value] of Object.entries(body)) equal(shown[field], value, field);
  const send = (kind, channel) =>
    world.svix.message.create(app, { eventType: kind, payload: { n: 1 }, channels: [channel] });
  await send(eventType, "us");
  await send("other", "eu");
  const sent = await send(eventType, "eu");
  const { headers, body: received } = await inbox.next(SECRET);
  equal([headers["webhook-id"], headers["x-tenant"]], [sent.id, "7"]);
  equal(received, '{"n":1}');
  assert.ok(inbox.isEmpty, "what other channels and types have sent came too");
});

happy("endpoint.create", "a repeated key makes one endpoint", async (world) => {
  const { endpoint } = world.svix;
  const [app, options] = [await world.app(), { idempotencyKey: world.name("key") }];
  const body = { url: world.inbox().url };
  const first = await endpoint.create(app, body, options);
  equal((await endpoint.create(app, body, options)).id, first.id);
  equal((await endpoint.list(app)).data.length, 1);
});

const CHANGES = ["endpoint.create", "endpoint.patch", "endpoint.upsert"];
refusal(409, CHANGES, "a uid is of one endpoint", async (world) => {
  const { endpoint } = world.svix;
  const app = await world.app();
  const [taken, other] = [await world.endpoint(app), await world.endpoint(app)];
  const { url } = world.inbox();
  await refused(409, endpoint.create, app, { url, uid: taken });
  await refused(409, endpoint.patch, app, other, { uid: taken });
  await refused(409, endpoint.upsert, app, other, { url, uid: taken });
  equal((await endpoint.get(app, other)).uid, other);
});

happy("endpoint.get", "an endpoint is found by id and uid", async (world) => {
  const app = await world.app();
  const made = await world.svix.endpoint.create(app, { url: world.inbox().url, uid: "me" });
  for (const key of [made.id, "me"]) equal(await world.svix.endpoint.get(app, key), made);
});

happy("endpoint.list", "endpoints come in pages both orders", async (world) => {
  const { endpoint } = world.svix;
  const app = await world.app();
  const made = [await world.endpoint(app), await world.endpoint(app), await world.endpoint(app)];
  const uids = ({ data }) => data.map(({ uid }) => uid);
  const first = await endpoint.list(app, { limit: 2 });
  equal([uids(first), first.done], [[made[2], made[1]], false]);
  const rest = await endpoint.list(app, { limit: 2, iterator: first.iterator });
  equal([uids(rest), rest.done], [[made[0]], true]);
  equal(uids(await endpoint.list(app, { order: "ascending" })), made);
  equal((await endpoint.get(app, made[0])).id, rest.data[0].id);
});

happy("endpoint.upsert", "an endpoint is put and put again", async (world) => {
  const { endpoint } = world.svix;
  const [app, { url }] = [await world.app(), world.inbox()];
  const made = await endpoint.upsert(app, "put", { url, description: "One" });
  equal(await endpoint.get(app, "put"), made);
  equal((await endpoint.upsert(app, "put", { url: `${url}?2`, uid: "put" })).id, made.id);
  equal((await endpoint.get(app, made.id)).url, `${url}?2`);
});

happy("endpoint.patch", "a patch changes what it names", async (world) => {
  const [app, inbox] = [await world.app(), world.inbox()];
  const fields = { description: "Kept", channels: ["a"] };
  const endpoint = await world.endpoint(app, inbox.url, fields);
  await world.svix.endpoint.patch(app, endpoint, { disabled: true });
  const { disabled, description, channels } = await world.svix.endpoint.get(app, endpoint);
  equal({ disabled, description, channels }, { disabled: true, ...fields });
  const message = { eventType: "some.event", payload: {}, channels: ["a"] };
  await world.svix.message.create(app, message);
  await world.svix.endpoint.patch(app, endpoint, { disabled: false });
  const sent = await world.svix.message.create(app, message);
  equal((await inbox.next()).headers["webhook-id"], sent.id);
});

happy("endpoint.delete", "a deleted endpoint is gone and gets nothing", async (world) => {
  const [app, inbox, other] = [await world.app(), world.inbox(), world.inbox()];
  const endpoint = await world.endpoint(app, inbox.url);
  await world.endpoint(app, other.url);
  await world.svix.endpoint.delete(app, endpoint);
  await refused(404, world.svix.endpoint.get, app, endpoint);
  equal((await world.svix.endpoint.list(app)).data.length, 1);
  await world.message(app);
  await other.next();
  assert.ok(inbox.isEmpty);
});

happy("endpoint.getSecret", "a secret is shown as it was given", async (world) => {
  const app = await world.app();
  await world.svix.endpoint.create(app, { url: world.inbox().url, uid: "a", secret: SECRET });
  equal((await world.svix.endpoint.getSecret(app, "a")).key, SECRET);
});

happy("endpoint.getSecret", "a made secret signs", async (world) => {
  const [app, inbox] = [await world.app(), world.inbox()];
  const endpoint = await world.endpoint(app, inbox.url);
  const { key } = await world.svix.endpoint.getSecret(app, endpoint);
  const sent = await world.svix.message.create(app, { eventType: "a", payload: { n: 1 } });
  equal((await inbox.next(key)).headers["webhook-id"], sent.id);
});

happy("endpoint.rotateSecret", "both secrets sign until the grace is over", async (world) => {
  const { endpoint: svix } = world.svix;
  const [app, inbox] = [await world.app(), world.inbox()];
  const endpoint = await world.endpoint(app, inbox.url, { secret: SECRET });
  await svix.rotateSecret(app, endpoint, { gracePeriodSeconds: 3600 });
  const { key } = await svix.getSecret(app, endpoint);
  assert.notEqual(key, SECRET);
  await world.message(app);
  inbox.put(await inbox.next(key));
  await inbox.next(SECRET);
  await svix.rotateSecret(app, endpoint, { gracePeriodSeconds: 0, key: SECRET });
  equal((await svix.getSecret(app, endpoint)).key, SECRET);
});

const HEADERS = ["endpoint.getHeaders", "endpoint.setHeaders", "endpoint.patchHeaders"];
happy(HEADERS, "headers are set, patched, shown and sent", async (world) => {
  const { endpoint: svix } = world.svix;
  const [app, inbox] = [await world.app(), world.inbox()];
  const endpoint = await world.endpoint(app, inbox.url);
  await svix.setHeaders(app, endpoint, { headers: { "X-One": "1", Authorization: "Bearer x" } });
  await svix.patchHeaders(app, endpoint, { headers: { "X-Two": "2" } });
  const shown = await svix.getHeaders(app, endpoint);
  equal(shown.headers, { "X-One": "1", "X-Two": "2" });
  equal(shown.sensitive, ["Authorization"]);
  await svix.patchHeaders(app, endpoint, { headers: {}, deleteHeaders: ["X-One"] });
  await world.svix.message.create(app, { eventType: "a", payload: {} });
  const { headers } = await inbox.next();
  equal([headers["x-two"], headers.authorization], ["2", "Bearer x"]);
  assert.ok(!("x-one" in headers));
  await svix.setHeaders(app, endpoint, { headers: {} });
  equal((await svix.getHeaders(app, endpoint)).headers, {});
});
