import assert from "node:assert/strict";
import {
  aDeletion,
  anEndpointRule,
  anIntent,
  aPolicy,
  aRule,
  aScript,
  aTarget,
} from "../../../tests/support/gate.ts";
import { compile } from "../compile.ts";
import { evaluateCompiled } from "../evaluate.ts";
import type { Intent } from "../../intent/types.ts";
import type { Policy } from "../../policy/types.ts";
import { encodeExplanation } from "./encode.ts";
import { explainDecision, MAX_NEAR_RULES } from "./explain.ts";

function explain(policy: Policy, intent: Intent) {
  const compiled = compile(policy);
  return explainDecision(compiled, intent, evaluateCompiled(compiled, intent));
}

Deno.test("explainDecision() reports which rule came close, by which key, and what it would have said", () => {
  const policy = aPolicy([
    aRule({ name: "high only", match: { toolNames: ["ledger.post"], riskClasses: ["critical", "high"] } }),
    aRule({ name: "far", match: { riskClasses: ["high"], identities: ["ana"] } }),
    aRule({ name: "other tool", match: { toolNames: ["ledger.read"] } }),
  ]);
  const { calls, changes, verdict } = explain(policy, anIntent());
  assert.equal(verdict, "block");
  assert.deepEqual(calls[0]!.matched, []);
  assert.deepEqual(calls[0]!.near, [{
    name: "high only",
    priority: 0,
    effect: "allow",
    key: "risk_classes",
    wants: ["critical", "high"],
    has: ["low"],
    verdictThen: "allow",
  }]);
  assert.deepEqual(changes, [
    { kind: "match", tool: "ledger.post", rule: "high only", key: "risk_classes", verdict: "allow" },
  ]);
});

Deno.test("explainDecision() lists no change for a near rule that stands behind the deciding ones", () => {
  const policy = aPolicy([
    aRule({ name: "stop", priority: 1, effect: "block" }),
    aRule({ name: "late", priority: 2, match: { riskClasses: ["high"] } }),
  ]);
  const { calls, changes } = explain(policy, anIntent());
  assert.deepEqual(calls[0]!.near.map(({ name, verdictThen }) => [name, verdictThen]), [["late", "block"]]);
  assert.deepEqual(changes, []);
});

Deno.test("explainDecision() reports which condition raised a rule, and what it would be without", () => {
  const { calls, changes } = explain(aPolicy([aRule()]), anIntent({ targets: [aDeletion()] }));
  const [rule] = calls[0]!.matched;
  assert.deepEqual([rule!.effect, rule!.effective, rule!.deciding], ["allow", "require_approval", true]);
  assert.deepEqual(rule!.raisedBy.map(({ constraint }) => constraint), ["phase"]);
  assert.deepEqual(changes, [
    { kind: "approval", approvals: 1, verdict: "allow" },
    { kind: "constraint", tool: "ledger.post", constraint: "phase", verdict: "allow" },
  ]);
});

Deno.test("explainDecision() reports what is missing when a policy fails closed", () => {
  const failClosed = { enabled: true, riskClasses: ["low"], requiredFields: ["targets"] };
  const { calls, changes, missingFields } = explain(aPolicy([aRule()], { failClosed }), anIntent());
  assert.deepEqual([calls, missingFields], [[], ["targets"]]);
  assert.deepEqual(changes, [{ kind: "evidence", field: "targets" }]);
});

Deno.test("explainDecision() names nothing that alone would help when more than one thing is missing", () => {
  const failClosed = { enabled: true, riskClasses: ["low"], requiredFields: ["targets", "arg_provenance"] };
  const { changes, missingFields } = explain(aPolicy([aRule()], { failClosed }), anIntent());
  assert.deepEqual(missingFields, ["arg_provenance", "targets"]);
  assert.deepEqual(changes, []);
});

Deno.test("explainDecision() lists for scripts only what changes the whole", () => {
  const policy = aPolicy([aRule({ name: "a", match: { toolNames: ["a"] } })]);
  const one = explain(
    policy,
    anIntent({ toolName: "script", script: aScript(["a", aTarget()], ["a", aDeletion()]) }),
  );
  assert.deepEqual(one.changes.map(({ kind }) => kind), ["approval", "constraint"]);
  const two = explain(
    policy,
    anIntent({ toolName: "script", script: aScript(["a", aDeletion()], ["a", aDeletion()]) }),
  );
  assert.deepEqual(two.changes.map(({ kind }) => kind), ["approval"]);
  const scripts = { maxSteps: 0, requireApprovalAbove: 1, blockMixedRisk: false };
  const limited = explain(
    { ...policy, scripts },
    anIntent({ toolName: "script", script: aScript(["a", aTarget()], ["a", aDeletion()]) }),
  );
  assert.deepEqual(limited.changes.map(({ kind }) => kind), ["approval"]);
});

Deno.test("explainDecision() names a limited number of near rules, those that matter first", () => {
  const rules = Array.from(
    { length: MAX_NEAR_RULES + 1 },
    (_, i) => aRule({ name: `idle${i}`, effect: "block", match: { riskClasses: ["high"] } }),
  );
  const policy = aPolicy([
    ...rules,
    aRule({ name: "useful", match: { riskClasses: ["high"] }, priority: -1 }),
  ]);
  const { near } = explain(policy, anIntent()).calls[0]!;
  assert.equal(near.length, MAX_NEAR_RULES);
  assert.equal(near[0]!.name, "useful");
});

Deno.test("encodeExplanation() leaves out what is empty", () => {
  const encoded = encodeExplanation(explain(aPolicy([aRule()]), anIntent()));
  assert.deepEqual(encoded, {
    verdict: "allow",
    matched_rule: "only",
    reason_codes: ["matched_rule_only"],
    calls: [{
      tool_name: "ledger.post",
      verdict: "allow",
      decided_by: "rules",
      matched_rules: [{
        name: "only",
        priority: 0,
        effect: "allow",
        effective_effect: "allow",
        deciding: true,
      }],
    }],
  });
});

Deno.test("explainDecision() reports which target a list stopped, and what it was taken for", () => {
  const endpoint = anEndpointRule({ domainDenylist: ["127.0.0.1"], pathAllowlist: ["/srv/**"] });
  const targets = [
    aTarget({ kind: "url", value: "https://0x7f.1/", endpointDomain: "0x7f.1" }),
    aTarget({ kind: "url", value: "https:evil.test" }),
    aTarget({ value: "/srv/../etc" }),
    aTarget({ value: "/srv/a" }),
  ];
  const { calls } = explain(aPolicy([aRule({ endpoint })]), anIntent({ targets }));
  const reported = calls[0]!.matched[0]!.raisedBy[0]!.targets;
  assert.deepEqual(reported.map(({ value, comparedAs, reasonCodes }) => [value, comparedAs, reasonCodes]), [
    ["https://0x7f.1/", ["127.0.0.1"], ["endpoint_domain_denied"]],
    ["https:evil.test", [], ["endpoint_domain_denied", "endpoint_domain_unreadable"]],
    ["/srv/../etc", ["/etc"], ["endpoint_path_not_allowlisted"]],
  ]);
  const nothing = explain(aPolicy([aRule({ endpoint })]), anIntent());
  assert.deepEqual(
    nothing.calls[0]!.matched[0]!.raisedBy.map(({ reasonCodes, targets }) => [reasonCodes, targets]),
    [
      [["endpoint_constraint_violation", "endpoint_nothing_checked"], []],
    ],
  );
  const encoded = JSON.stringify(encodeExplanation(nothing));
  assert.ok(encoded.includes("endpoint_nothing_checked") && !encoded.includes("targets"));
});
