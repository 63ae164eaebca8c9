import type { PackReport } from "../../pack/report.ts";
import { signatureText } from "../signature_report.ts";
import { bad, dim, good, type Line, line, nextLines, warn } from "../text.ts";

export { encodeIdentity, encodePackReport } from "../../pack/report.ts";

/** A pack report for people. */
export async function describePackReport(path: string, report: PackReport): Promise<Line[]> {
  const { signature } = report;
  const kind = report.legacyType === undefined
    ? report.packType
    : `${report.packType} (${report.legacyType})`;
  const { note, faults, steps } = await signatureText(report);
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
    ...faults.map((error) => line(dim("            "), error)),
    ...nextLines([...steps, ...(report.ok ? unknownSigners(report) : [])]),
  ];
}

/** How to name keys that a pack which holds needs, to prove who decided and approved. */
function unknownSigners({ findings }: PackReport): string[] {
  const has = (what: RegExp) => findings.some(({ code }) => what.test(code));
  return [
    ...(has(/^(?:approval|delegation)_signer_unknown$/)
      ? ["To prove who approved, name their keys: --approval-public-key <file> or --approver-keys <folder>"]
      : []),
    ...(has(/^trace_signer_unknown$/)
      ? ["To prove who decided, name the key of the gate: --trace-public-key <file>"]
      : []),
  ];
}
