// Health, portal access and integrations: who may ask, and for what.

import assert from "node:assert/strict";

import { add, equal, happy } from "../suite.mjs";
import { refused } from "../world.mjs";

const health = async (world) => {
  await world.svix.health.get();
  await world.nobody.health.get();
};
add("health.get", "the server is there without a key", health, null, false);

// A client with the token of a portal session.
async function portal(world, app, body) {
  const access = await world.svix.authentication.appPortalAccess(app, body);
  assert.ok(access.url.startsWith("http"));
  return world.asBearer(access.token);
}

const ACCESS = "authentication.appPortalAccess";
happy(ACCESS, "a session opens one application", async (world) => {
  const [app, other] = [await world.app(), await world.app()];
  const session = await portal(world, app);
  equal((await session.application.get(app)).uid, app);
  await refused(404, session.application.get, other);
  await refused(403, session.application.create, { name: "x" });
  const made = await session.endpoint.create(app, { url: world.inbox().url });
  equal(await world.svix.endpoint.get(app, made.id), made);
});

happy(ACCESS, "a session may do what it was made for", async (world) => {
  const app = await world.app();
  const endpoint = await world.endpoint(app);
  const viewer = await portal(world, app, { capabilities: ["ViewBase"] });
  equal((await viewer.endpoint.get(app, endpoint)).uid, endpoint);
  await refused(403, viewer.endpoint.getSecret, app, endpoint);
  await refused(403, viewer.endpoint.delete, app, endpoint);
  equal((await world.svix.endpoint.get(app, endpoint)).uid, endpoint);
});

happy("authentication.expireAll", "sessions end together or by their names", async (world) => {
  const { authentication } = world.svix;
  const app = await world.app();
  const one = await portal(world, app, { sessionId: "one" });
  const two = await portal(world, app, { sessionId: "two" });
  await authentication.expireAll(app, { expiry: 0, sessionIds: ["one"] });
  await refused(401, one.application.get, app);
  equal((await two.application.get(app)).uid, app);
  await authentication.expireAll(app, { expiry: 0 });
  await refused(401, two.application.get, app);
});

happy("authentication.logout", "a session ends itself", async (world) => {
  const app = await world.app();
  const session = await portal(world, app);
  equal((await session.application.get(app)).uid, app);
  await session.authentication.logout();
  await refused(401, session.application.get, app);
});

const KEYS = ["integration.create", "integration.rotateKey"];
happy(KEYS, "a key of an integration opens its application", async (world) => {
  const { integration } = world.svix;
  const [app, other] = [await world.app(), await world.app()];
  const made = await integration.create(app, { name: "Importer" });
  equal(await integration.get(app, made.id), made);
  const first = world.asBearer((await integration.rotateKey(app, made.id)).key);
  equal((await first.endpoint.list(app)).data, []);
  await refused(404, first.endpoint.list, other);
  const second = world.asBearer((await integration.rotateKey(app, made.id)).key);
  equal((await second.endpoint.list(app)).data, []);
  await refused(401, first.endpoint.list, app);
});

const CHANGES = ["integration.get", "integration.list", "integration.update"];
happy(CHANGES, "integrations are listed and renamed", async (world) => {
  const { integration } = world.svix;
  const app = await world.app();
  const made = [];
  for (const name of ["A", "B", "C"]) made.push((await integration.create(app, { name })).id);
  const page = await integration.list(app, { limit: 2, order: "ascending" });
  equal([page.data.map(({ id }) => id), page.done], [made.slice(0, 2), false]);
  await integration.update(app, made[0], { name: "Renamed", featureFlags: ["beta"] });
  const { name, featureFlags } = await integration.get(app, made[0]);
  equal({ name, featureFlags }, { name: "Renamed", featureFlags: ["beta"] });
});

happy("integration.delete", "a deleted integration opens nothing", async (world) => {
  const { integration } = world.svix;
  const app = await world.app();
  const { id } = await integration.create(app, { name: "Importer" });
  const session = world.asBearer((await integration.rotateKey(app, id)).key);
  equal((await session.endpoint.list(app)).data, []);
  await integration.delete(app, id);
  await refused(401, session.endpoint.list, app);
  await refused(404, integration.get, app, id);
});
