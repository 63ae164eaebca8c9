import { GaitError } from "../errors/mod.ts";
import { openZip, type ZipArchive } from "../formats/zip/mod.ts";
import type { RunPayload } from "../schema/pack.ts";
import { PACK_ENTRY } from "../schema/pack_layout.ts";
import type { Refs } from "../schema/runpack.ts";
import { ENTRY } from "../schema/runpack_layout.ts";
import { checkSignature, equalHex, keyFor, sha256, type TrustedKeys } from "../signing/mod.ts";
import { DOCUMENT_LIMITS, readDocument } from "../formats/zip/documents.ts";
import { countLines } from "../formats/count_lines.ts";
import { readManifest, signedDigest, type StoredManifest } from "../runpack/manifest.ts";
import { readRefs } from "../runpack/refs.ts";
import { verifyArchive } from "../runpack/verify.ts";
import { failureOf, type Finding } from "./report.ts";
import { equalBytes } from "../formats/bytes.ts";
import { canonicalBytes } from "../formats/json/mod.ts";
import { encodeEnvelope } from "../schema/context.ts";
import { envelopeOfRefs, readContextEnvelope } from "../runpack/context.ts";

/**
 * Verify the runpack inside a pack as `gait verify` does, then compare it with the payload (weak spot 2 of
 * docs/spec/pack.md). Intents are counted without keeping them in memory.
 *
 * @param trusted the trusted keys
 * @param payload the payload of a run pack
 * @param runId the run id in a call pack; empty if unknown
 */
export async function checkEmbeddedRunpack(
  archive: ZipArchive,
  trusted: TrustedKeys,
  payload?: RunPayload,
  runId = "",
): Promise<Finding[]> {
  const path = PACK_ENTRY.runpack;
  const bytes = await archive.read(path);
  try {
    const { archive: inner, lines } = countLines(openZip(bytes));
    const stored = await readManifest(inner);
    const report = await verifyArchive(inner, stored);
    const damaged = [...report.missingFiles, ...report.hashMismatches.map((mismatch) => mismatch.path)];
    if (damaged.length > 0) {
      return [
        failureOf("source_runpack_damaged", `the runpack inside is damaged: ${damaged.join(", ")}`, path),
      ];
    }
    const forged = await checkSignatures(stored, trusted);
    if (!payload) return runId === "" || runId === report.runId ? forged : [...forged, runIdContradiction()];
    const refs = readRefs(await readDocument(inner, ENTRY.refs));
    const claims: Record<string, boolean> = {
      run_id: payload.run_id === report.runId,
      capture_mode: payload.capture_mode === stored.manifest.capture_mode,
      manifest_digest: await isDigestOf(payload.manifest_digest, report.manifestDigest, bytes),
      intents_count: payload.intents_count === lines(ENTRY.intents),
      results_count: payload.results_count === lines(ENTRY.results),
      ...refsClaims(payload, refs),
    };
    const findings = Object.entries(claims).filter(([, holds]) => !holds).map(([name]) =>
      failureOf(
        "payload_contradicts_source",
        `${name} is not that of the runpack inside`,
        PACK_ENTRY.runPayload,
      )
    );
    return [...forged, ...findings, ...await compareEnvelope(archive, refs)];
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    return [failureOf("source_runpack_unreadable", error.message, path)];
  }
}

function runIdContradiction(): Finding {
  const reason = "run_id is not that of the runpack inside";
  return failureOf("payload_contradicts_source", reason, PACK_ENTRY.callPayload);
}

/**
 * A signature of the runpack by a trusted key must be valid. Signatures by other keys are ignored: the recorder of a
 * run need not be its packer.
 */
async function checkSignatures(
  { manifest, document }: StoredManifest,
  trusted: TrustedKeys,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const signature of manifest.signatures) {
    const candidate = keyFor(trusted, signature.key_id);
    if (candidate?.key.id !== signature.key_id) continue;
    const problem = await checkSignature(signature, await signedDigest(document), candidate.key);
    if (problem === undefined) continue;
    findings.push(
      failureOf("source_signature_failed", `signature of the runpack inside: ${problem}`, PACK_ENTRY.runpack),
    );
  }
  return findings;
}

/** Other producers use the digest of the file instead of that of its manifest. */
async function isDigestOf(
  claimed: string,
  manifestDigest: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  return equalHex(claimed, manifestDigest) || equalHex(claimed, await sha256(bytes));
}

/** Missing members of a payload are not compared, and a missing mode means best effort. */
function refsClaims(payload: RunPayload, refs: Refs): Record<string, boolean> {
  const receipts = refs.receipts.length;
  const digest = payload.context_set_digest.trim().toLowerCase();
  const mode = payload.context_evidence_mode.trim();
  return {
    refs_count: payload.refs_count === receipts,
    context_set_digest: digest === "" || digest === refs.context_set_digest,
    context_ref_count: payload.context_ref_count === 0 || payload.context_ref_count === receipts,
    context_evidence_mode: mode === "" || mode === (refs.context_evidence_mode || "best_effort"),
  };
}

/**
 * Compare the context envelope of a pack with the receipts of the embedded runpack: it must equal the one that a
 * build would create (weak spot 2 of docs/spec/pack.md).
 */
export async function compareEnvelope(archive: ZipArchive, refs: Refs): Promise<Finding[]> {
  const path = PACK_ENTRY.envelope;
  if (!archive.has(path)) {
    return refs.receipts.length === 0
      ? []
      : [failureOf("context_envelope_missing", "the runpack has receipts but the pack no envelope", path)];
  }
  try {
    // A build includes all receipts of a run, so the envelope may exceed the limit for caller-supplied ones.
    const given = await readContextEnvelope(await readDocument(archive, path), DOCUMENT_LIMITS.bytes);
    const held = canonicalBytes(encodeEnvelope(given));
    const expected = canonicalBytes(encodeEnvelope(await envelopeOfRefs(refs)));
    return equalBytes(held, expected)
      ? []
      : [failureOf("context_envelope_contradicts", "it is not that of the runpack inside", path)];
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    return [failureOf("context_envelope_invalid", error.message, path)];
  }
}
