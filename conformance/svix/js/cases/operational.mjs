// Operational webhooks: endpoints of those who run the environment.

import assert from "node:assert/strict";

import { equal, happy, refusal } from "../suite.mjs";
import { refused, SECRET } from "../world.mjs";

const call = (name) => `operationalWebhook.endpoint.${name}`;

// The request that tells of this endpoint; others work in the same environment.
async function told(inbox, endpoint) {
  for (let count = 0; count < 50; count += 1) {
    const { headers, body } = await inbox.next(SECRET);
    const event = JSON.parse(body);
    if (event.data.endpointId === endpoint) return { headers, event };
  }
  throw new Error("nothing was told of the endpoint");
}

happy(call("create"), "an operational endpoint is told of changes", async (world) => {
  const { endpoint: svix } = world.svix.operationalWebhook;
  const [inbox, app, uid] = [world.inbox(), await world.app(), world.name("ops")];
  const fields = { url: inbox.url, uid, description: "Mine", metadata: { a: "b" } };
  const body = { ...fields, eventTypes: ["endpoint.created"], secret: SECRET };
  const made = await svix.create(body);
  const shown = await svix.get(uid);
  equal(shown, made);
  for (const [field, value] of Object.entries(fields)) equal(shown[field], value, field);
  const { id } = await world.svix.endpoint.create(app, { url: world.inbox().url });
  const { event } = await told(inbox, id);
  equal([event.type, event.data.appUid], ["endpoint.created", app]);
  await svix.delete(uid);
});

refusal(409, call("create"), "a uid is of one operational endpoint", async (world) => {
  const { endpoint: svix } = world.svix.operationalWebhook;
  const uid = await world.operationalEndpoint();
  await refused(409, svix.create, { url: world.inbox().url, uid });
  await world.setup.operationalWebhook.endpoint.delete(uid);
});

happy([call("get"), call("list")], "operational endpoints are read and listed", async (world) => {
  const { endpoint: svix } = world.svix.operationalWebhook;
  const made = [await world.operationalEndpoint(), await world.operationalEndpoint()];
  const { data } = await svix.list({ limit: 2, order: "descending" });
  equal(data.map(({ uid }) => uid), [made[1], made[0]]);
  equal(await svix.get(made[0]), data[1]);
  for (const uid of made) await world.setup.operationalWebhook.endpoint.delete(uid);
});

happy(call("upsert"), "an operational endpoint is put", async (world) => {
  const { endpoint: svix } = world.svix.operationalWebhook;
  const [uid, { url }] = [await world.operationalEndpoint(), world.inbox()];
  await svix.upsert(uid, { url, uid, description: "Put", disabled: true });
  const { description, disabled, ...shown } = await svix.get(uid);
  equal([shown.url, description, disabled], [url, "Put", true]);
  await svix.delete(uid);
});

happy(call("delete"), "an operational endpoint goes", async (world) => {
  const { endpoint: svix } = world.svix.operationalWebhook;
  const uid = await world.operationalEndpoint();
  equal((await svix.get(uid)).uid, uid);
  await svix.delete(uid);
  await refused(404, svix.get, uid);
});

const SECRETS = [call("getSecret"), call("rotateSecret")];
happy(SECRETS, "a secret is shown and replaced", async (world) => {
  const { endpoint: svix } = world.svix.operationalWebhook;
  const uid = await world.operationalEndpoint({ secret: SECRET });
  equal((await svix.getSecret(uid)).key, SECRET);
  await svix.rotateSecret(uid, { gracePeriodSeconds: 0 });
  const { key } = await svix.getSecret(uid);
  assert.ok(key !== SECRET && key.startsWith("whsec_"));
  await svix.delete(uid);
});

const HEADERS = [call("getHeaders"), call("setHeaders")];
happy(HEADERS, "headers are set, shown and sent", async (world) => {
  const { endpoint: svix } = world.svix.operationalWebhook;
  const [inbox, app] = [world.inbox(), await world.app()];
  const fields = { url: inbox.url, secret: SECRET, eventTypes: ["endpoint.created"] };
  const uid = await world.operationalEndpoint(fields);
  await svix.setHeaders(uid, { headers: { "X-One": "1", Authorization: "Bearer x" } });
  const shown = await svix.getHeaders(uid);
  equal([shown.headers, shown.sensitive], [{ "X-One": "1" }, ["Authorization"]]);
  const { id } = await world.svix.endpoint.create(app, { url: world.inbox().url });
  const { headers } = await told(inbox, id);
  equal([headers["x-one"], headers.authorization], ["1", "Bearer x"]);
  await svix.delete(uid);
});
