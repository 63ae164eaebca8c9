import { invalidInput } from "../errors/mod.ts";
import { parseDuration } from "../formats/duration.ts";
import { commaList } from "../formats/text.ts";
import { blankText } from "./define.ts";
import { signingKeyFlags } from "./key_flags.ts";

/** Flags of every command that makes a token. */
export const mintFlags = {
  ttl: blankText("duration", "how long it holds, e.g. 30m"),
  scope: blankText("list", "what it is for, separated by commas"),
  out: blankText("file", "where it goes (default: named by its id)"),
  ...signingKeyFlags,
  "key-mode": blankText(
    "mode",
    "prod signs with the given key, dev with a fresh one that nobody can verify",
    {
      default: "dev",
      choices: ["dev", "prod"],
    },
  ),
};

/**
 * How long a token holds, in nanoseconds.
 *
 * @throws {GaitError} `invalid_input` unless it is more than 0
 */
export function ttlOf(given: string): bigint {
  const ttl = parseDuration(given);
  if (ttl === undefined || ttl <= 0n) {
    throw invalidInput(given === "" ? "Missing --ttl" : `Cannot use --ttl "${given}"`, {
      hint: "Give a positive duration such as 30m or 1h30m",
    });
  }
  return ttl;
}

/**
 * The values of a list separated by commas.
 *
 * @throws {GaitError} `invalid_input` when there is none
 */
export function scopeOf(given: string): string[] {
  const scope = commaList(given);
  if (scope.length === 0) {
    throw invalidInput("Missing --scope", { hint: "For example: --scope tool:pay.send" });
  }
  return scope;
}

/** From here on a token is worth a warning: 30 days in nanoseconds. */
const LONG = 30n * 24n * 3_600_000_000_000n;

/** What to tell whoever makes a token that holds for long. */
export function ttlWarnings(ttl: bigint): string[] {
  return ttl > LONG ? ["this token holds for more than 30 days: whoever finds it can use it that long"] : [];
}
