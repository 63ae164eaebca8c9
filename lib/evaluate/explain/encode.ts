import type { Verdict } from "../../schema/verdict.ts";
import type { Rule } from "../../policy/types.ts";
import type { JsonObject } from "../../formats/json/mod.ts";

/** Why a policy decided as it did, and what would change that. */
export interface Explanation {
  readonly verdict: Verdict;
  readonly matchedRule: string;
  readonly reasonCodes: readonly string[];
  readonly violations: readonly string[];
  /** Missing fields if the policy failed closed, in which case no rule was evaluated. */
  readonly missingFields: readonly string[];
  readonly failClosedReasonCodes: readonly string[];
  /** The call, or each step of a script; empty if no rule was evaluated. */
  readonly calls: readonly ExplainedCall[];
  readonly changes: readonly Change[];
}

/** The explanation of one call. */
export interface ExplainedCall {
  readonly tool: string;
  readonly verdict: Verdict;
  /** The matching rules; empty if the default verdict decided. */
  readonly matched: readonly MatchedRule[];
  /** Rules with a single mismatching key, beginning with those that would change the verdict. */
  readonly near: readonly NearRule[];
}

/** The identity of a rule. */
type NamedRule = Pick<Rule, "name" | "priority" | "effect">;

/** A matching rule. */
export interface MatchedRule extends NamedRule {
  /** The effect after its constraints. */
  readonly effective: Verdict;
  /** Whether its effect is the verdict. */
  readonly deciding: boolean;
  readonly raisedBy: readonly RaisedBy[];
}

/** A constraint that made the effect stricter. */
export interface RaisedBy {
  readonly constraint: string;
  readonly effect: Verdict;
  readonly reasonCodes: readonly string[];
  /** Targets that its lists refuse. */
  readonly targets: readonly ExplainedTarget[];
}

/** A target that a list refuses. */
export interface ExplainedTarget {
  readonly kind: string;
  readonly value: string;
  /** Its possible hosts and paths; empty if it is ambiguous. */
  readonly comparedAs: readonly string[];
  readonly reasonCodes: readonly string[];
}

/** A rule that did not match because of a single key. */
export interface NearRule extends NamedRule {
  readonly key: string;
  readonly wants: readonly string[];
  readonly has: readonly string[];
  /** The verdict if the key had matched. */
  readonly verdictThen: Verdict;
}

/** A single change that would give another verdict. */
export type Change =
  /** A key of a rule matches. */
  | {
    readonly kind: "match";
    readonly tool: string;
    readonly rule: string;
    readonly key: string;
    readonly verdict: Verdict;
  }
  /** A constraint of the rules is satisfied. */
  | {
    readonly kind: "constraint";
    readonly tool: string;
    readonly constraint: string;
    readonly verdict: Verdict;
  }
  /** Enough people approve. */
  | { readonly kind: "approval"; readonly approvals: number; readonly verdict: "allow" }
  /** The missing field is present, so that the rules decide. */
  | { readonly kind: "evidence"; readonly field: string };

/** An explanation as JSON (docs/verdicts.md). Empty members are omitted. */
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
