// Walks all pages in a real browser, area by area, each on a server of its own with fresh data.
// Prints what was tried, in which language and how it ended, and leaves the same as results.json beside the screenshots;
// ends with 1 if anything did not hold. A walk through everything also tells whether axe has looked at every page there is.
//
//   node run.mjs TIDINGS_BINARY FOLDER_FOR_SCREENSHOTS [AREA or LANGUAGE…]

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { check, expect, LANGUAGES, openBrowser, results } from "./kit.mjs";
import { start } from "./server.mjs";
import * as board from "./board.mjs";
import { checkCoverage } from "./coverage.mjs";
import * as dashboard from "./dashboard.mjs";
import * as embedding from "./embedding.mjs";
import * as help from "./help.mjs";
import * as hostile from "./hostile.mjs";
import * as inbox from "./inbox.mjs";
import * as portal from "./portal.mjs";
import * as production from "./production.mjs";
import * as products from "./products.mjs";
import * as reference from "./reference.mjs";
import * as sign_in from "./sign_in.mjs";

/** Each has `walk(browser, server, languages)`, `settings()` where its server needs some, `flags` where it is not in development mode. */
const AREAS = { products, board, portal, help, dashboard, inbox, embedding, sign_in, production, reference, hostile };

async function walk(browser, binary, area, languages) {
  const server = await start(binary, await AREAS[area].settings?.(), AREAS[area].flags);
  try {
    await AREAS[area].walk(browser, server, languages);
    const complaints = server.log().split("\n").filter((line) => /ERROR|text\.key/.test(line));
    await check(`the server complains of nothing: ${area}`, "-", async () => expect(complaints.length === 0, complaints.slice(0, 3).join(" ")));
  } finally {
    await server.stop();
  }
}

async function main() {
  const [binary, shots, ...chosen] = process.argv.slice(2);
  const unknown = chosen.filter((name) => !(name in AREAS) && !LANGUAGES.includes(name));
  expect(unknown.length === 0, `${unknown.join(", ")}: not among ${[...Object.keys(AREAS), ...LANGUAGES].join(", ")}`);
  const pick = (all) => (all.some((name) => chosen.includes(name)) ? all.filter((name) => chosen.includes(name)) : all);
  const browser = await openBrowser(shots);
  try {
    for (const area of pick(Object.keys(AREAS))) await check(`all of ${area}`, "-", () => walk(browser, binary, area, pick(LANGUAGES)));
    if (chosen.length === 0) await checkCoverage();
  } finally {
    await browser.close();
  }
  writeFileSync(join(shots, "results.json"), JSON.stringify(results, null, 1));
  const failed = results.filter((result) => result.problem !== null).length;
  console.log(`pages: ${results.length - failed} checks passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

await main();
