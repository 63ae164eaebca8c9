import { invalidInput } from "../errors/mod.ts";
import { blankText, list } from "./define.ts";
import { duration } from "./duration_flag.ts";
import { mintKeyFlags } from "./key_flags.ts";

/** Flags of every command that makes a token. */
export const mintFlags = {
  ttl: duration("how long it holds, e.g. 30m"),
  scope: list("list", "what it is for, separated by commas"),
  out: blankText("file", "where it goes (default: named by its id)"),
  ...mintKeyFlags,
};

/**
 * How long a token holds, in nanoseconds.
 *
 * @throws {GaitError} `invalid_input` when nobody says so
 */
export function ttlOf(given: bigint | undefined): bigint {
  if (given !== undefined) return given;
  throw invalidInput("Missing --ttl", { hint: "Give a positive duration such as 30m or 1h30m" });
}

/**
 * What a token is for.
 *
 * @throws {GaitError} `invalid_input` when it is for nothing
 */
export function scopeOf(given: readonly string[]): readonly string[] {
  if (given.length > 0) return given;
  throw invalidInput("Missing --scope", { hint: "For example: --scope tool:pay.send" });
}

/** From here on a token is worth a warning: 30 days in nanoseconds. */
const LONG = 30n * 24n * 3_600_000_000_000n;

/** What to tell whoever makes a token that holds for long. */
export function ttlWarnings(ttl: bigint): string[] {
  return ttl > LONG ? ["this token holds for more than 30 days: whoever finds it can use it that long"] : [];
}
