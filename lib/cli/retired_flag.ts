import { type GaitError, invalidInput } from "../errors/mod.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { trim } from "../formats/text.ts";

/**
 * The first retired flag on a line, wherever it stands: a script that still gives it must be told, not misread
 * (docs/spec/regress.md section 2).
 */
export function retiredFlagIn(
  args: readonly string[],
  retired: Readonly<Record<string, string>>,
): { readonly error: GaitError; readonly fields: JsonObject } | undefined {
  for (const token of args.map(trim)) {
    const [flag = ""] = token.split("=", 1);
    if (!Object.hasOwn(retired, flag)) continue;
    const replacement = retired[flag]!;
    return {
      error: invalidInput(`Flag "${flag}" was retired`, { hint: `Use: ${replacement}` }),
      fields: { migration: { kind: "flag", deprecated_flag: flag, replacement_flag: replacement } },
    };
  }
  return undefined;
}
