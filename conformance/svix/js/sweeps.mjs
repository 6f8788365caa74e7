// Cases that are made from the list of all calls: refusals that every call has in the same way.
//
// - 401: no call but health works with a key that is none.
// - 404: what a path names must be there. Each id in turn is one that nobody has.
// - 422: lists refuse limits out of range and iterators of nothing; bodies are in `examples.mjs`.
//
// A call that no case of `cases/` is about is asked for as well, so that it is shown as missing and not forgotten.

import assert from "node:assert/strict";

import { BAD_BODIES, BODIES } from "./examples.mjs";
import { byName } from "./recorder.mjs";
import { add, CASES } from "./suite.mjs";
import { refused } from "./world.mjs";

const NOBODY = "nobody-has-this-id";
const OPEN = new Set(["health.get"]);
// Ids that need not be there, since the call makes what it names.
const MADE = new Set([
  "application.upsert app_id",
  "endpoint.upsert endpoint_id",
  "eventType.upsert event_type_name",
  "destination.upsert destination_id",
  "operationalWebhook.endpoint.upsert endpoint_id",
  "message.poller.consumerPoll consumer_id",
  "message.poller.consumerSeek consumer_id",
]);

// A case for each call that no case is about.
export function addUntested(world) {
  const tried = new Set(CASES.filter((one) => one.refusal === null).flatMap((one) => one.calls));
  for (const call of world.catalogue.values()) {
    if (!tried.has(call.name)) add(call.name, "untested", isThere(call), null);
  }
}

export function addRefusals(world) {
  for (const call of world.catalogue.values()) {
    if (!OPEN.has(call.name)) add(call.name, "wrong key", wrongKey(call), 401);
    call.pathParams.forEach((param, position) => {
      if (MADE.has(`${call.name} ${param}`)) return;
      add(call.name, `no such ${param}`, missing(call, position), 404);
    });
    if (call.isPaged) add(call.name, "bad page", badPage(call), 422);
    for (const [field, body] of BAD_BODIES[call.name] ?? []) {
      add(call.name, `bad ${field}`, badBody(call, field, body), 422);
    }
  }
}

// Valid arguments with these ids.
function args(call, ids) {
  return call.hasBody ? [...ids, BODIES[call.name] ?? {}] : ids;
}

// The ids of the path, of things that are there.
async function idsOf(world, call) {
  const fixture = await world.fixture();
  if (call.name.startsWith("operationalWebhook.")) {
    return call.pathParams.length ? [await world.operationalEndpoint()] : [];
  }
  return call.pathParams.map((param) => fixture[param] ?? NOBODY);
}

const isThere = (call) => async (world) => {
  try {
    await byName(world.svix, call.name)(...args(call, await idsOf(world, call)));
  } catch {
    // How it was refused is in the notes.
  }
  throw new Error("the server has this operation, and no case is about it");
};

const wrongKey = (call) => async (world) => {
  const ids = call.pathParams.map(() => NOBODY);
  const error = await refused(401, byName(world.nobody, call.name), ...args(call, ids));
  assert.ok(error.code && error.detail);
};

const missing = (call, position) => async (world) => {
  const ids = await idsOf(world, call);
  ids[position] = NOBODY;
  const error = await refused(404, byName(world.svix, call.name), ...args(call, ids));
  assert.ok(error.code && error.detail);
};

const badPage = (call) => async (world) => {
  const ids = await idsOf(world, call);
  for (const options of [{ limit: 0 }, { limit: 251 }, { iterator: "no iterator" }]) {
    const error = await refused(422, byName(world.svix, call.name), ...args(call, ids), options);
    assertNames(error, Object.keys(options)[0]);
  }
};

const badBody = (call, field, body) => async (world) => {
  const ids = await idsOf(world, call);
  assertNames(await refused(422, byName(world.svix, call.name), ...ids, body), field);
};

function assertNames(error, field) {
  assert.ok(error.detail.some(({ loc }) => loc.includes(field)), JSON.stringify(error.detail));
}
