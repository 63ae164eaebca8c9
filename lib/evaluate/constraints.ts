import { compilePlaces, type Place } from "./compare/place.ts";
import type { Verdict } from "../schema/verdict.ts";
import type { Facts } from "./facts.ts";
import type { IntentContext, Target } from "../intent/types.ts";
import type { DataflowRule, Rule } from "../policy/types.ts";
import { union } from "../formats/lists.ts";

/** A stricter effect from a constraint of a rule, with its reason codes. */
export interface Raise {
  readonly effect: Verdict;
  readonly reasonCodes: readonly string[];
  readonly violations: readonly string[];
  /** The affected targets, for explanations. */
  readonly offenders?: readonly Offender[];
}

/** A target that a list refuses, with reason codes. */
export interface Offender {
  readonly place: Place;
  readonly codes: readonly string[];
}

/**
 * An additional condition of a matching rule.
 *
 * INVARIANT: a constraint only ever makes a rule stricter. Its effect is joined with `strictest`, so the order of
 * constraints does not matter, and a `dataflow` block can't relax a block to an approval (docs/spec/gate.md section
 * 8, no. 4).
 */
export interface Constraint {
  readonly name: "dataflow" | "endpoint" | "context" | "phase";
  readonly raiseOf: (facts: Facts) => Raise | undefined;
}

/** The context evidence that a rule requires (docs/spec/gate.md 3.3.4); `undefined` if it requires none. */
export function contextConstraint(rule: Rule): Constraint | undefined {
  const demandsMode = rule.requireContextEvidence || rule.requiredContextEvidenceMode === "required";
  const maxAge = rule.maxContextAgeSeconds;
  if (!demandsMode && maxAge === 0) return undefined;
  return {
    name: "context",
    raiseOf: ({ intent: { context } }) => {
      const missing = context.contextSetDigest === "";
      const mismatch = demandsMode && context.contextEvidenceMode !== "required";
      const stale = maxAge > 0 && !isFresh(context, maxAge);
      if (!missing && !mismatch && !stale) return undefined;
      return {
        effect: "block",
        reasonCodes: union([
          missing ? ["context_evidence_missing", "context_set_digest_missing"] : [],
          mismatch ? ["context_evidence_mode_mismatch"] : [],
          stale ? ["context_freshness_exceeded"] : [],
        ]),
        violations: union([
          missing ? ["missing_context_evidence"] : [],
          mismatch ? ["context_evidence_mode_violation"] : [],
          stale ? ["context_freshness_violation"] : [],
        ]),
      };
    },
  };
}

/** A missing or non-numeric age does not prove freshness. */
function isFresh(context: IntentContext, maxAge: number): boolean {
  const age = context.authContext.context_age_seconds;
  return typeof age === "number" && age >= 0 && age <= maxAge;
}

const PLAN: Raise = { effect: "dry_run", reasonCodes: ["plan_phase_non_destructive"], violations: [] };
const APPLY: Raise = {
  effect: "require_approval",
  reasonCodes: ["destructive_apply_requires_approval"],
  violations: [],
};

/** Destructive targets are not executed while planning, and need an approval when applied (docs/spec/gate.md 3.3.5). */
export const phaseConstraint: Constraint = {
  name: "phase",
  raiseOf: ({ destructive, intent }) => {
    if (!destructive) return undefined;
    return intent.context.phase === "plan" ? PLAN : APPLY;
  },
};

/** Kinds of targets that can exfiltrate data, if a policy names no destination (docs/spec/gate.md 3.3.2). */
const OUTWARD = new Set(["host", "url", "bucket", "queue", "topic"]);

/** Tainted arguments must not flow to certain destinations (docs/spec/gate.md 3.3.2). */
export function dataflowConstraint(dataflow: DataflowRule): Constraint {
  const tainted = new Set(dataflow.taintedSources);
  const hasDestination = destinationTest(dataflow);
  const raise: Raise = {
    effect: dataflow.action,
    reasonCodes: [dataflow.reasonCode],
    violations: [dataflow.violation],
  };
  return {
    name: "dataflow",
    raiseOf: (facts) =>
      facts.intent.provenance.some(({ source }) => tainted.has(source)) && hasDestination(facts)
        ? raise
        : undefined,
  };
}

/** A test whether a single target matches every given list; values match in any spelling of a path or host. */
function destinationTest(dataflow: DataflowRule): (facts: Facts) => boolean {
  const kinds = new Set(dataflow.destinationKinds);
  const values = new Set(dataflow.destinationValues);
  const operations = new Set(dataflow.destinationOperations);
  if (kinds.size + values.size + operations.size === 0) {
    return ({ intent }) => intent.targets.some(({ kind }) => OUTWARD.has(kind));
  }
  const meets = (list: ReadonlySet<string>, text: string) => list.size === 0 || list.has(text);
  const meetsOthers = ({ kind, operation }: Target) => meets(kinds, kind) && meets(operations, operation);
  if (values.size === 0) return ({ intent }) => intent.targets.some(meetsOthers);
  const isPlace = compilePlaces(dataflow.destinationValues);
  return ({ places }) =>
    places.some((place) => meetsOthers(place.target) && (values.has(place.target.value) || isPlace(place)));
}
