// What holds outside of development mode, in a real browser.

import { check, expect, openPage, signIn } from "./kit.mjs";

/** Without `--dev`. */
export const flags = [];

export async function walk(browser, server, languages) {
  await server.api("POST", "/catalog/import", await server.api("GET", "/catalog/easy-lms"));
  const { id } = await server.api("POST", "/app", { name: "Cool Account", uid: "cool" });
  for (const language of languages) {
    const page = await openPage(browser, { locale: language });
    await signIn(page, server);
    await check("EL-9 EL-10 only HTTPS, and the form says so", language, async () => {
      await page.goto(`${server.url}/portal/${id}/webhooks/new`);
      await page.fill("#name", `Owl ${language}`);
      await page.locator(".every").check();
      for (const url of ["http://example.com/x", "HTTP://example.com/x"]) {
        await page.fill("#url", url);
        await page.locator("form.aside button[type=submit].primary").click();
        await page.locator("#url-error").waitFor();
        expect((await page.textContent("#url-error")).includes("https://"), await page.textContent("#url-error"));
        expect(await page.inputValue("#url") === url, "what was typed is lost");
      }
      await page.fill("#url", "HTTPS://example.com/x");
      await page.locator("form.aside button[type=submit].primary").click();
      await page.waitForURL("**/webhooks?done=saved");
    });
    await page.context().close();
  }
  const { data } = await server.api("GET", "/app/cool/endpoint");
  await check("EL-10 nothing else was saved", "-", async () => expect(data.length === languages.length, `${data.length} webhooks`));
}
