import { invalidInput } from "../../errors/mod.ts";
import { blankText } from "../define.ts";

export { packFields } from "../../pack/report.ts";

/** The path of a pack by flag. */
export const pathFlag = blankText("file", "the pack; the same as the argument");

/** The packs that a command is about: that of the flag, and every argument. */
export function packPaths(flag: string, positionals: readonly string[]): string[] {
  const paths = [flag, ...positionals].map((path) => path.trim()).filter((path) => path !== "");
  if (paths.length === 0) throw invalidInput("Missing argument: give the path of a pack");
  return paths;
}

/**
 * The one pack, or source, that a command is about.
 *
 * @param what named in errors
 * @throws {GaitError} `invalid_input` when none is given, or more than one: what is passed over in silence is taken
 * for done
 */
export function onePath(flag: string, positionals: readonly string[], what: string): string {
  const [path, extra] = [flag, ...positionals].map((given) => given.trim()).filter((given) => given !== "");
  if (path === undefined) throw invalidInput(`Missing argument: give ${what}`);
  if (extra !== undefined) {
    throw invalidInput(`Unexpected argument "${extra}": the command takes one at a time`);
  }
  return path;
}
