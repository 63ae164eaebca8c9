import { invalidInput } from "../../errors/mod.ts";
import { decodeUtf8Strict, utf8 } from "../../formats/bytes.ts";
import { isJsonObject, type JsonObject, type JsonValue, readJsonObject } from "../../formats/json/mod.ts";
import type { RecordInput } from "../../schema/runpack.ts";
import { readRecordInput } from "../record_input.ts";

/*
 * The journal of a session of an SDK: its first line is the run, each other one an attempt, durable when the attempt
 * was recorded. The members are pieces of the input of `run record`, which a process that was killed never gave.
 */

/** The content of a session's journal. */
export interface RecordedSession {
  readonly input: RecordInput;
  /** An unfinished line at the end. */
  readonly torn: Uint8Array<ArrayBuffer>;
}

const FIRST = utf8('{"session":');
const NEWLINE = 0x0a;

/** Whether a journal is one of a session, and not of a gate. */
export function isSessionJournal(bytes: Uint8Array): boolean {
  return FIRST.every((byte, at) => bytes[at] === byte);
}

/**
 * Read the journal of a session back. A torn end is cut off; a whole line that is malformed makes all of it unusable.
 *
 * @returns `undefined` when not even the first line is whole
 * @throws {GaitError} `invalid_input`
 */
export function readSessionJournal(
  bytes: Uint8Array<ArrayBuffer>,
  what: string,
): RecordedSession | undefined {
  const end = bytes.lastIndexOf(NEWLINE) + 1;
  if (end === 0) return undefined;
  const text = decodeUtf8Strict(bytes.subarray(0, end - 1));
  if (text === undefined) throw invalidInput(`Cannot read ${what}: it is no UTF-8`);
  const [first = "", ...rest] = text.split("\n");
  const { session } = lineOf(first, `${what}, line 1`);
  if (!isJsonObject(session)) throw invalidInput(`Cannot read ${what}, line 1: it is no session`);
  const { run, refs, capture_mode } = session;
  const lists = { timeline: [], intents: [], results: [], receipts: [] } as Record<string, JsonValue[]>;
  // Maps grow in place: a copy for each attempt would make the work grow with the square of their number.
  const members = {
    context: new Map<string, JsonValue>(),
    intent_args: new Map<string, JsonValue>(),
    result_payloads: new Map<string, JsonValue>(),
  };
  for (const [index, line] of rest.entries()) {
    const at = `${what}, line ${index + 2}`;
    const { attempt } = lineOf(line, at);
    if (!isJsonObject(attempt)) throw invalidInput(`Cannot read ${at}: it is no attempt`);
    for (const [name, list] of Object.entries(lists)) {
      const more = attempt[name] ?? [];
      if (!Array.isArray(more)) throw invalidInput(`Cannot read ${at}: "${name}" is no list`);
      for (const one of more) list.push(one);
    }
    for (const [name, known] of Object.entries(members)) {
      const more = attempt[name] ?? {};
      if (!isJsonObject(more)) throw invalidInput(`Cannot read ${at}: "${name}" is no object`);
      for (const [key, value] of Object.entries(more)) known.set(key, value);
    }
  }
  if (!isJsonObject(run) || !isJsonObject(refs)) {
    throw invalidInput(`Cannot read ${what}, line 1: it is no session`);
  }
  const begun = Array.isArray(run.timeline) ? run.timeline : [];
  const document = {
    run: { ...run, timeline: [...begun, ...lists.timeline!] },
    intents: lists.intents!,
    results: lists.results!,
    refs: { ...refs, ...Object.fromEntries(members.context), receipts: lists.receipts! },
    capture_mode: capture_mode ?? "reference",
    normalization: {
      intent_args: Object.fromEntries(members.intent_args),
      result_payloads: Object.fromEntries(members.result_payloads),
    },
  };
  return {
    input: readRecordInput(utf8(JSON.stringify(document))),
    torn: bytes.slice(end),
  };
}

function lineOf(text: string, what: string): JsonObject {
  return readJsonObject(text, { what, duplicates: "refuse", numbers: "exact" });
}
