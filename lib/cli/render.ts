import type { Line, Span, Style } from "../commands/text.ts";
import { escapeControls } from "../formats/controls.ts";

const CODES: Readonly<Record<Style, number>> = { good: 32, bad: 31, warn: 33, dim: 2, bold: 1 };

/** The least width at which wrapped text stays legible with a hanging indent. */
const NARROWEST = 24;

/**
 * Render lines as text, coloured if requested. Prose is wrapped between words at the width of the terminal;
 * everything else stays on one line, so that commands and values can be copied.
 */
export function renderLines(lines: readonly Line[], colour: boolean, width = Infinity): string {
  let text = "";
  for (const line of lines) {
    const shown = line.map(escaped);
    // A file or a pipe has no width, and most output goes there.
    for (const part of width === Infinity ? [shown] : wrapped(shown, width)) {
      for (const span of part) text += renderSpan(span, colour);
      text += "\n";
    }
  }
  return text;
}

function escaped(span: Span): Span {
  return { ...span, text: escapeControls(span.text) };
}

function renderSpan({ text, style }: Span, colour: boolean): string {
  return colour && style && text !== "" ? `\x1b[${CODES[style]}m${text}\x1b[0m` : text;
}

function wrapped(line: Line, width: number): Line[] {
  const lines: Span[][] = [[]];
  let column = 0;
  const put = (span: Span) => {
    if (span.text === "") return;
    lines.at(-1)!.push(span);
    column += span.text.length;
  };
  for (const span of line) {
    if (!span.flows) {
      put(span);
      continue;
    }
    const hang = width - column >= NARROWEST ? column : Math.min(column, 4);
    const words = span.text.split(" ");
    let taken = "";
    for (const [i, word] of words.entries()) {
      const longer = i === 0 ? word : `${taken} ${word}`;
      if (column + longer.length <= width || taken.trim() === "") {
        taken = longer;
        continue;
      }
      put({ ...span, text: taken });
      lines.push([]);
      column = 0;
      put({ text: " ".repeat(hang) });
      taken = word;
    }
    put({ ...span, text: taken });
  }
  return lines;
}
