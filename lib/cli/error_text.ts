import { bad, dim, type Line, line } from "../commands/text.ts";
import type { Entry } from "../commands/table.ts";
import { type GaitError, MEANING } from "../errors/mod.ts";

/** An error for people: what went wrong, and what to do next. */
export function errorLines(name: string, error: GaitError, table: readonly Entry[]): Line[] {
  const lines = [
    line(bad(`${name} error`), `: ${error.message}`),
    line(dim("next: "), error.hint ?? MEANING[error.code].hint),
  ];
  const listed = table.some((entry) => entry.name === name);
  if (error.code === "invalid_input" && listed) lines.push(line(dim("      "), `gait ${name} --help`));
  return lines;
}
