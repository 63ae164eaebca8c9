import { invalidInput } from "../errors/mod.ts";
import { trimEndChars } from "./trim.ts";

/** A checked and normalised RFC 3339 time (docs/spec/core.md 1.2). */
export type Rfc3339 = string & { readonly brand: "Rfc3339" };

/** Means "absent" (docs/spec/core.md 1.2). */
export const ZERO_TIME = "0001-01-01T00:00:00Z" as Rfc3339;

/** The fixed fallback where a time is required but none is known. */
export const EPOCH_1980 = "1980-01-01T00:00:00Z" as Rfc3339;

/** Whether a time is a real one: neither the zero time nor 1980, the two placeholders of records. */
export function isKnownTime(time: Rfc3339): boolean {
  return !isZeroTime(time) && compareInstants(time, EPOCH_1980) !== 0;
}

const PATTERN = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|([+-])(\d\d):(\d\d))$/;

/**
 * Check and normalise a time: the offset is kept, the fraction truncated to 9 digits without trailing zeros, and a
 * zero offset written as `Z`.
 *
 * @throws {GaitError} `invalid_input` for everything that RFC 3339 with upper-case letters does not allow
 */
export function parseTime(text: string, what = "time"): Rfc3339 {
  const match = PATTERN.exec(text);
  if (!match) throw invalidInput(`Cannot read ${what}: "${text}" is not an RFC 3339 time`);
  const [, year, month, day, hour, minute, second, fraction = "", zone, , zoneHour = "0", zoneMinute = "0"] =
    match;
  const inRange = isDate(Number(year), Number(month), Number(day)) && Number(hour) < 24 &&
    Number(minute) < 60 &&
    Number(second) < 60 && Number(zoneHour) < 24 && Number(zoneMinute) < 60;
  if (!inRange) throw invalidInput(`Cannot read ${what}: "${text}" does not exist in the calendar`);
  const digits = trimEndChars(fraction.slice(0, 9), (unit) => unit === "0");
  const offset = Number(zoneHour) === 0 && Number(zoneMinute) === 0 ? "Z" : zone;
  return `${text.slice(0, 19)}${digits === "" ? "" : "." + digits}${offset}` as Rfc3339;
}

/**
 * The same instant in `Z` form.
 *
 * @throws {GaitError} `invalid_input` when the offset moves it out of the years 0000 to 9999
 */
export function toUtc(time: Rfc3339): Rfc3339 {
  if (time.endsWith("Z")) return time;
  const seconds = new Date(wholeSeconds(time)).toISOString().slice(0, -5);
  if (seconds.length !== 19) {
    throw invalidInput(`Cannot use time: "${time}" has no year of four digits in UTC`);
  }
  return `${seconds}${fractionOf(time)}Z` as Rfc3339;
}

/** Whether a time counts as absent. */
export function isZeroTime(time: Rfc3339): boolean {
  if (time === ZERO_TIME) return true;
  if (time >= "0002") return false; // no offset brings it back
  return fractionOf(time) === "" && wholeSeconds(time) === wholeSeconds(ZERO_TIME);
}

/** Compare two times as instants, whatever their offsets: negative when the left one is earlier. */
export function compareInstants(left: Rfc3339, right: Rfc3339): number {
  const seconds = wholeSeconds(left) - wholeSeconds(right);
  if (seconds !== 0) return seconds;
  const [a, b] = [left, right].map((time) => fractionOf(time).slice(1).padEnd(9, "0"));
  return a! < b! ? -1 : a! > b! ? 1 : 0;
}

/** Whether a time tells more than the second. */
export function hasFraction(time: Rfc3339): boolean {
  return fractionOf(time) !== "";
}

function fractionOf(time: Rfc3339): string {
  return /\.\d+/.exec(time)?.[0] ?? "";
}

/** Milliseconds since 1970, without the fraction of a second. */
function wholeSeconds(time: Rfc3339): number {
  return Date.parse(time.slice(0, 19) + (time.endsWith("Z") ? "Z" : time.slice(-6)));
}

/** Nanoseconds since 1970, as a bigint because a double is not exact. */
export function unixNanos(time: Rfc3339): bigint {
  return BigInt(wholeSeconds(time)) * 1_000_000n + BigInt(fractionOf(time).slice(1).padEnd(9, "0"));
}

/** The time of a clock reading in milliseconds since 1970. */
export function timeOfMillis(milliseconds: number): Rfc3339 {
  const text = new Date(milliseconds).toISOString();
  // Years beyond four digits are refused there.
  if (text.length !== UTC_LENGTH) return parseTime(text);
  const digits = trimEndChars(text.slice(20, 23), (unit) => unit === "0");
  return `${text.slice(0, 19)}${digits === "" ? "" : "." + digits}Z` as Rfc3339;
}

/** Length of a time with milliseconds, as the clock is written. */
const UTC_LENGTH = "1980-01-01T00:00:00.000Z".length;

/**
 * The time that many nanoseconds after a clock reading.
 *
 * @throws {GaitError} `invalid_input` beyond the year 9999
 */
export function timeAfter(milliseconds: number, nanoseconds: bigint): Rfc3339 {
  const total = BigInt(Math.floor(milliseconds)) * 1_000_000n + nanoseconds;
  const seconds = total / 1_000_000_000n;
  const fraction = String(total % 1_000_000_000n).padStart(9, "0");
  return parseTime(`${new Date(Number(seconds) * 1000).toISOString().slice(0, -5)}.${fraction}Z`);
}

/** A time without its fraction of a second. */
export function cutToSeconds(time: Rfc3339): Rfc3339 {
  return time.replace(/\.\d+/, "") as Rfc3339;
}

function isDate(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]!;
}
