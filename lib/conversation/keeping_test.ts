import assert from "node:assert/strict";
import type { JsonValue } from "../formats/json/mod.ts";
import { bulkHasher } from "../signing/bulk_digest.ts";
import { digestOf } from "../signing/mod.ts";
import { runningDigest } from "../signing/running_digest.ts";
import { asDigests } from "./keeping.ts";

const digests = { hash: bulkHasher, open: runningDigest };

Deno.test("asDigests() identifies values and lists, large ones too, by the digest of the whole", async () => {
  const keep = asDigests(digests, false);
  const lists: JsonValue[][] = [
    [],
    [1],
    ["a", { b: 1, a: "é" }],
    Array.from({ length: 9000 }, (_, i) => `line ${i}`),
  ];
  for (const items of lists) {
    const list = keep.list();
    for (const item of items) list.add(item);
    assert.deepEqual(list.end(), { value: null, digest: await digestOf(items) });
    assert.deepEqual(keep.identify(items), { value: null, digest: await digestOf(items) });
  }
});

Deno.test("of a payload asDigests() keeps its digest, and its text only where the runpack will", async () => {
  const payload = { secret: "x".repeat(5000) };
  for (const withText of [true, false]) {
    const ledger = asDigests(digests, withText).ledger();
    ledger.use();
    const call = ledger.call({ position: "1", id: "c", tool: "pay", args: payload })!;
    ledger.answerTo(call, { content: payload });
    const { calls, answers } = ledger.close("x");
    for (const { digest, text } of [calls[0]!, answers[0]!]) {
      assert.equal(digest, await digestOf(payload));
      assert.equal(text, withText ? JSON.stringify(payload) : undefined);
    }
    assert.equal(JSON.stringify([calls, answers]).includes("xxx"), withText);
  }
});
