import type { Line, Span, Style } from "../commands/text.ts";

const CODES: Readonly<Record<Style, number>> = { good: 32, bad: 31, warn: 33, dim: 2, bold: 1 };

/** Lines as text, coloured where that is wanted. */
export function renderLines(lines: readonly Line[], colour: boolean): string {
  return lines.map((line) => line.map((span) => renderSpan(span, colour)).join("") + "\n").join("");
}

function renderSpan({ text, style }: Span, colour: boolean): string {
  const safe = escapeControls(text);
  return colour && style && safe !== "" ? `\x1b[${CODES[style]}m${safe}\x1b[0m` : safe;
}

/**
 * Make control characters visible: data must not move the cursor, hide text or reverse its direction
 * (anchors 5.3, item 46).
 */
export function escapeControls(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, (char) => {
    const code = char.charCodeAt(0);
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, "0")}`
      : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}
