import assert from "node:assert/strict";
import { utf8 } from "../../formats/bytes.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import { inContext, request } from "../../intent/_test_requests.ts";
import { parseIntent } from "../../intent/parse.ts";
import type { Intent } from "../../intent/types.ts";
import { envelope, record } from "./_test_envelopes.ts";
import { readContextEnvelope } from "./envelope.ts";
import { ageOfContext, bindEnvelope } from "./envelope_binding.ts";

const read = (members: JsonObject) => readContextEnvelope(utf8(JSON.stringify(envelope(members))));
const at = (time: string) => Date.parse(time);

async function bind(
  intent: Intent,
  members: JsonObject = { records: [record("b"), record("a"), record("b")] },
) {
  return bindEnvelope(intent, await read(members), at("2026-03-01T08:01:30.999Z"));
}

Deno.test("bindEnvelope() puts the facts of the envelope in the place of claims", async () => {
  const digest = (await read({ records: [record("b"), record("a"), record("b")] })).context_set_digest;
  const claims = {
    context_set_digest: digest.toUpperCase(),
    context_evidence_mode: "Required",
    context_refs: ["forged"],
    auth_context: { context_age_seconds: 0, kept: true },
  };
  const binding = await bind(await parseIntent(inContext(claims)));
  assert.ok(binding.kind === "bound");
  const { contextSetDigest, contextEvidenceMode, contextRefs, authContext } = binding.intent.context;
  assert.deepEqual({ contextSetDigest, contextEvidenceMode, contextRefs, authContext }, {
    contextSetDigest: digest,
    contextEvidenceMode: "required",
    contextRefs: ["a", "b"],
    authContext: { context_age_seconds: 90, kept: true },
  });
  const unclaimed = await bind(await parseIntent(inContext({ auth_context: { kept: true } })));
  assert.deepEqual(unclaimed, binding);
});

Deno.test("bindEnvelope() refuses a claim that the envelope contradicts", async () => {
  for (const claim of [{ context_set_digest: "aa".repeat(32) }, { context_evidence_mode: "best_effort" }]) {
    const binding = await bind(await parseIntent(inContext(claim)));
    assert.ok(binding.kind === "contradicted");
    assert.equal(binding.error.code, "invalid_input");
  }
  const weaker = { evidence_mode: "best_effort" };
  const binding = await bind(await parseIntent(inContext({ context_evidence_mode: "required" })), weaker);
  assert.equal(binding.kind, "contradicted");
  assert.equal((await bind(await parseIntent(request()), weaker)).kind, "bound");
});

Deno.test("ageOfContext() counts whole seconds since the oldest record", async () => {
  const old = record("old", { retrieved_at: "2026-03-01T09:59:00.000000001+02:00" });
  const fresh = record("fresh", { retrieved_at: "2026-03-01T08:00:00Z" });
  const both = await read({ records: [fresh, old] });
  assert.equal(ageOfContext(both, at("2026-03-01T08:00:00Z")), 59);
  assert.equal(ageOfContext(both, at("2026-03-01T08:00:00.001Z")), 60);
  assert.equal(ageOfContext(await read({ records: [fresh] }), at("2026-03-01T07:00:00Z")), 0);
  const never = await read({ records: [fresh, record("never", { retrieved_at: null })] });
  assert.equal(ageOfContext(never, at("1980-01-02T00:00:00Z")), 86_400);
});

Deno.test("ageOfContext() counts from when the envelope was made, if it has no records", async () => {
  assert.equal(ageOfContext(await read({ records: [] }), at("2026-03-01T08:00:10Z")), 10);
});
