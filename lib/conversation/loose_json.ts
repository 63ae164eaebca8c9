import { GaitError, invalidInput } from "../errors/mod.ts";
import { decodeUtf8 } from "../formats/bytes.ts";
import { type JsonValue, readJson } from "../formats/json/mod.ts";
import { type DocumentSpan, findDocuments } from "./document_spans.ts";
import type { Skipped } from "./transcript.ts";

/** What was recovered from a text that is neither JSON nor JSONL, and what was passed over in it. */
export interface LooseJson {
  readonly values: readonly JsonValue[];
  /** The line of each value; absent for the items of a list. */
  readonly lines?: readonly number[] | undefined;
  readonly notes: readonly Skipped[];
}

/**
 * Read JSON as programs leave it that append to a file, or are stopped while they do: documents over several lines,
 * commas where none belong, a list without an end, a last line that is cut off. Each document is read as strictly as
 * one that stands alone, so that nothing of it is guessed. A cut-off part that begins a call is refused: nobody knows
 * whether the call was made.
 *
 * @returns `undefined` if the text is something else
 * @throws {GaitError} `invalid_input` if a document has a key twice, or the cut-off part tells of a call
 */
export function readLoosely(bytes: Uint8Array, what: string): LooseJson | undefined {
  const text = decodeUtf8(bytes);
  const spans = findDocuments(text);
  if (spans === undefined || spans.documents.length === 0) return undefined;
  const { documents, torn, isOpenList } = spans;
  // One document and a piece behind it are no log in a row.
  if (torn !== undefined && (documents.length < 2 || !mayBeTorn(text, torn))) return undefined;
  const values = valuesOf(text, documents, what);
  if (values === undefined) return undefined;
  const notes: Skipped[] = [];
  const commas = (isOpenList ? 0 : spans.separators) +
    documents.reduce((sum, { commas }) => sum + commas.length, 0);
  if (commas > 0) {
    notes.push({ position: what, reason: `${commas} × comma where JSON has none, passed over` });
  }
  if (isOpenList) {
    notes.push({ position: what, reason: "the list in it has no end; the whole items are read" });
  }
  if (torn !== undefined) notes.push(noteOf(text, torn, what));
  const isOne = documents.length === 1 && torn === undefined && !isOpenList;
  return isOne && Array.isArray(values[0])
    ? { values: values[0], notes }
    : { values, lines: isOne || isOpenList ? undefined : documents.map(({ line }) => line), notes };
}

/** Whether a part may be the beginning of one document, and holds none that stand behind it. */
const mayBeTorn = (text: string, { start }: DocumentSpan) => !/\n[[{]/.test(text.slice(start));

/** `undefined` if one is malformed, of which reading the text as JSON says more. */
function valuesOf(text: string, documents: readonly DocumentSpan[], what: string): JsonValue[] | undefined {
  try {
    return documents.map((span) => valueOf(text, span, what));
  } catch (error) {
    if (!(error instanceof GaitError) || error.detail !== undefined) throw error;
    return undefined;
  }
}

function valueOf(text: string, { start, end, line, commas }: DocumentSpan, what: string): JsonValue {
  let at = start;
  let document = "";
  for (const comma of commas) {
    document += text.slice(at, comma);
    at = comma + 1;
  }
  document += text.slice(at, end);
  return readJson(document, { what, line, duplicates: "refuse", numbers: "text" });
}

function noteOf(text: string, { start, line }: DocumentSpan, what: string): Skipped {
  const part = text.slice(start);
  if (MENTIONS.test(part)) {
    throw invalidInput(
      `Cannot read ${what}: line ${line} is cut off, and what is left of it mentions a call`,
      {
        hint:
          "Import the whole log, once its program has ended; or delete that line if its call was never made",
      },
    );
  }
  return {
    position: `line ${line}`,
    reason:
      `cut off at the end of the log; its ${part.length} characters mention no call and are passed over`,
  };
}

/** Words that a call may be told of with, in any format; some agents call by tags or by a block of code in a text. */
const MENTIONS =
  /tool|call|func|action|command|invo[ck]|exec|input(?!_tokens)|argument|param|span|result|event|step|<[a-z_]{2,40}>|```/i;

/** The documents of a text that can be read at all, whatever stands between or behind them. */
export function wholeDocuments(bytes: Uint8Array): JsonValue[] {
  const text = decodeUtf8(bytes);
  return (findDocuments(text)?.documents ?? []).flatMap((span) => {
    try {
      return [valueOf(text, span, "file")];
    } catch (error) {
      if (!(error instanceof GaitError)) throw error;
      return [];
    }
  });
}

/** The document in a text that holds one as JSON, as what writes a serialised value once more leaves it. */
export function unquoted(value: JsonValue, what: string): JsonValue {
  if (typeof value !== "string" || !/^\s{0,8}[[{]/.test(value)) return value;
  try {
    return readJson(value, { what, duplicates: "refuse", numbers: "text" });
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    return value;
  }
}
