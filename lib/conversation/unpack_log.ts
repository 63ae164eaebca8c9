import { invalidInput } from "../errors/mod.ts";
import { concat } from "../formats/bytes.ts";
import { isZip } from "../formats/zip/magic.ts";
import { openZip } from "../formats/zip/mod.ts";
import type { ImportInput } from "./input.ts";

/** A log whose content is held. */
export interface HeldInput extends ImportInput {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * The logs in a file: itself, what a gzip file holds, or the entries of a zip archive, sorted; a gzip inside of an
 * archive is unpacked, an archive inside of one is not. Nothing is written to disk.
 *
 * @param limit most bytes that may come out: a small archive must not fill the memory
 * @throws {GaitError} `invalid_input`
 */
export async function unpackLog(
  what: string,
  bytes: Uint8Array<ArrayBuffer>,
  limit: number,
): Promise<HeldInput[]> {
  if (bytes.length > limit) throw tooLarge(what);
  if (isGzip(bytes)) return [{ what, bytes: await gunzip(bytes, what, limit) }];
  if (!isZip(bytes)) return [{ what, bytes }];
  const archive = openZip(bytes, {
    entryBytes: limit,
    totalBytes: limit,
    zstandard: async (packed, size) => (await import("./zstandard.ts")).unpackZstandard(packed, size, what),
  });
  const inputs: HeldInput[] = [];
  let left = limit;
  for (const name of archive.names.toSorted()) {
    if (name.endsWith("/")) continue;
    const entry = `${what}, entry "${name}"`;
    const content = await archive.read(name);
    const unpacked = isGzip(content) ? await gunzip(content, entry, left) : content;
    left -= unpacked.length;
    if (left < 0) throw tooLarge(what);
    inputs.push({ what: entry, bytes: unpacked, found: true });
  }
  return inputs;
}

/** Whether a file that begins so is itself the log, not one that is packed. */
export function isUnpacked(start: Uint8Array): boolean {
  return !isGzip(start) && !isZip(start);
}

const isGzip = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;

async function gunzip(
  bytes: Uint8Array<ArrayBuffer>,
  what: string,
  limit: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const content = await decompress(bytes, "gzip", what, limit);
  if (content === undefined) throw invalidInput(`Cannot read ${what}: it is no intact gzip file`);
  return content;
}

/**
 * What was packed; `undefined` if it is damaged or cut off, or the platform can't unpack it.
 *
 * @param limit most bytes that may come out
 * @throws {GaitError} `invalid_input` if it is larger
 */
export async function decompress(
  bytes: Uint8Array<ArrayBuffer>,
  packing: "gzip" | "deflate" | "brotli",
  what: string,
  limit: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of new Blob([bytes]).stream().pipeThrough(new DecompressionStream(packing))) {
      size += part.length;
      if (size > limit) break;
      parts.push(part);
    }
  } catch {
    return undefined;
  }
  if (size > limit) throw tooLarge(what);
  return concat(parts);
}

/** The error for logs that are too many or too large. */
export function tooLarge(what: string) {
  return invalidInput(`Cannot import ${what}: the logs are larger than 256 MiB together`, {
    hint: "Import them in several calls",
  });
}
