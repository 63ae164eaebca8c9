import { PACK_SCHEMA_ID } from "../../schema/pack_layout.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import { invalidInput } from "../../errors/mod.ts";
import { text } from "../define.ts";

/** Members that every JSON object of `gait pack` has. */
export function packFields(operation: string): JsonObject {
  return { schema_id: PACK_SCHEMA_ID.output, schema_version: "1.0.0", operation };
}

/** The path of a pack by flag. */
export const pathFlag = text("file", "the pack; the same as the argument");

/**
 * The one pack that a command is about: the flag wins, the first argument stands in, the rest is ignored as in the
 * reference (spec/pack.md section 2).
 *
 * @throws {GaitError} `invalid_input` when none is given
 */
export function packPath(flag: string, positionals: readonly string[]): string {
  const path = flag.trim() || (positionals[0] ?? "").trim();
  if (path === "") throw invalidInput("Missing argument: give the path of a pack");
  return path;
}

/** What to say of arguments that mean nothing. */
export function ignoredArguments(flag: string, positionals: readonly string[]): string[] {
  const ignored = flag.trim() === "" ? positionals.slice(1) : positionals;
  return ignored.map((argument) => `argument "${argument}" was ignored`);
}
