import { bad, dim, type Line, line, nextLines } from "../commands/text.ts";
import { type GaitError, MEANING } from "../errors/mod.ts";

/** An error as text: what went wrong and what to do next. `name` is the command, or `gait` itself. */
export function errorLines(name: string, error: GaitError): Line[] {
  // For bad input without a specific hint, the help page of the command is more useful than the general hint.
  const usage = error.code === "invalid_input" && name !== "gait" ? [`gait ${name} --help`] : [];
  const hints = error.hint === undefined && usage.length > 0
    ? usage
    : [error.hint ?? MEANING[error.code].hint, ...usage];
  if (error.others.length > 0) return [...listErrors(name, [error, ...error.others]), ...nextLines(usage)];
  return [line(bad(`${name} error`), `: ${error.message}`), ...nextLines(hints)];
}

/** Several errors in one input, each with its hint. */
function listErrors(name: string, errors: readonly GaitError[]): Line[] {
  return errors.flatMap((error) => [
    line(bad(`${name} error`), `: ${error.message}`),
    ...(error.hint === undefined ? [] : [line(dim("  hint: "), error.hint)]),
  ]);
}
