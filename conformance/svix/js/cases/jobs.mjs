// Sending again what was missed or has failed, as background tasks, figures of endpoints, and statistics of usage.

import assert from "node:assert/strict";

import { equal, happy, refusal, until } from "../suite.mjs";
import { refused, SECRET } from "../world.mjs";

const HOUR = 3600;

// The task once it has finished.
function ended(world, { id }) {
  return until("the task", async () => {
    const task = await world.svix.backgroundTask.get(id);
    assert.notEqual(task.status, "failed", JSON.stringify(task));
    return task.status === "finished" && task;
  });
}

// An endpoint that is on again, and a message that came while it was off.
async function madeWhileOff(world) {
  const [app, inbox] = [await world.app(), world.inbox()];
  const endpoint = await world.endpoint(app, inbox.url, { disabled: true });
  const message = await world.message(app);
  await world.setup.endpoint.patch(app, endpoint, { disabled: false });
  return { app, endpoint, inbox, message };
}

happy("endpoint.recover", "what was canceled is sent again", async (world) => {
  const [app, inbox] = [await world.app(), world.inbox(410)];
  const endpoint = await world.endpoint(app, inbox.url);
  const message = await world.message(app);
  await inbox.next();
  await world.attempted(app, message);
  inbox.status = 200;
  await world.setup.endpoint.patch(app, endpoint, { disabled: false });
  await until("the end", async () => {
    const { data } = await world.setup.messageAttempt.listAttemptedDestinations(app, message);
    return data[0].status === 2 || data[0].status === 4;
  });
  const task = await world.svix.endpoint.recover(app, endpoint, { since: world.ago(HOUR) });
  equal(task.task, "endpoint.recover");
  equal((await inbox.next()).headers["webhook-id"], message);
  await ended(world, task);
});

happy("endpoint.replayMissing", "what an endpoint has missed is sent once", async (world) => {
  const { app, endpoint, inbox, message } = await madeWhileOff(world);
  const body = { since: world.ago(HOUR) };
  const task = await world.svix.endpoint.replayMissing(app, endpoint, body);
  equal(task.task, "endpoint.replay");
  equal((await inbox.next()).headers["webhook-id"], message);
  await ended(world, task);
  await ended(world, await world.svix.endpoint.replayMissing(app, endpoint, body));
  assert.ok(inbox.isEmpty, "it was sent twice");
});

happy("endpoint.bulkReplay", "what filters let through is sent again", async (world) => {
  const { app, endpoint, inbox, message } = await world.delivered();
  await world.message(app, { eventType: "other.event" });
  await inbox.next();
  const body = { since: world.ago(HOUR), eventTypes: ["some.event"] };
  const task = await world.svix.endpoint.bulkReplay(app, endpoint, body);
  equal(task.task, "endpoint.bulk-replay");
  equal((await inbox.next()).headers["webhook-id"], message);
  await ended(world, task);
  await world.attempted(app, message, 2);
  assert.ok(inbox.isEmpty);
});

const REPLAYS = ["endpoint.recover", "endpoint.replayMissing", "endpoint.bulkReplay"];
refusal(400, REPLAYS, "nothing is replayed into an endpoint that is off", async (world) => {
  const { endpoint: svix } = world.svix;
  const app = await world.app();
  const endpoint = await world.endpoint(app, undefined, { disabled: true });
  const body = { since: world.ago(HOUR) };
  await refused(400, svix.recover, app, endpoint, body);
  await refused(400, svix.replayMissing, app, endpoint, body);
  await refused(400, svix.bulkReplay, app, endpoint, body);
});

const TASKS = ["backgroundTask.get", "backgroundTask.list"];
happy(TASKS, "a task is read and listed", async (world) => {
  const { app, endpoint, inbox } = await madeWhileOff(world);
  const body = { since: world.ago(HOUR) };
  const task = await world.svix.endpoint.replayMissing(app, endpoint, body);
  await inbox.next();
  equal((await ended(world, task)).task, "endpoint.replay");
  const ids = async (options) =>
    (await world.svix.backgroundTask.list({ limit: 250, ...options })).data.map(({ id }) => id);
  const newest = { limit: 5, order: "descending", status: "finished", task: "endpoint.replay" };
  assert.ok((await ids(newest)).includes(task.id));
  assert.ok(!(await ids({ status: "running" })).includes(task.id));
  assert.ok(!(await ids({ task: "endpoint.recover" })).includes(task.id));
});

happy("endpoint.getStats", "figures count deliveries", async (world) => {
  const { app, endpoint, inbox, message } = await world.delivered();
  await world.svix.messageAttempt.resend(app, message, endpoint);
  await inbox.next();
  await world.attempted(app, message, 2);
  inbox.status = 500;
  const failing = await world.message(app);
  await inbox.next();
  await world.attempted(app, failing);
  const shown = await world.svix.endpoint.getStats(app, endpoint);
  const { success, fail, canceled } = shown;
  equal({ success, fail, canceled }, { success: 2, fail: 0, canceled: 0 });
  equal(shown.pending + shown.sending, 1, "owed");
  const before = { since: world.ago(9 * 24 * HOUR), until: world.ago(8 * 24 * HOUR) };
  equal((await world.svix.endpoint.getStats(app, endpoint, before)).success, 0);
});

refusal(400, "endpoint.getStats", "figures are of 28 days at most", async (world) => {
  const app = await world.app();
  const options = { since: world.ago(29 * 24 * HOUR), until: world.ago(0) };
  await refused(400, world.svix.endpoint.getStats, app, await world.endpoint(app), options);
});

happy("endpoint.sendExample", "an example goes to this endpoint alone", async (world) => {
  const [app, inbox, other] = [await world.app(), world.inbox(), world.inbox()];
  const endpoint = await world.endpoint(app, inbox.url, { secret: SECRET });
  await world.endpoint(app, other.url);
  const sent = await world.svix.endpoint.sendExample(app, endpoint, { eventType: "svix.ping" });
  equal((await inbox.next(SECRET)).headers["webhook-id"], sent.id);
  equal((await world.svix.message.get(app, sent.id)).eventType, "svix.ping");
  assert.ok(other.isEmpty);
});

happy("endpoint.sendExample", "an example is chosen by its index", async (world) => {
  const examples = [{ n: 1 }, { n: 2 }];
  const eventType = await world.eventType({ schemas: { 1: { type: "object", examples } } });
  const [app, inbox] = [await world.app(), world.inbox()];
  const endpoint = await world.endpoint(app, inbox.url);
  for (const [exampleIndex, example] of examples.entries()) {
    const body = { eventType, exampleIndex };
    const sent = await world.svix.endpoint.sendExample(app, endpoint, body);
    equal(JSON.parse((await inbox.next()).body), example);
    equal(await world.payload(app, sent.id), example);
  }
});

happy("message.expungeAllContents", "all payloads of an application go", async (world) => {
  const { app, message } = await world.delivered();
  const task = await world.svix.message.expungeAllContents(app);
  equal(task.task, "application.purge_content");
  await ended(world, task);
  equal(await world.payload(app, message), { expired: true });
  const later = await world.svix.message.create(app, { eventType: "a", payload: { n: 2 } });
  equal(await world.payload(app, later.id), { n: 2 });
});

happy("statistics.aggregateAppStats", "usage of applications is counted", async (world) => {
  const { app } = await world.delivered();
  const body = { since: world.ago(HOUR), until: world.ago(0), appIds: [app, "nobody"] };
  const task = await world.svix.statistics.aggregateAppStats(body);
  equal([task.task, task.unresolvedAppIds], ["application.stats", ["nobody"]]);
  const { id } = await world.svix.application.get(app);
  // What figures are called is each server's own; whom they are of is not.
  const shown = JSON.stringify((await ended(world, task)).data);
  assert.ok(shown.includes(id), shown);
});

happy("statistics.aggregateEventTypes", "usage of event types is counted", async (world) => {
  const { app, inbox } = await world.delivered();
  const eventType = world.name("type").replace("-", ".");
  await world.message(app, { eventType });
  await inbox.next();
  const task = await world.svix.statistics.aggregateEventTypes();
  equal(task.task, "event-type.aggregate");
  const shown = JSON.stringify((await ended(world, task)).data);
  assert.ok(shown.includes(eventType), shown);
});
