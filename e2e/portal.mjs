// Walks the portal in a real browser: six languages, two widths, light and dark, keyboard only for the main flow.
// Prints what was tried and how it ended; ends with 1 if anything did not hold.
//
//   node portal.mjs TIDINGS_BINARY FOLDER_FOR_SCREENSHOTS [LANGUAGE…]

import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { furnish, PAYLOADS, start } from "./server.mjs";

const [binary, shots, ...chosen] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const LANGUAGES = chosen.length ? chosen : ["en", "es", "fi", "de", "pl", "it"];
const WORDS = {
  en: ["Webhooks", "Create new webhook", "Save"], es: ["Webhooks", "Crear nuevo webhook", "Guardar"],
  fi: ["Webhookit", "Luo uusi webhook", "Tallenna"], de: ["Webhooks", "Webhook erstellen", "Speichern"],
  pl: ["Webhooki", "Utwórz webhook", "Zapisz"], it: ["Webhook", "Crea nuovo webhook", "Salva"],
};
const SIZES = [{ width: 1280, height: 900 }, { width: 390, height: 844 }];
const CHROMIUM = [process.env.TIDINGS_TEST_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => path && existsSync(path));

let failed = 0;
let passed = 0;
function note(id, language, problem) {
  if (problem) failed += 1; else passed += 1;
  console.log(`${id.padEnd(34)} ${language.padEnd(3)} ${problem ? `FAILED: ${problem}` : "ok"}`);
}

async function check(id, language, work) {
  try {
    note(id, language, await work());
  } catch (error) {
    note(id, language, String(error.message ?? error).split("\n").slice(0, 4).join(" | "));
  }
}

function expect(holds, problem) {
  if (!holds) throw new Error(problem);
}

/** A page that notes whatever a browser complains about. */
async function openPage(browser, options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.problems = [];
  page.on("console", (message) => {
    const text = message.text();
    // That an answer has an error status is checked where it is asked for.
    if (["error", "warning"].includes(message.type()) && !/Failed to load resource/.test(text)) page.problems.push(text);
  });
  page.on("pageerror", (error) => page.problems.push(String(error)));
  page.on("dialog", (dialog) => { page.problems.push(`a script ran: ${dialog.message()}`); dialog.dismiss(); });
  return page;
}

/** What axe finds wrong. It comes in past the policy of the page, which allows no such script. */
async function axe(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Runtime.evaluate", { expression: AXE });
  const { result } = await session.send("Runtime.evaluate", {
    expression: "axe.run(document, { resultTypes: ['violations'] }).then((r) => JSON.stringify(r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(', '))))",
    awaitPromise: true, returnByValue: true,
  });
  await session.detach();
  return JSON.parse(result.value);
}

async function signIn(page, server, app = "cool", options) {
  await page.goto(await server.link(app, options));
  await page.waitForURL("**/portal/accounts");
}

/** Every page, with what its address is called. */
async function pagesOf(page, server) {
  const base = await page.evaluate(() => document.querySelector(".popup.start a").getAttribute("href").replace(/\/webhooks$/, ""));
  const root = `${server.url}${base}`;
  await page.goto(`${root}/log?outcome=failed`);
  await page.goto(`${root}/webhooks`);
  const webhook = await page.locator("td.lead a").nth(1).getAttribute("href");
  const names = await page.locator("td.lead a").allTextContents();
  const chat = names.findIndex((name) => name.startsWith("Chat"));
  const failing = await page.locator("td.lead a").nth(chat < 0 ? 1 : chat).getAttribute("href");
  await page.goto(`${server.url}${failing}`);
  const attempt = await page.locator("td.lead a").first().getAttribute("href");
  return {
    accounts: `${server.url}/portal/accounts`, webhooks: `${root}/webhooks`, "webhooks-search": `${root}/webhooks?q=nothing-like-it`,
    "webhook-new": `${root}/webhooks/new`, "webhook-update": `${server.url}${webhook}/update`, webhook: `${server.url}${failing}`,
    remove: `${server.url}${webhook}/remove`, secret: `${server.url}${webhook}/secret`, log: `${root}/log`, attempt: `${server.url}${attempt}`,
    events: `${root}/events`, event: `${root}/events/booking.created`, buttons: `${root}/buttons`, settings: `${root}/settings`,
    missing: `${root}/nothing`,
  };
}

async function walk(browser, server, language) {
  const page = await openPage(browser, { locale: language, viewport: SIZES[0] });
  await signIn(page, server);
  const pages = await pagesOf(page, server);
  for (const [name, address] of Object.entries(pages)) {
    await check(`page ${name}`, language, async () => {
      // English and German (the longest words) in everything; the others as they are read most.
      const isWhole = ["en", "de"].includes(language);
      for (const scheme of isWhole ? ["light", "dark"] : ["light"]) {
        await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
        await page.setViewportSize(SIZES[0]);
        await page.goto(address);
        expect((await page.getAttribute("html", "lang")) === language, "it is in another language");
        const found = await axe(page);
        expect(found.length === 0, `axe, ${scheme}: ${found.join("; ")}`);
        for (const size of SIZES) {
          if (!isWhole && size !== SIZES[1]) continue;
          await page.setViewportSize(size);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          await page.screenshot({ path: join(shots, `${name}-${language}-${scheme}-${size.width}.png`), fullPage: true });
          expect(wide <= 0, `${wide} px too wide at ${size.width}`);
        }
      }
      expect(page.problems.length === 0, page.problems.join("; "));
    });
    page.problems.length = 0;
  }
  await check("WK-4 WK-9 words", language, async () => {
    await page.goto(pages.webhooks);
    const [tab, create, save] = WORDS[language];
    expect(await page.locator(".tabs a[aria-current]").filter({ hasText: tab }).count() === 1, `no tab ${tab}`);
    await page.getByRole("link", { name: create }).click();
    expect(await page.getByRole("button", { name: save, exact: true }).count() === 1, `no button ${save}`);
  });
  await page.context().close();
}

/** Moves the focus with the keyboard until it is on something that holds. */
async function tabTo(page, test, what, key = "Tab") {
  for (let presses = 0; presses < 120; presses += 1) {
    if (await page.evaluate(test)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`the keyboard does not reach ${what}`);
}

async function keyboard(browser, server) {
  const page = await openPage(browser, { locale: "en", viewport: SIZES[0] });
  const focused = (selector) => `document.activeElement?.matches(${JSON.stringify(selector)}) ?? false`;
  await signIn(page, server);
  await check("WK-3 WK-15 keyboard: create", "en", async () => {
    await tabTo(page, focused(".card footer summary"), "Actions");
    await page.keyboard.press("Enter");
    await tabTo(page, focused(".card footer .popup a"), "Manage account");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/webhooks");
    await tabTo(page, focused("a[href$='/webhooks/new']"), "Create new webhook");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/webhooks/new");
    await tabTo(page, focused("#name"), "Name");
    await page.keyboard.type("By keyboard");
    expect(await page.isChecked("#enable"), "WK-11: it is not enabled by itself");
    await tabTo(page, focused("#url"), "URL");
    await page.keyboard.type(`${server.receiver.url}/keyboard/200`);
    await tabTo(page, focused(".every"), "All events");
    await page.keyboard.press("Space");
    await tabTo(page, focused("button[type=submit].primary"), "Save");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/webhooks?done=saved");
    expect(await page.getByRole("link", { name: "By keyboard" }).count() === 1, "it is not in the list");
    expect(await page.getByRole("status").count() >= 1, "nothing says that it is saved");
  });
  await check("WK-16 keyboard: update", "en", async () => {
    await tabTo(page, `(${focused("summary")}) && document.activeElement.getAttribute("aria-label")?.includes("By keyboard")`, "its actions");
    await page.keyboard.press("Enter");
    await tabTo(page, focused("details[open] .popup a[href$='/update']"), "Update");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/update");
    expect(await page.inputValue("#name") === "By keyboard", "the form is not prefilled");
    expect(await page.isChecked(".every"), "all events are not ticked");
    await tabTo(page, focused("#name"), "Name");
    await page.keyboard.press("End");
    await page.keyboard.type(" too");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/webhooks?done=saved");
    expect(await page.getByRole("link", { name: "By keyboard too" }).count() === 1, "the list shows the old name");
  });
  await check("EI-17 keyboard: test", "en", async () => {
    await page.getByRole("link", { name: "By keyboard too" }).focus();
    await page.keyboard.press("Enter");
    await page.waitForURL("**/webhooks/ep_*");
    await tabTo(page, focused("form[action$='/test'] button.primary"), "Test webhook");
    await page.keyboard.press("Enter");
    await page.waitForURL("**tested=**");
    expect((await page.getByRole("status").first().textContent()).includes("200"), "it does not say how the test ended");
    expect(server.receiver.calls.get("/keyboard/200") === 1, "the receiver was not called once");
  });
  await check("WK-20 keyboard: remove", "en", async () => {
    await tabTo(page, focused("a[href$='/remove']"), "Remove");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/remove");
    await tabTo(page, focused(".actions a"), "Cancel");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/webhooks");
    expect(await page.getByRole("link", { name: "By keyboard too" }).count() === 1, "Cancel removed it");
    await page.goBack();
    await tabTo(page, focused(".actions button"), "OK");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/webhooks?done=removed");
    expect(await page.getByRole("link", { name: "By keyboard too" }).count() === 0, "it is still there");
  });
  await check("keyboard: no complaint", "en", async () => expect(page.problems.length === 0, page.problems.join("; ")));
  await page.context().close();
}

async function badInput(browser, server, things) {
  const page = await openPage(browser, { locale: "en", viewport: SIZES[0] });
  await signIn(page, server);
  const pages = await pagesOf(page, server);
  await check("WK-10 wrong fields are named", "en", async () => {
    await page.goto(pages["webhook-new"]);
    await page.fill("#url", "http://plain.example/x");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    expect(await page.locator("#name[aria-invalid=true]").count() === 1, "the name is not named");
    expect(await page.locator("#events-error").count() === 1, "the events are not named");
    expect(await page.inputValue("#url") === "http://plain.example/x", "what was typed is lost");
    const found = await axe(page);
    expect(found.length === 0, found.join("; "));
    await page.screenshot({ path: join(shots, "form-wrong-en-light-1280.png"), fullPage: true });
  });
  await check("a double click makes one webhook", "en", async () => {
    await page.goto(pages["webhook-new"]);
    const form = await page.evaluate(() => Object.fromEntries(new FormData(document.querySelector("form.aside"))));
    const body = new URLSearchParams({ ...form, name: "Twice", url: `${server.receiver.url}/twice/200`, all: "on" }).toString();
    const action = pages.webhooks;
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const send = () => page.request.post(action, { headers, data: body, maxRedirects: 0 });
    const sent = await Promise.all([send(), send()]);
    expect(sent.every((answer) => answer.status() === 303), sent.map((answer) => answer.status()).join(", "));
    await page.goto(pages.webhooks);
    expect(await page.getByRole("link", { name: "Twice" }).count() === 1, "there is not one of it");
  });
  await check("hostile text is text", "en", async () => {
    await page.goto(pages["webhook-new"]);
    for (const payload of PAYLOADS) {
      await page.fill("#name", payload);
      await page.fill("#url", payload);
      await page.evaluate(() => { document.querySelector("details.fold.card").open = true; });
      await page.fill("#headers", payload);
      await page.fill("#filter", payload);
      await page.getByRole("button", { name: "Save", exact: true }).click();
      expect(await page.inputValue("#name") === payload.trim(), `not as typed: ${payload}`);
      await page.goto(`${pages.webhooks}?q=${encodeURIComponent(payload)}&state=${encodeURIComponent(payload)}`);
      expect(await page.inputValue("input[name=q]") === payload, `not as searched: ${payload}`);
      await page.goto(pages["webhook-new"]);
    }
    expect(page.problems.length === 0, page.problems.join("; "));
  });
  await check("WK-2 foreign ids are not there", "en", async () => {
    const base = pages.webhooks.replace(/\/webhooks$/, "");
    const foreign = await server.api("GET", "/app/harbour");
    const elsewhere = base.replace(/app_\w+/, foreign.id);
    for (const path of [`${base}/webhooks/${things.foreign.id}`, `${elsewhere}/webhooks`, `${elsewhere}/log`, `${elsewhere}/settings`]) {
      const answer = await page.goto(path);
      expect(answer.status() === 404, `${path}: ${answer.status()}`);
    }
  });
  await check("what another site sends is refused", "en", async () => {
    const answer = await page.request.post(`${pages.webhook}/remove`, { headers: { "sec-fetch-site": "cross-site" }, data: "" });
    expect(answer.status() === 403, String(answer.status()));
    const forged = await page.request.post(`${pages.webhook}/remove`, { headers: { "sec-fetch-site": "same-origin", "content-type": "application/x-www-form-urlencoded" }, data: "token=guess" });
    expect(forged.status() === 403, String(forged.status()));
  });
  await check("a link works once", "en", async () => {
    const link = await server.link("cool");
    const other = await openPage(browser, { locale: "de" });
    await other.goto(link);
    await other.waitForURL("**/portal/accounts");
    await other.goto("about:blank");
    await other.goto(link);
    await other.waitForSelector("h1:has-text('gilt nicht mehr')");
    await other.screenshot({ path: join(shots, "link-used-de-light-1280.png") });
    await other.context().close();
  });
  await check("a reader may look and not change", "en", async () => {
    const other = await openPage(browser, { locale: "en" });
    await signIn(other, server, "cool", { readOnly: true });
    await other.goto(pages.webhooks);
    expect(await other.getByRole("link", { name: "Create new webhook" }).count() === 0, "it offers to create");
    const answer = await other.goto(pages["webhook-new"]);
    expect(answer.status() === 403, String(answer.status()));
    await other.context().close();
  });
  await check("signing out ends it", "en", async () => {
    await page.goto(pages.webhooks);
    await page.locator(".topbar summary").last().click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL("**/portal/login");
    const answer = await page.goto(pages.webhooks);
    expect(answer.status() === 401, String(answer.status()));
    await page.screenshot({ path: join(shots, "session-ended-en-light-1280.png") });
  });
  await page.context().close();
}

async function withoutScript(browser, server) {
  const page = await openPage(browser, { locale: "en", javaScriptEnabled: false, viewport: SIZES[0] });
  await check("without a script: sign in and create", "en", async () => {
    await page.goto(`${server.url}/portal/login`);
    await page.fill("#key", await server.link("cool"));
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.locator(".card footer summary").click();
    await page.getByRole("link", { name: "Manage account" }).click();
    await page.getByRole("link", { name: "Create new webhook" }).click();
    await page.fill("#name", "Without a script");
    await page.fill("#url", `${server.receiver.url}/plain/200`);
    await page.locator("details.fold summary").first().click();
    await page.locator(".group input[name=events]:visible").first().check();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    expect(await page.getByRole("link", { name: "Without a script" }).count() === 1, "it is not in the list");
  });
  await page.context().close();
}

async function main() {
  expect(CHROMIUM, "no Chromium: apt-get install chromium, or name one in TIDINGS_TEST_CHROMIUM");
  mkdirSync(shots, { recursive: true });
  const server = await start(binary);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  try {
    const things = await furnish(server);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await keyboard(browser, server);
    await badInput(browser, server, things);
    await withoutScript(browser, server);
    await Promise.all(LANGUAGES.map((language) => check("all pages", language, () => walk(browser, server, language))));
    const complaints = server.log().split("\n").filter((line) => /ERROR|text\.key/.test(line));
    await check("the server complains of nothing", "-", async () => expect(complaints.length === 0, complaints.slice(0, 3).join(" ")));
  } finally {
    await browser.close();
    await server.stop();
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

await main();
