// GraphQL over HTTP, by the audits of its reference implementation. ADDRESS and KEY are those of a
// running server.
import assert from "node:assert/strict";
import { test } from "node:test";

import { serverAudits } from "graphql-http";

import { needed } from "./needed.mjs";

const address = needed("ADDRESS");
const key = needed("KEY");
/** What this version has: fewer would mean that some are no longer asked. */
const AUDITS = 61;

test("every audit is ok: no error, no warning, no notice", async () => {
  const audits = serverAudits({ url: `${address}/graphql`, fetchFn: fetchWithKey });
  assert.equal(audits.length, AUDITS);
  const faults = [];
  // One after the other, so that an answer that never comes has a name.
  for (const audit of audits) {
    const result = await judged(audit);
    if (result.status !== "ok") faults.push(`${result.status} ${audit.id} ${audit.name}: ${result.reason}`);
  }
  assert.ok(faults.length === 0, `\n${faults.join("\n")}`);
});

function fetchWithKey(url, init = {}) {
  const signal = AbortSignal.timeout(10_000);
  return fetch(url, { ...init, signal, headers: { ...init.headers, authorization: `Bearer ${key}` } });
}

/** An audit throws when it cannot be made at all; the others still are. */
async function judged(audit) {
  try {
    return await audit.fn();
  } catch (error) {
    return { status: "fatal", reason: error.cause?.message ?? error.message };
  }
}
