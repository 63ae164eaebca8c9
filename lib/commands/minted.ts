import { cutToSeconds } from "../formats/time.ts";
import type { SignedToken } from "../tokens/sealed.ts";
import { columns, good, type Line, line, warn } from "./text.ts";

/** What a command says of the token that it minted. */
export function mintedLines(
  title: string,
  path: string,
  rows: readonly (readonly [string, string])[],
  { scope, expiresAt, signature }: SignedToken & { readonly scope: readonly string[] },
  warnings: readonly string[],
): Line[] {
  return [
    line(good(title), `: ${path}`),
    ...columns([
      ...rows,
      ["scope", scope.join(", ")],
      ["expires", cutToSeconds(expiresAt)],
      ["key", signature?.key_id ?? ""],
    ]),
    ...warnings.map((warning) => line(warn("warning"), `: ${warning}`)),
  ];
}
