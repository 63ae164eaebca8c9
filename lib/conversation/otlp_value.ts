import { isJsonObject, type JsonObject, type JsonValue } from "../formats/json/mod.ts";
import { parseTime, type Rfc3339, timeOfMillis } from "../formats/time.ts";

/** The attributes of a span. */
export interface Attributes {
  readonly values: JsonObject;
  /**
   * Ambiguous keys: duplicates, also inside of values, and keys whose value is not a valid `AnyValue`. Readers would
   * disagree about their meaning.
   */
  readonly ambiguous: ReadonlySet<string>;
}

/**
 * Convert attributes to an object. The first value of a duplicate key is kept and the key reported as ambiguous. If
 * the attributes are an object instead of a list, all keys are ambiguous.
 */
export function readAttributes(value: JsonValue | undefined): Attributes {
  const members = new Map<string, JsonValue>();
  const ambiguous = new Set<string>(isJsonObject(value) ? Object.keys(value) : []);
  for (const entry of Array.isArray(value) ? value : []) {
    if (!isJsonObject(entry) || typeof entry.key !== "string") continue;
    const { key } = entry;
    if (members.has(key)) ambiguous.add(key);
    else members.set(key, readAnyValue(entry.value, () => void ambiguous.add(key)));
  }
  return { values: Object.fromEntries(members), ambiguous };
}

const KINDS = [
  "stringValue",
  "boolValue",
  "intValue",
  "doubleValue",
  "arrayValue",
  "kvlistValue",
  "bytesValue",
];

/** An OTLP `AnyValue` as plain JSON; an integer beyond the exact range of a double stays a text. */
function readAnyValue(given: JsonValue | undefined, markAmbiguous: () => void): JsonValue {
  // In the JSON form of Protobuf a null member counts as absent.
  const members = Object.entries(isJsonObject(given) ? given : {}).filter(([, member]) => member !== null);
  const isOther = given !== undefined && given !== null && !isJsonObject(given);
  if (isOther || members.length > 1 || members.some(([kind]) => !KINDS.includes(kind))) markAmbiguous();
  const value = Object.fromEntries(members);
  const { stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue, bytesValue } = value;
  if (stringValue !== undefined) return stringValue;
  if (boolValue !== undefined) return boolValue;
  if (intValue !== undefined) return typeof intValue === "string" ? integerOf(intValue) : intValue;
  if (doubleValue !== undefined) return doubleValue;
  if (isJsonObject(arrayValue)) {
    return Array.isArray(arrayValue.values)
      ? arrayValue.values.map((item) => readAnyValue(item, markAmbiguous))
      : [];
  }
  if (isJsonObject(kvlistValue)) {
    const { values, ambiguous } = readAttributes(kvlistValue.values);
    if (ambiguous.size > 0) markAmbiguous();
    return values;
  }
  return bytesValue ?? null;
}

function integerOf(text: string): JsonValue {
  const number = Number(text);
  return /^-?\d+$/.test(text) && Number.isSafeInteger(number) ? number : text;
}

/** Largest value of the field: it is an unsigned number of 64 bits. */
const MAX = 2n ** 64n - 1n;

/**
 * Nanoseconds since 1970 as OTLP writes them: a decimal text, or a number as far as JSON carries it. Zero means
 * "unknown" in OTLP, so it gives `undefined`, like any invalid time.
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
