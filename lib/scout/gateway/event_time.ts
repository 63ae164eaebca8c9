import { GaitError, invalidInput } from "../../errors/mod.ts";
import type { JsonValue } from "../../formats/json/mod.ts";
import { trim } from "../../formats/text.ts";
import { parseTime, type Rfc3339, timeAfter, toUtc } from "../../formats/time.ts";

/**
 * The time of an event in UTC: the first value that is a time (docs/spec/scout.md section 4).
 *
 * @returns `undefined` if no value is a time
 * @throws {GaitError} `invalid_input` for a time whose year does not have four digits
 */
export function eventTime(values: readonly (JsonValue | undefined)[]): Rfc3339 | undefined {
  for (const value of values) {
    const time = typeof value === "string"
      ? timeOfText(trim(value))
      : typeof value === "number"
      ? timeOfNumber(Math.trunc(value))
      : undefined;
    if (time !== undefined) return time;
  }
  return undefined;
}

function timeOfText(text: string): Rfc3339 | undefined {
  if (text === "") return undefined;
  if (/^[+-]?[0-9]{1,19}$/.test(text)) {
    const number = BigInt(text.replace("+", ""));
    return number >= -(2n ** 63n) && number < 2n ** 63n ? timeOfNumber(Number(number)) : undefined;
  }
  // A date and a time separated by a space are in UTC.
  const spaced = /^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,40})?$/.test(text);
  let time: Rfc3339;
  try {
    time = parseTime(spaced ? `${text.replace(" ", "T")}Z` : text);
  } catch (error) {
    if (error instanceof GaitError) return undefined;
    throw error;
  }
  return toUtc(time);
}

/** Numbers above 10^12 are milliseconds, others seconds. */
function timeOfNumber(number: number): Rfc3339 | undefined {
  if (Math.abs(number) >= 2 ** 63) return undefined;
  const milliseconds = number > 1e12 ? number : number * 1000;
  if (milliseconds > LAST || milliseconds < FIRST) {
    throw invalidInput(`Cannot use time ${number}: its year does not have four digits`, {
      hint: "Correct the line, or leave it out with --skip-invalid",
    });
  }
  return timeAfter(
    Math.floor(milliseconds / 1000) * 1000,
    BigInt(milliseconds - Math.floor(milliseconds / 1000) * 1000) * 1_000_000n,
  );
}

const FIRST = Date.parse("0000-01-01T00:00:00Z");
const LAST = Date.parse("9999-12-31T23:59:59.999Z");
