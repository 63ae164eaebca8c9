import type { Place } from "./compare/place.ts";
import type { Verdict } from "../schema/verdict.ts";
import type { Facts } from "./facts.ts";

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
  readonly judge: (facts: Facts) => Raise | undefined;
}
