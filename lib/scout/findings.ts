import type { Policy } from "../policy/types.ts";
import { lower } from "../formats/text.ts";
import type { GeneratedRule, Signal, Survey } from "./types.ts";
import type { JsonObject } from "../formats/json/mod.ts";

/** A finding about a policy and its repository. */
export interface Finding {
  readonly code: string;
  readonly severity: "warning" | "info";
  readonly summary: string;
  readonly detectedSurface: string;
  readonly remediation: string;
  readonly evidence: readonly string[];
}

/** Compare a policy with the tools found in its repository (docs/spec/gate.md 6.3); findings are in a fixed order. */
export function findGaps(policy: Policy, survey: Survey): Finding[] {
  return CHECKS.flatMap(({ holds, evidence, ...finding }) =>
    holds(policy, survey) ? [{ ...finding, evidence: evidence?.(survey) ?? [] }] : []
  );
}

interface Check extends Omit<Finding, "evidence"> {
  readonly holds: (policy: Policy, survey: Survey) => boolean;
  readonly evidence?: (survey: Survey) => readonly string[];
}

const hasTools = (survey: Survey) => survey.toolNames.length > 0;
const namedTools = (policy: Policy) => policy.rules.flatMap((rule) => rule.match.toolNames);
const namesAny = (policy: Policy, survey: Survey) => {
  const named = new Set(namedTools(policy));
  return survey.toolNames.some((tool) => named.has(lower(tool)));
};

const CHECKS: readonly Check[] = [
  {
    code: "policy.no_rules",
    severity: "warning",
    summary: "The policy has no rules, so its default verdict decides everything",
    detectedSurface: "policy.rules",
    remediation: "Add rules for the tools of this repository",
    holds: (policy) => policy.rules.length === 0,
  },
  {
    code: "policy.default_allow",
    severity: "warning",
    summary: "Calls that match no rule are allowed",
    detectedSurface: "policy.default_verdict",
    remediation: "Set default_verdict to block or require_approval, and allow specific tools with rules",
    holds: (policy) => policy.defaultVerdict === "allow",
  },
  {
    code: "policy.no_non_allow_rules",
    severity: "warning",
    summary: "No rule blocks anything or asks for approval",
    detectedSurface: "policy.rules",
    remediation: "Add a rule that blocks or asks for approval of destructive tools",
    holds: (policy) => policy.rules.every((rule) => rule.effect === "allow"),
  },
  {
    code: "repo.no_supported_framework_detected",
    severity: "info",
    summary: "No agent framework was found in this folder",
    detectedSurface: "repo.frameworks",
    remediation: "Run this in the folder of your agent, or write rules by hand",
    holds: (_, survey) => survey.frameworks.length === 0,
  },
  {
    code: "repo.tool_inventory_uncovered",
    severity: "warning",
    summary: "Tools were found, but no rule names any tool",
    detectedSurface: "repo.tools",
    remediation: "Name the tools in match.tool_names of a rule",
    holds: (policy, survey) => hasTools(survey) && namedTools(policy).length === 0,
    evidence: (survey) => survey.candidates,
  },
  {
    code: "repo.tool_inventory_name_mismatch",
    severity: "warning",
    summary: "Tools were found, but the rules name other ones",
    detectedSurface: "repo.tools",
    remediation: "Use the names of these tools in match.tool_names",
    holds: (policy, survey) => hasTools(survey) && namedTools(policy).length > 0 && !namesAny(policy, survey),
    evidence: (survey) => survey.candidates,
  },
  {
    code: "repo.generated_rules_available",
    severity: "info",
    summary: "There are suggested rules for the tools found",
    detectedSurface: "repo.signals",
    remediation:
      "Review the comments at the top of a policy made by gait init, and move the rules that fit below rules:",
    holds: (_, survey) => survey.generatedRules.length > 0,
    evidence: (survey) => survey.generatedRules.map((rule) => rule.id),
  },
  {
    code: "repo.manual_review_required",
    severity: "info",
    summary: "The names of some tools do not say what they do",
    detectedSurface: "repo.signals",
    remediation: "Decide for each of them, and write a rule",
    holds: (_, survey) => survey.unknownSignals.length > 0,
    evidence: (survey) => survey.unknownSignals.flatMap((signal) => signal.evidence),
  },
  {
    code: "repo.no_high_confidence_signals",
    severity: "info",
    summary: "No tools were found that rules could be suggested for",
    detectedSurface: "repo.signals",
    remediation: "Write rules for the tools of your agent by hand",
    holds: (_, survey) => survey.signals.length === 0,
  },
];

/** A detection as commands report it, without empty lists. */
export function encodeDetection({ frameworks, toolNames }: Survey): JsonObject {
  return { ...listUnder("frameworks", frameworks), ...listUnder("tool_names", toolNames) };
}

/** A signal as commands report it. */
export function encodeSignal({ code, category, value, confidence, evidence, reason }: Signal): JsonObject {
  return { code, category, value, confidence, evidence: [...evidence], reason };
}

/** A suggested rule as commands report it. */
export function encodeGeneratedRule(rule: GeneratedRule): JsonObject {
  return {
    id: rule.id,
    name: rule.name,
    effect: rule.effect,
    priority: rule.priority,
    match_tool_names: [...rule.matchToolNames],
    reason_codes: [...rule.reasonCodes],
    confidence: rule.confidence,
    rationale: rule.rationale,
  };
}

/** A finding as commands report it. */
export function encodeFinding(finding: Finding): JsonObject {
  return {
    code: finding.code,
    severity: finding.severity,
    summary: finding.summary,
    detected_surface: finding.detectedSurface,
    remediation: finding.remediation,
    ...listUnder("evidence", finding.evidence),
  };
}

function listUnder(name: string, items: readonly string[]): JsonObject {
  return items.length > 0 ? { [name]: [...items] } : {};
}
