import { GaitError, messageOf } from "../errors/mod.ts";
import type { Files } from "../effects/types.ts";
import { joinPath } from "../formats/path.ts";
import { isKnownTime, unixNanos } from "../formats/time.ts";
import { readValidTrace, type ValidTrace } from "../gate/trace/read_record.ts";
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
  /** Paths of traces that are signed, but by an earlier run: they count for nothing. */
  readonly stale: readonly string[];
  /** How many signatures were verified. */
  readonly verified: number;
}

/**
 * Milliseconds that the clock of a file system may be behind, and that of a gate elsewhere. A copy of an old trace has
 * a new file, so its own time is checked too.
 */
const FILE_CLOCK = 1_000;
const GATE_CLOCK = 300_000;

/**
 * Read the traces that a child named (docs/spec/regress.md section 3, step 4). With a key, a trace counts only if a
 * trusted key signed it in this run: otherwise any program that can print a line could forge an allow
 * (docs/threat_model.md 1), or show that of an earlier run.
 *
 * @param root the folder that relative paths are resolved against
 * @param started when the child was started, in milliseconds since 1970
 */
export async function readTraces(
  paths: readonly string[],
  { root, trusted, started }: { root: string; trusted: TrustedKeys; started: number },
  files: Files,
): Promise<TraceSummary> {
  const counts: Record<Verdict, number> = { allow: 0, block: 0, dry_run: 0, require_approval: 0 };
  const invalid: string[] = [];
  const stale: string[] = [];
  let verified = 0;
  for (const path of paths) {
    try {
      const file = joinPath(root, path);
      const bytes = await files.read(file, MAX_TRACE_BYTES);
      const trace = readValidTrace(bytes);
      if (trusted.source !== "none") {
        const report = await verifyTrace(bytes, trusted);
        if (!report.ok) {
          invalid.push(`${path}: ${report.error ?? "its signature does not verify"}`);
          continue;
        }
        verified++;
        if (isOld(trace, started) || await isUntouched(file, started, files)) {
          stale.push(path);
          continue;
        }
      }
      counts[verdictThatCounts(trace)]++;
    } catch (error) {
      if (!(error instanceof GaitError)) throw error;
      invalid.push(`${path}: ${messageOf(error)}`);
    }
  }
  return { counts, invalid, stale, verified };
}

/** Whether a trace was observed before the run; one that doesn't say when is as old as its file. */
function isOld({ observed_at: observed }: ValidTrace, started: number): boolean {
  return isKnownTime(observed) && Number(unixNanos(observed) / 1_000_000n) < started - GATE_CLOCK;
}

/** Whether nobody changed a file since the run began. */
async function isUntouched(path: string, started: number, files: Files): Promise<boolean> {
  const info = await files.stat(await files.realPath(path));
  return info !== undefined && (info.changed ?? info.modified) < started - FILE_CLOCK;
}
