import { VARIABLE_COMMENTS } from "./plan.ts";

/** Lines with blanks in front; empty lines stay empty. */
export function indented(lines: readonly string[], by: number): string[] {
  return lines.map((line) => line === "" ? "" : " ".repeat(by) + line);
}

/** The head of a generated file. */
export function headComments(provider: string, mark: string): string[] {
  return [
    `Checks of this project by gait; made by: gait ci init --provider ${provider}`,
    ...VARIABLE_COMMENTS,
  ].map((line) => `${mark} ${line}`);
}
