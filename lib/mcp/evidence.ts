import type { Files } from "../effects/types.ts";
import { invalidInput } from "../errors/mod.ts";
import { cleanPath, folderOf, outputPath } from "../formats/path.ts";
import { trim } from "../formats/text.ts";
import { isZip } from "../formats/zip/magic.ts";
import type { Decision } from "../gate/decide.ts";
import { refuseOtherLog } from "../gate/trace/own_log.ts";
import { NAMED, writeRecords } from "../gate/trace/write.ts";
import { buildRunPack } from "../pack/build_run.ts";
import { proveItVerifies } from "../pack/prove.ts";
import type { PrivateKey } from "../signing/mod.ts";
import type { DecidedCall } from "./decided_call.ts";
import { decisionRunpack, type RecordingContext } from "./decision_runpack.ts";
import { isLogLine, isOtelLine, logLine, otelLine } from "./export_lines.ts";

/** The paths of the evidence of a decision; evidence without a path is not written. */
export interface EvidencePaths {
  readonly trace: string;
  readonly runpack?: string | undefined;
  readonly pack?: string | undefined;
  /** File of log events. */
  readonly log?: string | undefined;
  /** File of OpenTelemetry events. */
  readonly otel?: string | undefined;
}

/** The evidence that was written. Paths are as given, except that the path of the pack is cleaned. */
export interface WrittenEvidence {
  readonly paths: EvidencePaths;
  readonly packId?: string;
  /** Paths to which earlier records were moved to make room. */
  readonly kept: readonly string[];
}

/** The host and the key for making evidence. */
export interface EvidenceOptions extends RecordingContext {
  /** Signs the pack; the trace is already signed. */
  readonly key: PrivateKey;
  /** Makes the records of a decision durable; by default each in a file, beginning with the path of the trace. */
  readonly record?: RecordDecision | undefined;
}

/** Resolves when the records of a decision are durable. */
export type RecordDecision = (decision: Decision) => Promise<RecordedTrace>;

/** Where the trace of a decision is, and the paths to which earlier records were moved to make room. */
export interface RecordedTrace {
  readonly trace: string;
  readonly kept: readonly string[];
}

/**
 * Check all paths before anything is counted or written, so that an invalid path can't leave partial evidence behind.
 *
 * @throws {GaitError} `invalid_input` for a path that can't be written to, or that two outputs share
 */
export async function checkEvidencePaths(
  { trace, runpack, pack, log, otel }: Partial<EvidencePaths>,
  files: Files,
): Promise<void> {
  const taken = new Map<string, string>();
  for (
    const [path, rules] of [
      [trace, NAMED],
      [runpack, ARCHIVE],
      [pack, ARCHIVE],
      [log, isLogLine],
      [otel, isOtelLine],
    ] as const
  ) {
    if (path === undefined) continue;
    const target = outputPath(path);
    const real = await files.realPath(target);
    const other = taken.get(real);
    if (other !== undefined) {
      throw invalidInput(`Cannot write to "${path}" and "${other}": they are the same file`);
    }
    taken.set(real, path);
    if (typeof rules === "object") await files.checkOutput(target, rules);
    else if (![undefined, "file"].includes((await files.stat(target))?.kind)) {
      throw invalidInput(`Cannot append to "${path}": it is not a regular file`);
    } else await refuseOtherLog(files, target, rules);
  }
}

/** An existing archive is moved to a numbered name; any other existing file makes the write fail. */
const ARCHIVE = {
  older: isZip,
  hint: "Give another name: the existing file is not an archive",
};

/**
 * Build all evidence of a decision first, then write it: trace, runpack, pack, events (docs/spec/mcp.md 2.1, items 13
 * to 15).
 *
 * @throws {GaitError} `invalid_input`, `io_failure`, `state_contention`; the caller must then not report the decision
 */
export async function writeEvidence(
  decided: DecidedCall,
  paths: EvidencePaths,
  { key, record, ...on }: EvidenceOptions,
  files: Files,
): Promise<WrittenEvidence> {
  const { runpack, pack, log, otel } = paths;
  const needed = runpack !== undefined || pack !== undefined;
  const packed = needed ? await decisionRunpack(decided, on) : undefined;
  const sealed = pack === undefined || !packed
    ? undefined
    : await proveItVerifies((await buildRunPack(packed, on.producer, key)).pack);
  const recorded = await (record ?? recordInFiles(paths.trace, files))(decided.decision);
  const kept = [...recorded.kept];
  const write = async (path: string, bytes: Uint8Array) => {
    const target = outputPath(path);
    if (folderOf(target) !== ".") await files.makeFolder(folderOf(target));
    const { keptAs } = await files.writeOutput(target, bytes, ARCHIVE);
    if (keptAs !== undefined) kept.push(keptAs);
  };
  if (runpack !== undefined && packed) await write(runpack, packed);
  if (pack !== undefined && sealed) await write(pack, sealed.bytes);
  const tracePath = trim(recorded.trace);
  if (log !== undefined) await files.appendLine(outputPath(log), logLine(decided, tracePath, on.producer));
  if (otel !== undefined) await files.appendLine(outputPath(otel), otelLine(decided, tracePath));
  return {
    paths: {
      ...paths,
      trace: recorded.trace,
      ...(pack === undefined ? {} : { pack: cleanPath(trim(pack)) }),
    },
    ...(sealed ? { packId: sealed.packId } : {}),
    kept,
  };
}

function recordInFiles(trace: string, files: Files): RecordDecision {
  return async (decision) => ({ trace, kept: (await writeRecords(files, decision, { trace })).kept });
}
