import { canonicalize, isJsonObject, type JsonObject, type JsonValue } from "../formats/json/mod.ts";
import { isZeroTime, parseTime, type Rfc3339, timeOfMillis } from "../formats/time.ts";
import { type Ledger, openLedger } from "./ledger.ts";
import { callMarkOutside } from "./call_marks.ts";
import type { Conversation } from "./input.ts";
import type { Transcript } from "./transcript.ts";

/** One message with its position and time. */
export interface Message {
  readonly value: JsonObject;
  readonly position: string;
  readonly time: Rfc3339 | undefined;
}

/**
 * Read the messages of a conversation one by one into a transcript.
 *
 * @throws {GaitError} `invalid_input` if it contains nothing usable
 */
export function readMessages(
  { messages, about, position: whole }: Conversation,
  read: (message: Message, ledger: Ledger) => void,
  ledger: Ledger = openLedger(),
): Transcript {
  ledger.begin(timeIn(about, "conversation", ledger));
  // Proxy logs keep the last turn outside of the messages that it answers.
  const outside = callMarkOutside(about);
  if (outside !== undefined) ledger.foreign(whole, `${outside} outside its messages`);
  messages.forEach((value, i) => {
    const position = `message ${i + 1}`;
    readElement({ value, position }, ledger, read);
  });
  return ledger.close(whole);
}

/** Read one element of a log with its time; anything but an object is left out. */
export function readElement(
  { value, position }: { readonly value: JsonValue; readonly position: string },
  ledger: Ledger,
  read: (message: Message, ledger: Ledger) => void,
): void {
  if (isJsonObject(value)) read({ value, position, time: timeIn(value, position, ledger) }, ledger);
  else ledger.leaveOut(position, value, "no JSON object");
}

/** Types of message blocks without calls; a runpack records calls, not text. */
const SPOKEN = new Set([
  "text",
  "input_text",
  "output_text",
  "refusal",
  "thinking",
  "redacted_thinking",
  "image",
  "image_url",
  "input_image",
  "input_audio",
  "audio",
  "file",
  "input_file",
  "document",
  "search_result",
]);

/** Whether a type of block contains text instead of calls. */
export function isSpoken(type: JsonValue | undefined): boolean {
  return typeof type === "string" && SPOKEN.has(type);
}

/** The type of a block, quoted for a message. */
export function quoteType(value: JsonValue | undefined): string {
  const type = isJsonObject(value) ? value.type : undefined;
  return typeof type === "string" ? `type "${type.slice(0, 80)}"` : "no known type";
}

/**
 * The content of an answer: the texts of its blocks joined by newlines; anything but a list of blocks is unchanged, so
 * that a list of objects without a type, as some tools return, is the result itself.
 */
export function joinTexts(
  content: JsonValue | undefined,
  position: string,
  ledger: Ledger,
): JsonValue | undefined {
  if (!Array.isArray(content) || content.some(isNoBlock)) return content;
  const texts: string[] = [];
  content.forEach((block, i) => {
    if (typeof block === "string") texts.push(block);
    else if (isJsonObject(block) && typeof block.text === "string") texts.push(block.text);
    else if (isJsonObject(block) && isDocument(block)) texts.push(documentText(block.document));
    else ledger.skip(`${position}, block ${i + 1}`, `part of an answer without text, of ${quoteType(block)}`);
  });
  return texts.join("\n");
}

/** Cohere's results of tools are documents, whose data are a text or an object. */
const isDocument = (block: JsonObject): block is JsonObject & { readonly document: JsonObject } =>
  block.type === "document" && isJsonObject(block.document) &&
  (typeof block.document.data === "string" || isJsonObject(block.document.data));

const documentText = ({ data }: JsonObject) => typeof data === "string" ? data : canonicalize(data!);

const isNoBlock = (value: JsonValue) =>
  isJsonObject(value) && value.type === undefined && typeof value.text !== "string" &&
  Object.keys(value).length > 0;

/** Members with the time of a message or conversation, in order of precedence. */
const TIME_MEMBERS = ["created_at", "timestamp", "created"] as const;

/** Seconds since 1970 of the first moment with a year of five digits. */
const YEAR_10000 = 253_402_300_800;

/** Units of numeric timestamps, as decimal digits after the second; a value too large for one unit is in the next. */
const UNITS = [0, 3, 6, 9] as const;

/**
 * The time that an object gives: an RFC 3339 text, also with a space for the `T` or without a zone, which is then UTC
 * as in the logs of most programs; or seconds, milliseconds, microseconds or nanoseconds since 1970, with a fraction
 * or not, as a number or a text. Unreadable times are listed as skipped.
 */
export function timeIn(
  value: JsonObject,
  position: string,
  ledger: Ledger,
  members: readonly string[] = TIME_MEMBERS,
): Rfc3339 | undefined {
  const name = members.find((member) => isGiven(value, member));
  if (name === undefined) return undefined;
  const given = value[name];
  const text = typeof given === "number" || typeof given === "string" ? String(given).trim() : "";
  const time = readTime(text);
  if (time === undefined) ledger.skip(position, `${name} is not a readable time`);
  else if (isNaive(text)) ledger.naiveTime();
  return time === undefined || isZeroTime(time) ? undefined : time;
}

/** Whether a readable time is a clock time without a zone. */
const isNaive = (text: string) => text.includes(":") && !/(?:[Zz]|[+-]\d\d:?\d\d)$/.test(text.slice(10));

function readTime(text: string): Rfc3339 | undefined {
  const count = /^(\d{1,19})(?:\.(\d{1,20}))?$/.exec(text);
  if (count) return sinceEpoch(count[1]!, count[2] ?? "");
  const parts = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:[.,](\d{1,20}))? ?([Zz]|[+-]\d\d:?\d\d)?$/.exec(
    text,
  );
  if (!parts) return undefined;
  const [, day, clock, fraction, zone = "Z"] = parts;
  const written = zone.toUpperCase().replace(/^([+-]\d\d):?(\d\d)$/, "$1:$2");
  try {
    return parseTime(`${day}T${clock}${fraction === undefined ? "" : `.${fraction}`}${written}`);
  } catch {
    return undefined;
  }
}

/** Computed on decimal digits, because a double can't represent nanoseconds exactly. */
function sinceEpoch(whole: string, fraction: string): Rfc3339 | undefined {
  for (const digits of UNITS) {
    const padded = whole.padStart(digits + 1, "0");
    const seconds = Number(padded.slice(0, padded.length - digits));
    if (seconds >= YEAR_10000) continue;
    const behind = (padded.slice(padded.length - digits, padded.length) + fraction).slice(0, 9).replace(
      // deno-lint-ignore gait/linear-regex -- nine digits
      /0+$/,
      "",
    );
    const second = timeOfMillis(seconds * 1000);
    return parseTime(behind === "" ? second : second.replace(/Z$/, `.${behind}Z`));
  }
  return undefined;
}

function isGiven(value: JsonObject, member: string): boolean {
  return Object.hasOwn(value, member) && value[member] !== null;
}
