import { invalidInput, invalidOption } from "../errors/mod.ts";
import { normalizeEnvelope, readContextEnvelope } from "../gate/context/envelope.ts";
import { type ContextEnvelope, type ContextRecord, ENVELOPE_SCHEMA_ID } from "../schema/context.ts";
import { NO_VERSION } from "../schema/pack_layout.ts";
import type { Refs } from "../schema/runpack.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import { normalizeRefs } from "./refs.ts";

export { normalizeEnvelope, readContextEnvelope };

/**
 * Build the envelope of the receipts of a run (docs/spec/pack.md 8.5).
 *
 * @throws {GaitError} `invalid_input` if they form no valid one, or `context_set_digest` does not match them
 */
export async function envelopeOfRefs(given: Refs): Promise<ContextEnvelope> {
  const refs = normalizeRefs(given);
  if (refs.run_id.trim() === "") throw invalidInput("Cannot make a context envelope: refs have no run id");
  return await normalizeEnvelope({
    schema_id: ENVELOPE_SCHEMA_ID,
    schema_version: RECORD_VERSION,
    created_at: refs.created_at,
    producer_version: refs.producer_version || NO_VERSION,
    context_set_id: refs.run_id,
    context_set_digest: refs.context_set_digest,
    evidence_mode: refs.context_evidence_mode,
    records: refs.receipts,
  });
}

/** A placeholder digest. */
const NO_DIGEST = "0".repeat(64);

/**
 * Redact an envelope (docs/spec/pack.md 8.7): `metadata` removes parameters, labels, locators and digests, `hashes`
 * keeps the digests, `raw` changes nothing. The set digest is recomputed over the remaining content.
 *
 * @param mode blank counts as `metadata`
 * @throws {GaitError} `invalid_input` for an unknown mode
 */
export async function withPrivacy(envelope: ContextEnvelope, mode: string): Promise<ContextEnvelope> {
  switch (mode.trim().toLowerCase() || "metadata") {
    case "raw":
      return envelope;
    case "metadata":
      return await reduced(envelope, (record) => ({
        ...bare(record, "redacted:metadata"),
        query_digest: NO_DIGEST,
        content_digest: NO_DIGEST,
      }));
    case "hashes":
      return await reduced(envelope, (record) => bare(record, "redacted:hashes"));
    default:
      throw invalidInput(`Cannot use privacy mode "${mode}": expected metadata, hashes or raw`);
  }
}

function bare({ retrieval_params: _, ...record }: ContextRecord, locator: string): ContextRecord {
  return { ...record, retrieval_params: undefined, sensitivity_label: "", source_locator: locator };
}

async function reduced(
  envelope: ContextEnvelope,
  reduce: (record: ContextRecord) => ContextRecord,
): Promise<ContextEnvelope> {
  return await normalizeEnvelope({
    ...envelope,
    context_set_digest: "",
    records: envelope.records.map(reduce),
  });
}

/** How strictly context evidence is required. */
export type EvidenceMode = "best_effort" | "required";

/** The words for it. */
export const EVIDENCE_MODES = ["best_effort", "required"] as const satisfies readonly EvidenceMode[];

/** Replace the receipts of refs with the records of an envelope. */
export function applyContext(refs: Refs, envelope: ContextEnvelope): Refs {
  return {
    ...refs,
    receipts: envelope.records,
    context_set_digest: envelope.context_set_digest,
    context_ref_count: envelope.records.length,
  };
}

/**
 * Refuse raw context, which may contain secrets, unless it is explicitly allowed.
 *
 * @throws {GaitError} `invalid_input`
 */
export function refuseRawReceipts(refs: Refs, allowed: boolean): void {
  const raw = refs.receipts.find((receipt) => receipt.redaction_mode.trim().toLowerCase() === "raw");
  if (raw && !allowed) {
    throw invalidOption(
      () => `Cannot record context "${raw.ref_id}": it is kept raw`,
      (name) => `Redact it, or allow it with ${name("allowRawContext")}`,
    );
  }
}
