import type { JsonObject } from "../../formats/json/mod.ts";
import type { Decision } from "../../gate/decide.ts";
import { set } from "../../formats/text.ts";
import { encodeStep } from "../../gate/trace/record.ts";
import type { WrittenRecords } from "../../gate/trace/write.ts";
import type { Verdict } from "../../schema/verdict.ts";
import { pathArgument } from "../../formats/shell.ts";
import { compact } from "../outcome.ts";
import { bad, columns, dim, good, type Line, line, nextLines, type Span, warn } from "../text.ts";

/** A decision as JSON (docs/spec/gate.md 4.8). */
export function describeDecision(
  decision: Decision,
  profile: string,
  paths: WrittenRecords,
  warnings: readonly string[],
): JsonObject {
  const { outcome, intent, evaluation, context } = decision;
  const { rateLimit, destructiveBudget, simulated } = outcome;
  return compact({
    profile,
    verdict: outcome.verdict,
    reason_codes: [...outcome.reasonCodes],
    violations: [...outcome.violations],
    approval_ref: outcome.approvalRef,
    required_approvals: outcome.requiredApprovals,
    valid_approvals: outcome.validApprovals,
    approval_audit_path: paths.approvalAudit,
    delegation_ref: outcome.delegationRef,
    delegation_required: outcome.delegationRequired,
    valid_delegations: outcome.validDelegations,
    delegation_audit_path: paths.delegationAudit,
    delegation_binding_digest: decision.bindingDigest,
    required_approval_scope: [...decision.requiredScope ?? []],
    trace_id: decision.traceId,
    trace_path: paths.trace,
    kept_records: [...paths.kept],
    policy_digest: decision.policyDigest,
    intent_digest: decision.intentDigest,
    context_set_digest: context.setDigest,
    context_evidence_mode: context.evidenceMode,
    context_ref_count: context.refCount,
    context_source: context.source,
    ...(evaluation.script
      ? {
        script: true,
        step_count: intent.script?.steps.length,
        script_hash: intent.script?.hash,
        composite_risk_class: evaluation.script.compositeRiskClass,
        step_verdicts: evaluation.script.steps.map(encodeStep),
      }
      : {}),
    pre_approved: decision.patternId !== undefined,
    pattern_id: decision.patternId,
    registry_reason: decision.registryReason,
    matched_rule: evaluation.matchedRule,
    phase: intent.context.phase,
    rate_limit_scope: rateLimit?.scope,
    rate_limit_key: rateLimit?.key,
    rate_limit_used: rateLimit?.used,
    rate_limit_remaining: rateLimit?.remaining,
    destructive_budget_scope: destructiveBudget?.scope,
    destructive_budget_key: destructiveBudget?.key,
    destructive_budget_used: destructiveBudget?.used,
    destructive_budget_remaining: destructiveBudget?.remaining,
    credential_issuer: decision.credential?.issuer,
    credential_ref: decision.credential?.ref,
    credential_evidence_path: paths.credential,
    simulate_mode: simulated !== undefined,
    would_have_blocked: simulated?.wouldHaveBlocked,
    simulated_verdict: simulated?.verdict,
    simulated_reason_codes: [...simulated?.reasonCodes ?? []],
    warnings: set(warnings),
  });
}

/** The context of a decision report. */
export interface DecisionReportContext {
  readonly paths: WrittenRecords;
  readonly warnings: readonly string[];
  /** Whether the trace is signed with a fresh key, which is discarded. */
  readonly devKey: boolean;
  /** Lines of the explanation, if requested. */
  readonly explanation: readonly Line[];
  /** Why tokens do not count. */
  readonly rejected: readonly string[];
  /** Paths of policy and intent. */
  readonly policy: string;
  readonly intent: string;
}

/** A decision for people. */
export function decisionLines(
  decision: Decision,
  { paths, warnings, devKey, explanation, rejected, policy, intent: intentPath }: DecisionReportContext,
): Line[] {
  const { outcome, evaluation, intent } = decision;
  const again = `gait gate eval --policy ${pathArgument(policy)} --intent ${pathArgument(intentPath)}`;
  const trace = pathArgument(paths.trace ?? "<trace.json>");
  const { simulated, rateLimit, destructiveBudget } = outcome;
  const rows: [string, string][] = [];
  const row = (name: string, value: string | undefined) => {
    if (value) rows.push([name, value]);
  };
  row(
    "rule",
    decision.patternId === undefined
      ? evaluation.matchedRule || "none matched"
      : `not evaluated: approved script ${decision.patternId}`,
  );
  row("reasons", outcome.reasonCodes.join(", "));
  for (const why of rejected) row("token", why);
  row("violations", outcome.violations.join(", "));
  if (outcome.requiredApprovals > 0) {
    row("approvals", `${outcome.validApprovals}/${outcome.requiredApprovals}`);
  }
  row("scope needed", decision.requiredScope?.join(", "));
  row("binding", decision.requiredScope && decision.bindingDigest);
  for (const step of evaluation.script?.steps ?? []) {
    row(`step ${step.index + 1}`, `${step.verdict}  ${step.toolName}  ${step.reasonCodes.join(", ")}`);
  }
  if (rateLimit) row("rate limit", `${rateLimit.used} used, ${rateLimit.remaining} left (${rateLimit.key})`);
  if (destructiveBudget) {
    row(
      "budget",
      `${destructiveBudget.used} used, ${destructiveBudget.remaining} left (${destructiveBudget.key})`,
    );
  }
  row("trace", paths.trace);
  row("approval audit", paths.approvalAudit);
  row("credential", decision.credential && `${decision.credential.ref} (${decision.credential.issuer})`);
  row("evidence", paths.credential);
  row("delegation audit", paths.delegationAudit);
  row("earlier records", paths.kept.join(", "));
  return [
    line(verdictSpan(outcome.verdict), `  ${intent.toolName}  `, dim(intent.context.identity)),
    ...(simulated
      ? [line(warn("simulated"), `: without --simulate the verdict is ${simulated.verdict}`)]
      : []),
    ...columns(rows),
    ...set(warnings).map((warning) => line(warn("warning"), `: ${warning}`)),
    ...explanation,
    ...nextLines([
      ...(decision.requiredScope
        ? [
          `gait approve --from-trace ${trace} --intent ${pathArgument(intentPath)} ` +
          `--policy ${pathArgument(policy)} --ttl 30m --approver <you> --reason-code <why> ` +
          "--key-mode prod --private-key <private.key>",
        ]
        : []),
      ...(outcome.verdict === "allow" ? [] : missingSteps(outcome.reasonCodes, again)),
      ...(outcome.verdict === "allow" || explanation.length > 0 ? [] : [`${again} --explain-decision`]),
      ...(devKey
        ? ["gait keys init", `${again} --key-mode prod --private-key gait-out/keys/gait_private.key`]
        : [`gait trace verify ${trace} --public-key <public.key>`]),
    ]),
  ];
}

/** What gets a stopped call what it lacks, besides an approval (docs/approvals.md). */
function missingSteps(codes: readonly string[], again: string): string[] {
  const steps: string[] = [];
  if (codes.includes("delegation_token_missing")) {
    steps.push(
      "gait delegate mint --delegator <who> --delegate <agent> --scope <scope> --ttl 1h --key-mode prod " +
        "--private-key <private.key> --out delegation.json",
      `${again} --delegation-token delegation.json --delegation-public-key <public.key>`,
    );
  }
  if (codes.includes("broker_credential_required")) {
    steps.push(`${again} --credential-broker <broker>`);
  }
  if (codes.includes("broker_credential_missing")) {
    steps.push("run the broker by hand to see why it gave none (docs/approvals.md, Credentials)");
  }
  return steps;
}

/** A verdict in its colour. */
export function verdictSpan(verdict: Verdict): Span {
  switch (verdict) {
    case "allow":
      return good("allow");
    case "dry_run":
      return warn("dry_run");
    case "require_approval":
      return warn("require_approval");
    case "block":
      return bad("block");
  }
}
