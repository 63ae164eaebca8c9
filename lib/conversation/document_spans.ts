/** One JSON document in a text, between its offsets. */
export interface DocumentSpan {
  readonly start: number;
  readonly end: number;
  /** The line that it begins on, from 1. */
  readonly line: number;
  /** Offsets of the commas behind which nothing stands. */
  readonly commas: readonly number[];
}

/** The documents of a text in a row. */
export interface DocumentSpans {
  readonly documents: readonly DocumentSpan[];
  /** The document that the end of the text cuts off. */
  readonly torn?: DocumentSpan | undefined;
  /** Whether they are the items of a list that has no end. */
  readonly isOpenList: boolean;
  /** Number of commas behind documents; none may stand before the first. */
  readonly separators: number;
}

/**
 * Find the documents in a text by their brackets and quotes alone, in one pass: JSON that a program appends to, with
 * commas or the separator of RFC 7464 between documents, or none, each in a line or written over several.
 *
 * @returns `undefined` if something else stands between documents
 */
export function findDocuments(text: string): DocumentSpans | undefined {
  const all = scan(text, 0, 1);
  if (all?.torn === undefined || all.documents.length > 0 || text[all.torn.start] !== "[") return all;
  // Nothing but a list that was not closed: its items are the documents.
  const inside = scan(text, all.torn.start + 1, all.torn.line);
  return inside && { ...inside, isOpenList: true };
}

function scan(text: string, from: number, firstLine: number): DocumentSpans | undefined {
  const documents: DocumentSpan[] = [];
  let line = firstLine;
  let separators = 0;
  let mayHaveComma = false;
  for (let at = from; at < text.length;) {
    const sign = text.charCodeAt(at);
    if (sign === NEWLINE) line++;
    if (sign === COMMA) {
      if (!mayHaveComma) return undefined;
      mayHaveComma = false;
      separators++;
    } else if (sign === OPEN_OBJECT || sign === OPEN_LIST || sign === QUOTE) {
      const span = documentAt(text, at, line);
      if (span.end < 0) {
        return { documents, torn: { ...span, end: text.length }, isOpenList: false, separators };
      }
      documents.push(span);
      line = span.lastLine;
      mayHaveComma = true;
      at = span.end;
      continue;
    } else if (!(sign <= 0x20 && BLANK.has(sign))) return undefined;
    at++;
  }
  return { documents, isOpenList: false, separators };
}

/** The document that begins at an offset; its end is -1 if the text ends before it. */
function documentAt(text: string, start: number, line: number): DocumentSpan & { readonly lastLine: number } {
  const commas: number[] = [];
  let lastLine = line;
  let depth = 0;
  /** The last comma, as long as only blanks stand behind it. */
  let comma = -1;
  for (let at = start; at < text.length; at++) {
    const sign = text.charCodeAt(at);
    switch (sign) {
      case QUOTE: {
        at = endOfText(text, at + 1);
        if (at < 0) return { start, end: -1, line, lastLine, commas };
        comma = -1;
        if (depth === 0) return { start, end: at + 1, line, lastLine, commas };
        break;
      }
      case OPEN_OBJECT:
      case OPEN_LIST:
        depth++;
        comma = -1;
        break;
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        if (comma >= 0) commas.push(comma);
        comma = -1;
        if (--depth === 0) return { start, end: at + 1, line, lastLine, commas };
        break;
      case COMMA:
        comma = at;
        break;
      case NEWLINE:
        lastLine++;
        break;
      default:
        if (sign > 0x20) comma = -1;
    }
  }
  return { start, end: -1, line, lastLine, commas };
}

/** The offset of the quote that ends a text in quotes; -1 without one. */
function endOfText(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const sign = text.charCodeAt(at);
    if (sign === BACKSLASH) at++;
    else if (sign === QUOTE) return at;
  }
  return -1;
}

const [QUOTE, BACKSLASH, COMMA, NEWLINE] = [0x22, 0x5c, 0x2c, 0x0a];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];

/** Blanks of JSON, and the record separator of RFC 7464. */
const BLANK = new Set([0x09, 0x0a, 0x0d, 0x20, 0x1e]);
