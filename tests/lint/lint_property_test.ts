import assert from "node:assert/strict";
import fc from "fast-check";
import { evaluate } from "../../lib/evaluate/evaluate.ts";
import { factsOf } from "../../lib/evaluate/facts.ts";
import { compileMatch } from "../../lib/evaluate/match.ts";
import { conditionsOf, implies } from "../../lib/lint/match_lists.ts";
import { findImpossible } from "../../lib/lint/never.ts";
import { findShadowed, shadowedIn } from "../../lib/lint/shadow.ts";
import type { Subject } from "../../lib/lint/subject.ts";
import type { Intent } from "../../lib/intent/types.ts";
import type { Match, Policy, Rule } from "../../lib/policy/types.ts";
import { aDelegation, anIntent, aPolicy, aRule, aTarget } from "../support/gate.ts";
import { intents, rules } from "../support/arbitrary.ts";

/*
 * What the linter says to be proved must be true of the evaluator, for policies and intents of small vocabularies.
 */

const RUNS = { numRuns: 3_000 };
const subject = (policy: Policy) => ({ policy }) as Subject;
const matches = ({ match, effect }: Rule, intent: Intent) =>
  compileMatch(match, effect).every((check) => check.holds(factsOf(intent)));

/** Policies whose rules have names of their own and few conditions, many of which follow from each other. */
const related: fc.Arbitrary<Policy> = fc.array(rules, { minLength: 2, maxLength: 6 }).chain((made) =>
  fc.array(fc.tuple(fc.nat(made.length - 1), fc.nat(made.length - 1)), { maxLength: 3 }).map((pairs) => {
    const matching = made.map(({ match }) => match);
    // A rule with the conditions of another and more.
    for (const [from, to] of pairs) matching[to] = { ...matching[to]!, ...filled(matching[from]!) };
    const named = made.map((rule, i) => ({ ...rule, name: `r${i}`, match: matching[i]! }));
    return aPolicy(named.sort((left, right) => left.priority - right.priority));
  })
);

function filled(match: Match): Partial<Match> {
  return Object.fromEntries(
    Object.entries(match).filter(([, value]) => Array.isArray(value) ? value.length > 0 : value),
  );
}

Deno.test("a condition that the linter says to follow from another does", () => {
  let proved = 0;
  fc.assert(
    fc.property(related, intents, ({ rules }, intent) => {
      for (const narrow of rules) {
        for (const wide of rules) {
          if (narrow === wide || !implies(conditionsOf(narrow), conditionsOf(wide))) continue;
          proved++;
          assert.ok(!matches(narrow, intent) || matches(wide, intent));
        }
      }
    }),
    RUNS,
  );
  assert.ok(proved > 1_000, `only ${proved} pairs`);
});

Deno.test("a rule that the linter calls shadowed never matches, and an overruled effect is never the verdict", () => {
  const seen = { "shadowed-rule": 0, "overruled-rule": 0 };
  fc.assert(
    fc.property(related, intents, (policy, intent) => {
      const { script: _, ...call } = intent;
      const { matchedRule, verdict } = evaluate(policy, call);
      for (const { id, rule } of findShadowed(subject(policy))) {
        const { name, effect } = policy.rules[rule!]!;
        const isTaken = matchedRule.split(",").includes(name);
        if (id === "shadowed-rule") assert.ok(!isTaken, name);
        if (id === "overruled-rule" && isTaken) assert.notEqual(verdict, effect);
        if (id in seen) seen[id as keyof typeof seen]++;
      }
    }),
    RUNS,
  );
  assert.ok(Object.values(seen).every((times) => times > 100), JSON.stringify(seen));
});

Deno.test("the index of rules leaves none out that would be found by trying all", () => {
  let found = 0;
  fc.assert(
    fc.property(related, (policy) => {
      const all = shadowedIn(
        policy,
        (candidates) => ({ wider: () => [candidates], touching: () => [candidates] }),
      );
      assert.deepEqual(shadowedIn(policy), all);
      found += all.length;
    }),
    RUNS,
  );
  assert.ok(found > 500, `only ${found}`);
});

Deno.test("a rule that the linter says never to match matches no intent", () => {
  const odd: fc.Arbitrary<Partial<Match>> = fc.record({
    targetKinds: fc.constantFrom([], ["file"], ["file", "path"]),
    destinationKinds: fc.constantFrom([], ["site"], ["url"]),
    provenanceSources: fc.constantFrom([], ["web"], ["user", "web"]),
    maxDelegationDepth: fc.constantFrom(0, 1),
    allowedDelegatorIdentities: fc.constantFrom([], ["lead"]),
  }, { requiredKeys: [] });
  let found = 0;
  fc.assert(
    fc.property(odd, intents, (match, intent) => {
      const policy = aPolicy([aRule({ match })]);
      if (!findImpossible(subject(policy)).some(({ id }) => id === "never-matches")) return;
      found++;
      assert.ok(!matches(policy.rules[0]!, intent));
    }),
    RUNS,
  );
  assert.ok(found > 500, `only ${found}`);
});

Deno.test("rules of which each condition can be met are not said never to match", () => {
  // Different targets may meet different keys, so no two keys about targets contradict each other.
  const rule = aRule({
    match: {
      targetKinds: ["path"],
      destinationKinds: ["url"],
      endpointClasses: ["fs.read"],
      destinationOperations: ["delete"],
      toolAnnotations: { readOnlyHint: true, destructiveHint: true },
      maxDelegationDepth: 0,
      allowedDelegateIdentities: ["agent"],
    },
  });
  assert.deepEqual(findImpossible(subject(aPolicy([rule]))), []);
  const intent = anIntent({
    targets: [
      aTarget({ kind: "path", readOnlyHint: true }),
      aTarget({ kind: "url", operation: "delete", endpointClass: "net.http", destructiveHint: true }),
    ],
    delegation: { ...aDelegation(["lead", "agent"]), chain: [] },
  });
  assert.ok(matches(rule, intent));
});
