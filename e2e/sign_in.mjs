// Walks the way into the dashboard and its pages of administration in a real browser: setting up by the link on the console,
// signing in and out, inviting somebody, a key, and each page in six languages, two widths, light and dark.
//
//   node sign_in.mjs TIDINGS_BINARY FOLDER_FOR_SCREENSHOTS [LANGUAGE…]

import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { PAYLOADS, start } from "./server.mjs";

const [binary, shots, ...chosen] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const LANGUAGES = chosen.length ? chosen : ["en", "es", "fi", "de", "pl", "it"];
const SIZES = [{ width: 1280, height: 900 }, { width: 390, height: 844 }];
const CHROMIUM = [process.env.TIDINGS_TEST_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => path && existsSync(path));
const EMAIL = "ann@example.com";
const PASSWORD = "correct horse battery";

let failed = 0;
let passed = 0;

async function check(id, language, work) {
  let problem;
  try {
    await work();
  } catch (error) {
    problem = String(error.message ?? error).split("\n").slice(0, 4).join(" | ");
  }
  if (problem) failed += 1; else passed += 1;
  console.log(`${id.padEnd(44)} ${language.padEnd(3)} ${problem ? `FAILED: ${problem}` : "ok"}`);
}

function expect(holds, problem) {
  if (!holds) throw new Error(problem);
}

/** A page that notes whatever a browser complains about. */
async function openPage(browser, options) {
  const context = await browser.newContext({ viewport: SIZES[0], ...options });
  const page = await context.newPage();
  page.problems = [];
  page.on("console", (message) => {
    const text = message.text();
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

/** Looks at a page in both themes and widths. */
async function look(page, name, language) {
  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    const found = await axe(page);
    expect(found.length === 0, `axe, ${scheme}: ${found.join("; ")}`);
    for (const size of SIZES) {
      await page.setViewportSize(size);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      await page.screenshot({ path: join(shots, `${name}-${language}-${scheme}-${size.width}.png`), fullPage: true });
      expect(wide <= 0, `${wide} px too wide at ${size.width}`);
    }
    await page.setViewportSize(SIZES[0]);
  }
  expect((await page.getAttribute("html", "lang")) === language, "it is in another language");
  expect(page.problems.length === 0, page.problems.join("; "));
}

async function setUp(browser, server) {
  const page = await openPage(browser, { locale: "en" });
  await check("set up by the link on the console", "en", async () => {
    const link = server.log().match(/http:\S+\/dashboard\/set-up#code=\S+/)?.[0];
    expect(link, "the console shows no link");
    await page.goto(link);
    expect((await page.inputValue("#code")).length > 20, "the code is not filled in");
    expect(!page.url().includes("#"), "the code stays in the address");
    await look(page, "set-up", "en");
    await page.fill("#email", EMAIL);
    await page.fill("#name", PAYLOADS[0]);
    await page.fill("#password", PASSWORD);
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/dashboard\/(?!set-up)/);
    const answer = await page.goto(link);
    expect(answer.status() === 410, `it can be opened again: ${answer.status()}`);
  });
  await page.context().close();
}

async function signIn(page, server, to = "") {
  await page.goto(`${server.url}/dashboard/sign-in${to}`);
  await page.fill("#email", EMAIL);
  await page.fill("#password", PASSWORD);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/dashboard\/(?!sign-in)/);
}

async function inAndOut(browser, server) {
  const page = await openPage(browser, { locale: "en" });
  await check("a wrong password says so and keeps the address", "en", async () => {
    await page.goto(`${server.url}/dashboard/you`);
    await page.fill("#email", EMAIL);
    await page.fill("#password", "wrong");
    await page.keyboard.press("Enter");
    await page.waitForSelector("[role=alert]");
    expect((await page.inputValue("#email")) === EMAIL, "the address is gone");
    await look(page, "sign-in-wrong", "en");
    await page.fill("#password", PASSWORD);
    await page.keyboard.press("Enter");
    await page.waitForURL("**/dashboard/you");
    expect((await page.textContent("h1")) === PAYLOADS[0], "the name is not shown as text");
  });
  await check("a form outlives its session", "en", async () => {
    await page.goto(`${server.url}/dashboard/members/new`);
    await page.fill("#email", "bea@example.com");
    await page.fill("#name", PAYLOADS[1]);
    await page.context().clearCookies({ name: "tidings_session" });
    await page.getByRole("button", { name: "Invite" }).click();
    await page.fill("#email", EMAIL);
    await look(page, "sign-in-kept", "en");
    await page.fill("#password", PASSWORD);
    await page.keyboard.press("Enter");
    await look(page, "again", "en");
    await page.getByRole("button", { name: "Send it now" }).click();
    await page.waitForSelector("#secret");
    await look(page, "invited", "en");
    const link = await page.textContent("#secret");
    const bea = await openPage(browser, { locale: "en" });
    await bea.goto(link);
    await bea.waitForSelector("#password");
    expect((await bea.inputValue("#name")) === PAYLOADS[1], "what was typed is gone");
    await look(bea, "join", "en");
    await bea.fill("#name", "Bea Ray");
    await bea.fill("#password", PASSWORD);
    await bea.keyboard.press("Enter");
    await bea.waitForURL(/\/dashboard\/(?!join)/);
    expect(await bea.getByRole("link", { name: "Members" }).count() === 0, "a developer is led to the members");
    await bea.context().close();
  });
  await check("a key is shown once and can be copied", "en", async () => {
    await page.goto(`${server.url}/dashboard/keys/new`);
    await page.fill("#name", PAYLOADS[2]);
    await page.locator("main form button[type=submit]").click();
    await page.waitForSelector("#secret");
    await look(page, "key-made", "en");
    const key = await page.textContent("#secret");
    const answer = await fetch(`${server.url}/api/v1/app`, { headers: { authorization: `Bearer ${key}` } });
    expect(answer.status === 200, `the key does not work: ${answer.status}`);
    await page.goto(`${server.url}/dashboard/keys`);
    expect(!(await page.content()).includes(key), "it is shown again");
  });
  await check("signing out ends it", "en", async () => {
    await page.goto(`${server.url}/dashboard/you`);
    await page.locator(".topbar summary").last().click();
    await page.locator(".popup button[type=submit]").click();
    await page.waitForURL("**/dashboard/sign-in");
    await page.goto(`${server.url}/dashboard/you`);
    expect(page.url().includes("/dashboard/sign-in?to="), page.url());
  });
  await page.context().close();
}

async function walk(browser, server, language) {
  const page = await openPage(browser, { locale: language });
  await check("page sign-in", language, async () => {
    await page.goto(`${server.url}/dashboard/sign-in`);
    await look(page, "sign-in", language);
  });
  await signIn(page, server);
  const members = (await server.api("GET", "/member")).data;
  const keys = (await server.api("GET", "/api-key")).data;
  const bea = members.find((one) => one.email.startsWith("bea"));
  const pages = {
    you: "you", members: "members", "member-new": "members/new", member: `members/${bea.id}`, "member-remove": `members/${bea.id}/remove`,
    keys: "keys", "key-new": "keys/new", key: `keys/${keys.at(-1).id}`, "key-revoke": `keys/${keys.at(-1).id}/revoke`,
    "audit-log": "audit-log", "audit-log-none": "audit-log?until=2020-01-01", settings: "settings",
  };
  for (const [name, path] of Object.entries(pages)) {
    await check(`page ${name}`, language, async () => {
      const answer = await page.goto(`${server.url}/dashboard/${path}`);
      expect(answer.status() === 200, String(answer.status()));
      await look(page, name, language);
    });
    page.problems.length = 0;
  }
  await page.context().close();
}

async function main() {
  expect(CHROMIUM, "no Chromium: apt-get install chromium, or name one in TIDINGS_TEST_CHROMIUM");
  mkdirSync(shots, { recursive: true });
  const server = await start(binary);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  try {
    await setUp(browser, server);
    await inAndOut(browser, server);
    for (const language of LANGUAGES) await check("all pages", language, () => walk(browser, server, language));
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
