import { concat, utf8 } from "../../../formats/bytes.ts";
import type { JsonValue } from "../../../formats/json/mod.ts";
import type { Range } from "./scan.ts";

/** One value to put in the place of another. */
export interface Replacement {
  readonly range: Range;
  readonly value: JsonValue;
}

/** The bytes of a text with some values replaced; all others stay byte for byte. */
export function spliced(text: string, replacements: readonly Replacement[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const { range, value } of [...replacements].sort((a, b) => a.range.start - b.range.start)) {
    parts.push(utf8(text.slice(at, range.start)), utf8(JSON.stringify(value)));
    at = range.end;
  }
  parts.push(utf8(text.slice(at)));
  return concat(parts);
}
