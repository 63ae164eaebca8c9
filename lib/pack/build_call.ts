import { invalidInput } from "../errors/mod.ts";
import { canonicalBytes, writeJsonLines } from "../formats/json/mod.ts";
import { encodeCallPayload } from "../schema/pack.ts";
import { PACK_ENTRY, PACK_SCHEMA_ID } from "../schema/pack_layout.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import { encodeCallEvent, encodeCallpackManifest, encodeGateDecision } from "../schema/voice/call.ts";
import { encodeCommitment } from "../schema/voice/commitment_intent.ts";
import { CALL_ENTRY, SAY_TOKENS, VOICE_SCHEMA_ID } from "../schema/voice/layout.ts";
import { type PrivateKey, sha256 } from "../signing/mod.ts";
import type { CallRecord } from "../voice/call/record.ts";
import { verifyRunpack } from "../runpack/verify.ts";
import { type PackFile, type SealedPack, sealPack } from "./seal.ts";

/**
 * Build a callpack (docs/spec/voice.md 5.7). The runpack is included byte for byte.
 *
 * @param runpack read once, so that the verified bytes are the ones packed
 * @param sayTokens files of say-tokens of the call, included byte for byte
 * @throws {GaitError} `invalid_input` when the runpack is damaged or none, `verification_failed` when it is ambiguous
 */
export async function buildCallPack(
  record: CallRecord,
  runpack: Uint8Array<ArrayBuffer>,
  producerVersion: string,
  key?: PrivateKey,
  sayTokens: readonly Uint8Array<ArrayBuffer>[] = [],
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
      ...await tokenEntries(sayTokens),
    ],
  }, key);
}

/** The entries of say-tokens, named by their digests: the id in a token is not checked yet. */
async function tokenEntries(files: readonly Uint8Array<ArrayBuffer>[]): Promise<PackFile[]> {
  const entries = new Map<string, PackFile>();
  for (const content of files) {
    const path = `${SAY_TOKENS}${(await sha256(content)).slice(0, 24)}.json`;
    entries.set(path, { path, content });
  }
  return [...entries.values()];
}
