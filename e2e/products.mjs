// What the five products' customers do in a browser, row by row: each check begins with the ids of the rows that it shows.
// The rows about boards are in board.mjs, those about keyboards and refusals in portal.mjs.

import { setTimeout } from "node:timers/promises";
import { makeMember, signIn as signInToDashboard } from "./dashboard.mjs";
import { check, expect, look, openPage, signIn } from "./kit.mjs";

/** What the products' own pages call things, in the languages that they are written in. */
const LABELS = {
  fi: {
    list: ["Webhookit", "Luo uusi webhook", "Toiminnot", "Päivitä", "Poista", "Testaa webhook"],
    form: ["Nimi", "Ota käyttöön", "Entiteetin nimi", "Tapahtumat", "Webhook-URL", "Tallenna", "Peruuta"], remove: ["OK", "Peruuta"],
  },
  de: {
    list: ["Webhooks", "Webhook erstellen", "Aktionen", "Aktualisieren", "Entfernen", "Webhook testen", "Einstellungen"],
    form: ["Name", "Aktivieren", "Name der Entität", "Ereignisse", "Webhook-URL", "Speichern", "Abbrechen"], remove: ["OK", "Abbrechen"],
  },
  it: {
    list: ["Webhook", "Crea nuovo webhook", "Azioni", "Aggiorna", "Rimuovi", "Prova webhook", "Impostazioni"],
    form: ["Nome", "Abilita", "Nome entità", "Eventi", "Webhook URL", "Salva", "Annulla"], remove: ["OK", "Annulla"],
  },
};

export async function walk(browser, server, languages) {
  for (const name of ["wink", "eventinsight"]) await server.api("POST", "/catalog/import", await server.api("GET", `/catalog/${name}`));
  const cool = await server.api("POST", "/app", { name: "Cool Account", uid: "cool" });
  const harbour = await server.api("POST", "/app", { name: "Harbour Hotels", uid: "harbour" });
  const foreign = await server.api("POST", "/app/harbour/endpoint", { url: `${server.receiver.url}/foreign/200`, description: "Foreign desk" });
  const scene = new Scene(server, cool, harbour, foreign);
  const page = await openPage(browser, { locale: "en" });
  await signIn(page, server);
  if (languages.includes("en")) {
    await travel(page, scene);
    await changes(page, scene);
    await events(page, scene);
    await button(page, scene);
    await hooks(browser, scene);
    await plans(browser, server);
    await check("products: no complaint", "en", async () => expect(page.problems.length === 0, page.problems.join("; ")));
  } else {
    await save(page, scene, { name: "Wink Stalker", url: scene.sink("/wink"), events: ["booking.created"] });
  }
  await page.context().close();
  if (languages.includes("fi")) await check("WK-21 the labels", "fi", () => labels(browser, scene, "fi"));
  if (languages.includes("de")) await check("EI-21 the labels", "de", () => labels(browser, scene, "de"));
  if (languages.includes("it")) await check("EL-15 the labels", "it", () => labels(browser, scene, "it"));
}

/** The account that the walk is about, and what has come to its receiver. */
class Scene {
  constructor(server, cool, harbour, foreign) {
    Object.assign(this, { server, cool, harbour, foreign, root: `${server.url}/portal/${cool.id}` });
  }

  sink(path) { return `${this.server.receiver.url}${path}/200`; }

  calls(path) { return this.server.receiver.calls.get(`${path}/200`) ?? 0; }

  /** Lets it happen in an account, and waits until all that comes of it has arrived. */
  async fire(eventType, app = "cool") {
    const message = await this.server.api("POST", `/app/${app}/msg`, { eventType, payload: { entity_id: 7, entity_type: "user", action_type: "new" } });
    const deadline = Date.now() + 20_000;
    for (;;) {
      const { data } = await this.server.api("GET", `/app/${app}/msg/${message.id}/endpoint`);
      if (data.every(({ status }) => status === 0 || status === 2)) return;
      expect(Date.now() < deadline, `${eventType} is still on its way`);
      await setTimeout(20);
    }
  }

  async open(page, name) {
    await page.goto(`${this.root}/webhooks`);
    await page.locator("tr", { hasText: name }).locator("summary").click();
    await page.locator("details[open] .popup a[href$='/update']").click();
    await page.waitForURL("**/update");
  }
}

async function tick(page, events) {
  for (const event of events) {
    const box = page.locator(`input[name=events][value="${event}"]`);
    // Groups are folded until they are looked into.
    if (!await box.isVisible()) await page.locator("details.fold", { has: page.locator(`input[value="${event}"]`) }).locator("summary").click();
    await box.setChecked(true);
  }
}

async function press(page, name) {
  await page.getByRole("button", { name, exact: true }).click();
}

/** Makes a webhook in the form and saves it. */
async function save(page, scene, { name, url, events }) {
  await page.goto(`${scene.root}/webhooks/new`);
  await page.fill("#name", name);
  await page.fill("#url", url);
  await tick(page, events);
  await page.locator("form.aside button[type=submit].primary").click();
  await page.waitForURL("**/webhooks?done=saved");
}

/** A travel platform: Accounts, Actions, Manage account, Webhooks, and the first webhook of all. */
async function travel(page, scene) {
  await check("WK-2 WK-3 WK-4 an account is managed", "en", async () => {
    await page.goto(`${scene.server.url}/portal/accounts`);
    const cards = await page.locator(".card h2").allTextContents();
    expect(cards.join() === "Cool Account", `the cards are ${cards}`);
    await page.locator(".card footer summary").click();
    await page.getByRole("link", { name: "Manage account" }).click();
    await page.waitForURL(`${scene.root}/webhooks`);
    expect((await page.textContent(".tabs a[aria-current]")).trim().startsWith("Webhooks"), "the tab is not named Webhooks");
  });
  await check("WK-5 an empty list has words of its own", "en", async () => {
    expect(await page.locator(".empty h2").count() === 1, "nothing says that there are none");
    expect(await page.getByText("Foreign desk").count() === 0, "another account's webhook is shown");
  });
  await check("WK-6 WK-9 WK-11 the form is a click away, and enabled by itself", "en", async () => {
    await page.getByRole("link", { name: "Create new webhook" }).first().click();
    await page.waitForURL("**/webhooks/new");
    expect(await page.isChecked("#enable"), "Enable is off");
  });
  await check("WK-10 WK-12 WK-14 WK-15 a webhook is saved", "en", async () => {
    const choices = await page.locator("#entity option").evaluateAll((options) => options.map((option) => option.value));
    expect(choices.join() === scene.cool.id, `the entities are ${choices}`);
    await page.fill("#url", scene.sink("/wink"));
    await tick(page, ["booking.created"]);
    await press(page, "Save");
    expect(await page.locator("#name[aria-invalid=true]").count() === 1, "an empty name is not named");
    await page.fill("#name", "Wink Stalker <b>bold</b>");
    await press(page, "Save");
    await page.waitForURL(`${scene.root}/webhooks?done=saved`);
    expect(await page.getByRole("link", { name: "Wink Stalker <b>bold</b>", exact: true }).count() === 1, "the name is not shown as it is");
    expect((await page.locator("td.lead .url").textContent()) === scene.sink("/wink"), "the URL is not as typed");
    expect(await page.getByRole("status").count() === 1, "no message says that it is saved");
    await scene.fire("booking.created");
    expect(scene.calls("/wink") === 1, `${scene.calls("/wink")} requests for one booking`);
  });
  await check("WK-12 another account is refused", "en", async () => {
    await page.goto(`${scene.root}/webhooks/new`);
    await page.fill("#name", "Stray");
    await page.fill("#url", scene.sink("/stray"));
    await tick(page, ["booking.created"]);
    await page.locator("#entity option").evaluate((option, id) => { option.value = id; }, scene.harbour.id);
    await press(page, "Save");
    expect(await page.locator("#entity[aria-invalid=true]").count() === 1, "the entity is not named");
    for (const app of ["cool", "harbour"]) {
      const { data } = await scene.server.api("GET", `/app/${app}/endpoint`);
      expect(data.length === 1, `${app} has ${data.length} webhooks`);
    }
    await scene.fire("booking.created", "harbour");
    expect(scene.calls("/wink") === 1 && scene.calls("/foreign") === 1, "an event went to another account");
  });
}

/** The same webhook is disabled, listens to more and fewer events, and moves. */
async function changes(page, scene) {
  await check("WK-16 WK-17 disabled and enabled again", "en", async () => {
    await scene.open(page, "Wink Stalker");
    expect(await page.inputValue("#name") === "Wink Stalker <b>bold</b>", "the form is not filled in");
    await page.fill("#name", "Wink Stalker");
    await page.locator("#enable").setChecked(false);
    await press(page, "Save");
    const row = page.locator("tr", { hasText: "Wink Stalker" });
    expect((await row.locator(".pill").first().textContent()).trim() === "Disabled", "the row does not say so");
    await scene.fire("booking.created");
    expect(scene.calls("/wink") === 1, "it was called while it was disabled");
    await scene.open(page, "Wink Stalker");
    await page.locator("#enable").setChecked(true);
    await press(page, "Save");
    await scene.fire("booking.created");
    expect(scene.calls("/wink") === 2, "it was not called again");
  });
  await check("WK-13 WK-18 more and fewer events", "en", async () => {
    await scene.open(page, "Wink Stalker");
    await tick(page, ["booking.cancelled"]);
    await page.locator("input[name=events][value='booking.created']").setChecked(false);
    await press(page, "Save");
    await scene.fire("booking.created");
    expect(scene.calls("/wink") === 2, "it was called for an event that was removed");
    await scene.fire("booking.cancelled");
    expect(scene.calls("/wink") === 3, "it was not called for the event that was added");
  });
  await check("WK-19 another URL", "en", async () => {
    await scene.open(page, "Wink Stalker");
    await page.fill("#url", scene.sink("/moved"));
    await press(page, "Save");
    await scene.fire("booking.cancelled");
    expect(scene.calls("/wink") === 3 && scene.calls("/moved") === 1, "it went to the old address");
  });
  await check("WK-20 removed, after Cancel had left it", "en", async () => {
    for (const [answer, count] of [["Cancel", 1], ["OK", 0]]) {
      await page.goto(`${scene.root}/webhooks`);
      await page.locator("tr", { hasText: "Wink Stalker" }).locator("summary").click();
      await page.locator("details[open] .popup a[href$='/remove']").click();
      await page.waitForURL("**/remove");
      await page.locator(".actions > *", { hasText: answer }).click();
      await page.waitForURL("**/webhooks**");
      expect(await page.locator("td.lead").count() === count, `after ${answer} there is not ${count}`);
    }
    await scene.fire("booking.cancelled");
    expect(scene.calls("/moved") === 1, "what is removed was called");
  });
}

/** An event platform: Settings, Integrations, Couplings, triggers one by one, a test, the last ten requests. */
async function events(page, scene) {
  await check("EI-10 EI-11 Settings, Integrations, Couplings", "en", async () => {
    await page.goto(`${scene.root}/webhooks`);
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("region", { name: "Integrations" }).getByRole("link", { name: "Couplings" }).click();
    await page.waitForURL("**/webhooks");
    await page.getByRole("link", { name: "Create new webhook" }).first().click();
    await page.waitForURL("**/webhooks/new");
  });
  await check("EI-13 EI-15 EI-16 triggers one by one", "en", async () => {
    await tick(page, ["user.new"]);
    const boxes = await page.locator("input[name=events]").evaluateAll((all) => all.map((box) => box.value));
    for (const type of ["user", "company"]) for (const action of ["new", "update", "delete"]) expect(boxes.includes(`${type}.${action}`), `no box for ${type}.${action}`);
    await page.fill("#name", "CRM");
    await page.fill("#url", scene.sink("/crm"));
    await press(page, "Save");
    await page.waitForURL("**/webhooks?done=saved");
    await scene.fire("user.new");
    await scene.fire("user.update");
    expect(scene.calls("/crm") === 1, `${scene.calls("/crm")} requests for one of two triggers`);
    await scene.open(page, "CRM");
    expect(await page.isChecked("input[name=events][value='user.new']"), "the trigger is not ticked");
    expect(!await page.isChecked("input[name=events][value='user.update']"), "a trigger is ticked that was not");
  });
  await check("EI-17 a test request", "en", async () => {
    await page.goto(`${scene.root}/webhooks`);
    await page.getByRole("link", { name: "CRM" }).click();
    await press(page, "Test webhook");
    await page.waitForURL("**tested=**");
    expect((await page.getByRole("status").first().textContent()).includes("200"), "it does not say what came back");
    expect(scene.calls("/crm") === 2, "not one request was sent");
  });
  await check("EI-18 a test carries the record of whoever is signed in", "en", async () => {
    for (const [id, name] of [["71", "Ada"], ["72", "Grace"]]) {
      await scene.server.api("PUT", `/app/cool/record/user/${id}`, { id, name });
      const own = await openPage(page.context().browser(), { locale: "en" });
      await signIn(own, scene.server, "cool", { sessionId: id });
      await own.goto(`${scene.root}/webhooks`);
      await own.getByRole("link", { name: "CRM" }).click();
      await press(own, "Test webhook");
      await own.waitForURL("**tested=**");
      const told = JSON.parse(scene.server.receiver.bodies.get("/crm/200"));
      expect(told.action_type === "test" && told.entity_id === id && told.result.name === name, JSON.stringify(told));
      await own.context().close();
    }
  });
  await check("EI-19 the last ten requests", "en", async () => {
    for (let count = 0; count < 12; count += 1) await scene.fire("user.new");
    await page.reload();
    expect(await page.locator("tbody tr").count() === 10, `${await page.locator("tbody tr").count()} rows`);
    const first = await page.locator("tbody tr").first().textContent();
    expect(first.includes("200") && first.includes("user.new"), `the newest row says ${first}`);
  });
}

/** A communication device: a button whose event has no payload. */
async function button(page, scene) {
  await check("TC-4 no payload is no error", "en", async () => {
    const board = await scene.server.api("POST", "/app/cool/board", { name: "Home", rows: 1, columns: 1 });
    await scene.server.api("POST", "/app/cool/button", { boardId: board.id, label: "Lights", url: scene.sink("/lights"), row: 0, column: 0 });
    await page.goto(`${scene.root}/buttons`);
    await press(page, "Lights");
    await page.waitForURL("**attempt=**");
    expect((await page.getByRole("status").first().textContent()).includes("200"), "it does not say that it arrived");
    expect(await page.locator(".notice.bad:visible, [role=alert]:visible").count() === 0, "an error is shown");
    expect(scene.calls("/lights") === 1, "not one request was sent");
  });
}

/** A contact centre: a hook that came in over its interface is in the list of the dashboard, and in that of the portal. */
async function hooks(browser, scene) {
  await check("TH-1 a hook is in the list of the dashboard", "en", async () => {
    const { server, cool } = scene;
    await server.api("POST", "/catalog/import", await server.api("GET", "/catalog/thulium"));
    const user = await server.api("POST", "/app/cool/api-user", { login: "desk" });
    const url = "https://example.pl/hook";
    const answer = await fetch(`${server.url}/api/webhooks`, {
      method: "POST", headers: { authorization: `Basic ${btoa(`desk:${user.password}`)}`, "content-type": "application/json" },
      body: JSON.stringify({ actions: ["CHAT_CONVERSATION_CREATED"], subscription_url: url }),
    });
    expect(answer.ok, `${answer.status} ${await answer.text()}`);
    await makeMember(server);
    const page = await openPage(browser, { locale: "en" });
    await signInToDashboard(page, server);
    await page.goto(`${server.url}/dashboard/applications/${cool.id}`);
    const row = page.locator("tr", { hasText: url });
    expect(await row.count() === 1 && (await row.textContent()).includes("CHAT_CONVERSATION_CREATED"), "it is not in the dashboard");
    await signIn(page, server);
    await page.goto(`${scene.root}/webhooks`);
    expect(await page.locator("tr", { hasText: url }).count() === 1, "it is not in the portal");
    expect(page.problems.length === 0, page.problems.join("; "));
    await page.context().close();
  });
}

/** A maker of exams: webhooks need a plan, and the pages say which. */
async function plans(browser, server) {
  await check("EL-12 a plan without webhooks, and the upgrade", "en", async () => {
    await server.api("PUT", "/plan", { data: [{ uid: "early", name: "Early Owl", webhooks: false }, { uid: "corporate", name: "Corporate Owl", webhooks: true }] });
    const { id } = await server.api("POST", "/app", { name: "Owl School", uid: "owls", plan: "early" });
    const page = await openPage(browser, { locale: "en" });
    await signIn(page, server, "owls");
    const root = `${server.url}/portal/${id}`;
    const needed = page.getByText("at least the plan Corporate Owl");
    await look(page, `${root}/webhooks`, "plan-needed", "en");
    expect(await needed.count() >= 1, "the list does not say which plan is needed");
    expect(await page.getByRole("link", { name: "Create new webhook" }).count() === 0, "it offers to create");
    expect((await page.goto(`${root}/webhooks/new`)).status() === 403, "the form is shown");
    await look(page, `${root}/webhooks/new`, "plan-needed-new", "en");
    expect(await needed.count() >= 1, "the form's page does not say which plan is needed");
    await server.api("PATCH", "/app/owls", { plan: "corporate" });
    await page.goto(`${root}/webhooks`);
    await page.getByRole("link", { name: "Create new webhook" }).first().click();
    await page.waitForURL("**/webhooks/new");
    expect(await needed.count() === 0 && page.problems.length === 0, `${page.problems}`);
    await page.context().close();
  });
}

/** The words of the products' own pages are on ours. */
async function labels(browser, scene, language) {
  const { list, form, remove } = LABELS[language];
  const page = await openPage(browser, { locale: language });
  await signIn(page, scene.server);
  const pages = { list: `${scene.root}/webhooks`, form: `${scene.root}/webhooks/new` };
  for (const [name, words] of [["list", list], ["form", form], ["remove", remove]]) {
    if (name === "remove") pages.remove = new URL(await page.locator("a[href$='/remove']").first().getAttribute("href"), scene.server.url).href;
    await page.goto(pages[name]);
    const said = await page.evaluate(() => [...document.querySelectorAll("a, button, label, legend, summary, h1, h2, th")]
      .flatMap((element) => [element.textContent, element.getAttribute("aria-label") ?? ""]).map((text) => text.trim().replace(/\s+/g, " ")));
    for (const word of words) expect(said.some((text) => text === word || text.startsWith(`${word} `) || text.endsWith(` ${word}`)), `${name}: no “${word}”`);
    if (name === "form") await page.goto(pages.list);
  }
  await page.context().close();
}
