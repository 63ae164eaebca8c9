import { GaitError, invalidInput } from "../errors/mod.ts";
import { readCsv } from "../formats/csv.ts";
import {
  isJsonObject,
  type JsonLine,
  type JsonObject,
  type JsonValue,
  readJson,
  readJsonLines,
} from "../formats/json/mod.ts";
import { withSearchIds } from "./formats/codex_search_ids.ts";
import { readOtlpProtobuf } from "./otlp_protobuf.ts";
import { isEventStream, readEvents } from "./sse.ts";

/** The values of an input: items of its list, its lines, or the single document. */
export interface Roots {
  readonly values: readonly JsonValue[];
  /** A description of the position of a value. */
  readonly position: (index: number) => string;
}

/** Ids of 19 digits are kept exactly, as text: rounding could make two different calls equal. */
export const STRICTLY = { duplicates: "refuse", numbers: "text" } as const;

/** The largest input; callers limit their reads to it. */
export const MAX_CONVERSATION_BYTES = 256 * 1024 * 1024;

/**
 * Read an input as JSON, or else as JSONL; exports of spans may also come by OTLP's own encoding. Duplicate keys are refused: readers would disagree about what the agent
 * did, and the runpack would attest only one interpretation.
 *
 * @throws {GaitError} `invalid_input` when it is neither
 */
export function readRoots(given: Uint8Array, what: string): Roots {
  const bytes = withoutMark(given);
  const exported = readOtlpProtobuf(bytes, what);
  if (exported !== undefined) return { values: exported, position: (i) => `message ${i + 1}` };
  let document: JsonValue;
  try {
    document = readJson(bytes, { what, ...STRICTLY });
  } catch (error) {
    const lines = readStream(bytes, what) ?? readTable(bytes, what) ?? readLines(bytes, what);
    if (lines === undefined) throw error;
    return { values: lines.map(({ value }) => value), position: (i) => `line ${lines[i]!.line}` };
  }
  if (Array.isArray(document)) return { values: document, position: (i) => `conversation ${i + 1}` };
  if (isJsonObject(document)) return { values: [document], position: () => "conversation 1" };
  throw invalidInput(`Cannot read ${what}: expected conversations, found a bare JSON value`);
}

/** The bytes behind a byte order mark, which editors on Windows write. */
export function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

/** The data of a stream of server-sent events; `undefined` if it is none. */
function readStream(bytes: Uint8Array, what: string): JsonLine[] | undefined {
  // Anything else is not decoded as a whole.
  if (!isEventStream(new TextDecoder().decode(bytes.subarray(0, 64)))) return undefined;
  return readEvents(textOf(bytes, what), what, (data, place) => readJson(data, { what: place, ...STRICTLY }));
}

/** The rows of a table of spans, as platforms export them; `undefined` if it is none. */
function readTable(bytes: Uint8Array, what: string): JsonLine[] | undefined {
  return isSpanTable(bytes)
    ? readCsv(textOf(bytes, what), what).map(({ line, cells }) => ({ line, value: cells }))
    : undefined;
}

/** Whether the first line of a file names columns that only tables of spans have. */
export function isSpanTable(bytes: Uint8Array): boolean {
  const start = new TextDecoder().decode(bytes.subarray(0, 8192));
  const end = start.search(/[\r\n]/);
  const columns = start.slice(0, end < 0 ? start.length : end).split(",");
  return columns.some((name) => SPAN_COLUMNS.has(name.replace(/^"(.{1,40})"$/, "$1")));
}

/** Whether a file begins as a cassette of VCR in YAML does: with its interactions, or with its version before them. */
export function isCassette(bytes: Uint8Array): boolean {
  const start = new TextDecoder().decode(bytes.subarray(0, 512));
  return /^(?:interactions|http_interactions|requests):/m.test(start);
}

/** Columns that only tables of spans have: of Phoenix, LangSmith and Langfuse. */
const SPAN_COLUMNS = new Set(["context.trace_id", "run_type", "traceId", "trace_id", "parentObservationId"]);

function textOf(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw invalidInput(`Cannot read ${what}: it is no UTF-8`, { cause });
  }
}

/**
 * The documents of a JSONL file; `undefined` if not even the first line is JSON, so that the input is malformed JSON.
 */
function readLines(bytes: Uint8Array, what: string): JsonLine[] | undefined {
  const lines: JsonLine[] = [];
  try {
    for (const line of readJsonLines(withSearchIds(bytes), what, STRICTLY)) lines.push(line);
  } catch (error) {
    if (lines.length === 0 && error instanceof GaitError) return undefined;
    throw error;
  }
  return lines.length > 1 ? lines : undefined;
}

/** Whether a document is an OTLP JSON export of spans; Tempo says `batches`, or puts it into a `trace`. */
export function isOtlp(value: JsonValue): value is JsonObject {
  if (!isJsonObject(value)) return false;
  return Object.hasOwn(value, "resourceSpans") || objectsOf(value.batches).some(isBatch) ||
    isJsonObject(value.trace) &&
      (Object.hasOwn(value.trace, "resourceSpans") || objectsOf(value.trace.batches).some(isBatch));
}

const objectsOf = (value: JsonValue | undefined) => Array.isArray(value) ? value.filter(isJsonObject) : [];

/** Other lists of the same name, such as those of a queue, have no spans. */
const isBatch = (batch: JsonObject) =>
  Object.hasOwn(batch, "scopeSpans") || Object.hasOwn(batch, "instrumentationLibrarySpans");

/** One log to import. */
export interface ImportInput {
  /** Name in errors and positions, e.g. `"chat.json"`. */
  readonly what: string;
  /** Its content, or what reads a large one in pieces, from the beginning each time. */
  readonly bytes: Uint8Array | (() => AsyncIterable<Uint8Array>);
  /** Why it may be left out when there is no log in it; a file that was named is refused instead. */
  readonly found?: boolean | undefined;
}

/** One conversation of messages. */
export interface Conversation {
  /** Its position, e.g. `conversation 2` or `line 2`. */
  readonly position: string;
  /** The original conversation; the run id is derived from its digest. */
  readonly value: JsonValue;
  readonly messages: readonly JsonValue[];
  /** Members that apply to the conversation as a whole. */
  readonly about: JsonObject;
}

/**
 * Split an input into conversations: one of `{"messages": […]}` or a bare list of messages, or several of them.
 *
 * @throws {GaitError} `invalid_input` when there is none, one is malformed or empty, or messages are mixed with
 * conversations, which is ambiguous
 */
export function splitConversations({ values, position }: Roots): Conversation[] {
  const conversations = values.filter(isConversation).length;
  const messages = values.filter(isMessage).length;
  if (conversations > 0 && messages > 0) throw mixedInput();
  if (messages > 0) return [{ position: "conversation 1", value: [...values], messages: values, about: {} }];
  if (conversations === 0) {
    throw invalidInput("Cannot import: there is no conversation in the input", {
      hint:
        'gait run import --list-formats shows what is read: {"messages": [ … ]}, logs of agents, OTLP JSON and others',
    });
  }
  return values.map((value, i) => conversationOf(value, position(i)));
}

/** The error for an input whose conversations can't be told apart. */
export function mixedInput() {
  return invalidInput("Cannot import: single messages stand beside whole conversations");
}

/** @throws {GaitError} `invalid_input` if a value is no conversation with messages */
export function conversationOf(value: JsonValue, position: string): Conversation {
  const messages = isJsonObject(value) ? value.messages : value;
  if (!Array.isArray(messages)) throw invalidInput(`Cannot import ${position}: it has no list of messages`);
  if (messages.length === 0) throw invalidInput(`Cannot import ${position}: it has no messages`);
  return { position, value, messages, about: isJsonObject(value) ? value : {} };
}

/** Whether a value is a list of messages, or holds one. */
export function isConversation(value: JsonValue): boolean {
  return Array.isArray(value) || isJsonObject(value) && Object.hasOwn(value, "messages");
}

/** Whether a value is a message or an item in the place of one. */
export function isMessage(value: JsonValue): boolean {
  if (!isJsonObject(value) || isConversation(value)) return false;
  return typeof value.role === "string" || typeof value.type === "string";
}
