import type { LineWriter } from "../formats/json/line_writer.ts";
import type { Run } from "../schema/runpack.ts";
import type { Hasher } from "../signing/mod.ts";

/** Records that may be made one by one, and how many they are. */
export interface Records<T> extends Iterable<T> {
  readonly length: number;
}

/** Records that are made each time they are asked for, because a run may have more than should be held twice. */
export function mapped<T, R>(list: Records<T>, make: (item: T, index: number) => R): Records<R> {
  return {
    length: list.length,
    *[Symbol.iterator]() {
      let i = 0;
      for (const item of list) yield make(item, i++);
    },
  };
}

/** Records without digests that can write their lines themselves, because their values were never made. */
export interface TextRecords<T> extends Records<T> {
  /** The same records, of another run. */
  ofRun(runId: string): Records<T>;
  /** What {@linkcode write} takes, for each record. */
  places(): Iterable<number>;
  /** Write the line of a record of a run. */
  write(lines: LineWriter, place: number, run: Run, hash: Hasher): void | Promise<void>;
}

/** Thrown for a record that is not of the usual form, or is none: the document has to be read with its values. */
export const UNUSUAL = new Error("The document has a record of an unusual form");

export function areTexts<T>(records: Records<T>): records is TextRecords<T> {
  return "places" in records;
}
