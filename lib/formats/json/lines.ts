import { invalidInput } from "../../errors/mod.ts";
import { concat, decodeUtf8, utf8 } from "../bytes.ts";
import { canonicalize } from "./canonical.ts";
import { readJson, type ReadJsonOptions } from "./read.ts";
import type { JsonValue } from "./value.ts";

/** Longest line of a JSONL file, in bytes (spec/core.md 1.1). */
export const MAX_LINE_BYTES = 10 * 1024 * 1024;

/** One document of a JSONL file with the number of its line, counted from 1. */
export interface JsonLine {
  readonly line: number;
  readonly value: JsonValue;
}

/**
 * Read JSON documents that stand one a line; blank lines are skipped.
 *
 * @throws {GaitError} `invalid_input`, naming the line, when one is too long or no JSON document
 */
export function* readJsonLines(
  bytes: Uint8Array,
  what: string,
  options: Omit<ReadJsonOptions, "what"> = {},
): Generator<JsonLine> {
  let line = 0;
  for (let start = 0; start < bytes.length;) {
    line++;
    const newline = bytes.indexOf(0x0a, start);
    const end = newline < 0 ? bytes.length : newline;
    if (end - start > MAX_LINE_BYTES) {
      throw invalidInput(`Cannot read ${what}: line ${line} is longer than 10 MiB`);
    }
    const text = decodeUtf8(bytes.subarray(start, end));
    start = end + 1;
    if (text.trim() !== "") {
      yield { line, value: readJson(text, { ...options, what: `${what}, line ${line}` }) };
    }
  }
}

/** Write documents as canonical JSON, one a line; no documents give no bytes (spec/core.md section 4). */
export function writeJsonLines(values: Iterable<JsonValue>): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  let pending = "";
  for (const value of values) {
    pending += canonicalize(value) + "\n";
    if (pending.length > 1 << 20) {
      parts.push(utf8(pending));
      pending = "";
    }
  }
  if (pending !== "") parts.push(utf8(pending));
  return concat(parts);
}
