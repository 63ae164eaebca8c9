import { GaitError, messageOf } from "../errors/mod.ts";
import type { Effects } from "../effects/types.ts";
import { joinPath } from "../formats/path.ts";
import type { TrustedKeys } from "../signing/mod.ts";
import { type ChildOutput, MAX_REFERENCES, ReferenceCollector } from "./references.ts";
import { readTraces, type TraceSummary } from "./traces.ts";
import { type WrapMode, type WrapVerdict, wrapVerdict } from "./verdict.ts";

/** Milliseconds between SIGTERM and SIGKILL. */
export const GRACE = 2000;

/** Milliseconds that descendants may go on printing after the child exits. */
const LINGER = 500;

/** A command to wrap. */
export interface WrapRequest {
  readonly mode: WrapMode;
  /** Program and arguments. */
  readonly command: readonly string[];
  /** Working folder of the child. */
  readonly cwd: string;
  /** Folder that relative trace paths are resolved against. */
  readonly traceRoot: string;
  /** Milliseconds. */
  readonly timeout: number;
  /** Keys that must have signed the traces; without keys, signatures are not verified. */
  readonly trusted: TrustedKeys;
}

/** The outcome and the output of a wrapped command. */
export interface WrapReport {
  readonly verdict: WrapVerdict;
  /** Exit status of the child, -1 when a signal ended it. */
  readonly code: number;
  readonly timedOut: boolean;
  /** Milliseconds. */
  readonly duration: number;
  readonly printed: ChildOutput;
  readonly traces: TraceSummary;
  readonly warnings: readonly string[];
  /** What could not be checked. */
  readonly notes: readonly string[];
  /** Why the child could not be started. */
  readonly startError?: string;
}

/** What a wrapper without a key can't know. */
const UNSIGNED = "no key is known, so the traces may be planted or old: give --public-key <file>";

/** Effects for wrapping. */
export type WrapEffects = Pick<Effects, "files" | "now" | "runBounded">;

/**
 * Run a command that writes gate traces, and evaluate it by them (docs/spec/regress.md section 3). The child is
 * started directly, without a shell, and its whole process group is terminated with it.
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
  const read = await readTraces(printed.tracePaths, { root: traceRoot, trusted, started }, files);
  const traces = printed.tooMany
    ? { ...read, invalid: [...read.invalid, `more than ${MAX_REFERENCES} traces were named`] }
    : read;
  const duration = Math.max(0, now() - started);
  const { code = 0, timedOut = false } = child ?? {};
  const unsigned = trusted.source === "none" && printed.tracePaths.length > 0;
  const report = { code, timedOut, duration, printed, traces, notes: unsigned ? [UNSIGNED] : [] };
  if (startError !== undefined) {
    return { ...report, verdict: { kind: "failed", reason: "child_start_failed" }, warnings: [], startError };
  }
  const named = printed.tracePaths.length;
  return {
    ...report,
    verdict: wrapVerdict({ mode, timedOut, code, named, traces }),
    warnings: [
      ...traces.invalid.map((reason) => `trace ignored: ${reason}`),
      ...traces.stale.map((path) => `trace ignored: ${path}: it is from before the command started`),
      ...await unmatchedTraces(request, printed.tracePaths, effects),
      ...printed.truncated.map((stream) => `only the beginning of ${stream} was kept`),
    ],
  };
}

/**
 * Whether the working folder is missing, which the error of a failed start doesn't distinguish from a missing
 * program.
 */
async function isNoFolder(path: string, { files }: WrapEffects): Promise<boolean> {
  const kind = (await files.stat(path))?.kind;
  return kind === undefined || kind === "file" || kind === "other";
}

/**
 * Warn about traces that were looked for in the wrong folder: a child may print paths relative to its own working
 * folder.
 */
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
      `"${path}" is in the working folder of the command: use --trace-root ${cwd} to read traces from there`,
    ];
  }
  return [];
}
