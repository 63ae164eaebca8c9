import { isJsonObject, type JsonValue } from "../formats/json/mod.ts";
import { READERS } from "./formats/table.ts";
import type { LogPart } from "./formats/reader.ts";
import { folderOf } from "./same_calls.ts";
import { type Format, FORMATS } from "./transcript.ts";

/** A file that holds a part of a log. */
export interface FilePart extends LogPart {
  readonly format: Format;
  readonly value: JsonValue;
}

/** The part of a log in the values of a file; `undefined` if they are no part, but a log. */
export function partIn(values: readonly JsonValue[], given: Format | undefined): FilePart | undefined {
  const [value] = values;
  if (values.length !== 1 || value === undefined || !isJsonObject(value)) return undefined;
  for (const format of given === undefined ? FORMATS : [given]) {
    const part = READERS[format].partOf?.(value);
    if (part !== undefined) return { ...part, format, value };
  }
  return undefined;
}

/** A part with the place of its file among the inputs, and its name. */
export interface PlacedPart {
  readonly part: FilePart;
  readonly place: number;
  readonly what: string;
}

/**
 * The parts that lie in one folder and are of one log, in its order. Each alone would have the history again, or an
 * answer without its call.
 */
export function groupParts(parts: readonly PlacedPart[]): PlacedPart[][] {
  const groups = Map.groupBy(
    parts,
    ({ part: { format, log }, what }) => JSON.stringify([format, folderOf(what), log]),
  );
  return [...groups.values()].map((group) => group.toSorted((a, b) => compareOrder(a.part, b.part)));
}

function compareOrder({ order: one }: LogPart, { order: other }: LogPart): number {
  const place = one.findIndex((number, i) => number !== other[i]);
  return place < 0 ? 0 : one[place]! < other[place]! ? -1 : 1;
}
