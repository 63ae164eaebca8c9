import { type GaitError, invalidInput } from "../errors/mod.ts";
import { concat } from "../formats/bytes.ts";
import type { JsonValue } from "../formats/json/mod.ts";
import type { RewrittenLines } from "../formats/json/rewritten_lines.ts";
import type { CaptureMode } from "../runpack/record_request.ts";
import { findAnyCallMark, refersToCall } from "./call_marks.ts";
import { messagesIn } from "./formats/marks.ts";
import { detectFormat, READERS } from "./formats/table.ts";
import {
  type ImportInput,
  isCassette,
  isPromptfooYaml,
  isSpanTable,
  readRoots,
  type Roots,
} from "./input.ts";
import { type FilePart, partIn } from "./joined_parts.ts";
import { asDigests, type Keeping } from "./keeping.ts";
import { LONG_LOG, type LongLog, readLongLog } from "./long_log.ts";
import { beginsAsExport } from "./otlp_protobuf.ts";
import { wholeDocuments } from "./loose_json.ts";
import { asUtf8 } from "./text_bytes.ts";
import type { FoundReading } from "./same_calls.ts";
import { type Format, FORMATS, type Skipped } from "./transcript.ts";

/** What was read of one input. */
export interface ReadLog {
  readonly readings: readonly Omit<FoundReading, "input">[];
  readonly skipped: readonly Skipped[];
  /** Set instead of readings if it holds a part of a log, of which other files may hold more. */
  readonly part?: FilePart | undefined;
}

/**
 * Read one log: line by line if it is long and can be read so.
 *
 * @param given its format; recognised unless given
 * @param captureMode `reference` keeps digests alone, `raw` arguments and results too
 * @param isAlone whether it is read as a log though it may be a part of one
 * @throws {GaitError} `invalid_input` if it can't be read, or was only found and holds no log
 */
export async function readLog(
  input: ImportInput,
  given: Format | undefined,
  captureMode: CaptureMode,
  isAlone = true,
): Promise<ReadLog> {
  const { what, bytes, found } = input;
  if (typeof bytes === "function" || bytes.length > LONG_LOG) {
    const long = await readLongLog(longLog(what, bytes), given, await keepingDigests(captureMode));
    if (long !== undefined) {
      return {
        skipped: long.skipped,
        readings: long.readings.map((one) => ({ ...one, format: long.format })),
      };
    }
  }
  const roots = await rootsOf(await wholeOf(input), what);
  const part = isAlone ? undefined : partIn(roots.values, given);
  if (part !== undefined) return { readings: [], skipped: [], part };
  if (found && !mayBeLog(roots.values)) throw noLog(what);
  const format = given ?? detectFormat(roots);
  const { readings, skipped: left } = READERS[format].read(roots);
  const skipped = [...roots.notes ?? [], ...left];
  return { skipped, readings: readings.map((reading) => ({ ...reading, format })) };
}

/** The values of a log; YAML has a module of its own, since few logs are in it. */
async function rootsOf(given: Uint8Array, what: string): Promise<Roots> {
  const bytes = asUtf8(given, what);
  if (isCassette(bytes)) return await (await import("./cassette.ts")).readCassette(bytes, what);
  if (isPromptfooYaml(bytes)) return (await import("./yaml_log.ts")).readYamlRoots(bytes, what);
  return readRoots(bytes, what);
}

function longLog(what: string, bytes: ImportInput["bytes"]): LongLog {
  return { what, chunks: typeof bytes === "function" ? bytes : () => [bytes] };
}

/** The whole content of a log. */
async function wholeOf({ bytes }: ImportInput): Promise<Uint8Array> {
  return typeof bytes === "function" ? concat(await Array.fromAsync(bytes())) : bytes;
}

async function keepingDigests(captureMode: CaptureMode): Promise<(lines: RewrittenLines) => Keeping> {
  const [{ bulkHasher }, { runningDigest }] = await Promise.all([
    import("../signing/bulk_digest.ts"),
    import("../signing/running_digest.ts"),
  ]);
  return (lines) => {
    const formOf = (value: JsonValue) => lines.formOf(value);
    return asDigests({ hash: bulkHasher, open: runningDigest, formOf }, captureMode === "raw");
  };
}

/** Whether a file that was found could be a log at all: an object or list that says who spoke or what was called. */
function mayBeLog(values: Roots["values"]): boolean {
  return values.some((value) => FORMATS.some((format) => READERS[format].detect([value]))) ||
    values.some((value) => messagesIn(value).some(({ role }) => typeof role === "string"));
}

function noLog(what: string): GaitError {
  return invalidInput(`Cannot import ${what}: it has no marks of a format that is read`);
}

/** Whether a file that could not be read tells of calls, so that leaving it out would lose them. */
export async function mentionsCalls(input: ImportInput): Promise<boolean> {
  let bytes = await wholeOf(input);
  try {
    bytes = asUtf8(bytes, "file");
    const { values } = readRoots(bytes, "file");
    return values.some((value) => !refersToCall(value) && findAnyCallMark(value) !== undefined);
  } catch {
    // A torn log is no reason to leave its calls out.
    if (isPartOfLog(bytes)) return true;
    if (beginsAsExport(bytes) || isSpanTable(bytes) || isCassette(bytes) || isPromptfooYaml(bytes)) {
      return true;
    }
    return /"(?:tool_?calls?|tool_?use|function_?call|toolCallId)"/i.test(decodeLossy(bytes));
  }
}

/** Whether what can be read of a file is a log, though the file as a whole is none. */
function isPartOfLog(bytes: Uint8Array): boolean {
  const values = wholeDocuments(bytes);
  return values.some((value) => FORMATS.some((format) => READERS[format].detect([value]))) ||
    values.some((value) => findAnyCallMark(value) !== undefined);
}

const decodeLossy = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
