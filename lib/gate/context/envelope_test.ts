import assert from "node:assert/strict";
import fc from "fast-check";
import { GaitError } from "../../errors/mod.ts";
import { utf8 } from "../../formats/bytes.ts";
import { type JsonObject, readJsonObject } from "../../formats/json/mod.ts";
import { MAX_ENVELOPE_BYTES } from "../../schema/context.ts";
import { readContextEnvelope } from "./envelope.ts";
import { inContext, request } from "../../intent/_test_requests.ts";
import { parseIntent } from "../../intent/parse.ts";
import type { Intent } from "../../intent/types.ts";
import { ageOfContext, bindEnvelope } from "./envelope_binding.ts";

const read = (value: unknown) => readContextEnvelope(utf8(JSON.stringify(value)));
const INVALID = { code: "invalid_input" };

Deno.test("readContextEnvelope() fills in what may be absent", async () => {
  const read1 = await read({ context_set_id: " set ", records: null });
  assert.deepEqual(read1, {
    schema_id: "gait.context.envelope",
    schema_version: "1.0.0",
    created_at: "1980-01-01T00:00:00Z",
    producer_version: "0.0.0-dev",
    context_set_id: "set",
    // SHA-256 of `[]`.
    context_set_digest: "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945",
    evidence_mode: "best_effort",
    records: [],
  });
});

Deno.test("readContextEnvelope() sees neither the order nor the dress of records", async () => {
  const plain = await read(envelope({ records: [record("a"), record("b")] }));
  const dressed = {
    query_digest: ` ${"AB".repeat(32)}\u0085`,
    immutability: " Immutable",
    retrieved_at: "2026-03-01T10:00:00+02:00",
  };
  const other = await read(envelope({ records: [record("b", dressed), record(" a ", dressed)] }));
  assert.equal(other.context_set_digest, plain.context_set_digest);
  assert.deepEqual(other.records, plain.records);
  const claimed = await read(
    envelope({
      context_set_digest: plain.context_set_digest.toUpperCase(),
      records: [record("b"), record("a")],
    }),
  );
  assert.deepEqual(claimed, plain);
});

Deno.test("readContextEnvelope() refuses what is ambiguous, unknown or wrong", async () => {
  const bad: JsonObject[] = [
    envelope({ extra: 1 }),
    envelope({ context_set_id: " " }),
    envelope({ schema_id: "x" }),
    envelope({ schema_version: "2.0.0" }),
    envelope({ evidence_mode: "maybe" }),
    envelope({ context_set_digest: "nope" }),
    envelope({ context_set_digest: "ab".repeat(32) }),
    ...[
      { extra: 1 },
      { ref_id: "\u0085" },
      { source_type: "" },
      { source_locator: "" },
      { redaction_mode: "" },
      { query_digest: "" },
      { content_digest: "ab" },
      { immutability: "frozen" },
      { freshness_sla_seconds: -1 },
      { freshness_sla_seconds: 1.5 },
      { retrieved_at: "yesterday" },
    ].map((members) => envelope({ records: [record("a", members)] })),
  ];
  for (const value of bad) await assert.rejects(read(value), INVALID, JSON.stringify(value));
  const twice = JSON.stringify(envelope({})).replace("{", '{"evidence_mode":"best_effort",');
  await assert.rejects(readContextEnvelope(utf8(twice)), { detail: "duplicate_json_key" });
});

Deno.test("readContextEnvelope() takes an object for what its file would say, and refuses what no file says", async () => {
  const text = JSON.stringify(envelope({ records: [record("a", { freshness_sla_seconds: 60 })] }));
  assert.deepEqual(
    await readContextEnvelope(JSON.parse(text)),
    await readContextEnvelope(utf8(text)),
  );
  // A line of a stream is read before its envelope is looked at; what stood there must count.
  const loose = readJsonObject(text.replace(/(freshness_sla_seconds":60)/, "$1.0"), { what: "line" });
  await assert.rejects(readContextEnvelope(loose), INVALID);
  const circle: JsonObject = {};
  circle.self = circle;
  for (const params of [{ n: NaN }, { n: 1n }, { f: () => 1 }, circle, { text: "x".repeat(1 << 20) }]) {
    const made = envelope({ records: [record("a", { retrieval_params: params as JsonObject })] });
    await assert.rejects(readContextEnvelope(made), INVALID);
  }
});

Deno.test("readContextEnvelope() takes 1 MiB and not one byte more", async () => {
  const text = JSON.stringify(envelope({}));
  const padded = (size: number) => utf8(text + " ".repeat(size - text.length));
  await readContextEnvelope(padded(MAX_ENVELOPE_BYTES));
  await assert.rejects(readContextEnvelope(padded(MAX_ENVELOPE_BYTES + 1)), INVALID);
});

Deno.test("readContextEnvelope() never fails with anything but invalid_input", async () => {
  await fc.assert(fc.asyncProperty(fc.jsonValue(), fc.string(), async (noise, name) => {
    for (
      const value of [noise, { ...envelope({}), [name]: noise }, envelope({ records: [noise as JsonObject] })]
    ) {
      await read(value).catch((error) =>
        assert.ok(error instanceof GaitError && error.code === "invalid_input")
      );
    }
  }));
});

const readMembers = (members: JsonObject) => readContextEnvelope(utf8(JSON.stringify(envelope(members))));
const at = (time: string) => Date.parse(time);

async function bind(
  intent: Intent,
  members: JsonObject = { records: [record("b"), record("a"), record("b")] },
) {
  return bindEnvelope(intent, await readMembers(members), at("2026-03-01T08:01:30.999Z"));
}

Deno.test("bindEnvelope() puts the facts of the envelope in the place of claims", async () => {
  const digest = (await readMembers({ records: [record("b"), record("a"), record("b")] })).context_set_digest;
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
  const both = await readMembers({ records: [fresh, old] });
  assert.equal(ageOfContext(both, at("2026-03-01T08:00:00Z")), 59);
  assert.equal(ageOfContext(both, at("2026-03-01T08:00:00.001Z")), 60);
  assert.equal(ageOfContext(await readMembers({ records: [fresh] }), at("2026-03-01T07:00:00Z")), 0);
  const never = await readMembers({ records: [fresh, record("never", { retrieved_at: null })] });
  assert.equal(ageOfContext(never, at("1980-01-02T00:00:00Z")), 86_400);
});

Deno.test("ageOfContext() counts from when the envelope was made, if it has no records", async () => {
  assert.equal(ageOfContext(await readMembers({ records: [] }), at("2026-03-01T08:00:10Z")), 10);
});

/** A context envelope; members given replace its own. */
export function envelope(members: JsonObject): JsonObject {
  return { context_set_id: "set", created_at: "2026-03-01T08:00:00Z", evidence_mode: "required", ...members };
}

/** A record of an envelope. */
export function record(refId: string, members: JsonObject = {}): JsonObject {
  return {
    ref_id: refId,
    source_type: "doc",
    source_locator: "docs://x",
    query_digest: "ab".repeat(32),
    content_digest: "cd".repeat(32),
    retrieved_at: "2026-03-01T08:00:00Z",
    redaction_mode: "reference",
    immutability: "immutable",
    ...members,
  };
}
