// Walks the way into the dashboard and its pages of administration: setting up by the link on the console, signing in and
// out, a form that outlives its session, inviting somebody, a key that is shown once, and each page in all languages.

import { axe, check, expect, lookAt, openPage, shoot } from "./kit.mjs";
import { PAYLOADS } from "./payloads.mjs";

const EMAIL = "ann@example.com";
const PASSWORD = "correct horse battery";

/** Looks at a page that has no address of its own, as it is. */
async function lookHere(page, name) {
  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    const found = await axe(page);
    expect(found.length === 0, `axe, ${scheme}: ${found.join("; ")}`);
    await shoot(page, `${name}-en-${scheme}-1280`);
  }
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
    await lookHere(page, "set-up");
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
    await lookHere(page, "sign-in-wrong");
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
    await page.locator("#password").waitFor();
    await page.fill("#email", EMAIL);
    await lookHere(page, "sign-in-kept");
    await page.fill("#password", PASSWORD);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Send it now" }).waitFor();
    await lookHere(page, "again");
    await page.getByRole("button", { name: "Send it now" }).click();
    await page.waitForSelector("#secret");
    await lookHere(page, "invited");
    const link = await page.textContent("#secret");
    const bea = await openPage(browser, { locale: "en" });
    await bea.goto(link);
    await bea.waitForSelector("#password");
    expect((await bea.inputValue("#name")) === PAYLOADS[1], "what was typed is gone");
    await lookHere(bea, "join");
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
    await lookHere(page, "key-made");
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

async function pages(browser, server, language) {
  const page = await openPage(browser, { locale: language });
  await lookAt(page, { "sign-in": `${server.url}/dashboard/sign-in`, join: `${server.url}/dashboard/join` }, language);
  await signIn(page, server);
  const members = (await server.api("GET", "/member")).data;
  const keys = (await server.api("GET", "/api-key")).data;
  const bea = members.find((one) => one.email.startsWith("bea"));
  const paths = {
    you: "you", members: "members", "member-new": "members/new", member: `members/${bea.id}`, "member-remove": `members/${bea.id}/remove`,
    keys: "keys", "key-new": "keys/new", key: `keys/${keys.at(-1).id}`, "key-revoke": `keys/${keys.at(-1).id}/revoke`,
    "audit-log": "audit-log", "audit-log-none": "audit-log?until=2020-01-01", "dashboard-settings": "settings", "dashboard-theme": "settings/theme",
  };
  const addresses = Object.entries(paths).map(([name, path]) => [name, `${server.url}/dashboard/${path}`]);
  await lookAt(page, Object.fromEntries(addresses), language);
  await page.context().close();
}

/** All of it. */
export async function walk(browser, server, languages) {
  await setUp(browser, server);
  await inAndOut(browser, server);
  for (const language of languages) await check("pages of administration", language, () => pages(browser, server, language));
}
