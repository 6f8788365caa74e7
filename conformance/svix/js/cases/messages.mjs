// Messages, attempts and the message poller.

import assert from "node:assert/strict";

import { svix as sdk } from "../packages.mjs";
import { equal, happy, refusal } from "../suite.mjs";
import { refused, SECRET } from "../world.mjs";

const ids = ({ data }) => data.map(({ id }) => id);

happy("message.create", "a message is sent signed and shown", async (world) => {
  const [app, inbox] = [await world.app(), world.inbox()];
  const endpoint = await world.endpoint(app, inbox.url, { secret: SECRET });
  const body = {
    eventType: "user.signup",
    payload: { name: "Ada", n: 1 },
    eventId: "e-1",
    channels: ["eu"],
    tags: ["new"],
  };
  const made = await world.svix.message.create(app, body);
  const { headers, body: received } = await inbox.next(SECRET);
  equal([headers["webhook-id"], received], [made.id, '{"name":"Ada","n":1}']);
  for (const key of [made.id, "e-1"]) {
    const shown = await world.svix.message.get(app, key, { withContent: true });
    equal(shown.id, made.id);
    for (const [field, value] of Object.entries(body)) equal(shown[field], value, field);
  }
  await world.attempted(app, made.id);
  const { data } = await world.svix.messageAttempt.listAttemptedDestinations(app, made.id);
  equal(data.map(({ uid, status }) => [uid, status]), [[endpoint, 0]]);
});

refusal(409, "message.create", "an event id is of one message", async (world) => {
  const { message } = world.svix;
  const [app, body] = [await world.app(), { eventType: "a", payload: {}, eventId: "once" }];
  const first = await message.create(app, body);
  await refused(409, message.create, app, body);
  equal((await message.get(app, "once")).id, first.id);
});

happy("message.create", "a repeated key makes one message", async (world) => {
  const { message } = world.svix;
  const [app, options] = [await world.app(), { idempotencyKey: world.name("key") }];
  const body = { eventType: "a", payload: { n: 1 } };
  const first = await message.create(app, body, options);
  equal((await message.create(app, body, options)).id, first.id);
  equal(ids(await message.list(app)), [first.id]);
});

happy("message.create", "an application is made along with a message", async (world) => {
  const app = world.name("app");
  const application = { name: "Along", uid: app };
  await world.svix.message.create(app, { eventType: "a", payload: {}, application });
  equal((await world.svix.application.get(app)).name, "Along");
});

happy("message.create", "a message is sent later", async (world) => {
  const [app, inbox] = [await world.app(), world.inbox()];
  await world.endpoint(app, inbox.url);
  const deliverAt = world.ago(-1);
  const sent = await world.svix.message.create(app, { eventType: "a", payload: {}, deliverAt });
  equal(sent.deliverAt, deliverAt);
  const { data } = await world.svix.messageAttempt.listAttemptedDestinations(app, sent.id);
  equal(data[0].nextAttempt, deliverAt);
  await inbox.next();
  assert.ok(Date.now() >= deliverAt.getTime(), "it came too early");
});

happy("message.create", "a raw body goes out as it is", async (world) => {
  const [app, inbox] = [await world.app(), world.inbox()];
  await world.endpoint(app, inbox.url);
  const raw = sdk.messageInRaw("order.paid", "<order>1</order>", "application/xml");
  const sent = await world.svix.message.create(app, raw);
  const { headers, body } = await inbox.next();
  equal([headers["content-type"], body], ["application/xml", "<order>1</order>"]);
  equal((await world.svix.message.get(app, sent.id)).eventType, "order.paid");
});

happy("message.get", "content is shown where it is asked for", async (world) => {
  const { message } = world.svix;
  const app = await world.app();
  const { id } = await message.create(app, { eventType: "a", payload: { n: 1 } });
  equal((await message.get(app, id, { withContent: true })).payload, { n: 1 });
  assert.notDeepEqual((await message.get(app, id, { withContent: false })).payload, { n: 1 });
});

happy("message.list", "messages are filtered and come in pages", async (world) => {
  const app = await world.app();
  const made = [];
  for (let n = 0; n < 4; n += 1) {
    const body = { eventType: n % 2 ? "odd" : "even", payload: { n }, channels: [`c${n}`], tags: [`t${n}`] };
    made.unshift((await world.svix.message.create(app, body)).id);
  }
  const list = (options) => world.svix.message.list(app, options);
  equal(ids(await list()), made);
  equal(ids(await list({ eventTypes: ["even"] })), [made[1], made[3]]);
  equal(ids(await list({ eventTypes: ["even", "odd"] })), made);
  equal(ids(await list({ channel: "c1" })), [made[2]]);
  equal(ids(await list({ tag: "t3" })), [made[0]]);
  equal(ids(await list({ before: world.ago(86_400) })), []);
  equal(ids(await list({ after: world.ago(86_400) })), made);
  const page = await list({ limit: 3, withContent: true });
  equal([page.data.map(({ payload }) => payload.n), page.done], [[3, 2, 1], false]);
  equal(ids(await list({ limit: 3, iterator: page.iterator })), made.slice(3));
});

happy("message.precheck", "a precheck says whether anybody would get it", async (world) => {
  const app = await world.app();
  const ask = async (body) => (await world.svix.message.precheck(app, body)).active;
  equal(await ask({ eventType: "a" }), false);
  const eventType = await world.eventType();
  const body = { url: world.inbox().url, eventTypes: [eventType], channels: ["eu"] };
  await world.svix.endpoint.create(app, body);
  equal(await ask({ eventType: "a" }), false);
  equal(await ask({ eventType, channels: ["us"] }), false);
  equal(await ask({ eventType, channels: ["eu"] }), true);
});

happy("message.expungeContent", "a payload goes", async (world) => {
  const { app, endpoint, message } = await world.delivered();
  await world.svix.message.expungeContent(app, message);
  equal(await world.payload(app, message), { expired: true });
  await refused(400, world.svix.messageAttempt.resend, app, message, endpoint);
});

happy("message.bulkExpungeContent", "payloads go together", async (world) => {
  const app = await world.app();
  const first = await world.message(app);
  await world.message(app, { eventId: "e-1" });
  const kept = await world.message(app);
  const body = { ids: [first, "e-1", "nobody"] };
  const { results } = await world.svix.message.bulkExpungeContent(app, body);
  equal(results, { [first]: "expunged", "e-1": "expunged", nobody: "not-found" });
  equal(await world.payload(app, "e-1"), { expired: true });
  equal(await world.payload(app, kept), { n: 1 });
});

async function polled(world) {
  const app = await world.app();
  const sink = await world.pollingEndpoint(app);
  const made = [];
  for (const n of [0, 1, 2]) {
    const message = { eventType: "polled", payload: { n } };
    made.push((await world.svix.message.create(app, message)).id);
  }
  return { app, sink, made };
}

happy("message.poller.poll", "what is new is polled", async (world) => {
  const { app, sink, made } = await polled(world);
  const { poller } = world.svix.message;
  const first = await poller.poll(app, sink, { limit: 2 });
  equal([ids(first), first.done], [made.slice(0, 2), false]);
  const rest = await poller.poll(app, sink, { iterator: first.iterator });
  equal([ids(rest), rest.done, rest.data[0].payload], [made.slice(2), true, { n: 2 }]);
  equal(ids(await poller.poll(app, sink, { eventType: "other" })), []);
});

const CONSUMER = ["message.poller.consumerPoll", "message.poller.consumerSeek"];
happy(CONSUMER, "a consumer keeps its place and is sent back", async (world) => {
  const after = world.ago(86_400);
  const { app, sink, made } = await polled(world);
  const { poller } = world.svix.message;
  const first = await poller.consumerPoll(app, sink, "me", { limit: 1 });
  equal(ids(first), made.slice(0, 1));
  const following = { limit: 2, iterator: first.iterator };
  equal(ids(await poller.consumerPoll(app, sink, "me", following)), made.slice(1));
  assert.ok((await poller.consumerSeek(app, sink, "me", { after })).iterator);
  equal(ids(await poller.consumerPoll(app, sink, "me")), made);
});
