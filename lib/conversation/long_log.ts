import { invalidInput } from "../errors/mod.ts";
import { utf8 } from "../formats/bytes.ts";
import { canonicalize, isJsonObject, type JsonValue, readJsonLines } from "../formats/json/mod.ts";
import type { RunningDigest } from "../signing/running_digest.ts";
import { readAnthropicMessage } from "./anthropic.ts";
import { findAnyCallMark } from "./call_marks.ts";
import { detectFormat, SAMPLE } from "./formats/table.ts";
import { isConversation, isMessage, STRICTLY, withoutMark } from "./input.ts";
import { type Ledger, openLedger, unreadCalls } from "./ledger.ts";
import { type Message, readElement } from "./messages.ts";
import { openAiReader } from "./openai.ts";
import type { Format, Skipped, Transcript } from "./transcript.ts";

/** A conversation that was read line by line: its value was never held as a whole. */
export interface LongReading {
  readonly format: Format;
  readonly position: string;
  /** Digest of the list of its messages. */
  readonly digest: string;
  readonly transcript: Transcript;
}

/** The readers of formats in which a line is a message, and needs no other line to be read. */
const BY_LINE: Partial<Readonly<Record<Format, () => (message: Message, ledger: Ledger) => void>>> = {
  openai: openAiReader,
  anthropic: () => readAnthropicMessage,
};

/** Logs up to this size in bytes are held as a whole, which is simpler. */
export const LONG_LOG = 1024 * 1024;

/**
 * Read a long log of messages, one per line, so that a line is forgotten before the next one is read; the result is
 * that of reading it as a whole.
 *
 * @param openDigest begins the digest of the messages
 * @returns `undefined` if it is no such log
 * @throws {GaitError} as reading it as a whole does
 */
export function readLongLog(
  input: Uint8Array,
  what: string,
  given: Format | undefined,
  openDigest: () => RunningDigest,
): LongReading | undefined {
  const bytes = withoutMark(input);
  const format = formatOf(bytes, what, given);
  const open = format === undefined ? undefined : BY_LINE[format];
  if (format === undefined || open === undefined) return undefined;
  const position = "conversation 1";
  const ledger = openLedger();
  const read = open();
  const digest = openDigest();
  const marks: Skipped[] = [];
  let count = 0;
  let calls = 0;
  const counted: Ledger = { ...ledger, call: (call) => (calls++, ledger.call(call)) };
  for (const { value } of readJsonLines(bytes, what, STRICTLY)) {
    if (isConversation(value)) {
      throw invalidInput("Cannot import: single messages stand beside whole conversations");
    }
    digest.add(utf8((count === 0 ? "[" : ",") + canonicalize(value)));
    const place = `message ${++count}`;
    readElement({ value, position: place }, counted, read);
    // Only of a log without calls is it asked whether any are mentioned.
    const mark = calls === 0 ? findAnyCallMark(value) : undefined;
    if (mark !== undefined) marks.push({ position: place, reason: mark });
  }
  digest.add(utf8("]"));
  const transcript = ledger.close(position);
  if (transcript.calls.length === 0 && marks.length > 0) throw unreadCalls(position, marks);
  return { format, position, digest: digest.end(), transcript };
}

/** The format of a log whose lines are single messages. */
function formatOf(bytes: Uint8Array, what: string, given: Format | undefined): Format | undefined {
  const values: JsonValue[] = [];
  try {
    const start = bytes.subarray(0, LONG_LOG);
    const newline = start.lastIndexOf(0x0a);
    if (newline < 0 || !startsAsObject(start)) return undefined;
    for (const { value } of readJsonLines(start.subarray(0, newline), what, STRICTLY)) {
      values.push(value);
      if (values.length >= SAMPLE) break;
    }
  } catch {
    return undefined; // reading it as a whole says what is wrong
  }
  if (values.length < 2 || !values.every((value) => isJsonObject(value) && isMessage(value))) {
    return undefined;
  }
  return given ?? detectFormat({ values, position: (i) => `line ${i + 1}` });
}

/** Whether the first line that is not blank begins an object: a document that is broken over lines is none. */
function startsAsObject(bytes: Uint8Array): boolean {
  for (const byte of bytes) {
    if (byte !== 0x20 && (byte < 0x09 || byte > 0x0d)) return byte === 0x7b;
  }
  return false;
}
