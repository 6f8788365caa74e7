// Boards of buttons in a real browser: the editor, pressing by keyboard, and what happens without a network.

import { check, expect, lookAt, openPage, signIn } from "./kit.mjs";
import { furnish } from "./server.mjs";

export async function walk(browser, server, languages) {
  await furnish(server);
  const { id } = await server.api("GET", "/app/cool");
  const root = `${server.url}/portal/${id}`;
  if (languages.includes("en")) await inEnglish(browser, server, root);
  const button = (await server.api("GET", "/app/cool/button")).data[0].id;
  const board = (await server.api("GET", "/app/cool/board")).data[0].id;
  for (const language of languages) {
    const page = await openPage(browser, { locale: language });
    await signIn(page, server);
    await lookAt(page, {
      board: `${root}/buttons`, "board-edit": `${root}/boards`, "button-edit": `${root}/buttons/${button}/update`,
      "board-new": `${root}/boards/new`, "button-remove": `${root}/buttons/${button}/remove`, "button-new": `${root}/buttons/new`,
      "board-update": `${root}/boards/${board}/update`, "board-remove": `${root}/boards/${board}/remove`,
    }, language);
    await page.context().close();
  }
}

async function inEnglish(browser, server, root) {
  const calls = (path) => server.receiver.calls.get(path) ?? 0;
  const page = await openPage(browser, { locale: "en" });
  await signIn(page, server);
  await check("TC-1 TC-3 TC-7 the editor", "en", async () => {
    await page.goto(`${root}/boards`);
    await page.getByRole("link", { name: "Add button" }).first().click();
    await page.fill("#label", "Create a document");
    await page.selectOption("#action", "webhook");
    await page.fill("#url", `${server.receiver.url}/document/200`);
    const state = page.locator("#json-state");
    for (const [text, says] of [
      ["{\"content\": \"Hello\",", "not valid JSON"], ["abc", "not valid JSON"],
      ["{\"content\": \"${SDB}\",\n \"format\": \"bold\"}", "is valid JSON"], ["", "No payload"],
      ["{\"x\":1}", "is valid JSON"],
    ]) {
      await page.fill("#json", text);
      expect((await state.textContent()).includes(says), `${text}: ${await state.textContent()}`);
    }
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.waitForURL("**done=saved");
    await page.getByRole("link", { name: "Create a document" }).click();
    expect(await page.inputValue("#url") === `${server.receiver.url}/document/200`, "the URL is not there");
    expect(await page.inputValue("#json") === "{\"x\":1}", "the payload is not there");
    expect(calls("/document/200") === 0, "editing has sent something");
  });
  await check("TC-10 TC-11 notices and words", "en", async () => {
    const notices = (await page.locator(".notice").allTextContents()).join(" ");
    expect(notices.includes("technical skill") && notices.includes("connected to Wi-Fi"), notices);
    expect(await page.locator("dl.term dt").count() === 6, "there are not six words");
  });
  await check("TC-6 what is no JSON is not saved", "en", async () => {
    await page.fill("#json", "{\"a\":1,}");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.waitForSelector("#json-error");
    expect((await page.textContent("#json-error")).includes("line 1, column 8"), await page.textContent("#json-error"));
    expect(await page.inputValue("#json") === "{\"a\":1,}", "what was typed is lost");
  });
  await check("TC-2 one press by keyboard is one request", "en", async () => {
    await page.goto(`${root}/buttons`);
    await page.locator(".board .tile").first().focus();
    for (const key of ["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "End"]) await page.keyboard.press(key);
    const focused = await page.evaluate(() => document.activeElement.textContent.trim());
    expect(focused === "Create a document", `the arrows lead to ${focused}`);
    for (const presses of [1, 2]) {
      await Promise.all([page.waitForURL("**attempt=**"), page.keyboard.press("Enter")]);
      await page.waitForLoadState();
      expect(calls("/document/200") === presses, `${calls("/document/200")} requests after ${presses}`);
      expect((await page.getByRole("status").first().textContent()).includes("200"), "it does not say how it ended");
      const again = await page.evaluate(() => document.activeElement.textContent.trim());
      expect(again === "Create a document", `the focus is on ${again}`);
      if (presses === 1) await page.goto(`${root}/buttons`), await page.getByRole("button", { name: "Create a document" }).focus();
    }
  });
  await check("Enter in the speech bar presses nothing", "en", async () => {
    const before = [...server.receiver.calls.values()].reduce((sum, count) => sum + count, 0);
    await page.fill("#sdb", "Hello");
    await page.press("#sdb", "Enter");
    await page.goto(`${root}/buttons`);
    const after = [...server.receiver.calls.values()].reduce((sum, count) => sum + count, 0);
    expect(before === after, "a button was pressed");
  });
  await check("TC-9 without a network it says so", "en", async () => {
    const before = calls("/document/200");
    await page.context().setOffline(true);
    await page.getByRole("button", { name: "Create a document" }).click();
    const notice = page.locator("#offline");
    await notice.waitFor({ state: "visible" });
    expect((await notice.textContent()).includes("You must be connected"), await notice.textContent());
    await page.context().setOffline(false);
    await notice.waitFor({ state: "hidden" });
    expect(calls("/document/200") === before, "something was queued");
    await Promise.all([page.waitForURL("**attempt=**"), page.getByRole("button", { name: "Create a document" }).click()]);
    expect(calls("/document/200") === before + 1, `${calls("/document/200") - before} requests`);
  });
  // That there is no network is what one of them was about.
  const problems = page.problems.filter((problem) => !/ERR_INTERNET_DISCONNECTED/.test(problem));
  await check("boards: no complaint", "en", async () => expect(problems.length === 0, problems.join("; ")));
  await page.context().close();
}
