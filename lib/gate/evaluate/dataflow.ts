import type { Target } from "../intent/types.ts";
import type { DataflowRule } from "../policy/types.ts";
import type { Constraint, Raise } from "./constraint.ts";

/** Kinds of targets that data can leave through, when a policy names no destination (spec/gate.md 3.3.2). */
const OUTWARD = new Set(["host", "url", "bucket", "queue", "topic"]);

/** Tainted arguments must not flow to certain destinations (spec/gate.md 3.3.2). */
export function dataflowConstraint(dataflow: DataflowRule): Constraint {
  const tainted = new Set(dataflow.taintedSources);
  const isDestination = destinationTest(dataflow);
  const raise: Raise = {
    effect: dataflow.action,
    reasonCodes: [dataflow.reasonCode],
    violations: [dataflow.violation],
  };
  return {
    name: "dataflow",
    judge: ({ intent }) =>
      intent.provenance.some(({ source }) => tainted.has(source)) && intent.targets.some(isDestination)
        ? raise
        : undefined,
  };
}

/** One single target must meet every list that is given. */
function destinationTest(dataflow: DataflowRule): (target: Target) => boolean {
  const kinds = new Set(dataflow.destinationKinds);
  const values = new Set(dataflow.destinationValues);
  const operations = new Set(dataflow.destinationOperations);
  if (kinds.size + values.size + operations.size === 0) return (target) => OUTWARD.has(target.kind);
  const meets = (list: ReadonlySet<string>, text: string) => list.size === 0 || list.has(text);
  return ({ kind, value, operation }) =>
    meets(kinds, kind) && meets(values, value) && meets(operations, operation);
}
