import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  MAX_DEPTH,
  MAX_LINE_BYTES,
  readJsonLines,
} from "../formats/json/mod.ts";
import { invalidInput } from "../errors/mod.ts";
import { decodeUtf8Strict } from "../formats/bytes.ts";
import { decode } from "../schema/fields.ts";
import { intentSchema, resultSchema } from "../schema/runpack.ts";
import { spellKeysPlainly } from "../formats/json/escaped_keys.ts";
import { ENTRY } from "../schema/runpack_layout.ts";
import { refuseHeavy } from "../formats/zip/documents.ts";

/** Receives the content of one entry in pieces. */
export interface EntrySink {
  /** Takes a chunk that is valid during this call only. */
  push(chunk: Uint8Array): void;
  /** Called at the end of the entry, after its checksum was verified. */
  end(): void;
  /** Called in the place of `end` when the entry is not read to its end. */
  abandon?(): void;
}

/** The visited part of an intent. */
export interface SeenIntent {
  readonly intent_id: string;
  readonly tool_name: string;
}

/** The visited part of a result. */
export interface SeenResult {
  readonly intent_id: string;
  readonly status: string;
  readonly result?: JsonObject | null | undefined;
}

/** Receives records in file order. */
export interface RecordVisitor {
  readonly intent?: (
    intent: SeenIntent & { readonly created_at: string; readonly args_digest: string },
  ) => void;
  readonly result?: (
    result: SeenResult & { readonly created_at: string; readonly result_digest: string },
  ) => void;
}

/** Kinds of record file. */
type Kind = "intents" | "results";

/** Records are checked in batches of this many bytes plus the rest of the last line. */
const PIECE = 1 << 17;

/**
 * Check every record of `intents.jsonl` or `results.jsonl` as the full reader does and pass it to a visitor.
 *
 * @param counted called with the number of records at the end
 * @returns the sink; throws `invalid_input` at the first invalid line
 */
export function recordSink(kind: Kind, visitor: RecordVisitor, counted: (count: number) => void): EntrySink {
  const take = (kind === "intents" ? visitor.intent : visitor.result) as
    | ((record: JsonObject) => void)
    | undefined;
  let count = 0;
  /** The lines that were not checked yet, and how many bytes they have. */
  let pending = new Uint8Array(2 * PIECE);
  let size = 0;
  const hold = (bytes: Uint8Array) => {
    if (size + bytes.length > pending.length) {
      const larger = new Uint8Array(Math.max(2 * pending.length, size + bytes.length));
      larger.set(pending.subarray(0, size));
      pending = larger;
    }
    pending.set(bytes, size);
    size += bytes.length;
  };
  const check = (piece: Uint8Array) => {
    // An unusually large batch is one long line, whose values may take twenty times its size in memory.
    if (piece.length > 2 * PIECE) refuseHeavy(`${ENTRY[kind]}, record ${count + 1}`, piece);
    for (const record of plainRecords(kind, piece) ?? carefulRecords(kind, piece, count)) {
      take?.(record);
      count++;
    }
  };
  return {
    push(chunk) {
      if (size + chunk.length >= PIECE) {
        const newline = chunk.lastIndexOf(0x0a);
        if (newline >= 0) {
          hold(chunk.subarray(0, newline + 1));
          check(pending.subarray(0, size));
          chunk = chunk.subarray(newline + 1);
          size = 0;
        } else if (size + chunk.length > MAX_LINE_BYTES) {
          throw invalidInput(`Cannot read ${ENTRY[kind]}: record ${count + 1} is longer than 10 MiB`);
        }
      }
      hold(chunk);
    },
    end() {
      check(pending.subarray(0, size));
      counted(count);
    },
  };
}

/**
 * The fast path for records without unusual features, ten times faster than the full checks.
 *
 * @returns `undefined` if anything needs the full checks, including errors
 */
function plainRecords(kind: Kind, piece: Uint8Array): JsonObject[] | undefined {
  if (piece.length > MAX_LINE_BYTES) return undefined; // a line may be too long
  const text = decodeUtf8Strict(piece);
  if (text === undefined || HALF_CHARACTER.test(text)) return undefined;
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  // Short lines can't nest too deep.
  if (lines.some((line) => line === "" || line.length > MAX_DEPTH && mayNestTooDeep(line))) return undefined;
  const records = parseLines(text, lines);
  if (records?.every((record) => isPlain(kind, record)) !== true) return undefined;
  // `JSON.parse` confuses keys with escapes: they could hide a verdict (lib/formats/json/escaped_keys.ts).
  return lines.some((line) => spellKeysPlainly(line) !== undefined) ? undefined : records as JsonObject[];
}

/**
 * Parse lines together, which is twice as fast as one by one. INVARIANT: the result is the same. No line has a comma
 * between two objects, so top-level commas are only at the joints; and if there are as many values as lines, every
 * joint is at the top level.
 */
function parseLines(text: string, lines: readonly string[]): JsonValue[] | undefined {
  try {
    if (OBJECTS_IN_LINE.test(text)) return lines.map((line) => JSON.parse(line));
    const values: JsonValue[] = JSON.parse(`[${lines.join(",")}]`);
    return values.length === lines.length ? values : undefined;
  } catch {
    return undefined;
  }
}

const OBJECTS_IN_LINE = /\}[ \t\r]*,[ \t\r]*\{/;

/** An escape that may be half a character. */
const HALF_CHARACTER = /\\u[dD][89a-fA-F]/;

function mayNestTooDeep(line: string): boolean {
  let brackets = 0;
  for (let at = 0; at < line.length; at++) {
    const char = line.charCodeAt(at);
    if ((char === 0x5b || char === 0x7b) && ++brackets >= MAX_DEPTH) return true;
  }
  return false;
}

const TEXTS = {
  intents: [
    "schema_id",
    "schema_version",
    "producer_version",
    "run_id",
    "intent_id",
    "tool_name",
    "args_digest",
  ],
  results: [
    "schema_id",
    "schema_version",
    "producer_version",
    "run_id",
    "intent_id",
    "status",
    "result_digest",
  ],
} as const;
const PAYLOAD = { intents: "args", results: "result" } as const;

/** A time in UTC whose day exists in every month. */
const PLAIN_TIME = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;

function isPlain(kind: Kind, record: JsonValue): boolean {
  if (!isJsonObject(record)) return false;
  for (const name of TEXTS[kind]) if (typeof record[name] !== "string") return false;
  const payload = record[PAYLOAD[kind]];
  return typeof record.created_at === "string" && PLAIN_TIME.test(record.created_at) &&
    (payload === undefined || isJsonObject(payload)) && isFinite(record);
}

/** Whether no number was beyond a double; `JSON.parse` makes Infinity of one that is. */
function isFinite(value: JsonValue): boolean {
  switch (typeof value) {
    case "number":
      return Number.isFinite(value);
    case "object":
      for (const member in value) {
        if (!isFinite((value as JsonObject)[member]!)) return false;
      }
  }
  return true;
}

/** Records by the strict reader and the schema; `before` records were read already. */
function* carefulRecords(kind: Kind, piece: Uint8Array, before: number): Generator<JsonObject> {
  let number = before;
  for (const { value } of readJsonLines(piece, ENTRY[kind])) {
    const what = `${ENTRY[kind]}, record ${++number}`;
    const record = kind === "intents" ? decode(intentSchema, value, what) : decode(resultSchema, value, what);
    yield record as unknown as JsonObject;
  }
}
