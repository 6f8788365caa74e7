// Cases, what they promise, and how one is run.
//
// A case is a function of a world. It says which calls it is about, and what it promises:
//
// - a happy case: each of its calls succeeded, and at least one other operation succeeded beside them, so that the effect
//   was read back and not believed;
// - a case about a refusal (`refusal: 409`): each of its calls was refused with that status.
//
// What a case promises and does not do is a failure, whatever its own assertions say. A case whose call the server does
// not have (501, or what the server says to a path that it does not know) is `missing`, one that needs another call which
// the server does not have `blocked`.

import assert from "node:assert/strict";

export const CASES = [];

// Makes a case of a function. `calls` is one name or several.
export function happy(calls, name, run) {
  add(calls, name, run, null);
}

export function refusal(status, calls, name, run) {
  add(calls, name, run, status);
}

export function add(calls, name, run, refusal, hasEffect = true) {
  CASES.push({ calls: [calls].flat(), name, run, refusal, hasEffect });
}

// Runs one case; a result for each of its calls.
export async function runCase(one, world) {
  world.begin();
  let failure = "";
  try {
    await one.run(world);
  } catch (error) {
    // Whatever goes wrong in a case is the case's result.
    const line = /\/cases\/\w+\.mjs:(\d+)/.exec(error.stack ?? "")?.[1] ?? 0;
    failure = `${describe(error)} (line ${line})`;
  }
  return one.calls.map((call) => judge(one, call, world, failure));
}

function describe(error) {
  const body = error.body ? ` ${error.code}: ${JSON.stringify(error.body)}` : "";
  return `${error.message}${body}`;
}

function judge(one, call, world, failure) {
  const promise = String(one.refusal ?? "happy");
  const result = (outcome, reason = "") => ({ call, case: one.name, promise, outcome, reason });
  const notes = world.notes.filter((note) => note.call === call);
  const { operation } = world.catalogue.get(call) ?? {};
  if (!operation) return result("failed", "the SDK has no such call");
  const absent = notes.find((note) => world.isAbsent(note));
  if (absent) return result("missing", `${absent.refused}: ${absent.detail}`);
  const blockedBy = [...world.notes, ...world.setupNotes].find((note) => world.isAbsent(note));
  if (blockedBy) return result("blocked", `needs ${blockedBy.call}, which is missing`);
  if (failure) return result("failed", failure);
  if (notes.length === 0) return result("failed", "the case never makes this call");
  if (one.refusal !== null) {
    const isMet = notes.some((note) => note.refused === one.refusal);
    return isMet ? result("passed") : result("failed", `was not refused with ${one.refusal}`);
  }
  if (notes.every((note) => note.refused !== null)) {
    return result("failed", "the call never succeeded");
  }
  const isOther = (note) =>
    note.refused === null && world.catalogue.get(note.call).operation !== operation;
  if (one.hasEffect && !world.notes.some(isOther)) {
    return result("failed", "the case reads nothing back through another operation");
  }
  return result("passed");
}

// Asks again and again until the answer is something.
export async function until(what, ask, patienceMs = 20_000) {
  const end = performance.now() + patienceMs;
  while (performance.now() < end) {
    const answer = await ask();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`waited in vain for ${what}`);
}

// Compares what is there; fields that are undefined count as absent.
export function equal(shown, expected, what = "shown") {
  const plain = (value) => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));
  const text = `${what}: ${JSON.stringify(shown)} instead of ${JSON.stringify(expected)}`;
  assert.deepEqual(plain(shown), plain(expected), text);
}
