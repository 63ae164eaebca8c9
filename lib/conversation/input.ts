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
import { isPromptfooTable, readPromptfooTable } from "./promptfoo_table.ts";
import { readLoosely, unquoted } from "./loose_json.ts";
import { asUtf8, withoutZeros } from "./text_bytes.ts";
import type { Skipped } from "./transcript.ts";
import { isEventStream, readEvents } from "./sse.ts";

/** The values of an input: items of its list, its lines, or the single document. */
export interface Roots {
  readonly values: readonly JsonValue[];
  /** A description of the position of a value. */
  readonly position: (index: number) => string;
  /** What was passed over to read it. */
  readonly notes?: readonly Skipped[] | undefined;
}

/** Ids of 19 digits are kept exactly, as text: rounding could make two different calls equal. */
export const STRICTLY = { duplicates: "refuse", numbers: "text" } as const;

/** The largest input; callers limit their reads to it. */
export const MAX_CONVERSATION_BYTES = 256 * 1024 * 1024;

/**
 * Read an input as JSON, or else as JSONL, a table, a stream of events, or documents in a row; exports of spans may also
 * come by OTLP's own encoding. Duplicate keys are refused: readers would disagree about what the agent did, and the
 * runpack would attest only one interpretation.
 *
 * @throws {GaitError} `invalid_input` when it is none of these
 */
export function readRoots(given: Uint8Array, what: string): Roots {
  const marked = asUtf8(given, what);
  const exported = readOtlpProtobuf(marked, what);
  if (exported !== undefined) return { values: exported, position: (i) => `message ${i + 1}` };
  const bytes = withoutZeros(marked);
  const zeros = marked.length - bytes.length;
  const roots = readText(bytes, what);
  if (zeros === 0) return roots;
  const note = {
    position: what,
    reason: `${zeros} × zero behind the log, as a crash leaves them, passed over`,
  };
  return { ...roots, notes: [note, ...roots.notes ?? []] };
}

function readText(bytes: Uint8Array, what: string): Roots {
  let document: JsonValue;
  try {
    document = readJson(bytes, { what, ...STRICTLY });
  } catch (error) {
    return readSeveral(bytes, what, error);
  }
  document = unquoted(document, what);
  if (Array.isArray(document)) return listed(document, what);
  if (isJsonObject(document)) return { values: [document], position: () => "conversation 1" };
  throw invalidInput(`Cannot read ${what}: expected conversations, found a bare JSON value`);
}

/** The items of a list, which may all be texts with a document each. */
function listed(items: readonly JsonValue[], what: string): Roots {
  const areTexts = items.length > 0 && items.every((item) => typeof item === "string");
  return {
    values: areTexts ? items.map((item) => unquoted(item, what)) : items,
    position: (i) => `conversation ${i + 1}`,
  };
}

/** Read what is no single document: a stream of events, a table, or documents in a row. */
function readSeveral(bytes: Uint8Array, what: string, cause: unknown): Roots {
  const some = readStream(bytes, what) ?? readTable(bytes, what);
  if (some !== undefined) return rootsOfLines(some);
  let fault = cause;
  try {
    const lines = readLines(bytes, what);
    if (lines !== undefined) {
      return rootsOfLines(lines.map(({ line, value }) => ({ line, value: unquoted(value, what) })));
    }
  } catch (error) {
    fault = error;
  }
  const loose = fault instanceof GaitError && fault.detail === undefined
    ? readLoosely(bytes, what)
    : undefined;
  if (loose === undefined) throw fault;
  const { values, lines, notes } = loose;
  if (lines === undefined) return { ...listed(values, what), notes };
  return {
    values: values.map((value) => unquoted(value, what)),
    position: (i) => `line ${lines[i]!}`,
    notes,
  };
}

const rootsOfLines = (lines: readonly JsonLine[]): Roots => ({
  values: lines.map(({ value }) => value),
  position: (i) => `line ${lines[i]!.line}`,
});

/** The data of a stream of server-sent events; `undefined` if it is none. */
function readStream(bytes: Uint8Array, what: string): JsonLine[] | undefined {
  // Anything else is not decoded as a whole.
  if (!isEventStream(new TextDecoder().decode(bytes.subarray(0, 64)))) return undefined;
  return readEvents(
    textOf(bytes, what).trimEnd(),
    what,
    (data, place) => readJson(data, { what: place, ...STRICTLY }),
  );
}

/** The rows of a table of spans or results, as platforms export them; `undefined` if it is none. */
function readTable(bytes: Uint8Array, what: string): JsonLine[] | undefined {
  if (isPromptfooTable(bytes)) return readPromptfooTable(textOf(bytes, what), what);
  return isSpanTable(bytes)
    ? readCsv(textOf(bytes, what), what).map(({ line, cells }) => ({ line, value: cells }))
    : undefined;
}

/** Whether the first line of a file names columns that only tables of spans have. */
export function isSpanTable(bytes: Uint8Array): boolean {
  const start = new TextDecoder().decode(bytes.subarray(0, 8192)).trimStart();
  const end = start.search(/[\r\n]/);
  const columns = start.slice(0, end < 0 ? start.length : end).split(",");
  return columns.some((name) => SPAN_COLUMNS.has(name.replace(/^"(.{1,40})"$/, "$1")));
}

/** Whether a file begins as a cassette of VCR in YAML does: with its interactions, or with its version before them. */
export function isCassette(bytes: Uint8Array): boolean {
  const start = new TextDecoder().decode(bytes.subarray(0, 512));
  return /^(?:interactions|http_interactions|requests):/m.test(start);
}

/** Whether a file begins as results of promptfoo in YAML do. */
export function isPromptfooYaml(bytes: Uint8Array): boolean {
  const start = new TextDecoder().decode(bytes.subarray(0, 512)).trimStart();
  return /^(?:evalId: |results:\r?\n {2}version: \d)/.test(start);
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
  const messages = isRequest(value) ? value.input : isJsonObject(value) ? value.messages : value;
  if (!Array.isArray(messages)) throw invalidInput(`Cannot import ${position}: it has no list of messages`);
  if (messages.length === 0) throw invalidInput(`Cannot import ${position}: it has no messages`);
  const about = isJsonObject(value) ? isRequest(value) ? { ...value, input: null } : value : {};
  return { position, value, messages, about };
}

/** Whether a value is the body of a request to the Responses API, whose conversation is its input. */
export function isRequest(value: JsonValue): value is JsonObject & { readonly input: JsonValue[] } {
  return isJsonObject(value) && Array.isArray(value.input) && typeof value.model === "string" &&
    value.messages === undefined && value.output === undefined && value.response === undefined;
}

/** Whether a value is a list of messages, or holds one. */
export function isConversation(value: JsonValue): boolean {
  return Array.isArray(value) || isJsonObject(value) && Object.hasOwn(value, "messages") || isRequest(value);
}

/** Whether a value is a message or an item in the place of one. */
export function isMessage(value: JsonValue): boolean {
  if (!isJsonObject(value) || isConversation(value)) return false;
  return typeof value.role === "string" || typeof value.type === "string";
}
