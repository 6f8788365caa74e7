import { createHmac, timingSafeEqual } from "node:crypto";

// Whether a request is genuine. The body is a Buffer with the bytes as they came.
export function verify(secret, headers, body) {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const sentAt = headers["webhook-timestamp"];
  const age = Math.abs(Date.now() / 1000 - Number(sentAt));
  if (!(age <= 300)) return false; // recorded by somebody, and sent once more
  const signed = createHmac("sha256", key).update(`${headers["webhook-id"]}.${sentAt}.`).update(body);
  const expected = Buffer.from(`v1,${signed.digest("base64")}`);
  // While a secret is replaced there are two signatures.
  return headers["webhook-signature"].split(" ").some((one) => {
    const found = Buffer.from(one);
    return found.length === expected.length && timingSafeEqual(found, expected);
  });
}
