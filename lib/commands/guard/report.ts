import type { JsonObject } from "../../formats/json/mod.ts";
import type { EvidencePackReport } from "../../guard/verify.ts";
import type { SignatureReport } from "../../signing/mod.ts";
import { compact } from "../outcome.ts";
import { signatureText } from "../signature_report.ts";
import { encodeSignatures } from "../runpack_report.ts";
import { bad, dim, good, type Line, line, nextLines, warn, warningLines } from "../text.ts";

/** The report about an evidence pack as JSON, without `ok` (docs/spec/guard.md section 4). */
export function encodeEvidenceReport(path: string, report: EvidencePackReport): JsonObject {
  return {
    path,
    pack_id: report.packId,
    run_id: report.runId,
    ...compact({
      files_checked: report.filesChecked,
      missing_files: report.missingFiles,
      hash_mismatches: report.hashMismatches,
      undeclared_files: report.undeclaredFiles,
      findings: report.findings.map(encodeEvidenceFinding),
      originals: report.originals.map(({ path, status }) => ({ path, signature_status: status })),
      warnings: report.warnings,
    }),
    ...encodeSignatures(report.signature),
  };
}

/** A finding as JSON. */
export function encodeEvidenceFinding(
  { code, path, message }: EvidencePackReport["findings"][number],
): JsonObject {
  return { code, path, message };
}

/** The signatures of originals, in words for people. */
const ORIGINAL_WORDS: Readonly<Record<SignatureReport["status"], string>> = {
  verified: "signed by a trusted key",
  failed: "its signature is not valid",
  skipped: "signed, but not by a key that you trust",
  missing: "not signed",
};

/** The report as text lines. */
export async function describeEvidenceReport(path: string, report: EvidencePackReport): Promise<Line[]> {
  const { ok, signature, originals } = report;
  const { note, faults, steps } = await signatureText(report);
  return [
    ok ? line(good("guard verify ok"), `: ${path}`) : line(bad("guard verify failed"), `: ${path}`),
    line(dim("  pack      "), report.packId),
    line(dim("  run       "), report.runId),
    line(dim("  files     "), `${report.filesChecked} checked`),
    ...report.missingFiles.map((file) => line(dim("  missing   "), bad(file))),
    ...report.hashMismatches.map((found) =>
      line(dim("  changed   "), bad(found.path), dim(`  now ${found.actual.slice(0, 12)}…`))
    ),
    ...report.undeclaredFiles.map((file) => line(dim("  undeclared"), " ", bad(file))),
    ...report.findings.map(({ path: entry, message }) =>
      line(dim("  wrong     "), bad(`${entry}: ${message}`))
    ),
    ...originals.map(({ path: entry, status }) =>
      line(dim("  original  "), `${entry}: ${ORIGINAL_WORDS[status]}`)
    ),
    line(dim("  signature "), signature.status === "verified" ? good(note) : warn(note)),
    ...faults.map((error) => line(dim("            "), error)),
    ...warningLines(report.warnings),
    ...nextLines(steps),
  ];
}
