import { canonicalBytes, writeJsonLines } from "../formats/json/mod.ts";
import { EPOCH_1980, isZeroTime, toUtc } from "../formats/time.ts";
import { encodePackedJobEvent, encodePackedJobState } from "../schema/job.ts";
import { encodeJobPayload, type JobPayload } from "../schema/pack.ts";
import { PACK_ENTRY, PACK_SCHEMA_ID } from "../schema/pack_layout.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import type { PrivateKey } from "../signing/mod.ts";
import type { JobRecord } from "./job_record.ts";
import { type SealedPack, sealPack } from "./seal.ts";

/** Build a pack of a job (docs/spec/pack.md 1.7 and 3.2). */
export async function buildJobPack(
  { state, events }: Pick<JobRecord, "state" | "events">,
  producerVersion: string,
  key?: PrivateKey,
): Promise<SealedPack> {
  const payload: JobPayload = {
    schema_id: PACK_SCHEMA_ID.job,
    schema_version: RECORD_VERSION,
    created_at: isZeroTime(state.created_at) ? EPOCH_1980 : toUtc(state.created_at),
    job_id: state.job_id,
    status: state.status,
    stop_reason: state.stop_reason,
    status_reason_code: state.status_reason_code,
    environment_fingerprint: state.environment_fingerprint,
    safety_invariant_version: state.safety_invariant_version.trim(),
    safety_invariant_hash: state.safety_invariant_hash.trim(),
    checkpoint_count: state.checkpoints.length,
    approval_count: state.approvals.length,
  };
  return await sealPack({
    packType: "job",
    sourceRef: state.job_id,
    producerVersion,
    files: [
      { path: PACK_ENTRY.jobPayload, content: canonicalBytes(encodeJobPayload(payload)) },
      { path: PACK_ENTRY.jobState, content: canonicalBytes(encodePackedJobState(state)) },
      { path: PACK_ENTRY.jobEvents, content: writeJsonLines(events.map(encodePackedJobEvent)) },
    ],
  }, key);
}
