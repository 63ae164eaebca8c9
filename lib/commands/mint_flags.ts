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
