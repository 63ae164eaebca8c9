import assert from "node:assert/strict";
import { canonicalBytes } from "../formats/json/mod.ts";
import { digestOf } from "../signing/mod.ts";
import { payloadWarnings, readRecordInput } from "./record_input.ts";

Deno.test("payloadWarnings() warns about digests that do not fit their payload", async () => {
  const digest = await digestOf({ a: 1 });
  const input = (args_digest: string) =>
    readRecordInput(
      canonicalBytes({ run: { run_id: "r" }, intents: [{ intent_id: "i", args: { a: 1 }, args_digest }] }),
    );
  assert.deepEqual(await payloadWarnings(input(digest.toUpperCase())), []);
  assert.deepEqual(await payloadWarnings(input("")), []);
  assert.equal((await payloadWarnings(input("00".repeat(32)))).length, 1);
});

Deno.test("payloadWarnings() finds the digests that do not fit among those of thousands of records", async () => {
  const digest = await digestOf({ a: 1 });
  const records = Array.from({ length: 1500 }, (_, i) => ({ intent_id: `i${i}`, a: i === 777 ? 2 : 1 }));
  const warnings = await payloadWarnings(readRecordInput(canonicalBytes({
    run: { run_id: "r" },
    intents: records.map(({ intent_id, a }) => ({ intent_id, args: { a }, args_digest: digest })),
    results: records.map(({ intent_id, a }) => ({ intent_id, result: { a }, result_digest: digest })),
  })));
  assert.equal(warnings.length, 1);
  assert.match(warnings[0]!, /: intent "i777", result of "i777"$/);
});
