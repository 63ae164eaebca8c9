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
 * Seal a line for each record. Lines are hashed and compressed when they are made, and then forgotten: a run may have more
 * records than should be held as text.
 *
 * @param write writes the line of a record
 * @throws whatever writing a line throws
 */
export async function sealLines<T>(
  path: string,
  records: Iterable<T>,
  write: (lines: LineWriter, record: T) => void | Promise<void>,
): Promise<SealedEntry> {
  const lines = new LineWriter();
  let stream: Stream | undefined;
  try {
    for (const record of records) {
      const written = write(lines, record);
      if (written !== undefined) await written;
      if (lines.isFull) (stream ??= await openStream()).push(lines.take());
    }
    const hasEasyLines = lines.longest <= EASY_LINE && !lines.mayBeDeep;
    if (stream === undefined) {
      const content = lines.take().slice();
      return { path, content, sha256: await sha256(content), isEasilyRead: hasEasyLines };
    }
    if (!lines.isEmpty) stream.push(lines.take());
    const { content, digest } = stream.end();
    return {
      path,
      content,
      sha256: digest,
      isEasilyRead: content.size <= EASY_BYTES && hasEasyLines,
    };
  } finally {
    stream?.abandon();
  }
}

/** What hashes and compresses pieces. */
interface Stream {
  readonly push: (piece: Uint8Array) => void;
  readonly end: () => { readonly content: Deflated; readonly digest: Digest };
  readonly abandon: () => void;
}

async function openStream(): Promise<Stream> {
  const [{ runningDigest }, { Deflater }, { crc32 }] = await Promise.all([
    import("../signing/running_digest.ts"),
    import("../formats/zip/deflated.ts"),
    import("../formats/zip/native_crc32.ts"),
  ]);
  const [digest, deflater] = [runningDigest(), new Deflater(crc32)];
  return {
    push(piece) {
      digest.add(piece);
      deflater.push(piece);
    },
    end() {
      deflater.end();
      return { content: deflater.result(), digest: digest.end() };
    },
    abandon: () => deflater.abandon(),
  };
}
