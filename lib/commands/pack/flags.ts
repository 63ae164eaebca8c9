import { invalidInput } from "../../errors/mod.ts";
import { PACK_TYPES, type PackType } from "../../schema/pack_layout.ts";
import { choice, path } from "../define.ts";

export { packFields } from "../../pack/report.ts";

/** Flag for the path of a pack. */
export const pathFlag = path("file", "the pack; the same as the argument");

/** Flag for the kind of source of a pack. */
export function typeFlag(fallback: PackType) {
  return choice("type", "what the source is", PACK_TYPES, { default: fallback });
}

/** The packs of a command: that of the flag, and every argument. */
export function packPaths(flag: string | undefined, positionals: readonly string[]): string[] {
  const paths = given(flag, positionals);
  if (paths.length === 0) throw invalidInput("Missing argument: give the path of a pack");
  return paths;
}

/**
 * The only pack or source of a command.
 *
 * @param what named in errors
 * @throws {GaitError} `invalid_input` when none is given, or more than one, because a silently ignored one would be
 * taken for done
 */
export function onePath(flag: string | undefined, positionals: readonly string[], what: string): string {
  const [path, extra] = given(flag, positionals);
  if (path === undefined) throw invalidInput(`Missing argument: give ${what}`);
  if (extra !== undefined) {
    throw invalidInput(`Unexpected argument "${extra}": the command takes one at a time`);
  }
  return path;
}

/** The flag and the arguments, trimmed, without blank ones. */
function given(flag: string | undefined, positionals: readonly string[]): string[] {
  return [flag ?? "", ...positionals].map((path) => path.trim()).filter(Boolean);
}
