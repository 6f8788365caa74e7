// Help, sending again, and the rest of the form of a webhook in a real browser.

import { axe, check, expect, look, openPage, shoot, signIn } from "./kit.mjs";
import { furnish } from "./server.mjs";

const TITLES = {
  en: "What are webhooks?", es: "¿Qué son los webhooks?", fi: "Mitä webhookit ovat?", de: "Was sind Webhooks?",
  pl: "Czym są webhooki?", it: "Che cosa sono i webhook?",
};

export async function walk(browser, server, languages) {
  const things = await furnish(server);
  const { id } = await server.api("GET", "/app/cool");
  const root = `${server.url}/portal/${id}`;
  await help(browser, server, root, languages);
  if (languages.includes("en")) await replay(browser, server, root, things.good.id);
}

async function help(browser, server, root, languages) {
  for (const language of languages) {
    const page = await openPage(browser, { locale: language });
    await signIn(page, server);
    await check("EL-14 EL-15 help", language, async () => {
      await page.goto(`${root}/webhooks`);
      await page.locator(`.topbar a[href$="/help"]`).click();
      expect((await page.textContent("h1")) === TITLES[language], await page.textContent("h1"));
      for (const name of ["Python", "Elixir", "Java"]) {
        await page.getByText(name, { exact: true }).click();
        expect(await page.locator(".codes .panel:visible").count() === 1, `${name} is not alone`);
        expect(await page.getByLabel(name, { exact: true }).locator("visible=true").count() >= 1, `${name} is not shown`);
      }
      await look(page, page.url(), "help", language);
    });
    await check("help: no complaint", language, async () => expect(page.problems.length === 0, page.problems.join("; ")));
    await page.context().close();
  }
}

async function replay(browser, server, root, webhook) {
  const page = await openPage(browser, { locale: "en" });
  await signIn(page, server);
  await check("send again: counted, then sent", "en", async () => {
    await page.goto(`${root}/webhooks/${webhook}`);
    const before = server.receiver.calls.get("/wink/200");
    await page.getByRole("link", { name: "Send again" }).click();
    await look(page, page.url(), "replay", "en");
    await page.getByText("Everything", { exact: true }).click();
    await page.getByRole("button", { name: "Count" }).click();
    await page.getByText("would be sent again").waitFor();
    expect(server.receiver.calls.get("/wink/200") === before, "the count has sent something");
    await look(page, page.url(), "task-counted", "en");
    await page.getByRole("button", { name: "Send again now" }).click();
    await page.getByText(/on (its|their) way again/).waitFor();
    await look(page, page.url(), "task-sent", "en");
    await page.waitForTimeout(300);
    expect(server.receiver.calls.get("/wink/200") === 2 * before, `${server.receiver.calls.get("/wink/200")} of ${2 * before}`);
  });
  await check("the form: kinds of authentication, a filter that is tried", "en", async () => {
    await page.goto(`${root}/webhooks/${webhook}/update`);
    for (const [kind, field] of [["basic", "#user"], ["bearer", "#bearer"], ["api-key", "#key"], ["oauth2", "#token-url"], ["mtls", "#certificate"]]) {
      await page.selectOption("#auth", kind);
      expect(await page.locator(field).isVisible(), `${kind} does not ask for ${field}`);
      expect(await page.locator(".when:visible").count() === 1, `${kind} is not alone`);
    }
    await page.selectOption("#auth", "oauth2");
    await shoot(page, "form-oauth-en");
    expect((await axe(page)).length === 0, "axe finds something");
    await page.selectOption("#auth", "none");
    await page.locator("details.fold.card > summary").click();
    await page.fill("#filter", "{\"nights\": 3}");
    await page.getByRole("button", { name: "Try the filter" }).click();
    await page.getByText("would be sent", { exact: true }).first().waitFor();
    expect(await page.inputValue("#filter") === "{\"nights\": 3}", "what was typed is lost");
    await shoot(page, "form-filter-en");
    expect((await axe(page)).length === 0, "axe finds something");
    const stored = await server.api("GET", `/app/cool/endpoint/${webhook}`);
    expect(!stored.filter, "trying has saved it");
  });
  await check("send again: no complaint", "en", async () => expect(page.problems.length === 0, page.problems.join("; ")));
  await page.context().close();
}
