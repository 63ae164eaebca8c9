import assert from "node:assert/strict";
import fc from "fast-check";
import { evaluate } from "../../lib/evaluate/evaluate.ts";
import { compileGlob } from "../../lib/evaluate/glob.ts";
import { intents, placedCalls, policies } from "../support/arbitrary.ts";
import { slowEvaluate } from "./slow_evaluator.ts";
import { slowGlob } from "./slow_patterns.ts";

const RUNS = { numRuns: 3_000 };

Deno.test("evaluate() agrees with an evaluator that is plain and slow", () => {
  const seen = { taken: 0, several: 0, constrained: 0, failedClosed: 0, scripts: 0 };
  fc.assert(
    fc.property(policies, intents, (policy, intent) => {
      const slow = slowEvaluate(policy, intent);
      assert.deepEqual(evaluate(policy, intent), slow);
      if (slow.matchedRule !== "") seen.taken++;
      if (slow.matchedRule.includes(",")) seen.several++;
      if (slow.reasonCodes.some((code) => /^(endpoint|dataflow|context|destructive|plan)_/.test(code))) {
        seen.constrained++;
      }
      if (slow.failedClosed) seen.failedClosed++;
      if (slow.script) seen.scripts++;
    }),
    RUNS,
  );
  // An agreement on defaults alone would prove little.
  for (const [what, times] of Object.entries(seen)) {
    assert.ok(times > RUNS.numRuns / 100, `${what}: ${times}`);
  }
});

Deno.test("evaluate() agrees with an evaluator that is plain and slow on hostile hosts and paths", () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(placedCalls, ({ policy, intent }) => {
      const slow = slowEvaluate(policy, intent);
      assert.deepEqual(evaluate(policy, intent), slow);
      const { endpoint, match } = policy.rules[0]!;
      const lists = endpoint &&
        Object.values(endpoint).some((list) => Array.isArray(list) && list.length > 0);
      for (const code of slow.reasonCodes) seen.set(code, (seen.get(code) ?? 0) + 1);
      if (lists && slow.verdict === "allow") seen.set("passed", (seen.get("passed") ?? 0) + 1);
      if (match.workspacePrefixes.length > 0 && slow.matchedRule === "") {
        seen.set("elsewhere", (seen.get("elsewhere") ?? 0) + 1);
      }
    }),
    { numRuns: 6_000 },
  );
  const rare = [
    "endpoint_domain_denied",
    "endpoint_domain_mismatch",
    "endpoint_domain_not_allowlisted",
    "endpoint_domain_unreadable",
    "endpoint_nothing_checked",
    "endpoint_path_denied",
    "endpoint_path_not_allowlisted",
    "endpoint_path_unreadable",
    "elsewhere",
    "passed",
  ].filter((what) => (seen.get(what) ?? 0) < 20);
  assert.deepEqual(rare, []);
});

Deno.test("compileGlob() agrees with trying everything", () => {
  const chars = fc.constantFrom("a", "b", "/", ".", "-", "é", "𝒳");
  const special = fc.constantFrom("*", "?", "[", "]", "^", "\\", "[a-b]", "[^a]", "[^/]", "[\\]]");
  const patterns = fc.array(fc.oneof(chars, special), { maxLength: 8 }).map((parts) => parts.join(""));
  const texts = fc.array(chars, { maxLength: 8 }).map((parts) => parts.join(""));
  let hits = 0;
  fc.assert(
    fc.property(patterns, texts, (pattern, text) => {
      const slow = slowGlob(pattern, text);
      if (slow) hits++;
      assert.equal(compileGlob(pattern)?.(text) ?? false, slow);
    }),
    { numRuns: 20_000 },
  );
  assert.ok(hits > 100, `${hits} hits`);
});
