import { compilePlaces, type Place } from "./compare/place.ts";
import type { Verdict } from "../schema/verdict.ts";
import type { Facts } from "./facts.ts";
import type { IntentContext, Target } from "../intent/types.ts";
import type { DataflowRule, Rule } from "../policy/types.ts";
import { union } from "../formats/lists.ts";

/** What a constraint of a rule makes of its effect: never less strict, and the codes that say why. */
export interface Raise {
  readonly effect: Verdict;
  readonly reasonCodes: readonly string[];
  readonly violations: readonly string[];
  /** The targets that it is about, for explanations. */
  readonly offenders?: readonly Offender[];
}

/** A target that a list does not let through, and the codes that say why. */
export interface Offender {
  readonly place: Place;
  readonly codes: readonly string[];
}

/**
 * A condition on top of a rule that matched.
 *
 * INVARIANT: a constraint only ever makes a rule stricter. Its effect is joined with `strictest`, so the order of
 * constraints does not matter, and a `dataflow` block can't turn a block into a question (docs/spec/gate.md section 8,
 * no. 4).
 */
export interface Constraint {
  readonly name: "dataflow" | "endpoint" | "context" | "phase";
  readonly raiseOf: (facts: Facts) => Raise | undefined;
}

/** Evidence of the context that a rule demands (docs/spec/gate.md 3.3.4); `undefined` when it demands none. */
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

/** An age that is absent or no number is no proof of freshness. */
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

/** Destructive targets are not executed while planning, and need a human when applied (docs/spec/gate.md 3.3.5). */
export const phaseConstraint: Constraint = {
  name: "phase",
  raiseOf: ({ destructive, intent }) => {
    if (!destructive) return undefined;
    return intent.context.phase === "plan" ? PLAN : APPLY;
  },
};

/** Kinds of targets that data can leave through, when a policy names no destination (docs/spec/gate.md 3.3.2). */
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

/** One single target must meet every list that is given; values also in other spellings of a path or a host. */
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
