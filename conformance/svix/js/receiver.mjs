// An endpoint of our own: takes requests at many paths, keeps them, and verifies with standardwebhooks.

import { createServer } from "node:http";

import { Webhook } from "./packages.mjs";

const PATIENCE_MS = 20_000;

// What came in at one path. It answers with `status` until told otherwise.
class Inbox {
  status = 200;
  #requests = [];
  #waiting = [];

  constructor(url) {
    this.url = url;
  }

  put(request) {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(request);
    else this.#requests.push(request);
  }

  // The next request as headers and body; with a secret, only if its signature holds.
  async next(secret) {
    const request = this.#requests.shift() ?? (await this.#wait());
    if (secret) new Webhook(secret).verify(request.body, request.headers);
    return request;
  }

  #wait() {
    return new Promise((resolve, reject) => {
      const late = () => reject(new Error(`nothing came to ${this.url}`));
      const timer = setTimeout(late, PATIENCE_MS);
      this.#waiting.push((request) => {
        clearTimeout(timer);
        resolve(request);
      });
    });
  }

  get isEmpty() {
    return this.#requests.length === 0;
  }
}

// The server must be able to reach SVIX_RECEIVER_HOST (127.0.0.1 if not said).
export class Receiver {
  #inboxes = new Map();

  async start() {
    const host = process.env.SVIX_RECEIVER_HOST ?? "127.0.0.1";
    this.server = createServer((request, response) => this.#take(request, response));
    await new Promise((resolve) => this.server.listen(0, host, resolve));
    this.base = `http://${host}:${this.server.address().port}`;
  }

  async #take(request, response) {
    const parts = [];
    for await (const part of request) parts.push(part);
    const inbox = this.#inboxes.get(request.url);
    inbox?.put({ headers: request.headers, body: Buffer.concat(parts).toString() });
    response.writeHead(inbox?.status ?? 404).end("thanks");
  }

  inbox(name) {
    const inbox = new Inbox(`${this.base}/${name}`);
    this.#inboxes.set(`/${name}`, inbox);
    return inbox;
  }

  stop() {
    this.server.close();
    this.server.closeAllConnections();
  }
}
