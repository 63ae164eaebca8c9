import { importConversations, type ImportOptions } from "../conversation/import.ts";
import { type Format, FORMATS, type Skipped } from "../conversation/transcript.ts";
import {
  DIFF_PRIVACY,
  type DiffPrivacy,
  diffRunpacks as compareRunpacks,
  type DiffSummary,
} from "../runpack/diff.ts";
import { readRunpack as openRunpack, type Runpack as DomainRunpack } from "../runpack/read.ts";
import { readRecordInput as decodeRecordInput } from "../runpack/record_input.ts";
import type { RecordContext } from "../runpack/record.ts";
import { EVIDENCE_MODES } from "../runpack/context.ts";
import { CAPTURE_MODES, type RecordOptions, recordRequest } from "../runpack/record_request.ts";
import { type Replay, replayRun as replay } from "../runpack/replay.ts";
import { invalidInput } from "../errors/mod.ts";
import { utf8 } from "../formats/bytes.ts";
import { copyJson } from "../formats/json/copy.ts";
import type { Digest } from "../signing/mod.ts";
import { VERSION } from "../version.ts";
import {
  checkBytes,
  checkChoice,
  checkOptions,
  checkRunpack,
  checkTextOrBytes,
  type Elsewhere,
  type Shape,
} from "./arguments.ts";
import type { Intent, RecordInput, RecordRequest, Runpack } from "./records.ts";
import { libraryError, withLibraryErrors } from "./errors.ts";
import { libraryEffects } from "./effects.ts";
import { RunRecorder } from "./guard/recorder.ts";

/** Executes an intent, or declines by returning `undefined`; `digest` is that of the result. */
export type Executor = (intent: Intent) => Promise<{ status: string; digest: string } | undefined>;

/** A finished runpack. */
export interface MadeRunpack {
  /** Id of the run. */
  readonly runId: string;
  /** Digest of the manifest, as in a ticket footer. */
  readonly manifestDigest: Digest;
  /** The whole archive, for a file named `runpack_<run id>.zip`. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Id of the key that signed it; absent when none did. */
  readonly keyId?: string;
}

/** A run that was recorded. */
export interface RecordedRunpack extends MadeRunpack {
  /** What was left out, or will not work. */
  readonly warnings: readonly string[];
}

/** A runpack of an imported conversation. */
export interface ImportedRunpack extends MadeRunpack {
  /** Parts of the conversation that were skipped, and why. */
  readonly skipped: readonly Skipped[];
  /** Set if a ticket footer can't contain the run id. */
  readonly warning?: string;
}

/** The result of an import. */
export interface ImportResult {
  /** The given or detected format. */
  readonly format: Format;
  /** In the order of the input. */
  readonly runs: readonly ImportedRunpack[];
  /** Skipped parts that belong to no run. */
  readonly skipped: readonly Skipped[];
}

const RECORD_CONTEXT: Shape<RecordContext> = { now: "text", os: "text", arch: "text", producer: "text" };
const RECORD_OPTIONS: Shape<RecordOptions> = {
  runId: "text",
  captureMode: CAPTURE_MODES,
  contextEnvelope: "text",
  contextEvidenceMode: EVIDENCE_MODES,
  allowRawContext: "switch",
  key: "private key",
  stripPayloads: "switch",
};
/** Options of recordRun that are given where the context is expected. */
const OF_THIRD: Elsewhere = Object.fromEntries(
  Object.keys(RECORD_OPTIONS).map((
    name,
  ) => [name, "Give options as the third argument, behind the context: {}"]),
);
const IMPORT_OPTIONS: Shape<ImportOptions> = {
  format: FORMATS,
  runId: "text",
  captureMode: CAPTURE_MODES,
  key: "private key",
};

/**
 * Record a run as a runpack. Missing digests are computed from payloads. The same input and context give the same
 * bytes.
 *
 * @example
 * ```ts
 * import { readRunpack, recordRun } from "@gait/gait";
 *
 * const { runId, bytes } = await recordRun({
 *   run: { run_id: "run_42" },
 *   intents: [{ intent_id: "i1", tool_name: "fs.read", args: { path: "/srv/data" } }],
 *   results: [{ intent_id: "i1", status: "ok", result: { lines: 3 } }],
 * });
 * const { intents } = await readRunpack(bytes); // digests: arguments and results are not in it
 * console.log(runId, intents[0]?.tool_name);
 * ```
 *
 * @param input in the form of the input of `gait run record`
 * @throws {GaitError} `invalid_input` for a member of another type, a record with neither digest nor payload, a run
 * id that is not a file name, or context that is missing though it is required, or raw though it may not be
 */
export async function recordRun(
  input: RecordRequest,
  around: RecordContext = {},
  options: RecordOptions = {},
): Promise<RecordedRunpack> {
  checkOptions("the context", around, RECORD_CONTEXT, OF_THIRD);
  if (input instanceof RunRecorder) {
    throw invalidInput("Cannot read run input: expected the calls, not their recorder", {
      hint: "Give recorder.request()",
    });
  }
  checkOptions("options", options, RECORD_OPTIONS);
  const { packed, warnings } = await withLibraryErrors(() => {
    const given = decodeRecordInput(utf8(JSON.stringify(copyJson(input, "run input"))));
    return recordRequest(given, around, options, libraryEffects(), VERSION);
  });
  return { ...made(packed), warnings };
}

/**
 * Read the JSON text of a run to record, checking every member and filling in absent ones.
 *
 * @throws {GaitError} `invalid_input` naming the first invalid member
 */
export function readRecordInput(input: string | Uint8Array): RecordInput {
  checkTextOrBytes("run input", input);
  try {
    return decodeRecordInput(typeof input === "string" ? utf8(input) : input);
  } catch (error) {
    throw libraryError(error);
  }
}

/**
 * Convert the conversations in a log, in any format that `gait run import` reads, to runpacks: all of them, or none.
 *
 * @param input JSON, JSON Lines or another text of a format, or its bytes
 * @throws {GaitError} `invalid_input`, naming the conversation, if one can't be read or contains nothing usable
 */
export async function importRun(
  input: string | Uint8Array,
  options: ImportOptions = {},
): Promise<ImportResult> {
  checkTextOrBytes("the input", input);
  checkOptions("options", options, IMPORT_OPTIONS);
  const bytes = typeof input === "string" ? utf8(input) : input;
  const imported = await withLibraryErrors(() =>
    importConversations(bytes, options, { what: "the input", version: VERSION })
  );
  return {
    format: imported.format,
    skipped: imported.skipped,
    runs: imported.runs.map(({ packed, skipped, warning }) => ({
      ...made(packed),
      skipped,
      ...(warning === undefined ? {} : { warning }),
    })),
  };
}

/**
 * Read the records of a runpack; every digest is checked first, signatures are not: see {@linkcode verifyRunpack}.
 *
 * @param bytes the whole archive
 * @throws {GaitError} `invalid_input` when anything is missing, damaged or of another kind, `verification_failed` when
 * the archive is ambiguous
 */
export async function readRunpack(bytes: Uint8Array<ArrayBuffer>): Promise<Runpack> {
  checkBytes("runpack", bytes);
  return await withLibraryErrors(() => openRunpack(bytes));
}

/**
 * Replay a run from its record: each intent gets the recorded result, or a deterministic stub.
 *
 * @param execute executes an intent, or declines; by default nothing is executed
 * @throws {GaitError} `invalid_input` when two records have one id, or it is not what {@linkcode readRunpack} returns
 */
export async function replayRun(pack: Runpack, execute?: Executor): Promise<Replay> {
  checkRunpack(pack);
  return await withLibraryErrors(() => replay(pack as DomainRunpack, execute));
}

/**
 * Compare two runs, ignoring by whom, when and under which id they were recorded.
 *
 * @param privacy `metadata` compares only digests and structure, `full` also payloads
 * @throws {GaitError} `invalid_input` for anything but what {@linkcode readRunpack} returns
 */
export function diffRunpacks(left: Runpack, right: Runpack, privacy: DiffPrivacy): DiffSummary {
  [left, right].forEach(checkRunpack);
  checkChoice("privacy", privacy, DIFF_PRIVACY);
  return compareRunpacks(left as DomainRunpack, right as DomainRunpack, privacy);
}

function made(packed: MadeRunpack): MadeRunpack {
  const { runId, manifestDigest, bytes, keyId } = packed;
  return { runId, manifestDigest, bytes, ...(keyId === undefined ? {} : { keyId }) };
}
