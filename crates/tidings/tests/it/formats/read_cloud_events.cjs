// Reads requests with npm's cloudevents, as published, and compares what it reads with what was sent.
//
// On standard input is a JSON object: `requests`, by format, each with `headers` and `body`, and `event`, the
// words of the event. Ends with an exception where anything is not as expected.

const assert = require("node:assert");
const fs = require("node:fs");
const { HTTP } = require("cloudevents");

const { event, requests } = JSON.parse(fs.readFileSync(0, "utf8"));

for (const mode of ["cloudevents", "cloudevents-binary"]) {
  const { headers, body } = requests[mode];
  assert.ok(HTTP.isEvent({ headers, body }), mode);
  const read = HTTP.toEvent({ headers, body });
  assert.ok(read.validate(), mode);
  const { id, source, type, specversion, datacontenttype, data } = read;
  const expected = event[mode];
  assert.deepStrictEqual(
    { id, source, type, specversion, datacontenttype, data },
    {
      id: expected.id,
      source: expected.source,
      type: expected.type,
      specversion: "1.0",
      datacontenttype: "application/json",
      data: expected.data,
    },
  );
  assert.strictEqual(Date.parse(read.time), Date.parse(expected.time));
}
