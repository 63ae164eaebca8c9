import assert from "node:assert/strict";
import { policyKeys } from "../../policy/policy_keys.ts";
import { offersFor, type PolicyKey, wordBefore } from "./policy_offers.ts";

const keys = policyKeys().keys as unknown as PolicyKey[];
const offered = (before: string) => offersFor(before, keys).map(({ text }) => text);

Deno.test("offersFor() offers the keys of the block that the cursor is in", () => {
  assert.ok(offered("def").includes("default_verdict: "));
  assert.ok(offered("rules:\n  - name: x\n    eff").includes("effect: "));
  assert.ok(offered("rules:\n  - name: x\n    match:\n      tool_n").includes("tool_names: "));
  assert.ok(!offered("rules:\n  - name: x\n    match:\n      eff").includes("effect: "));
  assert.ok(offered("fail_closed:\n  en").includes("enabled: "));
});

Deno.test("offersFor() offers the closed words of a key", () => {
  assert.deepEqual(offered("default_verdict: re"), ["require_approval"]);
  assert.deepEqual(offered("rules:\n  - name: x\n    effect: b"), ["block"]);
  assert.deepEqual(offered("unknown_key: x"), []);
});

Deno.test("wordBefore() ends at the cursor", () => {
  assert.deepEqual(["a b-c", "a ", "", "x: [y"].map(wordBefore), ["b-c", "", "", "y"]);
});
