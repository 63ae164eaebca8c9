import { GaitError, invalidInput } from "../errors/mod.ts";
import type { JsonValue } from "../formats/json/mod.ts";
import { EPOCH_1980 } from "../formats/time.ts";
import type { RecordInput } from "../schema/runpack.ts";
import { digestOf, type PrivateKey } from "../signing/mod.ts";
import { checkRunId } from "../runpack/locate.ts";
import type { PackedRun } from "../runpack/pack_records.ts";
import { readRunpack } from "../runpack/read.ts";
import { recordRun } from "../runpack/record.ts";
import type { CaptureMode } from "../runpack/record_request.ts";
import { readAnthropic } from "./anthropic.ts";
import { type Conversation, detectFormat, readRoots, type Roots, splitConversations } from "./input.ts";
import { readOpenAi } from "./openai.ts";
import { readTrace } from "./otel.ts";
import { splitTraces } from "./otel_traces.ts";
import { toRecordInput } from "./to_record_input.ts";
import type { Format, Skipped, Transcript } from "./transcript.ts";
import { findAnyCallMark, stoppedForCalls } from "./call_marks.ts";
import { unreadCalls } from "./ledger.ts";

/** How conversations are imported. */
export interface ImportOptions {
  /** Recognised unless given. */
  readonly format?: Format | undefined;
  /** Id of the run, or what the ids of several runs begin with; derived from the content unless given. */
  readonly runId?: string | undefined;
  /** `reference`, unless given, keeps digests alone; `raw` keeps arguments and results too. */
  readonly captureMode?: CaptureMode;
  /** Sign with this key. */
  readonly key?: PrivateKey | undefined;
}

/** What imports it, and from where. */
export interface ImportSource {
  /** Name in errors, e.g. `"chat.json"`. */
  readonly what: string;
  /** Version of this program. */
  readonly version: string;
}

/** A conversation as a runpack. */
export interface ImportedRun {
  readonly packed: PackedRun;
  readonly record: RecordInput;
  /** Intent ids of the calls whose arguments were not JSON objects. */
  readonly rawArguments: readonly string[];
  readonly skipped: readonly Skipped[];
  /** Set if a ticket footer can't contain the run id. */
  readonly warning: string | undefined;
}

/** The result of an import. */
export interface Imported {
  readonly format: Format;
  readonly runs: readonly ImportedRun[];
  /** Skipped parts that belong to no run. */
  readonly skipped: readonly Skipped[];
}

/** A conversation without a run id yet. */
interface Reading {
  readonly position: string;
  /** The value that its digest covers. */
  readonly value: JsonValue;
  readonly transcript: Transcript;
}

/**
 * Convert conversations to runpacks: all of them, or none.
 *
 * @returns the runpacks, in order; the same input gives the same bytes
 * @throws {GaitError} `invalid_input`, naming the conversation, if one can't be read or contains nothing usable
 */
export async function importConversations(
  bytes: Uint8Array,
  options: ImportOptions,
  { what, version }: ImportSource,
): Promise<Imported> {
  const roots = readRoots(bytes, what);
  const format = options.format ?? detectFormat(roots);
  const { readings, skipped } = readAll(roots, format);
  const ids = await runIds(readings, options.runId?.trim(), skipped);
  const runs: ImportedRun[] = [];
  for (const [i, reading] of readings.entries()) {
    runs.push(
      await naming(reading.position, () => pack(reading.transcript, ids[i]!, format, options, version)),
    );
  }
  return { format, runs, skipped };
}

function readAll(roots: Roots, format: Format): { readings: Reading[]; skipped: Skipped[] } {
  if (format === "otel") {
    const { traces, skipped } = splitTraces(roots);
    const readings = traces.map((trace) => ({
      position: trace.position,
      value: trace.spans.map((span) => span.value),
      transcript: readTrace(trace),
    }));
    return { readings, skipped: [...skipped] };
  }
  const read = format === "openai" ? readOpenAi : readAnthropic;
  const readings = splitConversations(roots).map((conversation) => ({
    position: conversation.position,
    value: conversation.value,
    transcript: refuseUnreadCalls(conversation, read(conversation)),
  }));
  return { readings, skipped: [] };
}

/** A unique id for each run; renamed duplicates are listed. */
async function runIds(
  readings: readonly Reading[],
  requestedId: string | undefined,
  skipped: Skipped[],
): Promise<string[]> {
  if (requestedId !== undefined) {
    return readings.length === 1 ? [requestedId] : readings.map((_, i) => `${requestedId}_${i + 1}`);
  }
  const taken = new Set<string>();
  const ids: string[] = [];
  for (const { position, value } of readings) {
    const plain = `run_${(await digestOf(value)).slice(0, 12)}`;
    let id = plain;
    for (let n = 2; taken.has(id); n++) id = `${plain}_${n}`;
    if (id !== plain) skipped.push({ position, reason: `same content as ${plain}; kept as ${id}` });
    taken.add(id);
    ids.push(id);
  }
  return ids;
}

async function pack(
  transcript: Transcript,
  runId: string,
  format: Format,
  { captureMode = "reference", key }: ImportOptions,
  producerVersion: string,
): Promise<ImportedRun> {
  const warning = checkRunId(runId);
  const record = toRecordInput(transcript, { runId, format, captureMode, producerVersion });
  const packed = await recordRun(record, { now: EPOCH_1980, os: "", arch: "", producer: producerVersion }, {
    stripPayloads: captureMode === "reference",
    key,
  });
  // A payload may fit the input but not a record, so the runpack is read back before it counts as evidence.
  await readRunpack(packed.bytes);
  const rawArguments = transcript.calls.flatMap((call, i) =>
    call.rawArguments ? [record.intents[i]!.intent_id] : []
  );
  return { packed, record, rawArguments, skipped: transcript.skipped, warning };
}

/** Add the position of the conversation to errors. */
async function naming<T>(position: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof GaitError) || error.code !== "invalid_input") throw error;
    throw invalidInput(`Cannot import ${position}: ${error.message}`, {
      cause: error,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      ...(error.detail === undefined ? {} : { detail: error.detail }),
    });
  }
}

/**
 * Refuse a conversation that contains calls but yields none: its runpack would attest that the agent did nothing, and
 * a regression created from it would pass whenever nothing is done.
 *
 * @throws {GaitError} `invalid_input`
 */
export function refuseUnreadCalls(conversation: Conversation, transcript: Transcript): Transcript {
  if (transcript.calls.length > 0) return transcript;
  const seen: Skipped[] = [];
  const { finish_reason: finish, stop_reason: stop } = conversation.about;
  if (stoppedForCalls(finish) || stoppedForCalls(stop)) {
    seen.push({ position: conversation.position, reason: "the model stopped to have tools called" });
  }
  conversation.messages.forEach((message, i) => {
    const mark = findAnyCallMark(message);
    if (mark !== undefined) seen.push({ position: `message ${i + 1}`, reason: mark });
  });
  if (seen.length > 0) throw unreadCalls(conversation.position, seen);
  return transcript;
}
