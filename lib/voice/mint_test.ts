import assert from "node:assert/strict";
import { utf8 } from "../formats/bytes.ts";
import { readJsonObject, without } from "../formats/json/mod.ts";
import { checkSignature, digestOf, sha256, type Signature } from "../signing/mod.ts";
import { COMMITMENT, sayTokenSample } from "../../tests/support/sample_calls.ts";
import { testKey } from "../../tests/support/sample_run.ts";
import { TOKEN_HEAD } from "../../tests/support/token_members.ts";
import { intentDigest } from "../intent/digest.ts";
import { readCommitment } from "./commitment.ts";
import { gateIntentOf } from "./mint.ts";

const key = await testKey(1);

Deno.test("mintSayToken() signs the digest of everything but the signature, and names the token by its place", async () => {
  const { token, file } = await sayTokenSample(key);
  const written = readJsonObject(file, { what: "token" });
  const signature = written["signature"] as unknown as Signature;
  const unsigned = without(written, "signature");
  assert.equal(await checkSignature(signature, await digestOf(unsigned), key.public), undefined);
  const { intent_digest, policy_digest } = token;
  const text = `${intent_digest}:${policy_digest}:call_12:4:2:refund:2026-03-02T09:02:00Z`;
  assert.equal(token.token_id, (await sha256(utf8(text))).slice(0, 24));
});

Deno.test("mintSayToken() writes members in the order of the specification, without the empty ones", async () => {
  const { file } = await sayTokenSample(key, (commitment) => commitment.turn_index = 0);
  assert.deepEqual(Object.keys(readJsonObject(file, { what: "token" })), [
    ...TOKEN_HEAD,
    "commitment_class",
    "intent_digest",
    "policy_digest",
    "call_id",
    "turn_index",
    "call_seq",
    "currency",
    "refund_ceiling_cents",
    "expires_at",
    "signature",
  ]);
  assert.equal(file.at(-1), 0x0a);
});

async function intentOf(change: object) {
  const bytes = utf8(JSON.stringify({ ...COMMITMENT, ...change }));
  return await gateIntentOf(readCommitment(bytes, "commitment").commitment);
}

Deno.test("gateIntentOf() gives the digest of docs/spec/voice.md 2.1", async () => {
  const intent = await intentOf({
    call_id: "call-77",
    turn_index: 3,
    call_seq: 9,
    commitment_class: "Quote ",
    utterance_digest: "ABCDEF".repeat(10) + "ABCD",
    context: {
      identity: "agent.ferry",
      workspace: "/srv/ferry",
      risk_class: "LOW",
      session_id: "s1",
      request_id: "rq1",
      environment_fingerprint: "envfp:x",
    },
    currency: " eur ",
    refund_ceiling_cents: 0,
    quote_min_cents: 1500,
    quote_max_cents: 9900,
    approval_artifact_refs: ["b", "a", "b", ""],
    evidence_reference_digests: ["zz", "1".repeat(64)],
  });
  assert.equal(
    await intentDigest(intent),
    "4b29bdd0e7e3fb7bde6d76716d3513de01937e969c9c36ac07569b491c116189",
  );
});

Deno.test("gateIntentOf() keeps turn 0 and omits empty members", async () => {
  const { args, toolName, targets } = await intentOf({
    turn_index: 0,
    currency: "",
    refund_ceiling_cents: 0,
    approval_required: false,
  });
  assert.equal(toolName, "voice.commitment.refund");
  assert.deepEqual(args, { call_id: "call_12", turn_index: 0, call_seq: 2, commitment_class: "refund" });
  assert.equal(targets[0]!.endpointClass, "ui.type");
});

Deno.test("gateIntentOf() gives every commitment a digest of its own", async () => {
  const digests = await Promise.all(
    [
      {},
      { call_id: "call_13" },
      { turn_index: 5 },
      { call_seq: 3 },
      { commitment_class: "quote" },
      { currency: "USD" },
      { refund_ceiling_cents: 50_001 },
      { quote_max_cents: 1 },
      { approval_required: true },
      { utterance_digest: "1".repeat(64) },
      { evidence_reference_digests: ["1".repeat(64)] },
    ].map(async (change) => await intentDigest(await intentOf(change))),
  );
  assert.equal(new Set(digests).size, digests.length);
});

Deno.test("readCommitment() ignores members that it does not know, but not lookalikes of those that it does", () => {
  const read = (change: object) =>
    readCommitment(utf8(JSON.stringify({ ...COMMITMENT, ...change })), "commitment");
  assert.equal(read({ note: "x" }).commitment.call_id, "call_12");
  assert.throws(() => read({ Refund_Ceiling_Cents: 1 }), { code: "invalid_input" });
  const context = { ...COMMITMENT.context, Risk_Class: "low" };
  assert.throws(() => read({ context }), { code: "invalid_input" });
});
