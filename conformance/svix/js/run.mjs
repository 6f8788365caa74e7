// Runs the conformance suite with the Svix SDK for JavaScript against a server. See ../README.md.
//
//     SVIX_SERVER_URL=http://127.0.0.1:8071 SVIX_TOKEN=… node run.mjs [WORD…]
//
// Prints one JSON object a line. With words, only cases run whose call or name contains one of them. Ends with 1 if
// anything failed, and with 2 if there is no server to ask.

import { readdirSync } from "node:fs";

import { CASES, runCase } from "./suite.mjs";
import { addRefusals, addUntested } from "./sweeps.mjs";
import { World } from "./world.mjs";

const words = process.argv.slice(2);
const world = new World();
try {
  await world.start();
} catch (error) {
  console.error(`conformance: the server cannot be used: ${error.message}`);
  process.exit(2);
}

const folder = new URL("cases/", import.meta.url);
for (const file of readdirSync(folder).sort()) await import(new URL(file, folder));
addUntested(world);
addRefusals(world);

const isWanted = ({ name, calls }) =>
  words.length === 0 || words.some((word) => [name, ...calls].some((text) => text.includes(word)));
for (const one of CASES.filter(isWanted)) {
  for (const result of await runCase(one, world)) {
    if (result.outcome === "failed") process.exitCode = 1;
    const operation = world.catalogue.get(result.call)?.operation ?? "";
    console.log(JSON.stringify({ operation, sdk: world.sdk, ...result }));
  }
}
world.receiver.stop();
