import type { Runpack } from "./read.ts";

/** A run whose calls bear the ids of the calls of another run that they stand for. */
export interface Aligned {
  readonly pack: Runpack;
  /** How many calls were paired by their place, because no id of theirs is known to the other run. */
  readonly byPlace: number;
}

/**
 * Give the calls of `right` the ids of those calls of `left` that they are to be compared with.
 *
 * Calls of the same id stand for each other. Another recording of a task has ids of its own: such calls are paired in
 * the order in which they were made, as `regress --candidate` pairs them; compared by id, every call would be one
 * that only one side has. What has no partner keeps its id.
 */
export function alignCalls(left: Runpack, right: Runpack): Aligned {
  const [leftIds, rightIds] = [idsOf(left), idsOf(right)];
  const open = [...leftIds].filter((id) => !rightIds.has(id));
  const others = [...rightIds].filter((id) => !leftIds.has(id));
  const pairs = new Map(others.slice(0, open.length).map((id, i) => [id, open[i]!]));
  if (pairs.size === 0) return { pack: right, byPlace: 0 };
  const named = <T extends { readonly intent_id: string }>(record: T): T => ({
    ...record,
    intent_id: pairs.get(record.intent_id) ?? record.intent_id,
  });
  const receipts = right.refs.receipts.map((receipt) => {
    const call = receipt.ref_id.startsWith(TRACE) ? pairs.get(receipt.ref_id.slice(TRACE.length)) : undefined;
    return call === undefined ? receipt : { ...receipt, ref_id: TRACE + call };
  });
  return {
    pack: {
      ...right,
      intents: right.intents.map(named),
      results: right.results.map(named),
      refs: { ...right.refs, receipts },
    },
    byPlace: pairs.size,
  };
}

/** Receipts of a gate trace are named after the call (docs/spec/core.md 4.5, step 5). */
const TRACE = "trace_";

/** Ids of the calls, and of results that stand for themselves. */
function idsOf({ intents, results }: Runpack): Set<string> {
  return new Set([...intents, ...results].map((record) => record.intent_id));
}
