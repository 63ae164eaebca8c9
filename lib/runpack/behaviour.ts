import { compareBytewise } from "../formats/bytes.ts";
import { EPOCH_1980, ZERO_TIME } from "../formats/time.ts";
import type { Refs } from "../schema/runpack.ts";
import type { Runpack } from "./read.ts";

/**
 * A run reduced to what it did, so that two recordings of one task can be compared: calls are known by their place
 * instead of their id, arguments and results by their digests, context by its content. Ids, times, capture mode and
 * producer are new in every recording and say nothing about behaviour.
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
  const receipts = pack.refs.receipts.map((receipt) => ({
    ...receipt,
    ref_id: withPlace(receipt.ref_id, places),
    retrieved_at: EPOCH_1980,
  })).sort((a, b) => compareBytewise(order(a), order(b)));
  return {
    manifest: { ...pack.manifest, capture_mode: "" },
    run: pack.run,
    intents,
    results,
    refs: { ...withoutHeader(pack.refs), context_set_digest: "", receipts },
  };
}

/** Refs without what tells which run they belong to. */
export function withoutHeader(refs: Refs): Refs {
  return { ...refs, run_id: "", producer_version: "", created_at: ZERO_TIME };
}

const placeOf = (index: number) => `call ${index + 1}`;

/** Receipts of a gate trace are named after the call (docs/spec/core.md 4.5, step 5). */
function withPlace(refId: string, places: ReadonlyMap<string, string>): string {
  const place = refId.startsWith("trace_") ? places.get(refId.slice("trace_".length)) : undefined;
  return place === undefined ? refId : `trace_${place}`;
}

const order = ({ ref_id, content_digest }: Refs["receipts"][number]) => `${ref_id}\0${content_digest}`;
