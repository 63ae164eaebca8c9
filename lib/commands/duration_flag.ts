import { invalidInput } from "../errors/mod.ts";
import { parseDuration } from "../formats/duration.ts";
import { type ValueFlag, valueFlag } from "./flags.ts";

/**
 * A flag that takes a positive duration such as `1h30m`, in nanoseconds. It has a module of its own because every
 * command loads flags.ts, and few have such a flag.
 */
export function duration(help: string, options: { readonly default: string }): ValueFlag<bigint>;
export function duration(help: string): ValueFlag<bigint | undefined>;
export function duration(
  help: string,
  options?: { readonly default: string },
): ValueFlag<bigint | undefined> {
  const fallback = options && read(options.default, "the default");
  return valueFlag("duration", "duration", help, fallback, read, options?.default);
}

/** A flag that takes a duration and reads it by itself, also a blank one. */
export function durationRead(
  help: string,
  read: ValueFlag<bigint | undefined>["read"],
): ValueFlag<bigint | undefined> {
  return { kind: "duration", value: "duration", help, default: undefined, absent: undefined, read };
}

function read(given: string, flag: string): bigint {
  const nanoseconds = parseDuration(given);
  if (nanoseconds !== undefined && nanoseconds > 0n) return nanoseconds;
  throw invalidInput(`Cannot use ${flag} "${given}"`, {
    hint: "Give a positive duration such as 30m or 1h30m",
  });
}
