import { GaitError } from "../../../errors/mod.ts";
import { decodeUtf8Strict, utf8 } from "../../../formats/bytes.ts";
import { isJsonObject, type JsonObject, type JsonValue, readJson } from "../../../formats/json/mod.ts";
import {
  type Fault,
  fault,
  INVALID_REQUEST,
  MAX_BATCH,
  type MessageId,
  PARSE_ERROR,
  readId,
} from "./fault.ts";
import { refuseProtocolLookalikes } from "./lookalikes.ts";
import {
  excessOf,
  ID,
  MAX_MESSAGE_DEPTH,
  MAX_MESSAGE_VALUES,
  type Range,
  type Scan,
  scanMessage,
} from "./scan.ts";
import { UnreadIds } from "./unread_ids.ts";
import { refuseUnread } from "./unread_message.ts";

export {
  type Fault,
  INTERNAL_ERROR,
  INVALID_PARAMS,
  INVALID_REQUEST,
  type MessageId,
  METHOD_NOT_FOUND,
  PARSE_ERROR,
} from "./fault.ts";

interface Common {
  /** Exactly as they arrived: what is forwarded. */
  readonly bytes: Uint8Array;
  readonly text: string;
  /** Its value; a number that a double can't represent is its text. */
  readonly document: JsonObject;
  readonly scan: Scan;
}

/** A message that expects an answer. */
export interface RequestMessage extends Common {
  readonly kind: "request";
  readonly id: MessageId;
  readonly method: string;
  readonly params: JsonObject;
}

/** A message that expects none. */
export interface NotificationMessage extends Common {
  readonly kind: "notification";
  readonly method: string;
  readonly params: JsonObject;
}

/** The answer to a request. */
export interface ResponseMessage extends Common {
  readonly kind: "response";
  readonly id: MessageId;
  readonly result?: JsonObject;
  readonly error?: JsonObject;
}

/** An error about a message that could not be read, so that it names none. */
export interface OrphanMessage extends Common {
  readonly kind: "orphan";
  readonly error: JsonObject;
}

/** One JSON-RPC message. */
export type Message = RequestMessage | NotificationMessage | ResponseMessage | OrphanMessage;

/** Several messages in one list. */
export interface Batch {
  readonly kind: "batch";
  readonly members: readonly (Message | Fault)[];
}

/**
 * Read one message or batch (docs/spec/mcp.md 10.3). Whatever two readers could understand differently is refused:
 * what is decided must be what the other side executes (docs/threat_model.md 8, 10, 12, 40).
 */
export function readMessage(bytes: Uint8Array): Message | Batch | Fault {
  const text = decodeUtf8Strict(bytes);
  if (text === undefined) return fault(INVALID_REQUEST, "the message is not valid UTF-8");
  switch (excessOf(text)) {
    case "levels":
      return excess(bytes, `the message is nested deeper than ${MAX_MESSAGE_DEPTH} levels`);
    case "values":
      return excess(bytes, `the message has more than ${MAX_MESSAGE_VALUES} values`);
  }
  let value: JsonValue;
  try {
    value = readJson(text, { what: "message", numbers: "text" });
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    return fault(PARSE_ERROR, "the message is not JSON");
  }
  const scan = scanMessage(text);
  if (Array.isArray(value)) return readBatch(text, scan);
  if (!isJsonObject(value)) return fault(INVALID_REQUEST, "the message is no object");
  return readOne({ bytes, text, document: value, scan });
}

function readBatch(text: string, { items, duplicate }: Scan): Batch | Fault {
  if (items.length === 0) return fault(INVALID_REQUEST, "the batch is empty");
  if (items.length > MAX_BATCH) {
    return fault(INVALID_REQUEST, `the batch has more than ${MAX_BATCH} messages`);
  }
  if (duplicate !== undefined) return fault(INVALID_REQUEST, `key "${duplicate}" occurs twice in one object`);
  return {
    kind: "batch",
    members: items.map((range) => {
      const member = readMessage(utf8(sliceOf(text, range)));
      return member.kind === "batch" ? fault(INVALID_REQUEST, "a batch stands in a batch") : member;
    }),
  };
}

/** The text of a value. */
export function sliceOf(text: string, { start, end }: Range): string {
  return text.slice(start, end);
}

function readOne(common: Common): Message | Fault {
  const { document, scan, text } = common;
  const has = (name: string) => Object.hasOwn(document, name);
  const id = scan.repeatedId ? undefined : idOf(document, text, scan);
  const isAnswer = has("result") || has("error");
  const refuse = (reason: string): Fault => ({
    ...fault(INVALID_REQUEST, reason),
    id: id ?? null,
    answerable: has("id") && (typeof document["method"] === "string" || !isAnswer),
    isRequest: has("method") && !isAnswer,
  });
  if (scan.duplicate !== undefined) return refuse(`key "${scan.duplicate}" occurs twice in one object`);
  if (!isWellFormed(text)) return refuse("a text is not valid Unicode");
  try {
    refuseProtocolLookalikes(document);
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    return refuse(error.message);
  }
  if (document["jsonrpc"] !== "2.0") return refuse('jsonrpc is not "2.0"');
  if (has("id") && id === undefined) {
    const { error } = document;
    if (document["id"] === null && isJsonObject(error) && !has("method") && !has("result")) {
      return { kind: "orphan", error, ...common };
    }
    return refuse("id is neither a text nor a whole number");
  }
  if (has("method")) {
    const { method, params = {} } = document;
    if (typeof method !== "string" || method === "") return refuse("method is no text");
    if (has("result") || has("error")) return refuse("it is both a request and a response");
    if (!isJsonObject(params)) return refuse("params is no object");
    if (has("id")) return { kind: "request", id: id!, method, params, ...common };
    return { kind: "notification", method, params, ...common };
  }
  if (id === undefined) return refuse("it has no method");
  if (has("result") === has("error")) {
    return refuse("it has no method, and not exactly one of result and error");
  }
  const { result, error } = document;
  if (has("error")) {
    return isJsonObject(error) ? { kind: "response", id, error, ...common } : refuse("error is no object");
  }
  return isJsonObject(result) ? { kind: "response", id, result, ...common } : refuse("result is no object");
}

/** An id that every reader understands alike: a text, or a whole number that a double can represent. */
function idOf({ id }: JsonObject, text: string, { ranges }: Scan): MessageId | undefined {
  const range = ranges.get(ID);
  if (range === undefined) return undefined;
  return readId(sliceOf(text, range), id);
}

/** Whether no escape of a text stands for half a character. */
function isWellFormed(text: string): boolean {
  if (!/\\u[dD][89a-fA-F]/.test(text)) return true;
  const pending: unknown[] = [JSON.parse(text)];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value === "string" && !value.isWellFormed()) return false;
    if (typeof value !== "object" || value === null) continue;
    for (const [key, item] of Object.entries(value)) pending.push(key, item);
  }
  return true;
}

/** A message that is not parsed; its ids are only taken as they are written. */
function excess(bytes: Uint8Array, reason: string): Fault | Batch {
  const reader = new UnreadIds();
  reader.push(bytes);
  return refuseUnread(reader, reason);
}
