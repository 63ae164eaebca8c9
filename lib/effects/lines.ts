import { invalidInput } from "../errors/mod.ts";
import { concat } from "../formats/bytes.ts";
import { fileError } from "./errors.ts";
import { openFile } from "./regular.ts";
import type { FileLine } from "./types.ts";

/** Bytes per read. */
const CHUNK = 1 << 18;

/** The lines of a file one by one. Memory is bounded by one line and one chunk, whatever the size of the file. */
export function* linesOf(path: string, limit: number): Generator<FileLine> {
  const file = openFile(path);
  try {
    let offset = 0;
    let pending: Uint8Array[] = [];
    let held = 0;
    const chunk = new Uint8Array(CHUNK);
    for (;;) {
      const read = file.readSync(chunk);
      if (read === null) break;
      for (let start = 0; start < read;) {
        const newline = chunk.subarray(0, read).indexOf(0x0a, start);
        const end = newline < 0 ? read : newline;
        // The buffer is reused for the next chunk, so a partial line must be copied.
        pending.push(newline < 0 ? chunk.slice(start, end) : chunk.subarray(start, end));
        held += end - start;
        if (held > limit) {
          throw invalidInput(`Cannot read "${path}": a line is longer than ${limit} bytes`);
        }
        start = end + 1;
        if (newline < 0) break;
        yield { bytes: concat(pending), offset, ended: true };
        offset += held + 1;
        [pending, held] = [[], 0];
      }
    }
    if (held > 0) yield { bytes: concat(pending), offset, ended: false };
  } catch (error) {
    throw fileError("read", path, error);
  } finally {
    file.close();
  }
}

/** A part of a file: `length` bytes from `offset`, fewer where it ends. */
export function readPart(path: string, offset: number, length: number): Uint8Array<ArrayBuffer> {
  const file = openFile(path);
  try {
    file.seekSync(offset, Deno.SeekMode.Start);
    const bytes = new Uint8Array(length);
    let at = 0;
    while (at < length) {
      const read = file.readSync(bytes.subarray(at));
      if (read === null) break;
      at += read;
    }
    return bytes.subarray(0, at);
  } finally {
    file.close();
  }
}
