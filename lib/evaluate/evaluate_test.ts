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
} from "../../tests/support/gate.ts";
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

Deno.test("evaluate() finds the guards, and no other rules, of a tool that a name looks like", () => {
  const policy = aPolicy([
    aRule({ name: "pass", priority: 1, effect: "allow", match: { toolNames: ["mail.send"] } }),
    aRule({ name: "stop", priority: 2, effect: "block", match: { toolNames: ["mail.send"] } }),
  ]);
  const rules = ["mail.send", "mail.se\u200bnd", "\uff4dail.send", "mail.sent\u200b"].map((toolName) =>
    evaluate(policy, anIntent({ toolName })).matchedRule
  );
  assert.deepEqual(rules, ["pass", "stop", "stop", ""]);
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

Deno.test("evaluate() requires one target to meet all destination lists", () => {
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
  const outcomeOf = (...targets: Parameters<typeof aTarget>) =>
    byRule({ endpoint }, anIntent({ targets: targets.map((target) => aTarget(target)) }));
  const codes = (...found: string[]) => [
    "block",
    ["endpoint_constraint_violation", ...found],
    ["endpoint_constraint_violation", ...found],
  ];
  assert.deepEqual(outcomeOf({ value: "/ok/yes" }), ["allow", [], []]);
  assert.deepEqual(outcomeOf({ value: "/ok/no" }), codes("endpoint_path_denied"));
  assert.deepEqual(outcomeOf({ value: "/else" }), codes("endpoint_path_not_allowlisted"));
  const host = { kind: "host", value: "corp.test", endpointDomain: "corp.test", endpointClass: "net.dns" };
  assert.deepEqual(
    outcomeOf(host),
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

Deno.test("evaluate() fails closed on a script for whatever would stop one of its steps alone", () => {
  const known = aTarget({ endpointClass: "fs.read" });
  const failing = (requiredFields: string[], script: ReturnType<typeof aScript>, own = [known]) =>
    evaluate(
      aPolicy([aRule()], { failClosed: { enabled: true, riskClasses: ["low"], requiredFields } }),
      anIntent({ script, targets: own, provenance: provenanceOf("user") }),
    ).reasonCodes;
  const unknown = aTarget({ endpointClass: "other" });
  assert.deepEqual(failing([], aScript(["a", unknown])), ["fail_closed_endpoint_class_unknown"]);
  assert.deepEqual(failing([], aScript(["a", known]), [unknown]), ["fail_closed_endpoint_class_unknown"]);
  assert.deepEqual(failing(["targets"], aScript(["a", known], ["b"])), ["fail_closed_missing_targets"]);
  assert.deepEqual(failing(["arg_provenance"], aScript(["a", known])), [
    "fail_closed_missing_arg_provenance",
  ]);
  assert.deepEqual(failing(["targets"], aScript(["a", known], ["b", known])), ["matched_rule_only"]);
});

Deno.test("evaluate() evaluates each step of a script together with the claims of the script, which allow nothing", () => {
  const lists = anEndpointRule({ pathDenylist: ["/etc/**"] });
  const policy = aPolicy([
    aRule({ name: "reading", priority: 1, match: { targetKinds: ["queue"] } }),
    aRule({ name: "tool", priority: 2, effect: "allow", match: { toolNames: ["a"] }, endpoint: lists }),
  ], { defaultVerdict: "block" });
  const harmless = aTarget({ value: "/srv/x" });
  const outcome = (own: ReturnType<typeof aTarget>[], tool = "a") =>
    evaluate(policy, anIntent({ script: aScript([tool, harmless]), targets: own }));
  assert.equal(outcome([harmless]).verdict, "allow");
  const denied = outcome([aTarget({ value: "/etc/passwd" })]);
  assert.deepEqual([denied.verdict, denied.script!.steps.length], ["block", 1]);
  assert(denied.violations.includes("endpoint_path_denied"));
  // The rule that an own target would meet allows, but the step alone is blocked.
  assert.equal(outcome([aTarget({ kind: "queue" })], "b").verdict, "block");
  assert.equal(outcome([aDeletion()]).script!.compositeRiskClass, "high");
});

Deno.test("evaluate() takes a risk class that nobody knows for high as well", () => {
  const asked = (riskClass: string) => anIntent({ context: { riskClass } });
  const rule = (...riskClasses: string[]) =>
    aPolicy([aRule({ effect: "block", match: { riskClasses } })], {
      defaultVerdict: "allow",
    });
  for (const risk of ["hihg", "severe", "0", "highh"]) {
    assert.equal(evaluate(rule("high"), asked(risk)).verdict, "block", risk);
    assert.equal(evaluate(rule("low", "medium", "critical"), asked(risk)).verdict, "allow", risk);
    assert.equal(evaluate(rule(risk), asked(risk)).verdict, "block", risk);
    const closed = { enabled: true, riskClasses: ["high"], requiredFields: ["delegation"] };
    const policy = aPolicy([aRule()], { failClosed: closed, defaultVerdict: "allow" });
    assert.equal(evaluate(policy, asked(risk)).failedClosed, true, risk);
    assert.equal(failClosedUnprepared(policy, risk)?.verdict, "block", risk);
  }
  assert.equal(evaluate(rule("high"), asked("medium")).verdict, "allow");
});

Deno.test("evaluate() lets no tool run code, and no operation lose anything, without approval", () => {
  const read = aTarget({ operation: "read", endpointClass: "fs.read" });
  for (const toolName of ["bash", "mcp__shell__bash", "tools/python3"]) {
    for (const targets of [[], [read], [aTarget({ kind: "other", endpointClass: "other" })]]) {
      const { verdict, reasonCodes } = evaluate(aPolicy([aRule()]), anIntent({ toolName, targets }));
      assert.deepEqual([verdict, reasonCodes.includes("destructive_apply_requires_approval")], [
        "require_approval",
        true,
      ]);
      const plan = anIntent({ toolName, targets, context: { phase: "plan" } });
      assert.equal(evaluate(aPolicy([aRule()]), plan).verdict, "dry_run");
      const guard = aPolicy([aRule({ effect: "block", match: { endpointClasses: ["proc.exec"] } })], {
        defaultVerdict: "allow",
      });
      assert.equal(evaluate(guard, anIntent({ toolName, targets })).verdict, "block");
    }
  }
  for (const operation of ["purge", "execute", "kill"]) {
    const targets = [aTarget({ kind: "table", operation })];
    assert.equal(evaluate(aPolicy([aRule()]), anIntent({ targets })).verdict, "require_approval", operation);
  }
});
