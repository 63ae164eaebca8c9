import { invalidInput } from "../errors/mod.ts";
import { compareBytewise } from "../formats/bytes.ts";
import { canonicalize, readJsonObject } from "../formats/json/mod.ts";
import { EPOCH_1980, isZeroTime, toUtc, ZERO_TIME } from "../formats/time.ts";
import { decode } from "../schema/fields.ts";
import { encodeRefs, type Receipt, type Refs, refsSchema } from "../schema/runpack.ts";
import { ENTRY } from "../schema/runpack_layout.ts";
import { isHexDigest } from "../signing/mod.ts";

/**
 * Read and normalise `refs.json`.
 *
 * @throws {GaitError} `invalid_input`
 */
export function readRefs(content: Uint8Array): Refs {
  return normalizeRefs(decode(refsSchema, readJsonObject(content, { what: ENTRY.refs }), ENTRY.refs));
}

/**
 * Normalise refs for storing and comparing (docs/spec/core.md 4.5, step 6).
 *
 * @throws {GaitError} `invalid_input` for an unknown evidence mode, a malformed set digest or a negative count
 */
export function normalizeRefs(refs: Refs): Refs {
  const mode = refs.context_evidence_mode.trim().toLowerCase();
  if (mode !== "" && mode !== "best_effort" && mode !== "required") {
    throw invalidInput(
      `Cannot use context evidence mode "${refs.context_evidence_mode}": expected best_effort or required`,
    );
  }
  const digest = refs.context_set_digest.trim().toLowerCase();
  if (digest !== "" && !isHexDigest(digest)) {
    throw invalidInput("Cannot use context_set_digest: expected 64 hex digits");
  }
  if (refs.context_ref_count < 0) throw invalidInput("Cannot use context_ref_count: it is negative");
  const receipts = refs.receipts.map(normalizeReceipt).sort((a, b) => compareBytewise(a.ref_id, b.ref_id));
  return {
    ...refs,
    context_evidence_mode: mode,
    context_set_digest: digest,
    context_ref_count: refs.context_ref_count || receipts.length,
    receipts,
  };
}

function normalizeReceipt(receipt: Receipt): Receipt {
  return {
    ...receipt,
    query_digest: receipt.query_digest.trim().toLowerCase(),
    content_digest: receipt.content_digest.trim().toLowerCase(),
    immutability: receipt.immutability.trim().toLowerCase() || "unknown",
    retrieved_at: isZeroTime(receipt.retrieved_at) ? EPOCH_1980 : toUtc(receipt.retrieved_at),
  };
}

/** How the contexts of two runs differ. */
export type ContextDrift = "none" | "runtime_only" | "semantic";

/** The class of drift between two refs including their headers (docs/spec/core.md 5.4, docs/spec/regress.md 1.6). */
export function classifyContext(left: Refs, right: Refs): ContextDrift {
  if (same(left, right)) return "none";
  return same(withoutRuntime(left), withoutRuntime(right)) ? "runtime_only" : "semantic";
}

/** Whether refs are equal, ignoring their run, producer and time. */
export function sameRefContent(left: Refs, right: Refs): boolean {
  return same(withoutHead(left), withoutHead(right));
}

/** The class of drift ignoring run, producer and time of the refs. */
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
