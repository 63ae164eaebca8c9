import assert from "node:assert/strict";
import fc from "fast-check";
import { editDistance, suggest, suggestAll } from "./suggest.ts";

Deno.test("editDistance() counts inserted, removed, replaced and swapped characters", () => {
  const cases: [string, string, number][] = [
    ["", "", 0],
    ["", "abc", 3],
    ["verify", "verify", 0],
    ["verfy", "verify", 1],
    ["verifyy", "verify", 1],
    ["verivy", "verify", 1],
    ["vreify", "verify", 1],
    ["kitten", "sitting", 3],
  ];
  for (const [a, b, distance] of cases) assert.equal(editDistance(a, b), distance, `${a} ${b}`);
});

Deno.test("editDistance() is symmetric, 0 only for equal texts, and never more than the longer text", () => {
  const short = fc.string({ maxLength: 8 });
  fc.assert(fc.property(short, short, (a, b) => {
    const distance = editDistance(a, b);
    assert.equal(distance, editDistance(b, a));
    assert.equal(distance === 0, a === b);
    assert(distance <= Math.max(a.length, b.length));
  }));
});

Deno.test("suggest() names the nearest known word, whatever the case", () => {
  assert.equal(suggest("verfy", ["version", "verify"]), "verify");
  assert.equal(suggest("VERIFY", ["version", "verify"]), "verify");
  assert.equal(suggest("kyes", ["demo", "keys"]), "keys");
});

Deno.test("suggest() stays silent when nothing is near", () => {
  assert.equal(suggest("frobnicate", ["verify", "demo", "keys"]), undefined);
  assert.equal(suggest("x", ["demo"]), undefined);
  assert.equal(suggest("verify", []), undefined);
});

Deno.test("suggestAll() falls back to names that share the most words, if they are few", () => {
  const known = ["pack-ttl", "trace-ttl", "session-ttl", "trace-out", "dry-run"];
  assert.deepEqual(suggestAll("export-ttl", known), ["pack-ttl", "trace-ttl", "session-ttl"]);
  assert.deepEqual(suggestAll("packttl", known), ["pack-ttl"]);
  assert.deepEqual(suggestAll("trace_out_folder", known), ["trace-out"]);
  assert.deepEqual(suggestAll("bogus", known), []);
  assert.deepEqual(suggestAll("ttl-unknown-limit", [...known, "approval-ttl"]), []);
  assert.deepEqual(suggestAll("x".repeat(300), ["x".repeat(300)]), []);
  assert.deepEqual(suggestAll("a", []), []);
});
