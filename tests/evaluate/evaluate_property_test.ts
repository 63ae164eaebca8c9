import assert from "node:assert/strict";
import fc from "fast-check";
import { evaluate } from "../../lib/evaluate/evaluate.ts";
import { intentOfStep } from "../../lib/evaluate/script.ts";
import type { Policy, Rule } from "../../lib/policy/types.ts";
import { type Verdict, VERDICTS } from "../../lib/schema/verdict.ts";
import { anIntent, aPolicy, aRule } from "../support/gate.ts";
import { intents, policies, rules } from "../support/arbitrary.ts";

const RUNS = { numRuns: 1_000 };

const rank = (verdict: Verdict) => VERDICTS.indexOf(verdict);

/** The rules of a policy, told apart only by what they say. */
const withReasons = (policy: Policy): Policy => ({
  ...policy,
  rules: policy.rules.map((rule) => ({ ...rule, reasonCodes: [`${rule.effect}_${rule.priority}`] })),
});

Deno.test("evaluate() does not depend on the order of rules in the file", () => {
  const shuffled = policies.chain((policy) =>
    fc.record({
      policy: fc.constant(policy),
      rules: fc.shuffledSubarray([...policy.rules], { minLength: policy.rules.length }),
    })
  );
  fc.assert(
    fc.property(shuffled, intents, ({ policy, rules }, intent) => {
      assert.deepEqual(evaluate({ ...policy, rules }, intent), evaluate(policy, intent));
    }),
    RUNS,
  );
});

Deno.test("evaluate() does not depend on the names of rules", () => {
  fc.assert(
    fc.property(
      policies.map(withReasons),
      intents,
      fc.array(fc.string(), { minLength: 8 }),
      (policy, intent, names) => {
        const renamed = { ...policy, rules: policy.rules.map((rule, i) => ({ ...rule, name: names[i]! })) };
        const bare = (policy: Policy) => {
          const { matchedRule: _, script, ...rest } = evaluate(policy, intent);
          return { ...rest, steps: script?.steps.map(({ matchedRule: _, ...step }) => step) };
        };
        assert.deepEqual(bare(renamed), bare(policy));
      },
    ),
    RUNS,
  );
});

Deno.test("evaluate() never becomes more lenient by a further rule that blocks", () => {
  fc.assert(
    fc.property(policies, rules, intents, (policy, rule, intent) => {
      const more: Rule[] = [...policy.rules, { ...rule, effect: "block" }];
      const [before, after] = [evaluate(policy, intent), evaluate({ ...policy, rules: more }, intent)];
      assert.ok(rank(after.verdict) >= rank(before.verdict), `${before.verdict} became ${after.verdict}`);
    }),
    RUNS,
  );
});

Deno.test("evaluate() never becomes more lenient by dataflow, endpoint and context conditions", () => {
  fc.assert(
    fc.property(policies, intents, (policy, intent) => {
      const bare = policy.rules.map(({ dataflow: _d, endpoint: _e, ...rule }) => ({
        ...rule,
        requireContextEvidence: false,
        requiredContextEvidenceMode: "" as const,
        maxContextAgeSeconds: 0,
      }));
      const [without, withAll] = [evaluate({ ...policy, rules: bare }, intent), evaluate(policy, intent)];
      assert.ok(rank(withAll.verdict) >= rank(without.verdict));
    }),
    RUNS,
  );
});

Deno.test("evaluate() allows what no rule matches only when the default verdict allows", () => {
  fc.assert(
    fc.property(policies, intents, (policy, intent) => {
      const { verdict, matchedRule, script, failedClosed } = evaluate(policy, intent);
      const unmatched = script ? script.steps.filter((step) => step.matchedRule === "") : [{ verdict }];
      if (failedClosed) assert.equal(verdict, "block");
      else if (script || matchedRule === "") {
        for (const step of unmatched) assert.equal(step.verdict, policy.defaultVerdict);
      }
    }),
    RUNS,
  );
});

Deno.test("evaluate() is at least as strict on a script as on each of its steps", () => {
  fc.assert(
    fc.property(policies, intents.filter((intent) => intent.script !== undefined), (policy, intent) => {
      const { verdict, failedClosed, script } = evaluate(policy, intent);
      if (failedClosed) return;
      const open = { ...policy, failClosed: { enabled: false, riskClasses: [], requiredFields: [] } };
      for (const [i, step] of intent.script!.steps.entries()) {
        const alone = evaluate(open, intentOfStep(intent, step));
        // What the script says of itself can only make it stricter.
        assert.ok(rank(script!.steps[i]!.verdict) >= rank(alone.verdict));
        assert.ok(rank(verdict) >= rank(script!.steps[i]!.verdict));
      }
    }),
    RUNS,
  );
});

Deno.test("evaluate() blocks what it can't cope with, and never throws", () => {
  const open = aPolicy([aRule()], { defaultVerdict: "allow" });
  const broken = (parts: unknown) => ({ ...anIntent(), ...parts as object });
  for (const parts of [{ targets: undefined }, { targets: [null] }, { context: undefined }]) {
    assert.equal(evaluate(open, broken(parts)).verdict, "block");
  }
  const looking = aPolicy([aRule({ match: { provenanceSources: ["user"] } })], { defaultVerdict: "allow" });
  assert.equal(evaluate(looking, broken({ provenance: 7 })).verdict, "block");
  assert.equal(evaluate(open, undefined as never).verdict, "block");
  assert.equal(evaluate(undefined as never, anIntent()).verdict, "block");
  const thrown = evaluate(open, anIntent(), () => {
    throw new Error("no inventory");
  });
  assert.deepEqual(
    [thrown.verdict, thrown.reasonCodes, thrown.failedClosed],
    ["block", ["fail_closed_intent_invalid"], true],
  );
});

Deno.test("evaluate() takes a verdict that it does not know for a block", () => {
  const unknown = "permit" as Verdict;
  assert.equal(evaluate(aPolicy([], { defaultVerdict: unknown }), anIntent()).verdict, "block");
  assert.equal(evaluate(aPolicy([aRule({ effect: unknown })]), anIntent()).verdict, "block");
  const policy = aPolicy([aRule(), aRule({ name: "other", effect: unknown })], { defaultVerdict: "allow" });
  assert.equal(evaluate(policy, anIntent()).verdict, "block");
});
