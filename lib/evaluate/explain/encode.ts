import type { JsonObject } from "../../formats/json/mod.ts";
import type { Change, ExplainedCall, ExplainedTarget, Explanation, MatchedRule, NearRule } from "./types.ts";

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
