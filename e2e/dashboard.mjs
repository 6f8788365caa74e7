// The dashboard: every page, the overview that follows what happens, a form by keyboard alone, and no script at all.

import { check, expect, lookAt, openPage } from "./kit.mjs";
import { furnish } from "./server.mjs";

const EMAIL = "owner@example.com";
const PASSWORD = "correct horse battery";

/** Makes the member that the walks sign in as. */
export async function makeMember(server) {
  const invited = await server.api("POST", "/member", { email: EMAIL, name: "Mika Kivi", role: "admin" });
  await server.api("POST", "/member/accept-invitation", { code: invited.invitationCode, password: PASSWORD });
}

export async function signIn(page, server) {
  await page.goto(`${server.url}/dashboard/sign-in`);
  await page.fill("[name=email]", EMAIL);
  await page.fill("[name=password]", PASSWORD);
  await page.press("[name=password]", "Enter");
  await page.waitForURL("**/dashboard/overview");
}

/** What there is to see beside the accounts: a member, plans, an operational webhook, a job. Gives the addresses of all pages. */
async function prepare(server) {
  const { bad } = await furnish(server);
  await makeMember(server);
  await server.api("PUT", "/plan", { data: [{ uid: "free", name: "Free", webhooks: false }, { uid: "pro", name: "Pro", webhooks: true, maxEndpoints: 10 }] });
  await server.api("POST", "/operational-webhook/endpoint", { url: `${server.receiver.url}/ops/200`, description: "Pager" });
  const since = new Date(Date.now() - 3_600_000).toISOString();
  const job = await server.api("POST", `/app/cool/endpoint/${bad.id}/recover`, { since });
  const app = (await server.api("GET", "/app/cool")).id;
  const message = (await server.api("GET", "/app/cool/msg")).data[0].id;
  const attempt = (await server.api("GET", `/app/cool/attempt/msg/${message}`)).data[0].id;
  const operational = (await server.api("GET", "/operational-webhook/endpoint")).data[0].id;
  const paths = {
    overview: "/overview", search: "/search", "search-found": "/search?q=alert", applications: "/applications",
    application: `/applications/${app}`, "application-new": "/applications/new", "application-remove": `/applications/${app}/remove`,
    messages: `/applications/${app}/messages`, message: `/applications/${app}/messages/${message}`,
    attempt: `/applications/${app}/messages/${message}/${attempt}`, "event-types": "/event-types", "event-type": "/event-types/booking.created",
    "event-type-new": "/event-types/new", "event-type-update": "/event-types/booking.created/update", catalogues: "/catalogues", plans: "/plans", operational: "/operational",
    "operational-one": `/operational/${operational}`, "operational-new": "/operational/new",
    "operational-update": `/operational/${operational}/update`, "operational-remove": `/operational/${operational}/remove`, "application-update": `/applications/${app}/update`,
    jobs: "/jobs", job: `/jobs/${job.id}`,
  };
  const address = ([name, path]) => [`dashboard-${name}`, `${server.url}/dashboard${path}`];
  return Object.fromEntries(Object.entries(paths).map(address));
}

async function follows(browser, server) {
  const page = await openPage(browser, { locale: "en" });
  await check("the overview follows what happens", "en", async () => {
    await signIn(page, server);
    await page.locator("[data-live-lamp]:visible").waitFor({ timeout: 10000 });
    const before = await page.locator(".stat").first().textContent();
    for (let number = 0; number < 30; number += 1) {
      await server.api("POST", "/app/cool/msg", { eventType: "booking.created", payload: { number } });
    }
    await page.waitForFunction((text) => document.querySelector(".stat").textContent !== text, before, { timeout: 15000 });
    expect(page.problems.length === 0, page.problems.join("; "));
  });
  await page.context().close();
}

async function byKeyboard(browser, server, options) {
  const page = await openPage(browser, { locale: "en", ...options });
  const how = options.javaScriptEnabled === false ? "without a script" : "by keyboard";
  await check(`an application is made ${how}`, "en", async () => {
    await signIn(page, server);
    await page.goto(`${server.url}/dashboard/applications/new`);
    await page.focus("#name");
    await page.keyboard.type(`Made ${how}`);
    await page.keyboard.press("Enter");
    await page.waitForURL("**/applications/app_*");
    expect((await page.textContent("h1")).includes(`Made ${how}`), "it is not there");
  });
  await page.context().close();
}

export async function walk(browser, server, languages) {
  const pages = await prepare(server);
  for (const language of languages) {
    const page = await openPage(browser, { locale: language });
    await check("sign in to the dashboard", language, () => signIn(page, server));
    await lookAt(page, pages, language);
    await page.context().close();
  }
  if (!languages.includes("en")) return;
  await follows(browser, server);
  await byKeyboard(browser, server, {});
  await byKeyboard(browser, server, { javaScriptEnabled: false });
}
