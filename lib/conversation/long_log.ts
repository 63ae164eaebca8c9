import { GaitError } from "../errors/mod.ts";
import { concat } from "../formats/bytes.ts";
import { type JsonValue, readJsonLines } from "../formats/json/mod.ts";
import { RewrittenLines } from "../formats/json/rewritten_lines.ts";
import { detectFormat, READERS, SAMPLE } from "./formats/table.ts";
import { NOT_BY_LINE } from "./formats/lines.ts";
import type { Readings } from "./formats/reader.ts";
import { STRICTLY } from "./input.ts";
import { withoutMark } from "./text_bytes.ts";
import type { Keeping } from "./keeping.ts";
import type { Format } from "./transcript.ts";

/** Logs up to this size in bytes are held as a whole, which is simpler. */
export const LONG_LOG = 1024 * 1024;

/** A long log. */
export interface LongLog {
  /** Name in errors. */
  readonly what: string;
  /** Its content from the beginning, in pieces. */
  readonly chunks: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/**
 * Read a long log of lines, so that a line is forgotten before the next one is read; the result is that of reading it
 * as a whole.
 *
 * @param keeping how it is kept, given the lines as they are read, some of which are known in their canonical form
 * @returns `undefined` if it must be read as a whole
 * @throws {GaitError} as reading it as a whole does
 */
export async function readLongLog(
  { what, chunks }: LongLog,
  given: Format | undefined,
  keeping: (lines: RewrittenLines) => Keeping,
): Promise<Readings & { readonly format: Format } | undefined> {
  const sample = sampleOf(withoutMark(await startOf(chunks())), what);
  if (sample === undefined) return undefined;
  const format = given ?? formatOf(sample);
  if (format === undefined) return undefined;
  const lines = new RewrittenLines(what);
  const reader = READERS[format].byLine?.(keeping(lines), sample);
  if (reader === undefined) return undefined;
  const add = (documents: ReturnType<RewrittenLines["push"]>) => {
    for (const { line, value } of orAsWhole(documents)) reader.add({ value, position: `line ${line}` });
  };
  try {
    let isFirst = true;
    for await (const chunk of chunks()) {
      add(lines.push(isFirst ? withoutMark(chunk) : chunk));
      isFirst = false;
    }
    add(lines.end());
  } catch (error) {
    if (error === NOT_BY_LINE || hasTwoIds(error, format)) return undefined;
    throw error;
  }
  return { format, ...reader.end() };
}

/** Documents in a row, of which one that is malformed may be recovered where the log is read as a whole. */
function* orAsWhole(documents: ReturnType<RewrittenLines["push"]>): ReturnType<RewrittenLines["push"]> {
  try {
    yield* documents;
  } catch (error) {
    throw error instanceof GaitError && error.detail === undefined ? NOT_BY_LINE : error;
  }
}

/** Whether a log may be one whose searches have two ids, which {@linkcode readRoots} tells apart. */
const hasTwoIds = (error: unknown, format: Format) =>
  format === "codex" && error instanceof GaitError && error.detail === "duplicate_json_key";

/** The first {@linkcode LONG_LOG} bytes. */
async function startOf(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let left = LONG_LOG;
  for await (const chunk of chunks) {
    parts.push(chunk.subarray(0, left));
    left -= chunk.length;
    if (left <= 0) break;
  }
  return concat(parts);
}

/** The format of a log by its beginning; what has marks of none there may have some behind it. */
function formatOf(sample: readonly JsonValue[]): Format | undefined {
  const format = detectFormat({ values: sample, position: (i) => `line ${i + 1}` });
  return READERS[format].detect(sample) ? format : undefined;
}

/** The values of the first lines of a log; `undefined` if it is none of lines. */
function sampleOf(start: Uint8Array, what: string): JsonValue[] | undefined {
  const newline = start.lastIndexOf(0x0a);
  if (newline < 0 || !startsAsJson(start)) return undefined;
  const values: JsonValue[] = [];
  try {
    for (const { value } of readJsonLines(start.subarray(0, newline), what, STRICTLY)) {
      values.push(value);
      if (values.length >= SAMPLE) break;
    }
  } catch {
    return undefined; // reading it as a whole says what is wrong
  }
  return values.length < 2 ? undefined : values;
}

/** Whether the first line that is not blank may be a document. */
function startsAsJson(bytes: Uint8Array): boolean {
  for (const byte of bytes) {
    if (byte !== 0x20 && (byte < 0x09 || byte > 0x0d)) return byte === 0x7b || byte === 0x5b;
  }
  return false;
}
