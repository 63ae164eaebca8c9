import { invalidInput } from "../errors/mod.ts";
import { canonicalBytes, writeJsonLines } from "../formats/json/mod.ts";
import { encodeCallPayload } from "../schema/pack.ts";
import { PACK_ENTRY, PACK_SCHEMA_ID } from "../schema/pack_layout.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import { encodeCallEvent, encodeCallpackManifest, encodeGateDecision } from "../schema/voice/call.ts";
import { encodeCommitment } from "../schema/voice/commitment_intent.ts";
import { CALL_ENTRY, VOICE_SCHEMA_ID } from "../schema/voice/layout.ts";
import type { PrivateKey } from "../signing/mod.ts";
import type { CallRecord } from "../voice/call/record.ts";
import { verifyRunpack } from "../runpack/verify.ts";
import { type SealedPack, sealPack } from "./seal.ts";

/**
 * Build a callpack (docs/spec/voice.md 5.7). The runpack is included byte for byte.
 *
 * @param runpack read once, so that the verified bytes are the ones packed
 * @throws {GaitError} `invalid_input` when the runpack is damaged or none, `verification_failed` when it is ambiguous
 */
export async function buildCallPack(
  record: CallRecord,
  runpack: Uint8Array<ArrayBuffer>,
  producerVersion: string,
  key?: PrivateKey,
): Promise<SealedPack> {
  const { runId, missingFiles, hashMismatches } = await verifyRunpack(runpack);
  const damaged = [...missingFiles, ...hashMismatches.map(({ path }) => path)];
  if (damaged.length > 0) {
    throw invalidInput(
      `Cannot use runpack of call "${record.callId}": ${damaged.join(", ")} missing or changed`,
      {
        hint: "See what changed with: gait verify <path>",
      },
    );
  }
  const common = {
    schema_version: RECORD_VERSION,
    created_at: record.createdAt,
    call_id: record.callId,
    privacy_mode: record.privacyMode,
    event_count: record.events.length,
    commitment_count: record.commitments.length,
    decision_count: record.decisions.length,
    speak_receipt_count: record.receipts.length,
    reference_digest_count: record.references.length,
    environment_fingerprint: record.environmentFingerprint,
  };
  const payload = encodeCallPayload({ ...common, schema_id: PACK_SCHEMA_ID.call, run_id: runId });
  const manifest = encodeCallpackManifest({
    ...common,
    schema_id: VOICE_SCHEMA_ID.callpackManifest,
    producer_version: record.producerVersion,
  });
  const references = record.references.map((reference) => ({ ...reference }));
  return await sealPack({
    packType: "call",
    sourceRef: record.callId,
    producerVersion,
    files: [
      { path: PACK_ENTRY.callPayload, content: canonicalBytes(payload) },
      { path: CALL_ENTRY.manifest, content: canonicalBytes(manifest) },
      { path: CALL_ENTRY.events, content: writeJsonLines(record.events.map(encodeCallEvent)) },
      { path: CALL_ENTRY.commitments, content: writeJsonLines(record.commitments.map(encodeCommitment)) },
      { path: CALL_ENTRY.decisions, content: writeJsonLines(record.decisions.map(encodeGateDecision)) },
      { path: CALL_ENTRY.receipts, content: writeJsonLines(record.receipts.map((one) => ({ ...one }))) },
      // Readers treat `null` as "none given".
      { path: CALL_ENTRY.references, content: canonicalBytes(references.length === 0 ? null : references) },
      { path: PACK_ENTRY.runpack, content: runpack },
    ],
  }, key);
}
