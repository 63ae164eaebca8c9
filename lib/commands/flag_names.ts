import type { AnyCommand } from "./define.ts";

/**
 * What whoever typed a command calls a field of the domain's options. A field is called like its flag, written in another
 * way, unless the command says otherwise (`flagOf` of {@linkcode Command}).
 */
export function flagName(field: string, { flagOf = {} }: Pick<AnyCommand, "flagOf">): string {
  return `--${Object.hasOwn(flagOf, field) ? flagOf[field] : kebabCase(field)}`;
}

function kebabCase(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
