// Event types, and environments as a whole.

import assert from "node:assert/strict";

import { equal, happy, refusal } from "../suite.mjs";
import { refused } from "../world.mjs";

const SCHEMA = { 1: { type: "object", required: ["amount"] } };
const fresh = (world) => world.name("type").replace("-", ".");

happy("eventType.create", "an event type is made and shown", async (world) => {
  const body = {
    name: fresh(world),
    description: "A customer has paid.",
    schemas: SCHEMA,
    groupName: "Billing",
    featureFlags: ["beta"],
    deprecated: true,
  };
  const made = await world.svix.eventType.create(body);
  const shown = await world.svix.eventType.get(body.name);
  equal(shown, made);
  for (const [field, value] of Object.entries(body)) equal(shown[field], value, field);
});

refusal(409, "eventType.create", "a name is of one event type", async (world) => {
  const name = await world.eventType();
  await refused(409, world.svix.eventType.create, { name, description: "Again" });
  equal((await world.svix.eventType.get(name)).description, "A type");
});

happy("eventType.get", "an event type with a slash is found", async (world) => {
  const name = `a/${fresh(world)}`;
  const made = await world.svix.eventType.create({ name, description: "Slash" });
  equal(await world.svix.eventType.get(name), made);
});

happy("eventType.list", "event types come with and without the archive", async (world) => {
  const [kept, gone] = [await world.eventType({ schemas: SCHEMA }), await world.eventType()];
  await world.setup.eventType.delete(gone);
  const all = async (options) => {
    const found = new Map();
    let page = { iterator: undefined, done: false };
    while (!page.done) {
      const { iterator } = page;
      page = await world.svix.eventType.list({ limit: 250, iterator, ...options });
      for (const eventType of page.data) found.set(eventType.name, eventType);
    }
    return found;
  };
  const shown = await all({ withContent: true });
  assert.ok(shown.has(kept) && !shown.has(gone));
  equal(shown.get(kept).schemas, SCHEMA);
  equal((await all({ includeArchived: true })).get(gone).archived, true);
  equal((await world.svix.eventType.get(kept)).name, kept);
});

happy("eventType.upsert", "an event type is put and put again", async (world) => {
  const name = fresh(world);
  await world.svix.eventType.upsert(name, { description: "One", schemas: SCHEMA });
  equal((await world.svix.eventType.get(name)).schemas, SCHEMA);
  await world.svix.eventType.upsert(name, { description: "Two" });
  equal((await world.svix.eventType.get(name)).description, "Two");
});

happy("eventType.patch", "a patch leaves what it does not name", async (world) => {
  const name = await world.eventType({ groupName: "Billing" });
  await world.svix.eventType.patch(name, { deprecated: true });
  const { deprecated, groupName } = await world.svix.eventType.get(name);
  equal({ deprecated, groupName }, { deprecated: true, groupName: "Billing" });
});

happy("eventType.delete", "an event type goes to the archive or for good", async (world) => {
  const { eventType } = world.svix;
  const name = await world.eventType();
  await eventType.delete(name);
  equal((await eventType.get(name)).archived, true);
  await eventType.create({ name, description: "Back" });
  equal((await eventType.get(name)).archived, false);
  await eventType.delete(name, { expunge: true });
  await refused(404, eventType.get, name);
});

happy("eventType.importOpenapi", "webhooks of a document become event types", async (world) => {
  const { eventType } = world.svix;
  const name = fresh(world);
  const schema = { type: "object", properties: { id: { type: "integer" } } };
  const requestBody = { content: { "application/json": { schema } } };
  const post = { description: "A pet is there", requestBody };
  const info = { title: "Pets", version: "1" };
  const spec = { openapi: "3.1.0", info, webhooks: { [name]: { post } } };
  const dry = await eventType.importOpenapi({ spec, dryRun: true });
  equal(dry.data.toModify.map((found) => found.name), [name]);
  await refused(404, eventType.get, name);
  equal((await eventType.importOpenapi({ spec })).data.modified, [name]);
  const shown = await eventType.get(name);
  equal([shown.description, shown.schemas[1].properties], [post.description, schema.properties]);
});

const ENVIRONMENT = ["environment.export", "environment.import"];
happy(ENVIRONMENT, "an environment goes out and comes in", async (world) => {
  const [name, added] = [await world.eventType({ schemas: SCHEMA }), fresh(world)];
  const exported = await world.svix.environment.export();
  equal(exported.eventTypes.find((found) => found.name === name).schemas, SCHEMA);
  const eventTypes = [
    { name, description: "Changed", schemas: SCHEMA },
    { name: added, description: "New" },
  ];
  await world.svix.environment.import({ eventTypes });
  equal((await world.svix.eventType.get(name)).description, "Changed");
  equal((await world.svix.eventType.get(added)).description, "New");
});
