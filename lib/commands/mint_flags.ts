import { list, path, required } from "./define.ts";
import { duration } from "./duration_flag.ts";
import { mintKeyFlags } from "./key_flags.ts";

/** Flags of every command that mints a token. */
export const mintFlags = {
  ttl: required(duration("lifetime of the token, e.g. 30m")),
  scope: list("list", "what the token covers, separated by commas"),
  out: path("file", "where the token goes (default: named by its id)"),
  ...mintKeyFlags,
};
