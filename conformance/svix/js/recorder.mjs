// The client as cases see it: the SDK's own, and each call is noted with what came of it.
//
// Nothing of the SDK is changed. A case says which call it is about, and the notes show whether it was really made, with
// which result, and whether another operation was asked about its effect.

import { svix } from "./packages.mjs";

// A client for this token. A 501 would be asked for three times, if it were retried.
export function connect(token, serverUrl, notes) {
  return record(new svix.Svix(token, { serverUrl, retryScheduleInMs: [] }), notes, []);
}

function record(resource, notes, way) {
  return new Proxy(resource, {
    get(_, name) {
      const found = resource[name];
      // Who waits for a client asks for its `then`.
      if (found === undefined) return undefined;
      const here = [...way, name];
      if (typeof found !== "function") return record(found, notes, here);
      return async (...args) => {
        const note = { call: here.join("."), refused: null, code: "", detail: "" };
        notes.push(note);
        try {
          return await found.apply(resource, args);
        } catch (error) {
          Object.assign(note, told(error));
          throw error;
        }
      };
    },
  });
}

// The status, code and detail of a refusal; 0 for whatever else went wrong.
export function told(error) {
  if (!(error instanceof svix.ApiException)) return { refused: 0, detail: String(error) };
  const body = typeof error.body === "string" ? parse(error.body) : error.body;
  return { refused: error.code, code: body.code ?? "", detail: body.detail ?? "" };
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return { detail: text };
  }
}

// The call of this whole name.
export function byName(client, name) {
  return name.split(".").reduce((found, part) => found[part], client);
}
