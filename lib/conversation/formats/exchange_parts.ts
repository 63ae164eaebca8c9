import { canonicalize, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { unixNanos } from "../../formats/time.ts";
import { openLedger } from "../ledger.ts";
import { joinTexts, timeIn } from "../messages.ts";
import { exchangeIn, recordingIn } from "./recorded_exchanges.ts";
import type { LogPart } from "./reader.ts";

/**
 * Where an exchange belongs that is a file of its own: with those whose conversation begins with the same words. They
 * are in order by their time, and in one second by the length of their history, which only grows.
 */
export function partOfConversation(
  value: JsonObject,
  isExchange: (value: JsonObject) => boolean,
  bodiesOf: (value: JsonObject) => { readonly request: JsonValue | undefined } | undefined,
): LogPart | undefined {
  if (recordingIn(value) !== undefined || !isExchange(value)) return undefined;
  const asked = bodiesOf(value)?.request;
  if (!isJsonObject(asked)) return undefined;
  const history = [asked.messages, asked.input, asked.contents].find(Array.isArray) ?? [];
  return { log: canonicalize(openingOf(history)), order: [timeOf(value), BigInt(history.length)] };
}

/** What is said up to the first word of the user; marks for a cache, which move, are no part of it. */
function openingOf(history: readonly JsonValue[]): JsonValue[] {
  const first = history.findIndex((message) =>
    !isJsonObject(message) || message.role !== "system" && message.role !== "developer"
  );
  return history.slice(0, first < 0 ? history.length : first + 1).map((message) => {
    if (!isJsonObject(message)) return message;
    return joinTexts(message.content ?? message.parts, "", openLedger()) ?? null;
  });
}

/** The time of an exchange, or else of its answer, in nanoseconds; 0 if it has none. */
function timeOf(value: JsonObject): bigint {
  const { response } = value;
  for (const holder of [exchangeIn(value)?.about, value, response]) {
    const time = isJsonObject(holder) ? timeIn(holder, "", openLedger()) : undefined;
    if (time !== undefined) return unixNanos(time);
  }
  return 0n;
}
