import type { Decision } from "./decide.ts";
import { exitOfVerdict, type VerdictExit } from "./decision_outcome.ts";
import type { RecordPaths } from "./trace/write.ts";

/** A decision that may be told, with where its records stand. */
export interface Answer<Paths extends RecordPaths = RecordPaths> {
  readonly decision: Decision;
  readonly exit: VerdictExit;
  /** Absent for records that the decision does not have, and all of them where none are kept. */
  readonly paths: Paths;
}

/**
 * Decide, then record; every gate answers so, whether it decides once or stays open.
 *
 * INVARIANT: what is answered was written before. A decision whose records can't be written is none.
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
