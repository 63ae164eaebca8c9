import { LineWriter } from "../formats/json/line_writer.ts";
import { hasManyBrackets } from "../formats/json/mod.ts";
import type { Deflated } from "../formats/zip/write.ts";
import { type Digest, sha256 } from "../signing/mod.ts";
import { utf8 } from "../formats/bytes.ts";

/** An entry of a runpack that is ready for its archive. */
export interface SealedEntry {
  readonly path: string;
  readonly sha256: Digest;
  readonly content: Uint8Array<ArrayBuffer> | Deflated;
  /** Whether it is far from everything that a reader refuses: large entries, long lines, deep values. */
  readonly isEasilyRead: boolean;
}

/** Bytes of an entry, and characters of a line, that are far from the limits of a reader. */
const EASY_BYTES = 64 * 1024 * 1024;
const EASY_LINE = 128 * 1024;

/** Seal a document. */
export async function sealDocument(path: string, text: string): Promise<SealedEntry> {
  const content = utf8(text);
  const isEasilyRead = text.length <= EASY_LINE && !hasManyBrackets(text);
  return { path, content, sha256: await sha256(content), isEasilyRead };
}

/**
 * Seal a line for each record. A line is hashed and compressed when it is made, and then forgotten: a run may have more
 * records than should be held as text.
 *
 * @throws whatever making a line throws
 */
export async function sealLines<T>(
  path: string,
  records: Iterable<T>,
  lineOf: (record: T) => string | Promise<string>,
): Promise<SealedEntry> {
  const lines = new LineWriter();
  const pieces = piecesOf(records, lineOf, lines);
  const hasEasyLines = () => lines.longest <= EASY_LINE && !lines.mayBeDeep;
  const first = (await pieces.next()).value ?? utf8("");
  const second = (await pieces.next()).value;
  if (second === undefined) {
    return { path, content: first, sha256: await sha256(first), isEasilyRead: hasEasyLines() };
  }
  const [{ runningDigest }, { deflate }] = await Promise.all([
    import("../signing/running_digest.ts"),
    import("../formats/zip/deflated.ts"),
  ]);
  const digest = runningDigest();
  async function* hashed(): AsyncGenerator<Uint8Array> {
    for (const piece of [first, second!]) {
      digest.add(piece);
      yield piece;
    }
    for await (const piece of pieces) {
      digest.add(piece);
      yield piece;
    }
  }
  const content = await deflate(hashed());
  const isEasilyRead = content.size <= EASY_BYTES && hasEasyLines();
  return { path, content, sha256: digest.end(), isEasilyRead };
}

async function* piecesOf<T>(
  records: Iterable<T>,
  lineOf: (record: T) => string | Promise<string>,
  lines: LineWriter,
): AsyncGenerator<Uint8Array<ArrayBuffer>, undefined> {
  for (const record of records) {
    const line = lineOf(record);
    lines.add(typeof line === "string" ? line : await line);
    if (lines.isFull) yield lines.take();
  }
  if (!lines.isEmpty) yield lines.take();
}
