import type { RunpackReport } from "../runpack/verify.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { encodeSignatures, signatureNote } from "../signing/mod.ts";
import { signatureText } from "./signature_report.ts";
import { compact } from "./outcome.ts";
import { bad, dim, good, type Line, line, nextLines, warn } from "./text.ts";
import { pathArgument } from "../formats/shell.ts";

export { encodeSignatures, signatureNote };

/** A runpack report as JSON, without `ok`. */
export function encodeReport(path: string, report: RunpackReport): JsonObject {
  return {
    path,
    run_id: report.runId,
    manifest_digest: report.manifestDigest,
    ...compact({
      files_checked: report.filesChecked,
      missing_files: report.missingFiles,
      hash_mismatches: report.hashMismatches,
      undeclared_files: report.undeclaredFiles,
      warnings: report.remarks,
    }),
    ...encodeSignatures(report.signature),
    signature_note: report.signature.status === "missing" ? UNSIGNED : signatureNote(report.signature),
    next_commands: nextCommands(path, report),
  };
}

/** What the existing program says of a runpack without signatures, word for word: others compare it. */
const UNSIGNED =
  "unsigned local/dev artifacts are expected by default; use --require-signature for strict verification";

/** A runpack report for people. */
export async function describeReport(path: string, report: RunpackReport): Promise<Line[]> {
  const { signature } = report;
  const { note, faults, steps } = await signatureText(report);
  const lines = [
    report.ok ? line(good("verify ok"), `: ${path}`) : line(bad("verify failed"), `: ${path}`),
    line(dim("  run       "), report.runId),
    line(dim("  manifest  "), `sha256:${report.manifestDigest}`),
    line(dim("  files     "), `${report.filesChecked} checked`),
    ...report.missingFiles.map((file) => line(dim("  missing   "), bad(file))),
    ...report.hashMismatches.map((found) =>
      line(dim("  changed   "), bad(found.path), dim(`  now ${found.actual.slice(0, 12)}…`))
    ),
    ...report.undeclaredFiles.map((file) => line(dim("  unlisted  "), report.ok ? warn(file) : bad(file))),
    line(
      dim("  signature "),
      (signature.status === "verified" ? good : warn)(note),
    ),
    ...faults.map((error) => line(dim("            "), error)),
    ...report.remarks.map((remark) => line(dim("  note      "), warn(remark))),
  ];
  return [...lines, ...nextLines([...steps, ...nextCommands(path, report)])];
}

function nextCommands(path: string, report: RunpackReport): string[] {
  if (report.missingFiles.length > 0 || report.hashMismatches.length > 0) return [];
  if (report.signature.status === "skipped") return ["gait keys trust add <public.key> --name <name>"];
  return report.ok
    ? [`gait run inspect ${pathArgument(path)}`, `gait regress bootstrap --from ${pathArgument(path)}`]
    : [];
}
