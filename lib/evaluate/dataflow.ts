import type { Target } from "../intent/types.ts";
import type { DataflowRule } from "../policy/types.ts";
import type { Constraint, Raise } from "./constraint.ts";
import type { Facts } from "./facts.ts";
import { compilePlaces } from "./place_list.ts";

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
    judge: (facts) =>
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
