import type { Finding, PackReport } from "../../evidence/pack/report.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import { compact } from "../outcome.ts";
import { encodeSignatures, signatureNote } from "../runpack_report.ts";
import { bad, dim, good, type Line, line, warn } from "../text.ts";

/** Who a pack is, at the top of an output. */
export function encodeIdentity(report: PackReport): JsonObject {
  return compact({ pack_id: report.packId, pack_type: report.packType, source_ref: report.sourceRef });
}

/** The `verify` object (spec/pack.md section 4); findings are ours. */
export function encodePackReport(report: PackReport): JsonObject {
  return {
    ...encodeIdentity(report),
    files_checked: report.filesChecked,
    ...compact({
      proof_records_verified: report.proofRecords,
      missing_files: report.missingFiles,
      hash_mismatches: report.hashMismatches,
      undeclared_files: report.undeclaredFiles,
      findings: report.findings.map(encodeFinding),
      legacy_type: report.legacyType,
    }),
    ...encodeSignatures(report.signature),
  };
}

function encodeFinding({ code, path, message, severity }: Finding): JsonObject {
  return compact({ code, path, message, severity });
}

/** A pack report for people. */
export function describePackReport(path: string, report: PackReport): Line[] {
  const { signature } = report;
  const kind = report.legacyType === undefined
    ? report.packType
    : `${report.packType} (${report.legacyType})`;
  const note = signatureNote(signature);
  return [
    report.ok ? line(good("pack verify ok"), `: ${path}`) : line(bad("pack verify failed"), `: ${path}`),
    line(dim("  pack      "), report.packId),
    line(dim("  type      "), `${kind}, of ${report.sourceRef}`),
    line(dim("  files     "), `${report.filesChecked} checked, ${report.proofRecords} proof records`),
    ...report.missingFiles.map((file) => line(dim("  missing   "), bad(file))),
    ...report.hashMismatches.map((found) =>
      line(dim("  changed   "), bad(found.path), dim(`  now ${found.actual.slice(0, 12)}…`))
    ),
    ...report.undeclaredFiles.map((file) => line(dim("  undeclared"), " ", bad(file))),
    ...report.findings.map(({ path: entry, message, severity }) =>
      line(
        dim(severity === "failure" ? "  wrong     " : "  note      "),
        (severity === "failure" ? bad : warn)(entry === undefined ? message : `${entry}: ${message}`),
      )
    ),
    line(dim("  signature "), signature.status === "verified" ? good(note) : warn(note)),
    ...signature.errors.map((error) => line(dim("            "), error)),
  ];
}
