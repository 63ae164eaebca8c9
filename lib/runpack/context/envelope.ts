import { invalidInput } from "../../errors/mod.ts";
import { normalizeEnvelope, readContextEnvelope } from "../../gate/context/envelope.ts";
import { type ContextEnvelope, ENVELOPE_SCHEMA_ID } from "../../schema/context.ts";
import { NO_VERSION } from "../../schema/pack_layout.ts";
import type { Refs } from "../../schema/runpack.ts";
import { RECORD_VERSION } from "../../schema/runpack_layout.ts";
import { normalizeRefs } from "../refs.ts";

export { normalizeEnvelope, readContextEnvelope };

/**
 * The envelope that the receipts of a run make (docs/spec/pack.md 8.5).
 *
 * @throws {GaitError} `invalid_input` when they make no valid one, or `context_set_digest` is not theirs
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
