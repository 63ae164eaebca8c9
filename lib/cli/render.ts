import type { Line, Span, Style } from "../commands/text.ts";
import { escapeControls } from "../formats/controls.ts";

const CODES: Readonly<Record<Style, number>> = { good: 32, bad: 31, warn: 33, dim: 2, bold: 1 };

/** Lines as text, coloured where that is wanted. */
export function renderLines(lines: readonly Line[], colour: boolean): string {
  return lines.map((line) => line.map((span) => renderSpan(span, colour)).join("") + "\n").join("");
}

function renderSpan({ text, style }: Span, colour: boolean): string {
  const safe = escapeControls(text);
  return colour && style && safe !== "" ? `\x1b[${CODES[style]}m${safe}\x1b[0m` : safe;
}
