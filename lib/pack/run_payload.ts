import { EPOCH_1980, isZeroTime, toUtc } from "../formats/time.ts";
import type { RunPayload } from "../schema/pack.ts";
import { PACK_SCHEMA_ID } from "../schema/pack_layout.ts";
import type { Refs } from "../schema/runpack.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import type { ScannedRunpack } from "./scan_runpack.ts";

/** What a run pack says of a runpack (docs/spec/pack.md 1.6). */
export function runPayloadOf({ manifest, run, refs, intents, results }: ScannedRunpack): RunPayload {
  return {
    schema_id: PACK_SCHEMA_ID.run,
    schema_version: RECORD_VERSION,
    created_at: isZeroTime(run.created_at) ? EPOCH_1980 : toUtc(run.created_at),
    run_id: run.run_id,
    capture_mode: manifest.capture_mode,
    manifest_digest: manifest.manifest_digest,
    intents_count: intents,
    results_count: results,
    refs_count: refs.receipts.length,
    context_set_digest: refs.context_set_digest,
    context_ref_count: refs.receipts.length,
    context_evidence_mode: refs.context_evidence_mode,
    context_privacy_mode: privacyModeOf(refs),
  };
}

function privacyModeOf({ receipts }: Refs): string {
  const modes = new Set(receipts.map((receipt) => receipt.redaction_mode.trim() || "unknown"));
  const [only = ""] = modes;
  return modes.size > 1 ? "mixed" : only;
}
