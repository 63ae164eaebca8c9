import assert from "node:assert/strict";
import {
  aDataflowRule,
  aDeletion,
  anEndpointRule,
  anIntent,
  aPolicy,
  aRule,
  aScript,
  aTarget,
  provenanceOf,
} from "../../../tests/support/gate.ts";
import type { Rule } from "../policy/types.ts";
import { evaluate } from "./evaluate.ts";
import { failClosedUnprepared } from "./fail_closed.ts";

const byRule = (rule: Parameters<typeof aRule>[0], intent = anIntent()) => {
  const { verdict, reasonCodes, violations } = evaluate(
    aPolicy([aRule({ reasonCodes: ["r"], ...rule })]),
    intent,
  );
  return [verdict, reasonCodes.filter((code) => code !== "r"), violations];
};

Deno.test("evaluate() takes the first matching rule and all others of its priority", () => {
  const policy = aPolicy([
    aRule({ name: "no", priority: 0, effect: "block", match: { toolNames: ["other"] } }),
    aRule({ name: "b", priority: 1, effect: "require_approval", reasonCodes: ["x"], minApprovals: 3 }),
    aRule({ name: "a", priority: 1, effect: "allow", reasonCodes: ["y"], violations: ["v"] }),
    aRule({ name: "late", priority: 2, effect: "block" }),
  ]);
  const { verdict, matchedRule, reasonCodes, violations, minApprovals } = evaluate(policy, anIntent());
  assert.deepEqual([verdict, matchedRule, reasonCodes, violations, minApprovals], [
    "require_approval",
    "a,b",
    ["x"],
    [],
    3,
  ]);
});

Deno.test("evaluate() gathers demands from the deciding rules alone", () => {
  const demands: Partial<Rule> = {
    requireBrokerCredential: true,
    brokerReference: "vault",
    brokerScopes: ["write"],
    rateLimit: { requests: 2, window: "hour", scope: "tool" },
  };
  const rules = [
    aRule({ name: "a", effect: "allow", ...demands, brokerReference: "other" }),
    aRule({ name: "b", effect: "block", ...demands }),
    aRule({
      name: "c",
      effect: "block",
      brokerReference: "ark",
      rateLimit: { ...demands.rateLimit!, window: "minute" },
    }),
  ];
  const evaluation = evaluate(aPolicy(rules), anIntent());
  assert.equal(evaluation.brokerReference, "ark,vault");
  assert.equal(evaluation.requireBrokerCredential, true);
  assert.deepEqual(evaluation.rateLimit, { requests: 2, window: "minute", scope: "tool" });
  assert.equal(evaluation.minApprovals, 0);
});

Deno.test("evaluate() keeps a block when a dataflow condition asks for approval", () => {
  const intent = anIntent({ provenance: provenanceOf("external"), targets: [aTarget({ kind: "topic" })] });
  const hit = [["dataflow_tainted_destination"], ["tainted_dataflow"]];
  assert.deepEqual(byRule({ effect: "allow", dataflow: aDataflowRule() }, intent), [
    "require_approval",
    ...hit,
  ]);
  assert.deepEqual(byRule({ effect: "block", dataflow: aDataflowRule() }, intent), ["block", ...hit]);
});

Deno.test("evaluate() wants one target to meet all destination lists", () => {
  const dataflow = aDataflowRule({
    taintedSources: ["user"],
    destinationKinds: ["path"],
    destinationOperations: ["write"],
    action: "block",
  });
  const provenance = provenanceOf("user");
  const split = [aTarget(), aTarget({ kind: "url", operation: "write" })];
  assert.equal(byRule({ dataflow }, anIntent({ provenance, targets: split }))[0], "allow");
  const together = [aTarget({ operation: "write" })];
  assert.equal(byRule({ dataflow }, anIntent({ provenance, targets: together }))[0], "block");
});

Deno.test("evaluate() knows a destination in another spelling", () => {
  const dataflow = aDataflowRule({
    taintedSources: ["user"],
    destinationValues: ["/out/a"],
    action: "block",
  });
  const to = (value: string) => anIntent({ provenance: provenanceOf("user"), targets: [aTarget({ value })] });
  assert.equal(byRule({ dataflow }, to("/out/./b/../a"))[0], "block");
  assert.equal(byRule({ dataflow }, to("/out/b"))[0], "allow");
});

Deno.test("evaluate() holds targets to the lists of an endpoint block", () => {
  const endpoint = anEndpointRule({
    pathAllowlist: ["/ok/**"],
    pathDenylist: ["/ok/no"],
    domainAllowlist: ["*.corp.test"],
    egressClasses: ["net.http"],
  });
  const judge = (...targets: Parameters<typeof aTarget>) =>
    byRule({ endpoint }, anIntent({ targets: targets.map((target) => aTarget(target)) }));
  const codes = (...found: string[]) => [
    "block",
    ["endpoint_constraint_violation", ...found],
    ["endpoint_constraint_violation", ...found],
  ];
  assert.deepEqual(judge({ value: "/ok/yes" }), ["allow", [], []]);
  assert.deepEqual(judge({ value: "/ok/no" }), codes("endpoint_path_denied"));
  assert.deepEqual(judge({ value: "/else" }), codes("endpoint_path_not_allowlisted"));
  const host = { kind: "host", value: "corp.test", endpointDomain: "corp.test", endpointClass: "net.dns" };
  assert.deepEqual(
    judge(host),
    codes("endpoint_domain_not_allowlisted", "endpoint_egress_class_not_allowed"),
  );
});

Deno.test("evaluate() blocks destructive targets by the default action of an endpoint block", () => {
  const targets = [aDeletion()];
  const approve = anEndpointRule({ destructiveAction: "require_approval" });
  assert.equal(byRule({ endpoint: approve }, anIntent({ targets }))[0], "block");
  assert.equal(
    byRule({ endpoint: { ...approve, action: "require_approval" } }, anIntent({ targets }))[0],
    "require_approval",
  );
});

Deno.test("evaluate() blocks when evidence of the context is missing, of the wrong mode or stale", () => {
  const context = { contextSetDigest: "f".repeat(64), contextEvidenceMode: "required" as const };
  const aged = (age: string | number) =>
    anIntent({ context: { ...context, authContext: { context_age_seconds: age } } });
  assert.equal(byRule({ requireContextEvidence: true }, anIntent({ context }))[0], "allow");
  assert.deepEqual(byRule({ requiredContextEvidenceMode: "required" }), [
    "block",
    ["context_evidence_missing", "context_evidence_mode_mismatch", "context_set_digest_missing"],
    ["context_evidence_mode_violation", "missing_context_evidence"],
  ]);
  assert.equal(byRule({ maxContextAgeSeconds: 10 }, aged(10))[0], "allow");
  for (const age of [10.5, 11, -1, "5"]) {
    assert.deepEqual(byRule({ maxContextAgeSeconds: 10 }, aged(age)), [
      "block",
      ["context_freshness_exceeded"],
      ["context_freshness_violation"],
    ]);
  }
});

Deno.test("evaluate() makes destructive calls a question when applied and a dry run when planned", () => {
  const targets = [aDeletion()];
  const plan = { phase: "plan" as const };
  const applied = ["destructive_apply_requires_approval"];
  assert.deepEqual(byRule({}, anIntent({ targets })), ["require_approval", applied, []]);
  assert.deepEqual(byRule({ effect: "block" }, anIntent({ targets })), ["block", applied, []]);
  assert.deepEqual(byRule({}, anIntent({ targets, context: plan })), [
    "dry_run",
    ["plan_phase_non_destructive"],
    [],
  ]);
});

Deno.test("evaluate() fails closed before any rule when the risk demands more than there is", () => {
  const failClosed = { enabled: true, riskClasses: ["high"], requiredFields: ["delegation", "targets"] };
  const policy = aPolicy([aRule()], { failClosed });
  const { verdict, reasonCodes, violations, matchedRule, failedClosed } = evaluate(
    policy,
    anIntent({ context: { riskClass: "high" } }),
    () => assert.fail("a blocked intent must not be enriched"),
  );
  assert.deepEqual([verdict, matchedRule, failedClosed], ["block", "", true]);
  assert.deepEqual(reasonCodes, ["fail_closed_missing_delegation", "fail_closed_missing_targets"]);
  assert.deepEqual(violations, ["missing_delegation", "missing_targets"]);
  assert.equal(evaluate(policy, anIntent()).verdict, "allow");
  const unknownField = aPolicy([aRule()], { failClosed: { ...failClosed, requiredFields: ["moon_phase"] } });
  assert.equal(evaluate(unknownField, anIntent({ context: { riskClass: "high" } })).verdict, "block");
});

Deno.test("failClosedUnprepared() blocks for the risk classes that fail closed, and for no others", () => {
  const failClosed = { enabled: true, riskClasses: ["high"], requiredFields: [] };
  const policy = aPolicy([], { failClosed });
  assert.equal(failClosedUnprepared(policy, " HIGH ")?.verdict, "block");
  assert.equal(failClosedUnprepared(policy, "low"), undefined);
  assert.equal(failClosedUnprepared(aPolicy([]), "high"), undefined);
});

Deno.test("evaluate() decides a script by its strictest step and gives the codes of all", () => {
  const policy = aPolicy([
    aRule({ name: "rd", match: { toolNames: ["read"] } }),
    aRule({ name: "wr", effect: "require_approval", minApprovals: 2, match: { toolNames: ["write"] } }),
  ]);
  const write = aTarget({ operation: "write", endpointClass: "fs.write" });
  const evaluation = evaluate(policy, anIntent({ script: aScript(["read", aTarget()], ["write", write]) }));
  assert.deepEqual([evaluation.verdict, evaluation.matchedRule, evaluation.minApprovals], [
    "require_approval",
    "rd,wr",
    2,
  ]);
  assert.deepEqual(evaluation.reasonCodes, ["matched_rule_rd", "matched_rule_wr"]);
  assert.equal(evaluation.script?.compositeRiskClass, "medium");
  assert.deepEqual(evaluation.script?.steps.map((step) => [step.index, step.toolName, step.verdict]), [
    [0, "read", "allow"],
    [1, "write", "require_approval"],
  ]);
});

Deno.test("evaluate() holds scripts to the limits of the policy, at n and n + 1", () => {
  const ofSteps = (count: number, parts: Parameters<typeof aPolicy>[1]) => {
    const steps = Array.from({ length: count }, (): [string] => ["t"]);
    const intent = anIntent({ script: aScript(...steps) });
    return evaluate(aPolicy([], { defaultVerdict: "allow", ...parts }), intent);
  };
  const limits = { maxSteps: 0, requireApprovalAbove: 0, blockMixedRisk: false };
  assert.equal(ofSteps(64, {}).verdict, "allow");
  assert.equal(ofSteps(65, {}).verdict, "block");
  assert.equal(ofSteps(2, { scripts: { ...limits, maxSteps: 2 } }).verdict, "allow");
  assert.equal(ofSteps(3, { scripts: { ...limits, maxSteps: 2 } }).verdict, "block");
  assert.equal(ofSteps(2, { scripts: { ...limits, requireApprovalAbove: 2 } }).verdict, "allow");
  const above = ofSteps(3, { scripts: { ...limits, requireApprovalAbove: 2 } });
  assert.deepEqual([above.verdict, above.minApprovals], ["require_approval", 1]);
  assert.equal(ofSteps(0, {}).verdict, "block");
});

Deno.test("evaluate() enriches each step of a script with its own tool", () => {
  const tools: string[] = [];
  evaluate(aPolicy([]), anIntent({ toolName: "script", script: aScript(["a"], ["b"]) }), (intent) => {
    tools.push(intent.toolName);
    return intent;
  });
  assert.deepEqual(tools, ["a", "b"]);
});
