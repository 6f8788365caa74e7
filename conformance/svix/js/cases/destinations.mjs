// Destinations: endpoints that keep the order, and such as are polled.

import { equal, happy, refusal } from "../suite.mjs";
import { refused, SECRET } from "../world.mjs";

const fifo = (url, fields = {}) => ({
  type: "fifoEndpoint",
  config: { url, key: SECRET, headers: { "X-Tenant": "7" } },
  ...fields,
});

happy("destination.create", "a fifo endpoint gets its messages in order", async (world) => {
  const [app, inbox] = [await world.app(), world.inbox()];
  const fields = { uid: "line", batchSize: 3, maxWaitSecs: 5, metadata: { a: "b" } };
  const made = await world.svix.destination.create(app, fifo(inbox.url, fields));
  const shown = await world.svix.destination.get(app, "line");
  equal(shown, made);
  for (const [field, value] of Object.entries(fields)) equal(shown[field], value, field);
  equal([shown.type, shown.status, shown.config.url], ["fifoEndpoint", "enabled", inbox.url]);
  for (const n of [0, 1, 2]) {
    await world.svix.message.create(app, { eventType: "a", payload: { n } });
  }
  const { headers, body } = await inbox.next(SECRET);
  equal(headers["x-tenant"], "7");
  equal([...body.matchAll(/"n":(\d)/g)].map(([, n]) => n), ["0", "1", "2"]);
});

happy("destination.create", "a polling endpoint is polled", async (world) => {
  const [app, uid] = [await world.app(), world.name("poller")];
  const body = { type: "pollingEndpoint", uid, config: {} };
  const made = await world.svix.destination.create(app, body);
  equal(await world.svix.destination.get(app, uid), made);
  equal([made.type, made.status], ["pollingEndpoint", "enabled"]);
  const sent = await world.svix.message.create(app, { eventType: "a", payload: { n: 1 } });
  const { data } = await world.svix.message.poller.poll(app, uid);
  equal(data.map(({ id }) => id), [sent.id]);
});

refusal(409, "destination.create", "a uid is of one destination", async (world) => {
  const app = await world.app();
  const body = fifo(world.inbox().url, { uid: await world.fifo(app) });
  await refused(409, world.svix.destination.create, app, body);
});

const READS = ["destination.get", "destination.list"];
happy(READS, "destinations are read and listed", async (world) => {
  const { destination: svix } = world.svix;
  const app = await world.app();
  await world.endpoint(app);
  const made = [await world.fifo(app), await world.fifo(app)];
  const order = "ascending";
  const first = await svix.list(app, { limit: 1, order });
  const rest = await svix.list(app, { limit: 5, order, iterator: first.iterator });
  equal([...first.data, ...rest.data].map(({ uid }) => uid), made);
  equal(await svix.get(app, made[0]), first.data[0]);
});

happy("destination.upsert", "a destination is put and put again", async (world) => {
  const { destination: svix } = world.svix;
  const [app, { url }] = [await world.app(), world.inbox()];
  const made = await svix.upsert(app, "put", fifo(url, { uid: "put" }));
  equal((await svix.get(app, "put")).config.url, url);
  const again = fifo(`${url}?2`, { uid: "put", status: "disabled" });
  equal((await svix.upsert(app, "put", again)).id, made.id);
  const shown = await svix.get(app, made.id);
  equal([shown.config.url, shown.status], [`${url}?2`, "disabled"]);
});

happy("destination.patch", "a patch changes what it names", async (world) => {
  const [app, { url }] = [await world.app(), world.inbox()];
  const uid = await world.fifo(app, url);
  const patch = { type: "fifoEndpoint", config: {}, batchSize: 7 };
  await world.svix.destination.patch(app, uid, patch);
  const shown = await world.svix.destination.get(app, uid);
  equal([shown.batchSize, shown.config.url], [7, url]);
});

happy("destination.delete", "a destination goes", async (world) => {
  const app = await world.app();
  const uid = await world.fifo(app);
  equal((await world.svix.destination.get(app, uid)).uid, uid);
  await world.svix.destination.delete(app, uid);
  await refused(404, world.svix.destination.get, app, uid);
});
