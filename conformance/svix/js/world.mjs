// What a case has at hand: clients, things to work with, a receiver.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";

import { allCalls } from "./catalogue.mjs";
import { svix } from "./packages.mjs";
import { Receiver } from "./receiver.mjs";
import { connect, told } from "./recorder.mjs";
import { until } from "./suite.mjs";

export const SECRET = "whsec_plJ3nmyCDGBKInavdOK15jslAbCdEfGh";

// `svix` is the client under test; what `setup` does is not counted as part of a case.
export class World {
  sdk = "js";
  notes = [];
  setupNotes = [];
  #fixture = null;

  async start() {
    this.url = process.env.SVIX_SERVER_URL.replace(/\/$/, "");
    this.token = process.env.SVIX_TOKEN;
    this.svix = this.asBearer(this.token);
    this.nobody = this.asBearer("not-a-key");
    this.setup = connect(this.token, this.url, this.setupNotes);
    this.catalogue = allCalls(new svix.Svix(this.token, { serverUrl: this.url }));
    this.receiver = new Receiver();
    await this.receiver.start();
    this.unknownPath = (await this.ask("GET", "/api/v1/no/such/path/at/all")).body;
    await this.setup.health.get();
  }

  // A new case.
  begin() {
    this.notes.length = 0;
    this.setupNotes.length = 0;
  }

  // The client with another token; its calls are noted as well.
  asBearer(token) {
    return connect(token, this.url, this.notes);
  }

  // Whether the server does not have the operation at all.
  isAbsent({ refused, code, detail }) {
    if (refused === 501 || refused === 405) return true;
    const unknown = this.unknownPath;
    return refused === 404 && code === unknown.code && detail === unknown.detail;
  }

  // A request past the SDK; the status and the JSON of the answer.
  async ask(method, path, body) {
    const answer = await fetch(this.url + path, {
      method,
      body: body && JSON.stringify(body),
      headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json" },
    });
    const text = await answer.text();
    return { status: answer.status, body: text ? JSON.parse(text) : {} };
  }

  // Things to work with.

  // A name that nobody has used, in this run or another.
  name(kind) {
    return `${kind}-${randomBytes(6).toString("hex")}`;
  }

  ago(seconds) {
    return new Date(Date.now() - seconds * 1000);
  }

  async app() {
    const uid = this.name("app");
    await this.setup.application.create({ name: "Conformance", uid });
    return uid;
  }

  async eventType(fields = {}) {
    const name = this.name("type").replace("-", ".");
    await this.setup.eventType.create({ name, description: "A type", ...fields });
    return name;
  }

  inbox(status = 200) {
    const inbox = this.receiver.inbox(this.name("hook"));
    inbox.status = status;
    return inbox;
  }

  async endpoint(app, url = this.inbox().url, fields = {}) {
    const uid = this.name("ep");
    await this.setup.endpoint.create(app, { url, uid, ...fields });
    return uid;
  }

  async message(app, fields = {}) {
    const message = { eventType: "some.event", payload: { n: 1 }, ...fields };
    return (await this.setup.message.create(app, message)).id;
  }

  // What the message says, asked through the client under test.
  async payload(app, message) {
    return (await this.svix.message.get(app, message, { withContent: true })).payload;
  }

  // An application with an endpoint that has had a message.
  async delivered(status = 200) {
    const app = await this.app();
    const inbox = this.inbox(status);
    const endpoint = await this.endpoint(app, inbox.url);
    const message = await this.message(app);
    await inbox.next();
    const attempt = (await this.attempted(app, message))[0].id;
    return { app, inbox, endpoint, message, attempt };
  }

  // Waits for so many attempts that have come to their end.
  attempted(app, message, count = 1) {
    return until("the attempt", async () => {
      const { data } = await this.setup.messageAttempt.listByMsg(app, message);
      const ended = data.filter(({ status }) => status !== 1 && status !== 3);
      return ended.length >= count && ended;
    });
  }

  async operationalEndpoint(fields = {}) {
    const uid = this.name("ops");
    const made = { url: this.inbox().url, uid, ...fields };
    await this.setup.operationalWebhook.endpoint.create(made);
    return uid;
  }

  async fifo(app, url = this.inbox().url) {
    const uid = this.name("fifo");
    await this.setup.destination.create(app, { type: "fifoEndpoint", uid, config: { url } });
    return uid;
  }

  // Through a destination; where there are none of this type, as Tidings has them besides.
  async pollingEndpoint(app) {
    const uid = this.name("poller");
    try {
      await this.setup.destination.create(app, { type: "pollingEndpoint", uid, config: {} });
    } catch {
      this.setupNotes.length = 0;
      const { status, body } = await this.ask("POST", `/api/v1/app/${app}/poller`, { uid });
      assert.equal(status, 201, `no polling endpoint: ${JSON.stringify(body)}`);
    }
    return uid;
  }

  // Ids of one of each that stay as they are, for cases that are refused anyway.
  async fixture() {
    if (!this.#fixture) {
      const { app, endpoint, message, attempt } = await this.delivered();
      this.#fixture = {
        app_id: app,
        endpoint_id: endpoint,
        msg_id: message,
        attempt_id: attempt,
        event_type_name: await this.eventType(),
        destination_id: await this.fifo(app),
        sink_id: await this.pollingEndpoint(app),
        consumer_id: "consumer",
      };
    }
    return this.#fixture;
  }
}

// What the call is told when it is refused with this status.
export async function refused(status, call, ...args) {
  let answer;
  try {
    answer = await call(...args);
  } catch (error) {
    const refusal = told(error);
    const what = `${refusal.refused} instead of ${status}: ${JSON.stringify(refusal.detail)}`;
    assert.equal(refusal.refused, status, what);
    return refusal;
  }
  throw new Error(`${status} was expected, but it succeeded: ${JSON.stringify(answer)}`);
}
