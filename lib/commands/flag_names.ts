import type { AnyCommand } from "./define.ts";

/**
 * The flag of an option field, for errors: the field in kebab case, unless the command has another one (`flagOf` of
 * {@linkcode Command}).
 */
export function flagName(field: string, { flagOf = {} }: Pick<AnyCommand, "flagOf">): string {
  return `--${Object.hasOwn(flagOf, field) ? flagOf[field] : kebabCase(field)}`;
}

function kebabCase(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
