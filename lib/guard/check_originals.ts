import { GaitError, messageOf } from "../errors/mod.ts";
import { equalBytes } from "../formats/bytes.ts";
import { readDocument } from "../formats/zip/documents.ts";
import type { ZipArchive } from "../formats/zip/mod.ts";
import { readRunpack } from "../runpack/read.ts";
import { verifyRunpack } from "../runpack/verify.ts";
import type { GuardManifest } from "../schema/guard.ts";
import type { KeyId, SignatureReport, TrustedKey, TrustedKeys } from "../signing/mod.ts";
import { ORIGINAL, originalPaths } from "./attach.ts";
import type { EvidenceFinding } from "./check_manifest.ts";
import { evidenceFiles } from "./evidence_files.ts";
import { readEvidence } from "./read_evidence.ts";
import { checkTraceSignature, foreignAudits } from "./trace_signatures.ts";

/** The signature status of an original file. */
export interface OriginalReport {
  readonly path: string;
  readonly status: SignatureReport["status"];
}

/** The keys for verifying the signatures of originals. */
export interface OriginalKeys {
  readonly trusted: TrustedKeys;
  readonly also?: TrustedKeys | undefined;
  /** Whether every original must be signed by one of them. */
  readonly strict: boolean;
}

/**
 * Check the original files in an evidence pack (docs/spec/guard.md section 4, step 6a): their signatures, and that
 * the pack's summaries and records are exactly those derived from them.
 *
 * @returns empty lists for a pack without originals
 */
export async function checkOriginals(
  archive: ZipArchive,
  manifest: GuardManifest,
  keys: OriginalKeys,
): Promise<{ reports: OriginalReport[]; findings: EvidenceFinding[] }> {
  const paths = manifest.contents.map(({ path }) => path);
  if (!paths.some((path) => path.startsWith("original_"))) return { reports: [], findings: [] };
  try {
    return await compareOriginals(archive, manifest, keys);
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    const findings = [{
      code: "original_unreadable" as const,
      path: ORIGINAL.runpack,
      message: messageOf(error),
    }];
    return { reports: [], findings };
  }
}

async function compareOriginals(
  archive: ZipArchive,
  manifest: GuardManifest,
  { trusted, also, strict }: OriginalKeys,
): Promise<{ reports: OriginalReport[]; findings: EvidenceFinding[] }> {
  const keys = mergeKeys(trusted, also);
  const bytes = await archive.read(ORIGINAL.runpack);
  const runpack = await readRunpack(bytes);
  const { signature } = await verifyRunpack(bytes, { trusted: keys });
  const listed = originalPaths(manifest.contents.map(({ path }) => path));
  const evidence = await readEvidence(listed, { read: (path) => readDocument(archive, path) });
  const reports: OriginalReport[] = [{ path: ORIGINAL.runpack, status: signature.status }];
  for (const trace of evidence.traces) {
    reports.push({ path: trace.path, status: (await checkTraceSignature(trace, keys)).status });
  }
  const findings: EvidenceFinding[] = [];
  for (const { path, status } of reports) {
    if (status === "failed") {
      findings.push({ code: "original_signature_failed", path, message: "its signature is not valid" });
    } else if (strict && status !== "verified") {
      findings.push({ code: "original_not_verified", path, message: "it was not signed by a trusted key" });
    }
  }
  if (runpack.manifest.run_id !== manifest.run_id) {
    findings.push({ code: "original_differs", path: ORIGINAL.runpack, message: "it belongs to another run" });
  }
  for (const { path } of await foreignAudits(evidence)) {
    const message = "it is not the audit that its trace names";
    findings.push({ code: "approval_audit_changed", path, message });
  }
  for (const { path, content } of evidenceFiles(runpack, evidence)) {
    if (archive.has(path) && equalBytes(await archive.read(path), content)) continue;
    findings.push({ code: "original_differs", path, message: "it does not match the attached originals" });
  }
  return { reports, findings };
}

/** The union of both key sets. Keys are looked up by id only, because originals may be signed by different keys. */
function mergeKeys(...sources: readonly (TrustedKeys | undefined)[]): TrustedKeys {
  const keys = new Map<KeyId, TrustedKey>();
  for (const source of sources) {
    if (source?.source === "flag") keys.set(source.key.id, { key: source.key });
    if (source?.source === "store") {
      for (const [id, key] of source.keys) if (!keys.has(id)) keys.set(id, key);
    }
  }
  return keys.size === 0 ? { source: "none" } : { source: "store", keys };
}
