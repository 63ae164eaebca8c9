import { HEX, lengthAt, packTexts, unpackTexts } from "./packed_texts.ts";
import type { TraceRow } from "./row.ts";

/** What no other row has. */
export type OwnTexts = Pick<TraceRow, "id" | "time" | "intent">;

/** Flags of the first character: what follows from other columns is not written. */
const ID_IN_PATH = 1;
const TIME_IN_MILLISECONDS = 2;
const TIME_WITHOUT_ZEROS = 4;

/** Where the intent is in what was packed. */
export const INTENT_AT = 1;

/**
 * Pack the texts of a row that no other has: flags, the intent, and the id and the time where they are not the usual ones.
 *
 * @param pathId the id that is part of the path
 */
export function packOwn({ id, time, intent }: OwnTexts, pathId: string | undefined, at: number): string {
  const flags = (id === pathId ? ID_IN_PATH : 0) |
    (time === inMilliseconds(at) ? TIME_IN_MILLISECONDS : time === withoutZeros(at) ? TIME_WITHOUT_ZEROS : 0);
  const texts = [intent];
  if ((flags & ID_IN_PATH) === 0) texts.push(id);
  if ((flags & (TIME_IN_MILLISECONDS | TIME_WITHOUT_ZEROS)) === 0) texts.push(time);
  return String.fromCharCode(flags) + packTexts(texts);
}

/** The texts that were packed, given the same path and time. */
export function unpackOwn(packed: string, pathId: string | undefined, at: number): OwnTexts {
  const flags = packed.charCodeAt(0);
  const texts = unpackTexts(packed, INTENT_AT);
  const intent = texts.shift()!;
  const id = (flags & ID_IN_PATH) > 0 ? pathId! : texts.shift()!;
  if ((flags & TIME_IN_MILLISECONDS) > 0) return { id, intent, time: inMilliseconds(at) };
  return { id, intent, time: (flags & TIME_WITHOUT_ZEROS) > 0 ? withoutZeros(at) : texts.shift()! };
}

/** The packed intent: the same for the same intent, and no other; empty for an empty one. */
export function intentOf(packed: string): string {
  const length = lengthAt(packed, INTENT_AT);
  return length === 0 ? "" : packed.slice(INTENT_AT, INTENT_AT + 2 + length);
}

/** What {@linkcode intentOf} gives for an intent. */
export function intentKey(intent: string): string {
  return intent === "" ? "" : packTexts([intent]);
}

/** Whether all texts that neither the path nor the time has are written in hex. */
export function isHexOnly(packed: string): boolean {
  return (packed.charCodeAt(0) & ID_IN_PATH) > 0 && packed.charCodeAt(INTENT_AT) >= HEX;
}

function inMilliseconds(at: number): string {
  return new Date(at).toISOString();
}

function withoutZeros(at: number): string {
  const text = inMilliseconds(at);
  let end = text.length - 1;
  while (text[end - 1] === "0") end--;
  // Of a whole second nothing is left behind the point, nor the point.
  return `${text.slice(0, text[end - 1] === "." ? end - 1 : end)}Z`;
}
