import type { Command } from "../commands/define.ts";
import type { Entry } from "../commands/entry.ts";
import { GaitError, invalidInput } from "../errors/mod.ts";
import type { PathStyle } from "../formats/path_style.ts";
import { parseArguments, SEE_FLAGS } from "./parse.ts";

/**
 * Parse the arguments of a command without running it, for commands that write them into the settings of another
 * program: a mistyped flag would otherwise show when that program starts it, far away from whoever typed it.
 *
 * @returns its positional arguments
 * @throws {GaitError} `invalid_input` for whatever the command would refuse, and for `--help`
 */
export async function checkArguments(
  name: string,
  args: readonly string[],
  table: readonly Entry[],
  style: PathStyle,
): Promise<readonly string[]> {
  const entry = table.find((entry) => entry.name === name);
  if (entry === undefined) throw new Error(`There is no command ${name}`);
  if (args.includes("--explain")) {
    throw invalidInput(`Cannot use "--explain": gait ${name} would print what it is for and do nothing`);
  }
  const { flags, positionals } = parsed((await entry.load()).default, name, args, style);
  if (flags.help === true) {
    throw invalidInput(`Cannot use "--help": gait ${name} would print its help and do nothing`);
  }
  return positionals;
}

function parsed(command: Command, name: string, args: readonly string[], style: PathStyle) {
  try {
    return parseArguments(command, args, style);
  } catch (error) {
    if (!(error instanceof GaitError) || error.hint !== SEE_FLAGS) throw error;
    // The flags are those of another command than the one that was called.
    throw invalidInput(error.message, { hint: `See the flags with: gait help ${name}`, cause: error });
  }
}
