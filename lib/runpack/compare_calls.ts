import type { Runpack } from "./read.ts";
import { compareBytewise } from "../formats/bytes.ts";
import { EPOCH_1980, ZERO_TIME } from "../formats/time.ts";
import type { Refs } from "../schema/runpack.ts";
import { haveSameIds, onlyIn } from "./diff.ts";
import { isTraceReceipt } from "./trace_receipts.ts";

/** A run whose calls have the ids of the corresponding calls of another run. */
export interface Aligned {
  readonly pack: Runpack;
  /** How many calls were paired by position, because the other run does not have their ids. */
  readonly byPlace: number;
}

/**
 * Give the calls of `right` the ids of the calls of `left` to compare them with.
 *
 * Calls with the same id correspond. Another recording of a task has different ids; such calls are paired in order,
 * as in `regress --candidate`, because by id every call would exist on one side only. A call without a partner keeps
 * its id.
 */
export function alignCalls(left: Runpack, right: Runpack): Aligned {
  if (haveSameIds(left.intents, right.intents) && haveSameIds(left.results, right.results)) {
    return { pack: right, byPlace: 0 };
  }
  const [leftIds, rightIds] = [idsOf(left), idsOf(right)];
  const [open, others] = [onlyIn(leftIds, rightIds), onlyIn(rightIds, leftIds)];
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

/** Ids of the calls, and of results without a call. */
function idsOf({ intents, results }: Runpack): Set<string> {
  const ids = new Set<string>();
  for (const { intent_id: id } of intents) ids.add(id);
  for (const { intent_id: id } of results) ids.add(id);
  return ids;
}

/**
 * Reduce a run to its behaviour, so that two recordings of a task can be compared: calls are identified by position
 * instead of id, arguments and results by digest, context by content. Ids, times, capture mode and producer differ in
 * every recording and are not behaviour.
 */
export function behaviourOf(pack: Runpack): Runpack {
  const places = new Map<string, string>();
  pack.intents.forEach(({ intent_id: id }, i) => {
    if (!places.has(id)) places.set(id, placeOf(i));
  });
  const intents = pack.intents.map((intent, i) => ({ ...intent, intent_id: placeOf(i), args: null }));
  const results = pack.results.map((result) => ({
    ...result,
    intent_id: places.get(result.intent_id) ?? result.intent_id,
    result: null,
  }));
  const refs = withoutHeader(pack.refs);
  const receipts = refs.receipts.map((receipt) => ({
    ...receipt,
    ref_id: withPlace(receipt.ref_id, places),
    retrieved_at: EPOCH_1980,
  })).sort((a, b) => compareBytewise(order(a), order(b)));
  return {
    manifest: { ...pack.manifest, capture_mode: "" },
    run: pack.run,
    intents,
    results,
    refs: { ...refs, context_set_digest: "", receipts },
  };
}

/**
 * Refs without the members that identify their run. The trace of a call is one of them: an agent that does the same
 * again leaves another file, under another name where the first one is kept.
 */
export function withoutHeader(refs: Refs): Refs {
  const receipts = refs.receipts.map((receipt) =>
    isTraceReceipt(receipt) ? { ...receipt, source_locator: "" } : receipt
  );
  return { ...refs, run_id: "", producer_version: "", created_at: ZERO_TIME, receipts };
}

const placeOf = (index: number) => `call ${index + 1}`;

/** Receipts of a gate trace are named after the call (docs/spec/core.md 4.5, step 5). */
function withPlace(refId: string, places: ReadonlyMap<string, string>): string {
  const place = refId.startsWith("trace_") ? places.get(refId.slice("trace_".length)) : undefined;
  return place === undefined ? refId : `trace_${place}`;
}

const order = ({ ref_id, content_digest }: Refs["receipts"][number]) => `${ref_id}\0${content_digest}`;
