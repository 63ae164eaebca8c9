import { GaitError, messageOf } from "../errors/mod.ts";
import type { Files } from "../effects/types.ts";
import { joinPath } from "../formats/path.ts";
import { readValidTrace } from "../gate/trace/read_record.ts";
import { verifyTrace } from "../gate/trace/verify.ts";
import { verdictThatCounts } from "../schema/trace_record.ts";
import type { Verdict } from "../schema/verdict.ts";
import type { TrustedKeys } from "../signing/mod.ts";

/** Maximum size of a trace in bytes; real ones are far smaller. */
const MAX_TRACE_BYTES = 16 * 1024 * 1024;

/** Verdicts in the order in which they are reported. */
export const REPORTED = [
  "allow",
  "block",
  "dry_run",
  "require_approval",
] as const satisfies readonly Verdict[];

/** A summary of the traces of a child. */
export interface TraceSummary {
  readonly counts: Readonly<Record<Verdict, number>>;
  /** Why each of the other traces was ignored, e.g. `bad.json: its verdict is unknown`. */
  readonly invalid: readonly string[];
  /** How many signatures were verified. */
  readonly verified: number;
}

/**
 * Read the traces that a child named (docs/spec/regress.md section 3, step 4). With a key, a trace counts only if a
 * trusted key signed it: otherwise any program that can print a line could forge an allow (docs/threat_model.md 1).
 *
 * @param root the folder that relative paths are resolved against
 */
export async function readTraces(
  paths: readonly string[],
  root: string,
  trusted: TrustedKeys,
  files: Files,
): Promise<TraceSummary> {
  const counts: Record<Verdict, number> = { allow: 0, block: 0, dry_run: 0, require_approval: 0 };
  const invalid: string[] = [];
  let verified = 0;
  for (const path of paths) {
    try {
      const bytes = await files.read(joinPath(root, path), MAX_TRACE_BYTES);
      const trace = readValidTrace(bytes);
      if (trusted.source !== "none") {
        const report = await verifyTrace(bytes, trusted);
        if (!report.ok) {
          invalid.push(`${path}: ${report.error ?? "its signature does not verify"}`);
          continue;
        }
        verified++;
      }
      counts[verdictThatCounts(trace)]++;
    } catch (error) {
      if (!(error instanceof GaitError)) throw error;
      invalid.push(`${path}: ${messageOf(error)}`);
    }
  }
  return { counts, invalid, verified };
}
