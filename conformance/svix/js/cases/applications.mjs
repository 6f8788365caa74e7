// Applications.

import { equal, happy, refusal } from "../suite.mjs";
import { refused } from "../world.mjs";

happy("application.create", "an application is made and found by id and uid", async (world) => {
  const { application } = world.svix;
  const uid = world.name("app");
  const body = { name: "Cool Account", uid, throttleRate: 50, metadata: { plan: "owl" } };
  const made = await application.create(body);
  for (const key of [made.id, uid]) equal(await application.get(key), made);
  const { name, throttleRate, metadata } = made;
  equal({ name, uid: made.uid, throttleRate, metadata }, body);
});

happy("application.create", "a repeated key makes one application", async (world) => {
  const { application } = world.svix;
  const options = { idempotencyKey: world.name("key") };
  const body = { name: world.name("Once") };
  const first = await application.create(body, options);
  equal((await application.create(body, options)).id, first.id);
  const { data } = await application.list({ limit: 50, order: "descending" });
  equal(data.filter(({ name }) => name === body.name).length, 1);
});

refusal(409, ["application.create", "application.patch"], "a uid is of one application", async (world) => {
  const { application } = world.svix;
  const [taken, other] = [await world.app(), await world.app()];
  await refused(409, application.create, { name: "x", uid: taken });
  await refused(409, application.patch, other, { uid: taken });
  equal((await application.get(other)).uid, other);
});

happy("application.getOrCreate", "an application is made once only", async (world) => {
  const { application } = world.svix;
  const uid = world.name("app");
  const made = await application.getOrCreate({ name: "First", uid });
  equal((await application.getOrCreate({ name: "Second", uid })).id, made.id);
  equal((await application.get(uid)).name, "First");
});

happy("application.get", "an application is shown as it was made", async (world) => {
  const made = await world.svix.application.create({ name: "Shown" });
  equal(await world.svix.application.get(made.id), made);
});

happy("application.list", "applications come in pages both ways", async (world) => {
  const { application } = world.svix;
  const made = [];
  for (let number = 0; number < 4; number += 1) made.unshift(await world.app());
  const uids = ({ data }) => data.map(({ uid }) => uid);
  const order = "descending";
  const first = await application.list({ limit: 2, order });
  const second = await application.list({ limit: 2, order, iterator: first.iterator });
  equal([...uids(first), ...uids(second)], made);
  const back = await application.list({ limit: 2, order, iterator: second.prevIterator });
  equal(uids(back), made.slice(0, 2));
  equal((await application.get(made[0])).uid, made[0]);
});

happy("application.list", "applications without endpoints can be left out", async (world) => {
  const { application } = world.svix;
  const [empty, off, on] = [await world.app(), await world.app(), await world.app()];
  await world.svix.endpoint.create(off, { url: world.inbox().url, disabled: true });
  await world.endpoint(on);
  const uids = async (options) => {
    const { data } = await application.list({ limit: 10, order: "descending", ...options });
    return data.map(({ uid }) => uid).filter((uid) => [empty, off, on].includes(uid));
  };
  equal(await uids(), [on, off, empty]);
  equal(await uids({ excludeAppsWithNoEndpoints: true }), [on, off]);
  equal(await uids({ excludeAppsWithDisabledEndpoints: true }), [on, empty]);
});

happy("application.upsert", "an application is put and put again", async (world) => {
  const { application } = world.svix;
  const uid = world.name("app");
  const made = await application.upsert(uid, { name: "Put", uid });
  equal((await application.upsert(uid, { name: "Again", uid })).id, made.id);
  equal((await application.get(made.id)).name, "Again");
});

happy("application.patch", "a patch leaves what it does not name", async (world) => {
  const { application } = world.svix;
  const app = await world.app();
  await application.patch(app, { metadata: { a: "b" } });
  await application.patch(app, { name: "Renamed" });
  const { name, metadata } = await application.get(app);
  equal({ name, metadata }, { name: "Renamed", metadata: { a: "b" } });
});

happy("application.delete", "a deleted application is gone with its endpoints", async (world) => {
  const app = await world.app();
  const endpoint = await world.endpoint(app);
  equal((await world.svix.application.get(app)).uid, app);
  await world.svix.application.delete(app);
  await refused(404, world.svix.application.get, app);
  await refused(404, world.svix.endpoint.get, app, endpoint);
});
