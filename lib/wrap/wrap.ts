import { GaitError, messageOf } from "../errors/mod.ts";
import type { Effects } from "../effects/types.ts";
import { joinPath } from "../formats/path.ts";
import type { TrustedKeys } from "../signing/mod.ts";
import { MAX_REFERENCES, type Printed, ReferenceCollector } from "./references.ts";
import { readTraces, type TraceSummary } from "./traces.ts";
import { type WrapMode, type WrapVerdict, wrapVerdict } from "./verdict.ts";

/** Milliseconds between SIGTERM and SIGKILL. */
export const GRACE = 2000;

/** Milliseconds that what a child left behind may go on printing. */
const LINGER = 500;

/** A command to wrap. */
export interface WrapRequest {
  readonly mode: WrapMode;
  /** Program and arguments. */
  readonly command: readonly string[];
  /** Working folder of the child. */
  readonly cwd: string;
  /** Folder that the paths of traces count from. */
  readonly traceRoot: string;
  /** Milliseconds. */
  readonly timeout: number;
  /** Keys that must have signed the traces; without any, signatures are not looked at. */
  readonly trusted: TrustedKeys;
}

/** What a wrapped command came to, and what it printed. */
export interface WrapReport {
  readonly verdict: WrapVerdict;
  /** Exit status of the child, -1 when a signal ended it. */
  readonly code: number;
  readonly timedOut: boolean;
  /** Milliseconds. */
  readonly duration: number;
  readonly printed: Printed;
  readonly traces: TraceSummary;
  readonly warnings: readonly string[];
  /** Why the child could not be started. */
  readonly startError?: string;
}

/** Effects for wrapping. */
export type WrapEffects = Pick<Effects, "files" | "now" | "runBounded">;

/**
 * Run a command that is to leave gate traces behind, and evaluate it by them (docs/spec/regress.md section 3). The child is
 * started directly, without a shell, and its whole process group ends with it.
 */
export async function wrapCommand(request: WrapRequest, effects: WrapEffects): Promise<WrapReport> {
  const { mode, command: [program = "", ...args], cwd, traceRoot, timeout, trusted } = request;
  const { files, now, runBounded } = effects;
  const collector = new ReferenceCollector();
  const started = now();
  let child: { readonly code: number; readonly timedOut: boolean } | undefined;
  let startError: string | undefined;
  try {
    if (await isNoFolder(cwd, effects)) throw new GaitError("invalid_input", `There is no folder "${cwd}"`);
    child = await runBounded({
      command: program,
      args,
      cwd,
      env: { GAIT_WRAPPER_MODE: mode },
      timeout,
      grace: GRACE,
      linger: LINGER,
      onOutput: (stream, bytes) => collector.take(stream, bytes),
    });
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    startError = messageOf(error);
  }
  const printed = collector.end();
  const read = await readTraces(printed.tracePaths, traceRoot, trusted, files);
  const traces = printed.tooMany
    ? { ...read, invalid: [...read.invalid, `more than ${MAX_REFERENCES} traces were named`] }
    : read;
  const duration = Math.max(0, now() - started);
  const { code = 0, timedOut = false } = child ?? {};
  const report = { code, timedOut, duration, printed, traces };
  if (startError !== undefined) {
    return { ...report, verdict: { kind: "failed", reason: "child_start_failed" }, warnings: [], startError };
  }
  const named = printed.tracePaths.length;
  return {
    ...report,
    verdict: wrapVerdict({ mode, timedOut, code, named, traces }),
    warnings: [
      ...traces.invalid.map((reason) => `trace ignored: ${reason}`),
      ...await unmatchedTraces(request, printed.tracePaths, effects),
      ...printed.truncated.map((stream) => `only the beginning of ${stream} was kept`),
    ],
  };
}

/** The error of a child that can't be started does not tell whether the program or the folder is missing. */
async function isNoFolder(path: string, { files }: WrapEffects): Promise<boolean> {
  const kind = (await files.stat(path))?.kind;
  return kind === undefined || kind === "file" || kind === "other";
}

/** A child prints paths as it sees them, so a trace may stand in its folder instead of where it is looked for. */
async function unmatchedTraces(
  { cwd, traceRoot }: WrapRequest,
  paths: readonly string[],
  { files }: WrapEffects,
): Promise<string[]> {
  for (const path of paths) {
    const here = joinPath(traceRoot, path);
    const there = joinPath(cwd, path);
    if (here === there || await files.isFile(here) || !await files.isFile(there)) continue;
    return [
      `"${path}" stands in the folder of the command: give --trace-root ${cwd} to look for traces there`,
    ];
  }
  return [];
}
