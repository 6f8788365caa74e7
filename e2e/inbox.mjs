// Walks an inbox in a real browser: made in a click, followed live, compared, told what to answer; light and dark, two widths,
// and without a script. Prints what was tried and how it ended; ends with 1 if anything did not hold.
//
//   node inbox.mjs TIDINGS_BINARY FOLDER_FOR_SCREENSHOTS [LANGUAGE…]

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
const EMAIL = "dev@example.com";
const PASSWORD = "correct horse battery";

let failed = 0;
async function check(id, language, work) {
  let problem = null;
  try {
    await work();
  } catch (error) {
    problem = String(error.message ?? error).split("\n").slice(0, 4).join(" | ");
    failed += 1;
  }
  console.log(`${id.padEnd(34)} ${language.padEnd(3)} ${problem ? `FAILED: ${problem}` : "ok"}`);
}

function expect(holds, problem) {
  if (!holds) throw new Error(problem);
}

async function openPage(browser, options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.problems = [];
  page.on("console", (message) => {
    const text = message.text();
    if (["error", "warning"].includes(message.type()) && !/Failed to load resource|net::ERR/.test(text)) page.problems.push(text);
  });
  page.on("pageerror", (error) => page.problems.push(String(error)));
  page.on("dialog", (dialog) => { page.problems.push(`a script ran: ${dialog.message()}`); dialog.dismiss(); });
  return page;
}

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

async function signIn(page, server) {
  await page.goto(`${server.url}/dashboard/sign-in`);
  await page.fill("#email", EMAIL);
  await page.fill("#password", PASSWORD);
  await page.locator("button[type=submit].primary").click();
  await page.waitForURL((url) => !url.pathname.endsWith("/sign-in"));
}

async function walk(browser, server, language, pages) {
  const page = await openPage(browser, { locale: language, viewport: SIZES[0] });
  await signIn(page, server);
  for (const [name, address] of Object.entries(pages)) {
    await check(`page ${name}`, language, async () => {
      const isWhole = ["en", "de"].includes(language);
      for (const colorScheme of isWhole ? ["light", "dark"] : ["light"]) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await page.setViewportSize(SIZES[0]);
        await page.goto(address);
        expect((await page.getAttribute("html", "lang")) === language, "it is in another language");
        const found = await axe(page);
        expect(found.length === 0, `axe, ${colorScheme}: ${found.join("; ")}`);
        for (const size of SIZES) {
          await page.setViewportSize(size);
          await page.screenshot({ path: join(shots, `${name}-${language}-${colorScheme}-${size.width}.png`), fullPage: true });
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          expect(wide <= 0, `${wide} px too wide at ${size.width}`);
        }
      }
      expect(page.problems.length === 0, page.problems.join("; "));
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
    const invited = await server.api("POST", "/member", { email: EMAIL, name: "Mika Kivi", role: "developer" });
    await server.api("POST", "/member/accept-invitation", { code: invited.invitationCode, password: PASSWORD });
    const page = await openPage(browser, { locale: "en", viewport: SIZES[0] });
    await signIn(page, server);
    const folder = `${server.url}/dashboard/inboxes`;
    const pages = {};
    await check("an inbox in one click", "en", async () => {
      await page.goto(folder);
      await page.screenshot({ path: join(shots, "inboxes-none-first.png") });
      await page.getByRole("button", { name: "New inbox" }).first().click();
      await page.waitForURL("**/dashboard/inboxes/inbox_*");
      await page.screenshot({ path: join(shots, "inbox-empty-en-light-1280.png"), fullPage: true });
    });
    const address = page.url();
    const url = await page.inputValue("#address");
    const send = (path, body, headers = {}) => fetch(url + path, { method: "POST", body, headers: { "content-type": "application/json", ...headers } });
    await check("requests are shown as they come", "en", async () => {
      await page.locator("[data-live-lamp]:visible").waitFor({ timeout: 10000 });
      await send("/exams", JSON.stringify({ player: "John Doe", result: "Passed", note: PAYLOADS[0] }), { "webhook-event-type": "exam.finished" });
      await page.locator(".list li").first().waitFor({ timeout: 10000 });
      for (const [place, payload] of PAYLOADS.entries()) await send(`/wink/${place}`, JSON.stringify({ booking: place, note: payload }), { "x-note": encodeURIComponent(payload) });
      await page.locator(".list li", { hasText: "/wink/9" }).waitFor({ timeout: 10000 });
      expect(page.problems.length === 0, page.problems.join("; "));
    });
    await check("a request in detail", "en", async () => {
      await page.locator(".list li a").last().click();
      await page.waitForURL("**/requests/*");
      expect((await page.textContent("#body")).includes("John Doe"), "its body is not shown");
      await page.locator(".views .tabs label").nth(1).click();
      expect(await page.getByRole("rowheader", { name: "webhook-event-type" }).isVisible(), "its headers are not shown");
    });
    pages.inbox = address;
    pages["inbox-request"] = page.url();
    pages["inbox-hex"] = `${page.url()}?as=hex`;
    const other = await page.locator(".list li a").first().getAttribute("href");
    pages["inbox-compare"] = `${page.url()}/compare?with=${other.split("/").pop()}`;
    pages["inbox-answers"] = `${address}/answers`;
    pages["inbox-remove"] = `${address}/remove`;
    await check("a canned answer", "en", async () => {
      await page.goto(pages["inbox-answers"]);
      await page.fill("#status", "299");
      await page.fill("#body", "as told");
      await page.getByRole("button", { name: "Save", exact: true }).click();
      await page.waitForURL("**?done=saved");
      const answer = await send("/told", "{}");
      expect(answer.status === 299 && (await answer.text()) === "as told", `it answers ${answer.status}`);
    });
    await check("without a script", "en", async () => {
      const plain = await openPage(browser, { locale: "en", viewport: SIZES[0], javaScriptEnabled: false });
      await signIn(plain, server);
      await plain.goto(address);
      await plain.locator(".list li a").last().click();
      expect((await plain.textContent("#body")).includes("John Doe"), "its body is not shown");
      await plain.goto(folder);
      await plain.getByRole("button", { name: "New inbox" }).click();
      await plain.waitForURL("**/dashboard/inboxes/inbox_*");
      await plain.context().close();
    });
    await page.context().close();
    pages.inboxes = folder;
    for (const language of LANGUAGES) await walk(browser, server, language, pages);
    const complaints = server.log().split("\n").filter((line) => /ERROR|text\.key/.test(line));
    await check("the server complains of nothing", "-", async () => expect(complaints.length === 0, complaints.slice(0, 3).join(" ")));
  } finally {
    await browser.close();
    await server.stop();
  }
  process.exitCode = failed === 0 ? 0 : 1;
}

await main();
