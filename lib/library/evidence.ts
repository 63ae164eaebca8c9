import { importConversations, type ImportOptions } from "../conversation/import.ts";
import type { Format, Skipped } from "../conversation/transcript.ts";
import { buildRunPack } from "../pack/build_run.ts";
import { proveItVerifies } from "../pack/prove.ts";
import type { SealedPack, SealOptions } from "../pack/seal.ts";
import type { PackReport } from "../pack/report.ts";
import { verifyPack as provePack } from "../pack/verify.ts";
import type { VerifyPackOptions } from "../pack/report.ts";
import { type DiffPrivacy, diffRunpacks as compareRunpacks, type DiffSummary } from "../runpack/diff.ts";
import { readRunpack as openRunpack, type Runpack as DomainRunpack } from "../runpack/read.ts";
import { readRecordInput as decodeRecordInput } from "../runpack/record_input.ts";
import type { RecordContext } from "../runpack/record.ts";
import { type RecordOptions, recordRequest } from "../runpack/record_request.ts";
import { type Replay, replayRun as replay } from "../runpack/replay.ts";
import {
  type RunpackReport,
  verifyRunpack as proveRunpack,
  type VerifyRunpackOptions,
} from "../runpack/verify.ts";
import { utf8 } from "../formats/bytes.ts";
import { copyJson } from "../formats/json/copy.ts";
import { type TraceReport, verifyTrace as proveTrace } from "../gate/trace/verify.ts";
import type { Digest, TrustedKeys } from "../signing/mod.ts";
import { VERSION } from "../version.ts";
import { checkBytes, checkOptions, checkTextOrBytes, checkTrustedKeys, type Shape } from "./arguments.ts";
import type { Intent, RecordInput, RecordRequest, Runpack } from "./records.ts";
import { libraryError, withLibraryErrors } from "./errors.ts";
import { libraryEffects } from "./effects.ts";

/** Executes an intent for real, or declines by `undefined`; `digest` is that of the result. */
export type Executor = (intent: Intent) => Promise<{ status: string; digest: string } | undefined>;

/** A runpack that was made. */
export interface MadeRunpack {
  /** Id of the run. */
  readonly runId: string;
  /** Digest of the manifest: what a ticket footer names. */
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

/** A conversation that became a runpack. */
export interface ImportedRunpack extends MadeRunpack {
  /** What of the conversation is not in it, and why. */
  readonly skipped: readonly Skipped[];
  /** Set when a ticket footer can't carry the run id. */
  readonly warning?: string;
}

/** What came of an input. */
export interface ImportResult {
  /** The format that was given or recognised. */
  readonly format: Format;
  /** In the order of the input. */
  readonly runs: readonly ImportedRunpack[];
  /** What belongs to no run. */
  readonly skipped: readonly Skipped[];
}

const RECORD_CONTEXT: Shape<RecordContext> = { now: "text", os: "text", arch: "text", producer: "text" };
const RECORD_OPTIONS: Shape<RecordOptions> = {
  runId: "text",
  captureMode: ["reference", "raw"],
  contextEnvelope: "text",
  contextEvidenceMode: ["best_effort", "required"],
  allowRawContext: "switch",
  key: "private key",
  stripPayloads: "switch",
};
const IMPORT_OPTIONS: Shape<ImportOptions> = {
  format: ["openai", "anthropic", "otel"],
  runId: "text",
  captureMode: ["reference", "raw"],
  key: "private key",
};
const VERIFY_RUNPACK_OPTIONS: Shape<VerifyRunpackOptions> = {
  trusted: "trusted keys",
  requireSignature: "switch",
};
const VERIFY_PACK_OPTIONS: Shape<VerifyPackOptions> = {
  ...VERIFY_RUNPACK_OPTIONS,
  strict: "switch",
  requireProof: "switch",
};
const PACK_OPTIONS: Shape<SealOptions> = { key: "private key" };

/**
 * Record a run as a runpack. What has no digest gets it from its payload; the same input and surroundings give the same
 * bytes.
 *
 * @param input as the file that `gait run record` takes
 * @throws {GaitError} `invalid_input` for a member of another type, a record with neither digest nor payload, a run id
 * that is no file name, or context that is missing though it is required, or raw though it may not be
 */
export async function recordRun(
  input: RecordRequest,
  around: RecordContext = {},
  options: RecordOptions = {},
): Promise<RecordedRunpack> {
  checkOptions("the context", around, RECORD_CONTEXT);
  checkOptions("options", options, RECORD_OPTIONS);
  const { packed, warnings } = await withLibraryErrors(() => {
    const given = decodeRecordInput(utf8(JSON.stringify(copyJson(input, "run input"))));
    return recordRequest(given, around, options, libraryEffects(), VERSION);
  });
  return { ...made(packed), warnings };
}

/**
 * Read the JSON text of a run to record, every member checked and absent ones filled in.
 *
 * @throws {GaitError} `invalid_input` that names the first member in the way
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
 * Turn conversations of an agent (OpenAI, Anthropic, OpenTelemetry) into runpacks: all of them, or none.
 *
 * @param input JSON or JSON Lines
 * @throws {GaitError} `invalid_input`, naming the conversation, when one can't be read or nothing in it can be used
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
 * Verify the bytes of a runpack: every digest, and the signatures by `trusted`.
 *
 * @param bytes the whole archive
 * @returns what was found; evidence holds only when `ok` is true
 * @throws {GaitError} `invalid_input` when the archive can't be read as a runpack, `verification_failed` when it is
 * ambiguous
 */
export async function verifyRunpack(
  bytes: Uint8Array<ArrayBuffer>,
  options: VerifyRunpackOptions = {},
): Promise<RunpackReport> {
  checkBytes("runpack", bytes);
  checkOptions("the demands", options, VERIFY_RUNPACK_OPTIONS);
  return await withLibraryErrors(() => proveRunpack(bytes, options));
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
 * Replay a run from its record: each intent gets the result that was recorded, or a stub that depends on nothing but
 * the intent.
 *
 * @param execute executes an intent for real, or declines; nothing is executed unless given
 * @throws {GaitError} `invalid_input` when two records have one id
 */
export async function replayRun(pack: Runpack, execute?: Executor): Promise<Replay> {
  return await withLibraryErrors(() => replay(pack as DomainRunpack, execute));
}

/**
 * Compare two runs. Who recorded them, when, and under which id does not count.
 *
 * @param privacy `metadata` compares digests and structure alone, `full` payloads too
 */
export function diffRunpacks(left: Runpack, right: Runpack, privacy: DiffPrivacy): DiffSummary {
  return compareRunpacks(left as DomainRunpack, right as DomainRunpack, privacy);
}

/**
 * Build a pack of a runpack: one file with all its evidence, which verifies offline.
 *
 * @param runpack the whole archive
 * @throws {GaitError} `invalid_input` when the runpack is damaged, `verification_failed` when it is ambiguous
 */
export async function buildPack(
  runpack: Uint8Array<ArrayBuffer>,
  options: SealOptions = {},
): Promise<SealedPack> {
  checkBytes("runpack", runpack);
  checkOptions("options", options, PACK_OPTIONS);
  return await withLibraryErrors(async () =>
    await proveItVerifies((await buildRunPack(runpack, VERSION, options.key)).pack)
  );
}

/**
 * Verify the bytes of a pack, and of what it embeds.
 *
 * @param bytes the whole archive
 * @returns what was found; evidence holds only when `ok` is true
 * @throws {GaitError} `invalid_input` when they are no pack at all, `verification_failed` when the pack breaks a
 * contract that leaves nothing to report on
 */
export async function verifyPack(
  bytes: Uint8Array<ArrayBuffer>,
  demands: VerifyPackOptions = {},
): Promise<PackReport> {
  checkBytes("pack", bytes);
  checkOptions("the demands", demands, VERIFY_PACK_OPTIONS);
  return await withLibraryErrors(() => provePack(bytes, demands));
}

/**
 * Verify the signature of a trace of the gate.
 *
 * @param trace the record as its file holds it
 * @param trusted the keys that count, e.g. `{ source: "flag", key }` or {@linkcode loadTrustStore}
 * @returns what was found; the trace is genuine only when `ok` is true
 * @throws {GaitError} `invalid_input` when it is no trace record, or `trusted` holds no key
 */
export async function verifyTrace(trace: string | Uint8Array, trusted: TrustedKeys): Promise<TraceReport> {
  checkTextOrBytes("trace", trace);
  checkTrustedKeys(trusted);
  return await withLibraryErrors(() => proveTrace(typeof trace === "string" ? utf8(trace) : trace, trusted));
}

function made(packed: MadeRunpack): MadeRunpack {
  const { runId, manifestDigest, bytes, keyId } = packed;
  return { runId, manifestDigest, bytes, ...(keyId === undefined ? {} : { keyId }) };
}
