import type { ZipArchive } from "./zip/mod.ts";

/** An archive that counts lines while its entries are read. */
export interface CountingArchive {
  readonly archive: ZipArchive;
  /** Number of non-blank lines of an entry; 0 until it has been read to its end. */
  readonly lines: (name: string) => number;
}

/**
 * Count the records of JSONL entries while they are read for hashing, so that nothing is inflated twice or buffered.
 */
export function countLines(archive: ZipArchive): CountingArchive {
  const counts = new Map<string, number>();
  return {
    lines: (name) => counts.get(name) ?? 0,
    archive: {
      ...archive,
      async *chunks(name) {
        if (!name.endsWith(".jsonl")) return yield* archive.chunks(name);
        let count = 0;
        let filled = false; // whether the current line has any content
        for await (const chunk of archive.chunks(name)) {
          for (let at = 0; at < chunk.length;) {
            const newline = chunk.indexOf(0x0a, at);
            const end = newline < 0 ? chunk.length : newline;
            filled ||= holdsText(chunk, at, end);
            if (newline < 0) break;
            if (filled) count++;
            filled = false;
            at = newline + 1;
          }
          yield chunk;
        }
        counts.set(name, filled ? count + 1 : count);
      },
    },
  };
}

function holdsText(chunk: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    if (chunk[at]! > 0x20) return true;
  }
  return false;
}
