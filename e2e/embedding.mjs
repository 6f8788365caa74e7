// The portal in a page of another site, in a real browser: as <tidings-portal>, and held by whoever may not.

import { createServer } from "node:http";
import { check, expect, openPage, shoot } from "./kit.mjs";
import { furnish } from "./server.mjs";

let product;

/** A page of the product. By its name it is another site than the server, which is reached by its address. */
function startProduct() {
  let html = "";
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    response.end(html);
  });
  return new Promise((resolve) => {
    server.listen(0, () => resolve({
      origin: `http://localhost:${server.address().port}`, other: `http://other.localhost:${server.address().port}`,
      show: (text) => { html = text; }, stop: () => { server.close(); server.closeAllConnections(); },
    }));
  });
}

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");

/** The page that may hold the portal is there before the server, which is told of it. */
export async function settings() {
  product = await startProduct();
  return { TIDINGS_PORTAL_ORIGINS: product.origin };
}

export async function walk(browser, server) {
  const element = async (attributes = "") => product.show(`<!doctype html><html lang="en"><title>Product</title><h1>Product</h1>
    <script src="${server.url}/assets/tidings-portal.js"></script>
    <tidings-portal url="${escaped(await server.link("cool"))}" ${attributes}></tidings-portal>`);
  try {
    await furnish(server);
    const page = await openPage(browser, { locale: "en" });
    const frame = page.frameLocator("tidings-portal iframe");
    await check("the portal opens in a page of another site", "en", async () => {
      await element('language="fi" theme="dark"');
      await page.goto(product.origin);
      await frame.getByRole("heading", { name: "Tilit" }).waitFor({ timeout: 15000 });
      expect(await frame.locator("html").getAttribute("data-theme") === "dark", "it is not dark");
      await frame.locator(".card footer summary").click();
      await frame.getByRole("link", { name: "Hallitse tiliä" }).click();
      await frame.getByRole("link", { name: "Luo uusi webhook" }).waitFor({ timeout: 15000 });
    });
    await check("the frame is as tall as its page", "en", async () => {
      await page.waitForFunction(() => {
        const height = document.querySelector("tidings-portal iframe").getBoundingClientRect().height;
        return height > 250 && height !== 640;
      }, null, { timeout: 10000 });
      const [inner, outer] = [await frame.locator("body").evaluate((body) => body.offsetHeight), await page.locator("tidings-portal iframe").evaluate((one) => one.clientHeight)];
      expect(Math.abs(inner - outer) <= 1, `${inner} in ${outer}`);
      await shoot(page, "embedded-fi-dark-1280");
    });
    await check("a form in the frame is saved", "en", async () => {
      await frame.getByRole("link", { name: "Luo uusi webhook" }).click();
      await frame.locator("#name").fill("From a frame");
      await frame.locator("#url").fill(`${server.receiver.url}/framed/200`);
      await frame.locator(".every").check();
      await frame.getByRole("button", { name: "Tallenna", exact: true }).click();
      await frame.getByRole("link", { name: "From a frame" }).waitFor({ timeout: 15000 });
    });
    await check("another language goes on in the same session", "en", async () => {
      await page.locator("tidings-portal").evaluate((one) => one.setAttribute("language", "de"));
      await frame.getByRole("heading", { name: "Konten" }).waitFor({ timeout: 15000 });
    });
    await check("whoever is not named may not hold it", "en", async () => {
      const blocked = [];
      const other = await (await browser.newContext()).newPage();
      other.on("console", (message) => blocked.push(message.text()));
      await element();
      await other.goto(product.other);
      await other.waitForTimeout(2000);
      expect(blocked.some((text) => text.includes("frame-ancestors")), `nothing was refused: ${blocked.join(" | ")}`);
      const shown = other.frames().some((one) => one.url().startsWith(server.url));
      expect(!shown, "the portal is shown");
    });
  } finally {
    product.stop();
  }
}
