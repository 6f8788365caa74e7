// Attempts, and what was attempted.

import assert from "node:assert/strict";

import { equal, happy, refusal } from "../suite.mjs";
import { refused } from "../world.mjs";

happy("messageAttempt.get", "an attempt says what was answered", async (world) => {
  const { app, endpoint, message, attempt, inbox } = await world.delivered(201);
  const shown = await world.svix.messageAttempt.get(app, message, attempt);
  equal([shown.responseStatusCode, shown.response, shown.status], [201, "thanks", 0]);
  equal([shown.url, shown.msgId, shown.triggerType], [inbox.url, message, 0]);
  equal(shown.statusText, "success");
  equal((await world.svix.endpoint.get(app, endpoint)).id, shown.endpointId);
});

happy("messageAttempt.listByMsg", "attempts of a message are filtered", async (world) => {
  const { app, endpoint, message, attempt } = await world.delivered();
  const ids = async (options) =>
    (await world.svix.messageAttempt.listByMsg(app, message, options)).data.map(({ id }) => id);
  for (const options of [{}, { status: 0 }, { statusCodeClass: 200 }, { endpointId: endpoint }]) {
    equal(await ids(options), [attempt], JSON.stringify(options));
  }
  const before = world.ago(86_400);
  for (const options of [{ status: 2 }, { statusCodeClass: 500 }, { before }]) {
    equal(await ids(options), [], JSON.stringify(options));
  }
  equal((await world.svix.messageAttempt.get(app, message, attempt)).id, attempt);
});

happy("messageAttempt.listByEndpoint", "attempts at an endpoint are filtered", async (world) => {
  const { app, endpoint, message: first, inbox } = await world.delivered();
  inbox.status = 500;
  const body = { eventType: "b", payload: {}, channels: ["eu"], tags: ["new"] };
  const { id: second } = await world.svix.message.create(app, body);
  await world.attempted(app, second);
  const list = (options) => world.svix.messageAttempt.listByEndpoint(app, endpoint, options);
  const messages = async (options) => (await list(options)).data.map(({ msgId }) => msgId);
  equal(await messages(), [second, first]);
  for (const options of [{ statusCodeClass: 500 }, { channel: "eu" }, { tag: "new" }]) {
    equal(await messages(options), [second], JSON.stringify(options));
  }
  for (const options of [{ eventTypes: ["some.event"] }, { status: 0 }]) {
    equal(await messages(options), [first], JSON.stringify(options));
  }
  const { msg } = (await list({ withMsg: true, limit: 1 })).data[0];
  equal([msg.id, msg.eventType], [second, "b"]);
});

const MESSAGES = "messageAttempt.listAttemptedMessages";
happy(MESSAGES, "messages of an endpoint have their status", async (world) => {
  const { app, endpoint, message: first, inbox } = await world.delivered();
  inbox.status = 500;
  const body = { eventType: "b", payload: { n: 2 } };
  const { id: second } = await world.svix.message.create(app, body);
  await world.attempted(app, second);
  const list = async (options) =>
    (await world.svix.messageAttempt.listAttemptedMessages(app, endpoint, options)).data;
  const shown = await list({ withContent: true });
  equal(shown.map(({ id, status }) => [id, status]), [[second, 1], [first, 0]]);
  assert.ok(shown[0].nextAttempt > new Date());
  equal(shown[0].payload, { n: 2 });
  equal((await list({ status: 0 })).map(({ id }) => id), [first]);
  equal((await list({ eventTypes: ["b"] })).map(({ id }) => id), [second]);
});

const DESTINATIONS = "messageAttempt.listAttemptedDestinations";
happy(DESTINATIONS, "endpoints of a message have their status", async (world) => {
  const { app, endpoint, message } = await world.delivered();
  await world.endpoint(app);
  const list = async () =>
    (await world.svix.messageAttempt.listAttemptedDestinations(app, message)).data;
  equal((await list()).map(({ uid, status }) => [uid, status]), [[endpoint, 0]]);
  await world.svix.endpoint.delete(app, endpoint);
  equal((await list()).length, 1, "a deleted endpoint is still shown");
});

happy("messageAttempt.resend", "a message is sent again", async (world) => {
  const { app, endpoint, message, inbox } = await world.delivered();
  await world.svix.messageAttempt.resend(app, message, endpoint);
  equal((await inbox.next()).headers["webhook-id"], message);
  await world.attempted(app, message, 2);
  const { data } = await world.svix.messageAttempt.listByMsg(app, message);
  equal(data.map(({ triggerType }) => triggerType), [1, 0]);
});

const RESEND = "messageAttempt.resend";
refusal(400, RESEND, "nothing is sent again to an endpoint that is off", async (world) => {
  const app = await world.app();
  const endpoint = await world.endpoint(app, undefined, { disabled: true });
  await refused(400, world.svix.messageAttempt.resend, app, await world.message(app), endpoint);
});

happy("messageAttempt.expungeContent", "an answer goes", async (world) => {
  const { app, message, attempt } = await world.delivered();
  await world.svix.messageAttempt.expungeContent(app, message, attempt);
  const shown = await world.svix.messageAttempt.get(app, message, attempt);
  equal(shown.response, "EXPUNGED");
  equal(await world.payload(app, message), { n: 1 });
});
