import type { Decision } from "./decide.ts";
import { exitOfVerdict, type VerdictExit } from "./decision_outcome.ts";
import type { RecordPaths } from "./trace/write.ts";

/** A recorded decision, with the paths of its records. */
export interface Answer<Paths extends RecordPaths = RecordPaths> {
  readonly decision: Decision;
  readonly exit: VerdictExit;
  /** A path is absent for a record that the decision does not have, and all are absent when nothing is recorded. */
  readonly paths: Paths;
  /** Set when the call is recorded: its id in the runpack. */
  readonly callId?: string;
}

/**
 * Decide, then record. Every gate goes through this function, whether it decides once or stays open.
 *
 * INVARIANT: a decision is returned only after its records were written; when they can't be written, this throws.
 *
 * @param record writes the records of the decision
 */
export async function decideAndRecord<Paths extends RecordPaths>(
  deciding: Promise<Decision>,
  record: (decision: Decision) => Promise<Paths>,
): Promise<Answer<Paths>> {
  const decision = await deciding;
  const paths = await record(decision);
  return { decision, exit: exitOfVerdict(decision.outcome.verdict), paths };
}
