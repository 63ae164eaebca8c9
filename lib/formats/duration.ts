import { invalidOption } from "../errors/mod.ts";
import { trimEndChars } from "./trim.ts";

/** Nanoseconds of each unit. */
const UNITS: ReadonlyMap<string, bigint> = new Map([
  ["ns", 1n],
  ["us", 1_000n],
  ["µs", 1_000n],
  ["μs", 1_000n],
  ["ms", 1_000_000n],
  ["s", 1_000_000_000n],
  ["m", 60_000_000_000n],
  ["h", 3_600_000_000_000n],
]);

/** The longest duration in nanoseconds: the largest signed 64-bit integer. */
export const MAX_DURATION = 2n ** 63n - 1n;

const MAX_LENGTH = 200;

/** A number with its unit. Its letters beyond ASCII are escaped, for the bundler would leave them as they are. */
const PART = /([0-9]*)(?:\.([0-9]*))?([a-z\u00b5\u03bc]+)/y;

/**
 * Parse a duration such as `90m`, `1h30m` or `1.5s` into nanoseconds. Returns `undefined` if it is malformed or
 * longer than {@linkcode MAX_DURATION}.
 */
export function parseDuration(text: string): bigint | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const [, sign = "", body = ""] = /^([-+]?)(.*)$/s.exec(text)!;
  if (body === "0") return 0n;
  if (body === "") return undefined;
  let total = 0n;
  for (let at = 0; at < body.length;) {
    PART.lastIndex = at;
    const [part = "", whole = "", fraction = "", unit = ""] = PART.exec(body) ?? [];
    const size = UNITS.get(unit);
    if (size === undefined || whole.length > 40 || whole + fraction === "") return undefined;
    at += part.length;
    // Digits below a nanosecond are ignored.
    const kept = fraction.slice(0, 18);
    total += BigInt(whole || "0") * size + BigInt(kept || "0") * size / 10n ** BigInt(kept.length);
  }
  if (total > MAX_DURATION) return undefined;
  return sign === "-" ? -total : total;
}

/**
 * Nanoseconds of an option that is a positive duration: a text such as `30m`, or nanoseconds already.
 *
 * @param field its name in the options
 * @throws {GaitError} `invalid_input`
 */
export function positiveDuration(given: string | bigint, field: string): bigint {
  const nanoseconds = typeof given === "string" ? parseDuration(given) : given;
  if (nanoseconds !== undefined && nanoseconds > 0n) return nanoseconds;
  throw invalidOption(
    (name) => `Cannot use ${name(field)} "${given}"`,
    () => "Give a positive duration such as 30m or 1h30m",
  );
}

/** Normal form of a duration: `1h30m0s`, `45s`, `1.5s`, `250ms`, `0s`. */
export function formatDuration(nanoseconds: bigint): string {
  if (nanoseconds < 0n) return `-${formatDuration(-nanoseconds)}`;
  if (nanoseconds === 0n) return "0s";
  if (nanoseconds < 1_000n) return `${nanoseconds}ns`;
  if (nanoseconds < 1_000_000n) return `${fixed(nanoseconds, 1_000n)}µs`;
  if (nanoseconds < 1_000_000_000n) return `${fixed(nanoseconds, 1_000_000n)}ms`;
  const seconds = `${fixed(nanoseconds % 60_000_000_000n, 1_000_000_000n)}s`;
  const minutes = nanoseconds / 60_000_000_000n;
  if (minutes === 0n) return seconds;
  return minutes < 60n ? `${minutes}m${seconds}` : `${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

/** A quotient as a decimal without trailing zeros. */
function fixed(value: bigint, unit: bigint): string {
  const fraction = trimEndChars(
    String(value % unit).padStart(String(unit).length - 1, "0"),
    (unit) => unit === "0",
  );
  return fraction === "" ? String(value / unit) : `${value / unit}.${fraction}`;
}
