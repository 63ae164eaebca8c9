import { canonicalize } from "../formats/json/mod.ts";
import { EPOCH_1980, ZERO_TIME } from "../formats/time.ts";
import { encodeRefs, type Refs } from "../schema/runpack.ts";

/** How the context of one run differs from that of another. */
export type ContextDrift = "none" | "runtime_only" | "semantic";

/** The class of drift between two whole refs, header included (docs/spec/core.md 5.4, docs/spec/regress.md 1.6). */
export function classifyContext(left: Refs, right: Refs): ContextDrift {
  if (same(left, right)) return "none";
  return same(withoutRuntime(left), withoutRuntime(right)) ? "runtime_only" : "semantic";
}

/** Whether refs are equal apart from which run they belong to, who wrote them and when. */
export function sameRefContent(left: Refs, right: Refs): boolean {
  return same(withoutHead(left), withoutHead(right));
}

/** The class of drift when it does not count which run the refs belong to, who wrote them and when. */
export function classifyContent(left: Refs, right: Refs): ContextDrift {
  return classifyContext(withoutHead(left), withoutHead(right));
}

function withoutHead(refs: Refs): Refs {
  return { ...refs, run_id: "", producer_version: "", created_at: ZERO_TIME };
}

function withoutRuntime(refs: Refs): Refs {
  const receipts = refs.receipts.map((receipt) => ({ ...receipt, retrieved_at: EPOCH_1980 }));
  return { ...refs, context_set_digest: "", receipts };
}

function same(left: Refs, right: Refs): boolean {
  return canonicalize(encodeRefs(left)) === canonicalize(encodeRefs(right));
}
