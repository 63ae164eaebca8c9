import { list, required, text } from "./define.ts";
import { duration } from "./duration_flag.ts";
import { mintKeyFlags } from "./key_flags.ts";

/** Flags of every command that makes a token. */
export const mintFlags = {
  ttl: required(duration("how long it holds, e.g. 30m")),
  scope: list("list", "what it is for, separated by commas"),
  out: text("file", "where it goes (default: named by its id)"),
  ...mintKeyFlags,
};

/** From here on a token is worth a warning: 30 days in nanoseconds. */
const LONG = 30n * 24n * 3_600_000_000_000n;

/** What to tell whoever makes a token that holds for long. */
export function ttlWarnings(ttl: bigint): string[] {
  return ttl > LONG ? ["this token holds for more than 30 days: whoever finds it can use it that long"] : [];
}
