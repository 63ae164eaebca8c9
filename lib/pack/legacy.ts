import { invalidInput } from "../errors/mod.ts";
import type { ZipArchive } from "../formats/zip/mod.ts";
import { NO_KEYS } from "../signing/mod.ts";
import { verifyEvidencePack } from "../guard/verify.ts";
import { readManifest } from "../runpack/manifest.ts";
import type { ArchiveReport } from "../runpack/listed_files.ts";
import { verifyArchive } from "../runpack/verify.ts";
import { checkAuthorized, failureOf, noteOf, type PackReport } from "./report.ts";
import type { VerifyPackOptions } from "./report.ts";

/** Verify a runpack as a pack, with its manifest digest as the pack id (docs/spec/pack.md 4.2). */
export async function verifyLegacyRunpack(
  archive: ZipArchive,
  demands: VerifyPackOptions,
): Promise<PackReport> {
  const { trusted = NO_KEYS, requireSignature = false, strict = false, requireProof = false } = demands;
  refuseProofDemand(requireProof);
  const unauthorized = checkAuthorized(demands, false);
  const stored = await readManifest(archive);
  const report = await verifyArchive(archive, stored, { trusted, requireSignature });
  const findings = [...unauthorized, ...report.remarks.map((remark) => noteOf("runpack_remark", remark))];
  return {
    ok: report.ok && unauthorized.length === 0 && !(strict && findings.length > 0),
    packId: report.manifestDigest,
    packType: "run",
    sourceRef: report.runId,
    ...fileResults(report),
    signature: report.signature,
    findings,
    legacyType: "runpack",
  };
}

/** The results about files; the forms older than packs have no proof records. */
function fileResults({ filesChecked, missingFiles, hashMismatches, undeclaredFiles }: ArchiveReport) {
  return { filesChecked, proofRecords: 0, missingFiles, hashMismatches, undeclaredFiles };
}

/** Verify an evidence pack of the guard as a pack (docs/spec/pack.md 4.2). */
export async function verifyLegacyGuard(
  bytes: Uint8Array<ArrayBuffer>,
  demands: VerifyPackOptions,
): Promise<PackReport> {
  const { trusted = NO_KEYS, requireSignature = false, strict = false, requireProof = false } = demands;
  refuseProofDemand(requireProof);
  const unauthorized = checkAuthorized(demands, false);
  const report = await verifyEvidencePack(bytes, { trusted, requireSignature, strict });
  return {
    ok: report.ok && unauthorized.length === 0,
    packId: report.packId,
    packType: "guard",
    sourceRef: report.runId,
    ...fileResults(report),
    signature: report.signature,
    findings: [
      ...unauthorized,
      ...report.findings.map(({ code, message, path }) => failureOf(code, message, path)),
    ],
    legacyType: "guard",
  };
}

function refuseProofDemand(requireProof: boolean): void {
  if (!requireProof) return;
  throw invalidInput("Cannot ask for proof records: this artifact came before packs and has none", {
    hint: "Make a pack of it with: gait pack build --from <runpack>",
  });
}
