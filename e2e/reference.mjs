// What everybody may read: the first page, the reference of the API, the programs for `/api/webhooks`, and the way into the portal.

import { check, expect, lookAt, openPage } from "./kit.mjs";

async function topicsOf(page, server) {
  await page.goto(`${server.url}/docs`);
  const links = await page.locator("a[href^='/docs/']").evaluateAll((all) => all.map((one) => one.getAttribute("href")));
  return [...new Set(links.map((link) => link.split("#")[0].split("?")[0]))];
}

export async function walk(browser, server, languages) {
  for (const language of languages) {
    const page = await openPage(browser, { locale: language });
    const topics = await topicsOf(page, server);
    await check("the reference has topics", language, async () => expect(topics.length > 10, topics.join(" ")));
    // The reference itself is the same for all: each topic is looked at once, one of them in each language.
    const shown = language === languages[0] ? topics : topics.slice(0, 1);
    const named = shown.map((path) => [path.slice(1).replaceAll("/", "-"), server.url + path]);
    await lookAt(page, {
      landing: `${server.url}/`, docs: `${server.url}/docs`, "docs-webhooks": `${server.url}/docs/webhooks`, "portal-login": `${server.url}/portal/login`,
      ...Object.fromEntries(named),
    }, language);
    await page.context().close();
  }
}
