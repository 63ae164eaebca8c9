import { largest } from "../formats/lists.ts";
/** Columns of a table are not made wider than this. */
export const MAX_WIDTH = 80;

/** The meaning of a piece of text; the renderer chooses its colour. */
export type Style = "good" | "bad" | "warn" | "dim" | "bold";

/** A piece of text with a meaning. The renderer escapes control characters in it, so it may be untrusted data. */
export interface Span {
  readonly text: string;
  readonly style?: Style;
  /** Prose: may be wrapped between words, with a hanging indent. */
  readonly flows?: true;
}

/** One line for people. */
export type Line = readonly Span[];

/** A line of pieces; plain texts have no style. */
export function line(...pieces: readonly (string | Span)[]): Line {
  return pieces.map((piece) => typeof piece === "string" ? { text: piece } : piece);
}

export const good = (text: string): Span => ({ text, style: "good" });
export const bad = (text: string): Span => ({ text, style: "bad" });
export const warn = (text: string): Span => ({ text, style: "warn" });
export const dim = (text: string): Span => ({ text, style: "dim" });
export const bold = (text: string): Span => ({ text, style: "bold" });

/** A piece of prose. */
export function prose(piece: string | Span): Span {
  return typeof piece === "string" ? { text: piece, flows: true } : { ...piece, flows: true };
}

/** `key=value` lines for scripts; empty values are omitted. */
export function keyValueLines(pairs: Readonly<Record<string, string | number | undefined>>): Line[] {
  return Object.entries(pairs)
    .filter(([, value]) => value !== undefined && value !== "")
    .map(([key, value]) => line(`${key}=${value}`));
}

/** Lines of two columns, the first padded to its widest cell; the second is prose. */
export function columns(rows: readonly (readonly [string | Span, string | Span])[], indent = "  "): Line[] {
  const textOf = (cell: string | Span) => typeof cell === "string" ? cell : cell.text;
  // A long name from a file must not widen every other line.
  const width = Math.min(MAX_WIDTH, largest(rows.map(([first]) => textOf(first).length)));
  return rows.map(([first, second]) =>
    line(indent, first, " ".repeat(Math.max(0, width - textOf(first).length) + 2), prose(second))
  );
}

/** Warnings: problems that did not stop the command. */
export function warningLines(warnings: readonly string[]): Line[] {
  return warnings.map((warning) => line(warn(`warning: ${warning}`)));
}

/** Suggested next commands, one per line. */
export function nextLines(commands: readonly string[]): Line[] {
  return commands.map((command, i) => line(dim(i === 0 ? "next: " : "      "), command));
}
