import assert from "node:assert/strict";
import { utf8 } from "../formats/bytes.ts";
import { type JsonObject, prettyJson, readJsonObject } from "../formats/json/mod.ts";
import { timeOfMillis } from "../formats/time.ts";
import { MINTED_AT, sayTokenQuestion, sayTokenSample } from "../../tests/support/sample_calls.ts";
import { testKey } from "../../tests/support/sample_run.ts";
import { checkSayToken, type CheckSayTokenOptions } from "./check_say_token.ts";
import { readSayToken } from "./say_token.ts";

const [key, eve] = await Promise.all([testKey(1), testKey(2)]);
const { token, file } = await sayTokenSample(key);

const OPTIONS = sayTokenQuestion(key.public, { horizon: timeOfMillis(MINTED_AT + 301_000) });

const check = (bytes: Uint8Array, options: Partial<CheckSayTokenOptions> = {}) =>
  checkSayToken(readSayToken(bytes, "token"), { ...OPTIONS, ...options });

/** The token with other members and its old signature. */
function changed(members: JsonObject): Uint8Array {
  return prettyJson({ ...readJsonObject(file, { what: "token" }), ...members });
}

Deno.test("checkSayToken() accepts a token at its place in the call, strictly too", async () => {
  for (const strict of [false, true]) {
    assert.equal(await check(file, { strict }), undefined);
    assert.equal(
      await check(file, {
        strict,
        intentDigest: token.intent_digest,
        policyDigest: token.policy_digest,
        callId: "call_12",
        turnIndex: 4,
        callSeq: 2,
        commitmentClass: "refund",
      }),
      undefined,
    );
  }
});

Deno.test("checkSayToken() gives the code of the first mismatch", async () => {
  const other = "0".repeat(64);
  for (
    const [options, code] of [
      [{ intentDigest: other, policyDigest: other }, "say_token_intent_mismatch"],
      [{ policyDigest: other, callId: "x" }, "say_token_policy_mismatch"],
      [{ callId: "CALL_12", commitmentClass: "quote" }, "say_token_call_binding_mismatch"],
      [{ turnIndex: 0 }, "say_token_call_binding_mismatch"],
      [{ callSeq: 3 }, "say_token_call_binding_mismatch"],
      [{ commitmentClass: "loan", now: token.expires_at }, "say_token_class_mismatch"],
    ] as const
  ) assert.equal(await check(file, options), code);
});

Deno.test("checkSayToken() accepts a token until its end, exclusive", async () => {
  assert.equal(await check(file, { now: timeOfMillis(MINTED_AT + 119_999) }), undefined);
  assert.equal(await check(file, { now: timeOfMillis(MINTED_AT + 120_000) }), "say_token_expired");
});

Deno.test("checkSayToken() checks the form before the signature, and the signature before the rest", async () => {
  assert.equal(await check(changed({ signature: null, call_seq: 0 })), "say_token_invalid");
  assert.equal(await check(changed({ signature: null })), "say_token_signature_missing");
  assert.equal(await check(file, { key: eve.public, callId: "x" }), "say_token_signature_invalid");
  for (
    const members of [
      { schema_id: "gait.gate.approval_token" },
      { schema_version: "2.0.0" },
      { token_id: " " },
      { commitment_class: "loan" },
      { intent_digest: "abc" },
      { policy_digest: "" },
      { call_id: "" },
      { turn_index: -1 },
      { refund_ceiling_cents: -1 },
      { quote_min_cents: 2, quote_max_cents: 1 },
      { created_at: null },
      { expires_at: "0001-01-01T00:00:00Z" },
    ]
  ) assert.equal(await check(changed(members)), "say_token_invalid", JSON.stringify(members));
});

Deno.test("checkSayToken() tolerates another spelling, unless it is strict", async () => {
  for (
    const spelled of [
      changed({ commitment_class: " REFUND", intent_digest: token.intent_digest.toUpperCase() }),
      changed({ schema_id: "", schema_version: null, currency: "eur " }),
      changed({ note: "unsigned" }),
      utf8(JSON.stringify(readJsonObject(file, { what: "token" }))),
    ]
  ) {
    assert.equal(await check(spelled), undefined);
    assert.equal(await check(spelled, { strict: true }), "say_token_not_exact");
  }
});

Deno.test("checkSayToken() refuses a token from the future only when it is strict", async () => {
  const early = { now: timeOfMillis(MINTED_AT - 600_000), horizon: timeOfMillis(MINTED_AT - 300_000) };
  assert.equal(await check(file, early), undefined);
  assert.equal(await check(file, { ...early, strict: true }), "say_token_from_future");
  const skewed = { ...early, horizon: timeOfMillis(MINTED_AT), strict: true };
  assert.equal(await check(file, skewed), undefined);
});

Deno.test("readSayToken() refuses ambiguous bytes, and bytes that are not a token", () => {
  const text = new TextDecoder().decode(file);
  for (
    const bad of [
      "[]",
      "not json",
      text.replace("{", '{"call_id":"other",'),
      text.replace("{", '{"Call_ID":"other",'),
      text.replace('"call_seq": 2', '"call_seq": "2"'),
      text.replace('"call_seq": 2', '"call_seq": 2.0'),
      text.replace('"refund_ceiling_cents": 50000', '"refund_ceiling_cents": 9007199254740993'),
      text.replace("2026-03-02T09:00:00Z", "yesterday"),
    ]
  ) assert.throws(() => readSayToken(utf8(bad), "token"), { code: "invalid_input" }, bad.slice(0, 60));
});

Deno.test("readSayToken() names the members that the signature doesn't cover", () => {
  assert.deepEqual(readSayToken(changed({ note: "x", max: 1 }), "token").unknown, ["note", "max"]);
});

Deno.test("checkSayToken() covers an amount up to the bound, in its currency", async () => {
  const changed = (amountCents: number, currency = "EUR") => check(file, { amountCents, currency });
  assert.equal(await changed(50_000), undefined);
  assert.equal(await changed(0), undefined);
  assert.equal(await changed(50_001), "say_token_amount_mismatch");
  assert.equal(await changed(1, "USD"), "say_token_amount_mismatch");
  const quote = await sayTokenSample(
    key,
    (commitment) =>
      Object.assign(commitment, { commitment_class: "quote", quote_min_cents: 10, quote_max_cents: 20 }),
  );
  for (
    const [amountCents, code] of [[9, "say_token_amount_mismatch"], [10], [20], [
      21,
      "say_token_amount_mismatch",
    ]] as const
  ) {
    assert.equal(await check(quote.file, { amountCents }), code);
  }
});

Deno.test("checkSayToken() covers no amount without a limit", async () => {
  const open = await sayTokenSample(key, (commitment) => commitment.refund_ceiling_cents = 0);
  assert.equal(await check(open.file), undefined);
  assert.equal(await check(open.file, { amountCents: 0 }), "say_token_amount_mismatch");
});
