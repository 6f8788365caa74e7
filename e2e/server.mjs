// The real server on fresh data, with an account that has something to show, and a receiver that answers as it is told.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { PAYLOADS } from "./payloads.mjs";

/** Answers with the status that the path names: /500 fails. Keeps how often each path was called, and with what at last. */
function startReceiver() {
  const [calls, bodies] = [new Map(), new Map()];
  const server = createServer((request, response) => {
    const path = request.url.split("?")[0];
    calls.set(path, (calls.get(path) ?? 0) + 1);
    const status = Number(path.match(/\/(\d{3})$/)?.[1] ?? 200);
    let body = "";
    request.on("data", (chunk) => { body += chunk; });
    request.on("end", () => {
      bodies.set(path, body);
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify({ status, note: "<script>alert(1)</script>" }));
    });
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve({ server, calls, bodies, url: `http://127.0.0.1:${server.address().port}` }));
  });
}

function run(binary, parameters) {
  const child = spawn(binary, parameters, { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.on("data", (chunk) => { text += chunk; });
  return new Promise((resolve, reject) => {
    child.on("exit", (status) => (status === 0 ? resolve(text) : reject(new Error(`${parameters.join(" ")}: ${status}`))));
  });
}

export async function start(binary, settings = {}, flags = ["--dev"]) {
  const folder = mkdtempSync(join(tmpdir(), "tidings-e2e-"));
  const data = join(folder, "data");
  const receiver = await startReceiver();
  const printed = await run(binary, ["keys", "create", "--name", "e2e", "--data", data]);
  const key = printed.match(/\S*sk_\S+/)?.[0] ?? printed.trim().split(/\s+/).pop();
  const child = spawn(binary, ["serve", ...flags, "--listen", "127.0.0.1:0", "--data", data], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, TIDINGS_LOG: "warn", TIDINGS_RETRY_SCHEDULE: "1s,600s", ...settings },
  });
  let log = "";
  child.stderr.on("data", (chunk) => { log += chunk; });
  const url = await new Promise((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
      const found = text.match(/listening on (http:\/\/\S+)/);
      if (found) resolve(found[1]);
    });
    child.on("exit", () => reject(new Error(`the server ended: ${log}`)));
  });

  async function api(method, path, body) {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }

  async function stop() {
    child.kill("SIGTERM");
    await new Promise((resolve) => child.on("exit", resolve));
    receiver.server.close();
    receiver.server.closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  }

  /** A single-use link into the portal of an account. */
  async function link(app, options = {}) {
    const made = await api("POST", `/auth/app-portal-access/${app}`, options);
    return url + made.url.slice(made.url.indexOf("/portal/"));
  }

  return { url, api, stop, link, receiver, log: () => log };
}

/** What there is to see: an account with webhooks that do well, fail and are off, and another account. */
export async function furnish({ api, receiver }) {
  for (const name of ["wink", "thulium"]) await api("POST", "/catalog/import", await api("GET", `/catalog/${name}`));
  await api("POST", "/app", { name: "Cool Account", uid: "cool" });
  await api("POST", "/app", { name: "Harbour Hotels", uid: "harbour" });
  const ep = (app, body) => api("POST", `/app/${app}/endpoint`, body);
  const foreign = await ep("harbour", { url: `${receiver.url}/foreign/200`, description: "Foreign" });
  const good = await ep("cool", { url: `${receiver.url}/wink/200`, description: "Wink Stalker", filterTypes: ["booking.created"] });
  const bad = await ep("cool", { url: `${receiver.url}/chat/500`, description: "Chat desk → CRM", filterTypes: ["booking.created"] });
  await ep("cool", { url: `${receiver.url}/off/200`, description: "Guest list sync", disabled: true });
  await ep("cool", { url: `${receiver.url}/all/200`, description: PAYLOADS[0] });
  for (const [place, payload] of PAYLOADS.entries()) {
    await api("POST", "/app/cool/msg", { eventType: "booking.created", payload: { booking: `WNK-4821-${place}`, note: payload, nights: 3 } });
  }
  const board = await api("POST", "/app/cool/board", { name: "Home", rows: 2, columns: 2 });
  for (const [place, label] of ["Lights on", "Front door", "Help, please"].entries()) {
    await api("POST", "/app/cool/button", {
      boardId: board.id, label, url: `${receiver.url}/button/200`, row: Math.floor(place / 2), column: place % 2,
    });
  }
  await attempted(api, good.id, PAYLOADS.length);
  // What fails again and again is tried less often.
  await attempted(api, bad.id, 10);
  return { foreign, good, bad };
}

/** Waits until so many attempts of an endpoint are written down. */
async function attempted(api, endpoint, count) {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const page = await api("GET", `/app/cool/attempt/endpoint/${endpoint}?limit=250`);
    if (page.data.length >= count) return;
    if (Date.now() > deadline) throw new Error(`${endpoint}: ${page.data.length} of ${count} attempts in a minute`);
    await setTimeout(20);
  }
}
