import { lset, set, trim, trimLower } from "../formats/text.ts";
import type { LimitDocument, RuleDocument } from "./document.ts";
import type { Fields } from "./fields.ts";
import { readDataflow, readEndpoint } from "./read_blocks.ts";
import { readMatch } from "./read_match.ts";
import { natural, oneOf, verdictOf } from "./values.ts";

/** Keys of a rule, in the order of `policy fmt`. */
export const RULE_KEYS = [
  "name",
  "priority",
  "effect",
  "action",
  "match",
  "endpoint",
  "reason_codes",
  "violations",
  "min_approvals",
  "require_distinct_approvers",
  "require_context_evidence",
  "required_context_evidence_mode",
  "max_context_age_seconds",
  "require_broker_credential",
  "broker_reference",
  "broker_scopes",
  "rate_limit",
  "destructive_budget",
  "dataflow",
];

/** Read one rule (docs/spec/gate.md 1.2.4). */
export function readRule(fields: Fields): RuleDocument {
  const name = trim(fields.text("name"));
  if (name === "") fields.mistake("name", `A rule needs a "name"`);
  const effect = verdictOf(fields, "effect", "action");
  if (effect === undefined) fields.mistake("effect", `Rule "${name}" needs an "effect"`);
  const minApprovals = natural(fields, "min_approvals");
  const needsEvidence = fields.flag("require_context_evidence");
  return {
    name,
    priority: fields.integer("priority"),
    effect: effect ?? "",
    action: fields.text("action"),
    match: readMatch(fields),
    endpoint: readEndpoint(fields),
    reason_codes: set(fields.texts("reason_codes")),
    violations: set(fields.texts("violations")),
    min_approvals: minApprovals,
    // Two approvals of one person are one approval.
    require_distinct_approvers: fields.flag("require_distinct_approvers") || minApprovals > 1n,
    require_context_evidence: needsEvidence,
    required_context_evidence_mode: oneOf(
      fields,
      "required_context_evidence_mode",
      ["", "required"],
      needsEvidence ? "required" : "",
    ),
    max_context_age_seconds: natural(fields, "max_context_age_seconds"),
    require_broker_credential: fields.flag("require_broker_credential"),
    broker_reference: trim(fields.text("broker_reference")),
    broker_scopes: lset(fields.texts("broker_scopes")),
    rate_limit: readLimit(fields, "rate_limit"),
    destructive_budget: readBudget(fields),
    dataflow: readDataflow(fields),
  };
}

/** A limit: checked and completed only when it allows a number of requests. */
function readLimit(rule: Fields, name: string): LimitDocument {
  const fields = rule.inner(name, ["requests", "window", "scope"]);
  const requests = natural(fields, "requests");
  if (requests === 0n) {
    return { requests, window: trimLower(fields.text("window")), scope: trimLower(fields.text("scope")) };
  }
  return {
    requests,
    window: oneOf(fields, "window", ["minute", "hour"], "minute"),
    scope: oneOf(fields, "scope", ["tool", "identity", "tool_identity"], "tool_identity"),
  };
}

/** A budget that says anything must say how much. */
function readBudget(rule: Fields): LimitDocument {
  const budget = readLimit(rule, "destructive_budget");
  if (budget.requests === 0n && (budget.window !== "" || budget.scope !== "")) {
    rule.mistake("destructive_budget", `"destructive_budget" needs "requests" of at least 1`);
  }
  return budget;
}
