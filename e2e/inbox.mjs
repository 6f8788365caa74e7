// Inboxes in a real browser: made in a click, followed live, compared, told what to answer, and read without a script.

import { check, expect, lookAt, openPage, shoot } from "./kit.mjs";
import { PAYLOADS } from "./payloads.mjs";

const EMAIL = "dev@example.com";
const PASSWORD = "correct horse battery";
/** As many as the list shows at once are enough. */
const HOSTILE = PAYLOADS.slice(0, 10);

async function signIn(page, server) {
  await page.goto(`${server.url}/dashboard/sign-in`);
  await page.fill("#email", EMAIL);
  await page.fill("#password", PASSWORD);
  await page.locator("button[type=submit].primary").click();
  await page.waitForURL((url) => !url.pathname.endsWith("/sign-in"));
}

export async function walk(browser, server, languages) {
  const invited = await server.api("POST", "/member", { email: EMAIL, name: "Mika Kivi", role: "developer" });
  await server.api("POST", "/member/accept-invitation", { code: invited.invitationCode, password: PASSWORD });
  const page = await openPage(browser, { locale: "en" });
  await signIn(page, server);
  const folder = `${server.url}/dashboard/inboxes`;
  const pages = {};
  await check("an inbox in one click", "en", async () => {
    await page.goto(folder);
    await shoot(page, "inboxes-none-en-light-1280");
    await page.getByRole("button", { name: "New inbox" }).first().click();
    await page.waitForURL("**/dashboard/inboxes/inbox_*");
    await shoot(page, "inbox-empty-en-light-1280");
  });
  const address = page.url();
  const url = await page.inputValue("#address");
  const send = (path, body, headers = {}) => fetch(url + path, { method: "POST", body, headers: { "content-type": "application/json", ...headers } });
  await check("TC-13 requests are shown as they come", "en", async () => {
    await page.locator("[data-live-lamp]:visible").waitFor({ timeout: 10000 });
    await send("/exams", JSON.stringify({ player: "John Doe", result: "Passed", note: HOSTILE[0] }), { "webhook-event-type": "exam.finished" });
    await page.locator(".list li").first().waitFor({ timeout: 10000 });
    for (const [place, payload] of HOSTILE.entries()) await send(`/wink/${place}`, JSON.stringify({ booking: place, note: payload }), { "x-note": encodeURIComponent(payload) });
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
  pages["inbox-replay"] = `${page.url()}/replay`;
  pages["inbox-hex"] = `${page.url()}?as=hex`;
  const other = await page.locator(".list li a").first().getAttribute("href");
  pages["inbox-compare"] = `${page.url()}/compare?with=${other.split("/").pop()}`;
  pages["inbox-answers"] = `${address}/answers`;
  pages["inbox-empty"] = `${address}/empty`;
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
    const plain = await openPage(browser, { locale: "en", javaScriptEnabled: false });
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
  for (const language of languages) {
    const reader = await openPage(browser, { locale: language });
    await signIn(reader, server);
    await lookAt(reader, pages, language);
    await reader.context().close();
  }
}
