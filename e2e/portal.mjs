// The portal: six languages, two widths, light and dark, keyboard only for the main flow, wrong input, no script.

import { axe, check, expect, focused, lookAt, openPage, shoot, signIn, tabTo } from "./kit.mjs";
import { PAYLOADS } from "./payloads.mjs";
import { furnish } from "./server.mjs";

const WORDS = {
  en: ["Webhooks", "Create new webhook", "Save"], es: ["Webhooks", "Crear nuevo webhook", "Guardar"],
  fi: ["Webhookit", "Luo uusi webhook", "Tallenna"], de: ["Webhooks", "Webhook erstellen", "Speichern"],
  pl: ["Webhooki", "Utwórz webhook", "Zapisz"], it: ["Webhook", "Crea nuovo webhook", "Salva"],
};
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

async function everyPage(browser, server, language) {
  const page = await openPage(browser, { locale: language });
  await signIn(page, server);
  const pages = await pagesOf(page, server);
  await lookAt(page, pages, language);
  await check("WK-4 WK-9 words", language, async () => {
    await page.goto(pages.webhooks);
    const [tab, create, save] = WORDS[language];
    expect(await page.locator(".tabs a[aria-current]").filter({ hasText: tab }).count() === 1, `no tab ${tab}`);
    await page.getByRole("link", { name: create }).click();
    expect(await page.getByRole("button", { name: save, exact: true }).count() === 1, `no button ${save}`);
  });
  await page.context().close();
}

async function keyboard(browser, server) {
  const page = await openPage(browser, { locale: "en" });
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
  const page = await openPage(browser, { locale: "en" });
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
    await shoot(page, "form-wrong-en-light-1280");
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
    await shoot(other, "link-used-de-light-1280");
    await other.context().close();
  });
  await check("EI-9 a reader may look and not change", "en", async () => {
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
    await shoot(page, "session-ended-en-light-1280");
  });
  await page.context().close();
}

async function withoutScript(browser, server) {
  const page = await openPage(browser, { locale: "en", javaScriptEnabled: false });
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

export async function walk(browser, server, languages) {
  const things = await furnish(server);
  if (languages.includes("en")) {
    await keyboard(browser, server);
    await badInput(browser, server, things);
    await withoutScript(browser, server);
  }
  await Promise.all(languages.map((language) => check("all pages", language, () => everyPage(browser, server, language))));
}
