// Takes the pictures of the README: the portal and the dashboard of a small hotel group, an hour into its day.
//
//   node pictures.mjs TIDINGS_BINARY FOLDER
//
// The hour passes in a minute and a half: the server runs with libfaketime, which lets its clock go so much faster.

import { existsSync, mkdirSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { makeMember, signIn as signInToDashboard } from "./dashboard.mjs";
import { expect, openBrowser, openPage, signIn } from "./kit.mjs";
import { start } from "./server.mjs";

const FAKETIME = ["x86_64", "aarch64"].map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketimeMT.so.1`).find((path) => existsSync(path));
const SPEED = 40;
const LASTS_MS = 90_000;
const SIZE = { width: 1280, height: 800 };

/** A number from 0 to 1 that looks like chance and is the same in each run. */
function chance() {
  chance.state = (Math.imul(chance.state ?? 42, 1664525) + 1013904223) >>> 0;
  return chance.state / 2 ** 32;
}

/** Answers as the path deserves: the rota is overloaded at times, the ledger is not there at all. */
function startReceiver() {
  const server = createServer((request, response) => {
    const [, at] = request.url.split("/");
    request.resume();
    request.on("end", async () => {
      await setTimeout(chance() * 4);
      const status = at === "ledger" ? 404 : at === "rota" && chance() < 0.35 ? 503 : 200;
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(status === 200 ? { received: true } : status === 503 ? { error: "the rota is being planned, come back later" } : { error: "no such hook" }));
    });
  });
  return new Promise((resolve) => {
    server.once("error", () => server.listen(0, "127.0.0.1")); // somebody else has the port that looks best
    server.on("listening", () => resolve(server));
    server.listen(9000, "127.0.0.1");
  });
}

async function furnish({ api }, port) {
  await api("POST", "/catalog/import", await api("GET", "/catalog/wink"));
  for (const [uid, name] of [["harbour", "Harbour Hotels"], ["cool", "Cool Account"], ["lake", "Lakeside Cabins"]]) await api("POST", "/app", { name, uid });
  const at = (path) => `http://127.0.0.1:${port}/${path}`;
  const hook = (app, description, url, filterTypes, more = {}) => api("POST", `/app/${app}/endpoint`, { description, url, filterTypes, ...more });
  const bookings = ["booking.created", "booking.cancelled"];
  await hook("harbour", "Front desk", at("desk/hooks/bookings"), bookings);
  const rota = await hook("harbour", "Cleaning rota", at("rota/v2/events"), ["booking.created"]);
  await hook("harbour", "Guest newsletter", at("letters/incoming"), ["booking.created"]);
  await hook("harbour", "Channel manager", at("channels/webhooks/tidings"), undefined);
  await hook("harbour", "Old ledger", at("ledger/import"), ["booking.cancelled"], { disabled: true });
  await hook("cool", "Wink Stalker", at("stalker/wink"), bookings);
  await hook("lake", "Ledger", at("ledger/lake"), ["booking.created"]);
  return rota;
}

/** Bookings, more of them towards the end of the hour, until `told.toStop`. */
async function book({ api }, told) {
  const began = Date.now();
  for (let number = 4821; !told.toStop; number += 1) {
    const share = Math.min(1, (Date.now() - began) / LASTS_MS);
    const app = chance() < 0.7 ? "harbour" : chance() < 0.6 ? "cool" : "lake";
    const eventType = chance() < 0.85 ? "booking.created" : "booking.cancelled";
    const payload = {
      event: eventType, identifier: `WNK-${number}`, entity: "Harbour Hotels",
      data: { guest: ["Aino Virtanen", "Jordi Puig", "Greta Lang", "Ola Nowak"][number % 4], nights: 1 + (number % 5), room: `${2 + (number % 4)}0${number % 9}`, total: 89.5 + (number % 7) * 40 },
    };
    const send = () => api("POST", `/app/${app}/msg`, { eventType, payload });
    // By its clock the server has waited for long on a connection that was kept, and may have closed it just now.
    await send().catch(send);
    await setTimeout(40 + 60 * (1 - share) * chance());
  }
}

async function take(page, folder, name, colorScheme) {
  await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  console.log(join(folder, `${name}.png`));
}

async function main() {
  const [binary, folder] = process.argv.slice(2);
  expect(FAKETIME, "no libfaketime: apt-get install libfaketime");
  mkdirSync(folder, { recursive: true });
  const receiver = await startReceiver();
  const server = await start(binary, { LD_PRELOAD: FAKETIME, FAKETIME: `+0 x${SPEED}`, TIDINGS_RETRY_SCHEDULE: "5s,600s,3600s" });
  const rota = await furnish(server, receiver.address().port);
  await makeMember(server);
  const told = { toStop: false };
  const booking = book(server, told);
  const browser = await openBrowser(folder);
  try {
    await setTimeout(LASTS_MS);
    const page = await openPage(browser, { locale: "en", viewport: SIZE, colorScheme: "light" });
    await signInToDashboard(page, server);
    await take(page, folder, "dashboard", "dark");
    await signIn(page, server, "harbour");
    await page.goto(server.url + await page.locator(".popup.start a").first().getAttribute("href"));
    await take(page, folder, "portal", "light");
    await page.goto(`${page.url()}/${rota.id}`);
    await page.locator("tr", { hasText: "503" }).locator("td.lead a").first().click();
    await page.waitForURL("**/log/**");
    await take(page, folder, "attempt", "light");
  } finally {
    told.toStop = true;
    await booking;
    await browser.close();
    await server.stop();
    receiver.close();
    receiver.closeAllConnections();
  }
}

await main();
