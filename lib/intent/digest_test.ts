import assert from "node:assert/strict";
import fc from "fast-check";
import type { JsonObject, JsonValue } from "../formats/json/mod.ts";
import { inContext, request, requests } from "./_test_requests.ts";
import { delegationDigest, encodeIntentForDigest, intentDigest, withoutClaims } from "./digest.ts";
import { parseIntent } from "./parse.ts";

const digestOfRequest = async (request: JsonObject) => await intentDigest(await parseIntent(request));

Deno.test("intentDigest() gives the check value of docs/spec/gate.md 2.6", async () => {
  const expected = "d13f3c7abe3c9dee4a25ceaf7df4a7fa5938eb6b4db37d0f73f5b3fb248fa6ac";
  assert.equal(await digestOfRequest(request()), expected);
});

Deno.test("intentDigest() stays when a normalised intent is written, read and normalised again", async () => {
  await fc.assert(fc.asyncProperty(requests, async (request) => {
    const once = await parseIntent(request);
    const again = await parseIntent(JSON.stringify(encodeIntentForDigest(once)));
    // The name that a script does not use is not in its digest. As JSON, which knows no -0.
    const { unusedToolName: _, ...written } = once;
    assert.equal(JSON.stringify({ ...again, createdAt: once.createdAt }), JSON.stringify(written));
    assert.equal(await intentDigest(again), await intentDigest(once));
  }));
});

Deno.test("intentDigest() does not see the order of keys, targets, provenance and sets, nor repetition", async () => {
  await fc.assert(fc.asyncProperty(requests, async (request) => {
    assert.equal(await digestOfRequest(shuffled(request)), await digestOfRequest(request));
  }));
});

/** The same request written back to front; lists whose order means something keep it. */
function shuffled(object: JsonObject): JsonObject {
  const entries = Object.entries(object).map(([name, value]): [string, JsonValue] => {
    if (name === "args" || name === "auth_context") return [name, value];
    if (!Array.isArray(value)) return [name, isObject(value) ? shuffled(value) : value];
    const items = value.map((item) => isObject(item) ? shuffled(item) : item);
    return [name, name === "steps" || name === "chain" ? items : [...items, ...items].reverse()];
  });
  return Object.fromEntries(entries.reverse());
}

const isObject = (value: JsonValue): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

Deno.test("intentDigest() sees every member that counts, and none of the others", async () => {
  const base = await digestOfRequest(request());
  const ignored: JsonObject = {
    schema_id: "x",
    schema_version: "9",
    created_at: "2001-01-01T00:00:00Z",
    producer_version: "z",
    args_digest: "a",
    intent_digest: "b",
    script_hash: "c",
    relationship: { parent_ref: { kind: "run", id: "r" } },
    extra: [1],
    script: null,
    targets: null,
    delegation: null,
  };
  assert.equal(await digestOfRequest(request(ignored)), base);
  const target = { kind: "path", value: "/a" };
  const counted: JsonObject[] = [
    request({ tool_name: "u" }),
    request({ args: { a: 1 } }),
    request({ targets: [target] }),
    request({ arg_provenance: [{ arg_path: "$", source: "user" }] }),
    request({ skill_provenance: { skill_name: "s", source: "git", publisher: "p" } }),
    request({ delegation: { requester_identity: "ana" } }),
    request({ script: { steps: [{ tool_name: "t" }] } }),
    ...Object.entries({
      identity: "bo",
      workspace: "/x",
      risk_class: "high",
      phase: "plan",
      job_id: "j",
      session_id: "s",
      request_id: "r",
      auth_context: { a: 1 },
      credential_scopes: ["c"],
      context_refs: ["r"],
      environment_fingerprint: "e",
      context_set_digest: "ab".repeat(32),
      context_evidence_mode: "required",
    }).map(([name, value]) => inContext({ [name]: value })),
  ];
  const digests = await Promise.all(counted.map(digestOfRequest));
  assert.equal(new Set([base, ...digests]).size, counted.length + 1);
});

Deno.test("delegationDigest() writes absent times as the zero time and does not see offsets", async () => {
  const read = async (delegation: JsonObject) => (await parseIntent(request({ delegation }))).delegation!;
  const absent = await read({ requester_identity: " ana " });
  const zero = "0001-01-01T00:00:00Z";
  const given = await read({ requester_identity: "ana", issued_at: zero, expires_at: null });
  assert.deepEqual([absent.issuedAt, absent.expiresAt], [zero, zero]);
  assert.equal(await delegationDigest(given), await delegationDigest(absent));
  const east = await read({ requester_identity: "ana", issued_at: "2026-03-01T10:00:00.50+02:00" });
  const utc = await read({ requester_identity: "ana", issued_at: "2026-03-01T08:00:00.5Z" });
  assert.equal(await delegationDigest(east), await delegationDigest(utc));
  assert.notEqual(await delegationDigest(east), await delegationDigest(absent));
});

Deno.test("withoutClaims() removes what the caller says about its context, and nothing else", async () => {
  const claims = {
    context_set_digest: "ab".repeat(32),
    context_evidence_mode: "required",
    context_refs: ["r"],
    auth_context: { context_age_seconds: 1 },
  };
  const plain = await parseIntent(request());
  const prepared = withoutClaims(await parseIntent(inContext(claims)));
  assert.deepEqual(prepared, plain);
  const kept = withoutClaims(
    await parseIntent(inContext({ ...claims, auth_context: { context_age_seconds: 1, a: 2 } })),
  );
  assert.deepEqual(kept.context.authContext, { a: 2 });
  assert.equal(withoutClaims(plain), plain);
});
