import { invalidInput } from "../errors/mod.ts";
import { EPOCH_1980 } from "../formats/time.ts";
import { digestOf, type PrivateKey } from "../signing/mod.ts";
import { checkRunId } from "../runpack/locate.ts";
import type { PackedRun } from "../runpack/pack_records.ts";
import { readRunpack } from "../runpack/read.ts";
import { recordRun } from "../runpack/record.ts";
import type { CaptureMode } from "../runpack/record_request.ts";
import type { ImportInput } from "./input.ts";
import { listOf } from "./ledger.ts";
import { naming } from "./named_errors.ts";
import { readInputs } from "./read_inputs.ts";
import { attestedOnce, type FoundReading } from "./same_calls.ts";
import { toRun } from "./to_run.ts";
import type { Format, Skipped, Transcript } from "./transcript.ts";

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
  readonly format: Format;
  readonly packed: PackedRun;
  /** Numbers of calls, of results, and of those that are errors. */
  readonly intents: number;
  readonly results: number;
  readonly errors: number;
  /** Intent ids of the calls whose arguments were not JSON objects. */
  readonly rawArguments: readonly string[];
  readonly skipped: readonly Skipped[];
  /** Set if a ticket footer can't contain the run id. */
  readonly warning: string | undefined;
}

/** The result of an import. */
export interface Imported {
  /** That of the first run. */
  readonly format: Format;
  readonly runs: readonly ImportedRun[];
  /** Skipped parts that belong to no run. */
  readonly skipped: readonly Skipped[];
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
  return await importInputs([{ what, bytes }], options, version);
}

/**
 * Convert several logs to runpacks: all of them, or none. Files that were only found in a folder or an archive are
 * listed when they hold no log; one with calls that can't be read is refused.
 *
 * @throws {GaitError} `invalid_input`, naming the log
 */
export async function importInputs(
  inputs: readonly ImportInput[],
  options: ImportOptions,
  version: string,
): Promise<Imported> {
  const skipped: Skipped[] = [];
  const read = await readInputs(inputs, options.format, options.captureMode ?? "reference", skipped);
  const found = read.flatMap(({ readings }) => readings);
  const readings = await attestedOnce(found, skipped);
  if (readings.length === 0) {
    throw read.length > 0
      ? invalidInput(`Cannot import: no call of a tool was found in the input${listOf(skipped)}`, {
        hint: "Give a log in which an agent called tools: of any other there is nothing to attest",
      })
      : invalidInput(`Cannot import: there is no log in the input${listOf(skipped)}`, {
        hint: "See what is read: gait run import --list-formats",
      });
  }
  const ids = await runIds(readings, options.runId?.trim(), skipped);
  const runs: ImportedRun[] = [];
  for (const [i, reading] of readings.entries()) {
    runs.push(
      await naming(
        reading.position,
        () => pack(reading.transcript, ids[i]!, reading.format, options, version),
      ),
    );
  }
  return { format: readings[0]!.format, runs, skipped };
}

/** A unique id for each run; renamed duplicates are listed. */
async function runIds(
  readings: readonly FoundReading[],
  requestedId: string | undefined,
  skipped: Skipped[],
): Promise<string[]> {
  if (requestedId !== undefined) {
    return readings.length === 1 ? [requestedId] : readings.map((_, i) => `${requestedId}_${i + 1}`);
  }
  const taken = new Set<string>();
  const ids: string[] = [];
  for (const { position, value, digest } of readings) {
    const plain = `run_${(digest ?? await digestOf(value)).slice(0, 12)}`;
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
  const record = toRun(transcript, { runId, format, captureMode, producerVersion });
  const packed = await recordRun(record, { now: EPOCH_1980, os: "", arch: "", producer: producerVersion }, {
    // What was written of a long log has none that it does not keep.
    stripPayloads: captureMode === "reference" && transcript.written === undefined,
    key,
  });
  // A payload may fit the input but not a record: such a runpack is read back before it counts as evidence.
  if (!packed.isEasilyRead) await readRunpack(packed.bytes);
  const { errors, rawArguments } = transcript.written ?? oddIn(transcript);
  return {
    format,
    packed,
    intents: record.intents.length,
    results: record.results.length,
    errors: errors.size,
    rawArguments: Array.from(rawArguments, (place) => record.ids[place]!),
    skipped: transcript.skipped,
    warning,
  };
}

/** The answers that are errors, and the calls whose arguments were not JSON objects. */
function oddIn({ calls, answers }: Transcript) {
  const placesOf = <T>(list: readonly T[], isOdd: (one: T) => boolean) =>
    new Set(list.flatMap((one, place) => isOdd(one) ? [place] : []));
  return {
    errors: placesOf(answers, ({ status }) => status === "error"),
    rawArguments: placesOf(calls, (call) => call.rawArguments),
  };
}
