import type { JsonObject } from "../../formats/json/mod.ts";
import { isZeroTime, parseTime, type Rfc3339, timeOfMillis } from "../../formats/time.ts";
import type { Ledger } from "./ledger.ts";

/** Members that tell when a message or conversation was made; the first that is there counts. */
const MEMBERS = ["created_at", "timestamp", "created"] as const;

/** Seconds since 1970 of the first moment with a year of five digits. */
const YEAR_10000 = 253_402_300_800;

/** The time that an object gives: an RFC 3339 text, or whole seconds since 1970. What can't be read is listed. */
export function timeIn(value: JsonObject, position: string, ledger: Ledger): Rfc3339 | undefined {
  const name = MEMBERS.find((member) => isGiven(value, member));
  if (name === undefined) return undefined;
  const given = value[name];
  if (typeof given === "number" && Number.isInteger(given) && given >= 0 && given < YEAR_10000) {
    return timeOfMillis(given * 1000);
  }
  try {
    const time = parseTime(typeof given === "string" ? given : "");
    return isZeroTime(time) ? undefined : time;
  } catch {
    ledger.skip(position, `${name} is neither an RFC 3339 time nor whole seconds since 1970`);
    return undefined;
  }
}

function isGiven(value: JsonObject, member: string): boolean {
  return Object.hasOwn(value, member) && value[member] !== null;
}
