import type { Verdict } from "../../schema/verdict.ts";
import type { Rule } from "../../policy/types.ts";
import type { JsonObject } from "../../formats/json/mod.ts";

/** Why a policy decided as it did, and what would change that. */
export interface Explanation {
  readonly verdict: Verdict;
  readonly matchedRule: string;
  readonly reasonCodes: readonly string[];
  readonly violations: readonly string[];
  /** What a policy that fails closed found missing; then no rule was looked at. */
  readonly missingFields: readonly string[];
  readonly failClosedReasonCodes: readonly string[];
  /** The call, or each step of a script; none when no rule was looked at. */
  readonly calls: readonly ExplainedCall[];
  readonly changes: readonly Change[];
}

/** One call, as the rules saw it. */
export interface ExplainedCall {
  readonly tool: string;
  readonly verdict: Verdict;
  /** Rules that were taken; none when the default verdict decided. */
  readonly matched: readonly MatchedRule[];
  /** Rules that all but one key fits, those that would change the verdict first. */
  readonly near: readonly NearRule[];
}

/** A rule as the policy says it. */
type NamedRule = Pick<Rule, "name" | "priority" | "effect">;

/** A rule that was taken. */
export interface MatchedRule extends NamedRule {
  /** What the conditions of the rule made of it. */
  readonly effective: Verdict;
  /** Its effect is the verdict. */
  readonly deciding: boolean;
  readonly raisedBy: readonly RaisedBy[];
}

/** A condition that spoke up. */
export interface RaisedBy {
  readonly constraint: string;
  readonly effect: Verdict;
  readonly reasonCodes: readonly string[];
  /** Targets that its lists do not let through. */
  readonly targets: readonly ExplainedTarget[];
}

/** A target that a list does not let through. */
export interface ExplainedTarget {
  readonly kind: string;
  readonly value: string;
  /** Hosts and paths that it was taken for; none when it can't be read for certain. */
  readonly comparedAs: readonly string[];
  readonly reasonCodes: readonly string[];
}

/** A rule that was not taken because of one key. */
export interface NearRule extends NamedRule {
  readonly key: string;
  readonly wants: readonly string[];
  readonly has: readonly string[];
  /** The verdict if the key had fitted. */
  readonly verdictThen: Verdict;
}

/** Something that, changed alone, would give another verdict. */
export type Change =
  /** A key of a rule fits. */
  | {
    readonly kind: "match";
    readonly tool: string;
    readonly rule: string;
    readonly key: string;
    readonly verdict: Verdict;
  }
  /** A condition of the rules no longer speaks up. */
  | {
    readonly kind: "constraint";
    readonly tool: string;
    readonly constraint: string;
    readonly verdict: Verdict;
  }
  /** So many people approve. */
  | { readonly kind: "approval"; readonly approvals: number; readonly verdict: "allow" }
  /** What fails closed is given; the rules decide then. */
  | { readonly kind: "evidence"; readonly field: string };

/** An explanation as JSON (docs/verdicts.md). Members without content are left out. */
export function encodeExplanation(explanation: Explanation): JsonObject {
  const { calls } = explanation;
  return filled({
    verdict: explanation.verdict,
    matched_rule: explanation.matchedRule,
    reason_codes: [...explanation.reasonCodes],
    violations: [...explanation.violations],
    missing_fields: [...explanation.missingFields],
    fail_closed_reason_codes: [...explanation.failClosedReasonCodes],
    calls: calls.map(encodeCall),
    changes: explanation.changes.map(encodeChange),
  });
}

function encodeCall({ tool, verdict, matched, near }: ExplainedCall): JsonObject {
  return filled({
    tool_name: tool,
    verdict,
    decided_by: matched.length === 0 ? "default_verdict" : "rules",
    matched_rules: matched.map(encodeMatched),
    near_rules: near.map(encodeNear),
  });
}

function encodeMatched({ name, priority, effect, effective, deciding, raisedBy }: MatchedRule): JsonObject {
  return {
    name,
    priority,
    effect,
    effective_effect: effective,
    deciding,
    ...filled({
      raised_by: raisedBy.map((raise) => ({
        constraint: raise.constraint,
        effect: raise.effect,
        reason_codes: [...raise.reasonCodes],
        ...filled({ targets: raise.targets.map(encodeTarget) }),
      })),
    }),
  };
}

function encodeTarget({ kind, value, comparedAs, reasonCodes }: ExplainedTarget): JsonObject {
  return { kind, value, compared_as: [...comparedAs], reason_codes: [...reasonCodes] };
}

function encodeNear({ name, priority, effect, key, wants, has, verdictThen }: NearRule): JsonObject {
  return {
    name,
    priority,
    effect,
    missed_key: key,
    wants: [...wants],
    has: [...has],
    verdict_then: verdictThen,
  };
}

function encodeChange(change: Change): JsonObject {
  switch (change.kind) {
    case "match": {
      const { kind, tool, rule, key, verdict } = change;
      return { kind, tool_name: tool, rule, key, verdict };
    }
    case "constraint": {
      const { kind, tool, constraint, verdict } = change;
      return { kind, tool_name: tool, constraint, verdict };
    }
    case "approval": {
      const { kind, approvals, verdict } = change;
      return { kind, approvals, verdict };
    }
    case "evidence": {
      const { kind, field } = change;
      return { kind, field };
    }
  }
}

function filled(members: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) =>
      value !== "" && !(Array.isArray(value) && value.length === 0)
    ),
  );
}
