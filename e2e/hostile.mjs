// Fifty hostile texts in every field of every form that takes text: each is shown as it was typed, whether the form takes it or
// not, and none of them becomes a part of a page.

import { makeMember, signIn as signInToDashboard } from "./dashboard.mjs";
import { check, expect, openPage, signIn } from "./kit.mjs";
import { PAYLOADS } from "./payloads.mjs";
import { furnish } from "./server.mjs";

/** All of them in five lines: what harms as an address stands first in its line, the others harm wherever they stand. */
const ADDRESSES = PAYLOADS.filter((text) => /^(javascript|data|java%00script|&#106;avascript):/.test(text));
const OTHERS = PAYLOADS.filter((text) => !ADDRESSES.includes(text));
const LINES = [0, 1, 2, 3, 4].map((place) => [...ADDRESSES.slice(place, place + 1), ...OTHERS.filter((_, at) => at % 5 === place)].join(" "));

/** What would be there if a text had been taken for markup. No page has any of it. */
const INJECTED = "[onerror], [onload], [onfocus], [onmouseover], [ontoggle], [onbegin], iframe, object, embed, base, math, video, animate, img[src=x], script:not([src]), main style, a[href^='javascript:']";

/** Fills whatever takes text in the first form of the page that does, past what the browser itself would refuse, and sends it. */
async function send(page, text) {
  const filled = page.evaluate((text) => {
    const takesText = (field) => field.matches("textarea, input:not([type]), input[type=text], input[type=search], input[type=url], input[type=email], input[type=tel]");
    for (const form of document.querySelectorAll("main form")) {
      for (const fold of form.querySelectorAll("details")) fold.open = true;
      // What belongs to a choice that was not made is not kept.
      const fields = [...form.elements].filter((field) => field.name && takesText(field) && field.checkVisibility());
      if (fields.length === 0) continue;
      for (const field of fields) {
        field.removeAttribute("maxlength");
        field.value = text;
      }
      form.noValidate = true;
      setTimeout(() => HTMLFormElement.prototype.submit.call(form));
      return Object.fromEntries(fields.map((field) => [field.name, field.value]));
    }
    return null;
  }, text);
  const [typed] = await Promise.all([filled, page.waitForEvent("framenavigated")]);
  expect(typed, `no form on ${page.url()} takes text`);
  await page.waitForLoadState();
  return typed;
}

/** What became of it: where the form is shown again, it holds what was typed. */
async function look(page, typed, text) {
  const { shown, injected } = await page.evaluate((selector) => ({
    shown: Object.fromEntries([...document.querySelectorAll("main form [name]")].map((field) => [field.name, field.value])),
    injected: document.querySelectorAll(selector).length,
  }), INJECTED);
  expect(injected === 0, `${injected} elements come of ${text}`);
  const isShownAgain = await page.locator("[aria-invalid=true]").count() > 0;
  for (const [name, value] of Object.entries(isShownAgain ? typed : {})) {
    expect(shown[name]?.trim() === value.trim(), `${name} holds ${shown[name]} and not ${value}`);
  }
  expect(page.problems.length === 0, page.problems.join("; "));
}

async function everyField(page, pages) {
  for (const [name, address] of Object.entries(pages)) {
    await check(`hostile text in every field: ${name}`, "en", async () => {
      for (const text of LINES) {
        const answer = await page.goto(address);
        expect(answer.status() === 200, `${address}: ${answer.status()}`);
        await look(page, await send(page, text), text);
      }
    });
    page.problems.length = 0;
  }
}

/** Where what was taken is shown afterwards. */
async function shownLater(page, pages) {
  await check("hostile text where it is listed", "en", async () => {
    for (const address of pages) {
      await page.goto(address);
      await look(page, {}, address);
    }
  });
}

async function dashboard(page, server) {
  await makeMember(server);
  await signInToDashboard(page, server);
  const at = (path) => `${server.url}/dashboard/${path}`;
  const app = (await server.api("GET", "/app/cool")).id;
  const member = (await server.api("GET", "/member")).data[0].id;
  const key = await server.api("POST", "/api-key", { name: "Spare" });
  const operational = await server.api("POST", "/operational-webhook/endpoint", { url: `${server.receiver.url}/ops/200`, description: "Pager" });
  const inbox = await server.api("POST", "/inbox", { name: "Desk" });
  await everyField(page, {
    search: at("search"), applications: at("applications"), "a new application": at("applications/new"), "an application": at(`applications/${app}/update`),
    messages: at(`applications/${app}/messages`), "a new event type": at("event-types/new"), "an event type": at("event-types/booking.created/update"),
    plans: at("plans"), "a new operational webhook": at("operational/new"), "an operational webhook": at(`operational/${operational.id}/update`),
    "a new member": at("members/new"), "a member": at(`members/${member}`), "a new key": at("keys/new"), "a key": at(`keys/${key.id}`),
    "the audit log": at("audit-log"), "the look of the portal": at("settings/theme"), "answers of an inbox": at(`inboxes/${inbox.id}/answers`),
  });
  const message = (await server.api("GET", "/app/cool/msg")).data[0].id;
  await shownLater(page, [
    ...["overview", "applications", "event-types", "operational", "members", "keys", "audit-log", "inboxes", "you"].map(at),
    at(`applications/${app}`), at(`applications/${app}/messages/${message}`), at(`operational/${operational.id}`), at(`inboxes/${inbox.id}`),
    ...LINES.map((text) => at(`search?q=${encodeURIComponent(text)}`)),
  ]);
}

async function portal(page, server, things) {
  await signIn(page, server);
  const root = `${server.url}/portal/${(await server.api("GET", "/app/cool")).id}`;
  const button = (await server.api("GET", "/app/cool/button")).data[0].id;
  const board = (await server.api("GET", "/app/cool/board")).data[0].id;
  await everyField(page, {
    webhooks: `${root}/webhooks`, "a new webhook": `${root}/webhooks/new`, "a webhook": `${root}/webhooks/${things.bad.id}/update`,
    "the log": `${root}/log`, "a new button": `${root}/buttons/new`, "a button": `${root}/buttons/${button}/update`,
    "a new board": `${root}/boards/new`, "a board": `${root}/boards/${board}/update`,
  });
  await shownLater(page, ["webhooks", `webhooks/${things.bad.id}`, "log", "buttons", "boards", "events", "settings"].map((path) => `${root}/${path}`));
}

export async function walk(browser, server, languages) {
  if (!languages.includes("en")) return;
  const things = await furnish(server);
  const page = await openPage(browser, { locale: "en" });
  await dashboard(page, server);
  await portal(page, server, things);
  await page.context().close();
}
