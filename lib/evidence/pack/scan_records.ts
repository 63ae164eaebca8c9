import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  MAX_DEPTH,
  MAX_LINE_BYTES,
  readJsonLines,
} from "../../formats/json/mod.ts";
import { decodeUtf8Strict } from "../../formats/bytes.ts";
import { decode } from "../../schema/fields.ts";
import { intentSchema, resultSchema } from "../../schema/runpack.ts";
import { ENTRY } from "../../schema/runpack_layout.ts";

/** What is passed on of an intent. */
export interface SeenIntent {
  readonly intent_id: string;
  readonly tool_name: string;
}

/** What is passed on of a result. */
export interface SeenResult {
  readonly intent_id: string;
  readonly status: string;
  readonly result?: JsonObject | null | undefined;
}

/** Takes records in file order. */
export interface RecordVisitor {
  readonly intent?: (
    intent: SeenIntent & { readonly created_at: string; readonly args_digest: string },
  ) => void;
  readonly result?: (
    result: SeenResult & { readonly created_at: string; readonly result_digest: string },
  ) => void;
}

/**
 * Check every record of `intents.jsonl` or `results.jsonl` as the full reader does and pass it on.
 *
 * @returns the number of records
 * @throws {GaitError} `invalid_input`, naming the line
 */
export function scanRecords(
  kind: "intents" | "results",
  content: Uint8Array,
  visitor: RecordVisitor,
): number {
  let count = 0;
  const take = kind === "intents"
    ? (record: JsonObject) => visitor.intent?.(record as never)
    : (record: JsonObject) => visitor.result?.(record as never);
  for (let start = 0; start < content.length;) {
    const end = endOfPiece(content, start);
    const piece = content.subarray(start, end);
    for (const record of plainRecords(kind, piece) ?? carefulRecords(kind, piece)) {
      take(record);
      count++;
    }
    start = end;
  }
  return count;
}

/** Records are checked some at a time: this many bytes, and whatever the last line needs. */
const PIECE = 1 << 17;

function endOfPiece(content: Uint8Array, start: number): number {
  const newline = content.indexOf(0x0a, Math.min(start + PIECE, content.length));
  return newline < 0 ? content.length : newline + 1;
}

/**
 * Records without anything unusual, which is nearly all there are: ten times faster than the careful way.
 *
 * @returns `undefined` when anything needs the careful way, also when something is wrong
 */
function plainRecords(kind: "intents" | "results", piece: Uint8Array): JsonObject[] | undefined {
  const text = piece.length > MAX_LINE_BYTES ? undefined : decodeUtf8Strict(piece);
  if (text === undefined || UNUSUAL.test(text)) return undefined;
  const records: JsonObject[] = [];
  for (const line of text.split("\n")) {
    if (line === "") continue;
    if (line.length > MAX_DEPTH && mayNestTooDeep(line)) return undefined;
    let record: JsonValue;
    try {
      record = JSON.parse(line);
    } catch {
      return undefined;
    }
    if (!isPlain(kind, record)) return undefined;
    records.push(record as JsonObject);
  }
  return records;
}

function mayNestTooDeep(line: string): boolean {
  let brackets = 0;
  for (let at = 0; at < line.length; at++) {
    const char = line.charCodeAt(at);
    if ((char === 0x5b || char === 0x7b) && ++brackets >= MAX_DEPTH) return true;
  }
  return false;
}

/** Escapes that may be half a character, and numbers that may be too large. */
const UNUSUAL = /\\u[dD][89a-fA-F]|[eE]\+?\d{3}[,}\]]|\d{300}/;

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

function isPlain(kind: "intents" | "results", record: JsonValue): boolean {
  if (!isJsonObject(record)) return false;
  for (const name of TEXTS[kind]) if (typeof record[name] !== "string") return false;
  const payload = record[PAYLOAD[kind]];
  return typeof record.created_at === "string" && PLAIN_TIME.test(record.created_at) &&
    (payload === undefined || isJsonObject(payload));
}

function* carefulRecords(kind: "intents" | "results", piece: Uint8Array): Generator<JsonObject> {
  const what = ENTRY[kind];
  for (const { line, value } of readJsonLines(piece, what)) {
    const place = `${what}, line ${line}`;
    yield kind === "intents"
      ? decode(intentSchema, value, place) as unknown as JsonObject
      : decode(resultSchema, value, place) as unknown as JsonObject;
  }
}
