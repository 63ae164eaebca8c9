import type { JsonValue } from "../formats/json/mod.ts";
import { parseTime, type Rfc3339, timeOfMillis } from "../formats/time.ts";

/** Largest value of the field: it is an unsigned number of 64 bits. */
const MAX = 2n ** 64n - 1n;

/**
 * Nanoseconds since 1970 as OTLP writes them: a decimal text, or a number as far as JSON carries it. Zero stands
 * for "not known" in OTLP, so it gives nothing, like anything else that is no such time.
 */
export function nanosOf(value: JsonValue | undefined): bigint | undefined {
  const isNumber = typeof value === "number" && Number.isInteger(value) && value >= 0;
  if (!isNumber && !(typeof value === "string" && /^\d{1,20}$/.test(value))) return undefined;
  const nanos = BigInt(value);
  return nanos > 0n && nanos <= MAX ? nanos : undefined;
}

/** The exact time, to the nanosecond. */
export function timeOfNanos(nanos: bigint): Rfc3339 {
  const seconds = timeOfMillis(Number(nanos / 1_000_000_000n) * 1000);
  const fraction = String(nanos % 1_000_000_000n).padStart(9, "0");
  return parseTime(`${seconds.slice(0, -1)}.${fraction}Z`);
}
