import assert from "node:assert/strict";
import { callRecord, MINTED_AT, sayTokenSample } from "../../tests/support/sample_calls.ts";
import { packSample, testKey } from "../../tests/support/sample_run.ts";
import { utf8 } from "../formats/bytes.ts";
import { timeOfMillis } from "../formats/time.ts";
import { SAY_TOKENS } from "../schema/voice/layout.ts";
import { readCallRecord } from "../voice/call/record.ts";
import { buildCallPack } from "./build_call.ts";
import { verifyPack } from "./verify.ts";

const KEY = await testKey(1);

// deno-lint-ignore no-explicit-any -- tests break the shape on purpose
type Change = (record: any) => void;

/** A pack of the sample call, spoken with its token, and what is found in it. */
async function check(
  { change = () => {}, promise, tokens, trusted = KEY }: {
    change?: Change;
    /** What the token was minted for, if not for what was promised. */
    promise?: Change;
    tokens?: readonly Uint8Array<ArrayBuffer>[];
    trusted?: typeof KEY;
  } = {},
) {
  const { token, file } = await sayTokenSample(KEY, promise);
  const record = callRecord();
  for (const one of [record.events[3], record.events[4], record.speak_receipts[0]]) {
    one.say_token_id = token.token_id;
  }
  for (const one of [record.events[2], record.gate_decisions[0]]) one.intent_digest = token.intent_digest;
  change(record);
  const read = readCallRecord(utf8(JSON.stringify(record)), "call record");
  const { bytes } = await buildCallPack(read, (await packSample()).bytes, "1", undefined, tokens ?? [file]);
  const report = await verifyPack(bytes, { trusted: { source: "flag", key: trusted.public } });
  const found = report.findings.filter(({ code }) => /say_token|receipt/.test(code));
  return { bytes, report, found: found.map(({ code, severity }) => `${severity} ${code}`) };
}

const FAILS = ["failure say_token_contradicts_call"];

Deno.test("verifyPack() finds nothing in a call that was spoken as its token permits", async () => {
  const { found, report } = await check();
  assert.deepEqual([found, report.undeclaredFiles], [[], []]);
  const stranger = await testKey(2);
  const { found: unknown, report: held } = await check({ trusted: stranger });
  assert.deepEqual(unknown, ["note say_token_signer_unknown"], "another key may have minted it");
  assert.ok(held.findings.every(({ severity }) => severity === "note"));
  const said: Change = (record) => record.events[4].attributes = { amount_cents: 50_000, currency: "eur" };
  assert.deepEqual((await check({ change: said })).found, []);
});

Deno.test("verifyPack() fails where a token did not permit what was said", async () => {
  const spoken = (change: Change): Change => (record) => change(record.speak_receipts[0]);
  const late = timeOfMillis(MINTED_AT + 120_000);
  const cases: Record<string, Parameters<typeof check>[0]> = {
    "after it expired": { change: spoken((receipt) => receipt.emitted_at = late) },
    "before it was minted": { change: spoken((receipt) => receipt.emitted_at = "2026-03-02T08:54:59Z") },
    "a larger sum": { change: (record) => record.events[4].attributes = { amount_cents: 50_001 } },
    "another currency": { change: (record) => record.events[4].attributes = { currency: "USD" } },
    "another intent was allowed": {
      change: (record) => record.gate_decisions[0].intent_digest = "a".repeat(64),
    },
    "another policy allowed": { change: (record) => record.gate_decisions[0].policy_digest = "a".repeat(64) },
    "another promise": { change: (record) => record.commitments[0].refund_ceiling_cents++ },
  };
  for (const [what, parts] of Object.entries(cases)) {
    const { found, report } = await check(parts);
    assert.deepEqual([found, report.ok], [FAILS, false], what);
  }
  // Two decisions at one place, of which one names what the token is about.
  const both: Change = (record) =>
    record.gate_decisions.push({ ...record.gate_decisions[0], intent_digest: "a".repeat(64) });
  assert.deepEqual((await check({ change: both })).found, FAILS);
  const elsewhere = await check({ promise: (commitment) => commitment.turn_index = 3 });
  assert.deepEqual(elsewhere.found, ["note say_token_without_commitment", ...FAILS]);
});

Deno.test("verifyPack() fails by a token that is changed, unsigned, none or there twice", async () => {
  const { file } = await sayTokenSample(KEY);
  const text = new TextDecoder().decode(file);
  const { signature: _, ...unsigned } = JSON.parse(text);
  const forged = JSON.parse(text);
  forged.signature.sig = btoa("x".repeat(64));
  const cases: Record<string, [string, string[]]> = {
    changed: [text.replace("50000", "50001"), ["failure say_token_invalid", "note receipt_without_token"]],
    unsigned: [JSON.stringify(unsigned), ["failure say_token_invalid", "note receipt_without_token"]],
    forged: [JSON.stringify(forged), ["failure say_token_invalid", "note receipt_without_token"]],
    none: ["[]", ["failure say_token_invalid", "note receipt_without_token"]],
    "two readings": [text.replace("{", '{"Call_ID":"x",'), [
      "failure say_token_invalid",
      "note receipt_without_token",
    ]],
  };
  for (const [what, [token, expected]] of Object.entries(cases)) {
    assert.deepEqual((await check({ tokens: [utf8(token)] })).found, expected, what);
  }
  const twice = await check({ tokens: [file, file, utf8(` ${text}`)] });
  assert.deepEqual(twice.found, ["failure say_token_doubled"]);
  const other = await sayTokenSample(KEY, (commitment) => commitment.call_seq = 1);
  const missing = await check({ tokens: [other.file] });
  assert.deepEqual(missing.found, ["note say_token_without_commitment", "note receipt_without_token"]);
});

Deno.test("buildCallPack() names the entries of tokens by what they hold, and without tokens makes none", async () => {
  assert.ok(!new TextDecoder("latin1").decode((await check({ tokens: [] })).bytes).includes(SAY_TOKENS));
  const evil = JSON.stringify({ token_id: "../../evil" });
  const { bytes } = await check({ tokens: [utf8(evil)] });
  assert.match(new TextDecoder("latin1").decode(bytes), /say_tokens\/[0-9a-f]{24}\.json/);
});

Deno.test("verifyPack() notes a promise that needs an approval which no decision names, and approvals that nothing is", async () => {
  const found = async (change: Change) =>
    (await check({ change, tokens: [] })).report.findings.map(({ code, severity }) => `${severity} ${code}`)
      .filter((name) => name.includes("approval"));
  const needs: Change = (record) => record.commitments[0].approval_required = true;
  assert.deepEqual(await found(needs), ["note commitment_without_approval"]);
  assert.deepEqual(
    await found((record) => {
      needs(record);
      record.gate_decisions[0].approval_ref = "app_1";
    }),
    [],
  );
  const names = (...refs: string[]): Change => (record) =>
    record.commitments[0].approval_artifact_refs = refs;
  assert.deepEqual(await found(names("tariff", "f".repeat(64), `sha256:${"f".repeat(64)}`)), []);
  assert.deepEqual(await found(names("memo")), ["note approval_artifact_unknown"]);
});
