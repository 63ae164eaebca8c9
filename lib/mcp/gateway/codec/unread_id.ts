import { endOfText, isDelimiter } from "./scan.ts";

/** The longest id that is read here, in characters. */
const MAX_WRITTEN = 256;

/**
 * The id of a message that is not parsed because it is too much, as it is written: whoever waits for its answer must hear
 * of it. Nothing when the text has none at its top, or more than one, or spells its name with escapes.
 */
export function unreadId(text: string): string | undefined {
  let found: string | undefined;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x7b:
      case 0x5b:
        if (depth++ === 0 && text[at] !== "{") return undefined;
        break;
      case 0x7d:
      case 0x5d:
        depth--;
        break;
      case 0x22: {
        const end = endOfText(text, at);
        const value = depth === 1 ? valueOf(text, at, end) : undefined;
        if (value !== undefined) {
          if (found !== undefined) return undefined;
          found = value;
        }
        at = end;
      }
    }
  }
  return found;
}

/** What stands behind a text, if that is the name `id`. */
function valueOf(text: string, start: number, end: number): string | undefined {
  if (text.slice(start, Math.min(end + 1, start + 5)) !== '"id"') return undefined;
  let at = skipBlanks(text, end + 1);
  if (text[at] !== ":") return undefined;
  at = skipBlanks(text, at + 1);
  if (text[at] === '"') return within(text.slice(at, endOfText(text, at) + 1));
  let behind = at;
  while (behind < text.length && !isDelimiter(text.charCodeAt(behind))) behind++;
  return within(text.slice(at, behind));
}

function within(written: string): string {
  return written.length <= MAX_WRITTEN ? written : "";
}

function skipBlanks(text: string, at: number): number {
  while (/^[ \t\r\n]$/.test(text[at] ?? "")) at++;
  return at;
}
