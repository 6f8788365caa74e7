// What every walk needs: noting how a check ended, pages that remember complaints of the browser, axe, looking at a page in
// both themes and widths.

import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const CHROMIUM = [process.env.TIDINGS_TEST_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => path && existsSync(path));

export const LANGUAGES = ["en", "es", "fi", "de", "pl", "it"];
export const [WIDE, NARROW] = [{ width: 1280, height: 900 }, { width: 390, height: 844 }];

/** How each check ended so far: its name, its language, and the problem if there was one. */
export const results = [];
let shots;

/** Starts the browser; screenshots go into that folder. */
export async function openBrowser(folder) {
  expect(CHROMIUM, "no Chromium: apt-get install chromium, or name one in TIDINGS_TEST_CHROMIUM");
  shots = folder;
  mkdirSync(shots, { recursive: true });
  return chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
}

/** Does the work and prints how it ended. Ids of rows of the five products stand first in the name. */
export async function check(id, language, work) {
  let problem;
  try {
    await work();
  } catch (error) {
    problem = String(error.message ?? error).split("\n").slice(0, 4).join(" | ");
  }
  results.push({ name: id, language, problem: problem ?? null });
  console.log(`${id.padEnd(44)} ${language.padEnd(3)} ${problem ? `FAILED: ${problem}` : "ok"}`);
}

export function expect(holds, problem) {
  if (!holds) throw new Error(problem);
}

/** A page that notes whatever a browser complains about, which is how the policy of the pages reports what it stopped. */
export async function openPage(browser, options) {
  const context = await browser.newContext({ viewport: WIDE, ...options });
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

/** What axe has looked at: the path of each page, with the themes. */
export const looked = new Map();

/** What axe finds wrong. It comes in past the policy of the page, which allows no such script. */
export async function axe(page) {
  const path = new URL(page.url()).pathname;
  const isDark = await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches);
  looked.set(path, (looked.get(path) ?? new Set()).add(isDark ? "dark" : "light"));
  const session = await page.context().newCDPSession(page);
  await session.send("Runtime.evaluate", { expression: AXE });
  const { result } = await session.send("Runtime.evaluate", {
    expression: "axe.run(document, { resultTypes: ['violations'] }).then((r) => JSON.stringify(r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(', '))))",
    awaitPromise: true, returnByValue: true,
  });
  await session.detach();
  return JSON.parse(result.value);
}

/** A picture of the page as it is. */
export async function shoot(page, name) {
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}

/**
 * Looks at the page of an address: its language, axe, no sideways scrolling, no complaint; leaves screenshots.
 * English and German (the longest words) are looked at in both themes and widths, the others as they are read most.
 */
export async function look(page, address, name, language) {
  const isWhole = ["en", "de"].includes(language);
  for (const scheme of isWhole ? ["light", "dark"] : ["light"]) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await page.setViewportSize(WIDE);
    await page.goto(address);
    expect((await page.getAttribute("html", "lang")) === language, "it is in another language");
    const found = await axe(page);
    expect(found.length === 0, `axe, ${scheme}: ${found.join("; ")}`);
    for (const size of isWhole ? [WIDE, NARROW] : [NARROW]) {
      await page.setViewportSize(size);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      await shoot(page, `${name}-${language}-${scheme}-${size.width}`);
      expect(wide <= 0, `${wide} px too wide at ${size.width}`);
    }
  }
  await page.setViewportSize(WIDE);
  expect(page.problems.length === 0, page.problems.join("; "));
}

/** Looks at each of the pages, `{name: address}`, in one language. */
export async function lookAt(page, pages, language) {
  for (const [name, address] of Object.entries(pages)) {
    await check(`page ${name}`, language, () => look(page, address, name, language));
    page.problems.length = 0;
  }
}

/** Signs in to the portal of an account by a fresh link. */
export async function signIn(page, server, app = "cool", options) {
  await page.goto(await server.link(app, options));
  await page.waitForURL("**/portal/accounts");
}

/** Moves the focus with the keyboard until it is on something that holds. */
export async function tabTo(page, test, what, key = "Tab") {
  for (let presses = 0; presses < 120; presses += 1) {
    if (await page.evaluate(test)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`the keyboard does not reach ${what}`);
}

/** Whether the focus is on something that this selector names, as a text for `tabTo`. */
export const focused = (selector) => `document.activeElement?.matches(${JSON.stringify(selector)}) ?? false`;
