import { invalidInput } from "../../errors/mod.ts";
import { type GivenToken, tokenObjects } from "../../tokens/given_token.ts";
import { isJsonObject, type JsonObject, type JsonValue, readJson } from "../../formats/json/mod.ts";
import { suggest } from "../../formats/suggest.ts";
import type { CallResult, OpenCall } from "../open.ts";
import { concat } from "../../formats/bytes.ts";

/** Identifies a line in its answer: its id, else its number. */
export type LineId = string | number;

const MEMBERS = ["id", "intent", "context_envelope", "approval_tokens", "delegation_tokens"] as const;

/** A line of the stream: a call to decide, or what became of one. */
export type StreamLine =
  | { readonly kind: "call"; readonly call: OpenCall }
  | { readonly kind: "result"; readonly result: CallResult };

const RESULT = "gait.result";
const RESULT_MEMBERS = ["id", "status", "result", "result_digest"];

/**
 * Read a line of the stream: a result, or a call as {@linkcode readRequest} reads it.
 *
 * @param onId called with the id as soon as it is known
 * @throws {GaitError} `invalid_input`; an ambiguous line is refused
 */
export function readStreamLine(bytes: Uint8Array, onId: (id: LineId) => void): StreamLine {
  const object = readLine(bytes);
  if (!Object.hasOwn(object, RESULT)) return { kind: "call", call: requestOf(object, onId) };
  const result = object[RESULT];
  if (Object.keys(object).length > 1 || !isJsonObject(result)) {
    throw invalidInput(`Cannot read line: "${RESULT}" stands alone, and is an object`, {
      hint: `Write {"${RESULT}": {"id": …, "status": "ok", "result": {…}}}`,
    });
  }
  const { id, status, result: payload, result_digest: digest } = result;
  if (!isLineId(id)) throw invalidInput(`Cannot read line: "${RESULT}" needs the id of its call`);
  onId(id);
  const extra = Object.keys(result).find((name) => !RESULT_MEMBERS.includes(name));
  if (extra !== undefined) throw invalidInput(`Cannot read line: unknown member "${extra}" of "${RESULT}"`);
  if (typeof status !== "string") throw invalidInput(`Cannot read line: "${RESULT}" needs a status`);
  if (payload !== undefined && !isJsonObject(payload)) {
    throw invalidInput('Cannot read line: "result" must be an object');
  }
  if (digest !== undefined && typeof digest !== "string") {
    throw invalidInput('Cannot read line: "result_digest" must be a text');
  }
  return {
    kind: "result",
    result: {
      status,
      ...(payload ? { result: payload } : {}),
      ...(digest === undefined ? {} : { resultDigest: digest }),
    },
  };
}

function isLineId(id: JsonValue | undefined): id is LineId {
  return typeof id === "string" || Number.isSafeInteger(id);
}

/**
 * Read a line of the stream that is a call: an intent request, or an object that wraps one (docs/gate_stream.md).
 *
 * @param onId called with the id as soon as it is known, so that an error about the rest can have it
 * @throws {GaitError} `invalid_input`; an ambiguous line is refused
 */
export function readRequest(bytes: Uint8Array, onId: (id: LineId) => void): OpenCall {
  return requestOf(readLine(bytes), onId);
}

function requestOf(object: JsonObject, onId: (id: LineId) => void): OpenCall {
  if (!Object.hasOwn(object, "intent")) return { intent: object };
  const { id, intent } = object;
  if (id !== undefined && id !== null) {
    if (!isLineId(id)) {
      throw invalidInput('Cannot read line: "id" must be a text or a whole number', { hint: FORMS });
    }
    onId(id);
  }
  for (const name of Object.keys(object)) {
    if ((MEMBERS as readonly string[]).includes(name)) continue;
    const meant = suggest(name, MEMBERS);
    throw invalidInput(`Cannot read line: unknown member "${name}" beside "intent"`, {
      ...(meant ? { hint: `Did you mean "${meant}"?` } : {}),
    });
  }
  if (!isJsonObject(intent)) {
    throw invalidInput('Cannot read line: "intent" must be an object', { hint: FORMS });
  }
  const envelope = object.context_envelope ?? undefined;
  if (envelope !== undefined && !isJsonObject(envelope)) {
    throw invalidInput('Cannot read line: "context_envelope" must be an object');
  }
  return {
    intent,
    ...(envelope ? { contextEnvelope: envelope } : {}),
    approvals: tokens(object.approval_tokens, "approval_tokens"),
    delegations: tokens(object.delegation_tokens, "delegation_tokens"),
  };
}

const FORMS = 'Write one intent request a line, or {"id": …, "intent": {…}} (docs/gate_stream.md)';

function readLine(bytes: Uint8Array): JsonObject {
  const value = readJson(bytes, { what: "line", duplicates: "refuse", numbers: "unchanged" });
  if (!isJsonObject(value)) throw invalidInput("Cannot read line: expected a JSON object", { hint: FORMS });
  return value;
}

function tokens(value: JsonValue | undefined, name: string): GivenToken[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || !value.every(isJsonObject)) {
    throw invalidInput(`Cannot read line: "${name}" must be a list of objects`);
  }
  return tokenObjects(value, name);
}

/** One line of a stream: its bytes without the newline, or the mark that it is too long. */
export type Line =
  | { readonly kind: "line"; readonly number: number; readonly bytes: Uint8Array }
  | { readonly kind: "too_long"; readonly number: number };

const NEWLINE = 0x0a;

/**
 * Splits pieces into lines. A line that is too long is not kept, so that an endless line needs no memory; later lines
 * are read as usual.
 */
export class LineSplitter {
  #parts: Uint8Array[] = [];
  #held = 0;
  #tooLong = false;
  #number = 0;

  /** @param onExcess gets the bytes of a line that is too long, from its beginning, for they are not kept */
  constructor(readonly maxLineBytes: number, readonly onExcess: (part: Uint8Array) => void = () => {}) {}

  /** The lines that a piece completes. */
  *push(piece: Uint8Array): Generator<Line> {
    let start = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, start)) {
      this.#hold(piece.subarray(start, end));
      yield this.#finish();
      start = end + 1;
    }
    this.#hold(piece.subarray(start));
  }

  /** The last line, if it has no newline. */
  end(): Line | undefined {
    return this.#held > 0 || this.#tooLong ? this.#finish() : undefined;
  }

  #hold(part: Uint8Array): void {
    if (part.length === 0) return;
    this.#held += part.length;
    if (this.#held > this.maxLineBytes) {
      this.#tooLong = true;
      for (const held of this.#parts) this.onExcess(held);
      this.#parts = [];
      this.onExcess(part);
    } else this.#parts.push(part);
  }

  #finish(): Line {
    const number = ++this.#number;
    const line: Line = this.#tooLong
      ? { kind: "too_long", number }
      : { kind: "line", number, bytes: this.#parts.length === 1 ? this.#parts[0]! : concat(this.#parts) };
    this.#parts = [];
    this.#held = 0;
    this.#tooLong = false;
    return line;
  }
}
