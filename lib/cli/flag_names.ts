import type { AnyCommand } from "../commands/define.ts";
import type { OptionError } from "../errors/mod.ts";

/**
 * An error of the domain as whoever typed the command knows it: with the flags in the place of the fields. A field is
 * called like its flag, written in another way, unless the command says otherwise ({@linkcode Command.flagOf}).
 */
export function withFlagNames(error: OptionError, { flagOf = {} }: AnyCommand): OptionError {
  return error.named((field) => `--${Object.hasOwn(flagOf, field) ? flagOf[field] : kebabCase(field)}`);
}

function kebabCase(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
