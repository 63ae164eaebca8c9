import { invalidInput } from "../errors/mod.ts";
import { concat } from "../formats/bytes.ts";
import { isTar, readTar } from "../formats/tar.ts";
import { isZip } from "../formats/zip/magic.ts";
import { openZip } from "../formats/zip/mod.ts";
import type { ImportInput } from "./input.ts";

/** A log whose content is held. */
export interface HeldInput extends ImportInput {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * The logs in a file: itself, what a gzip file or one of Zstandard holds, or the entries of an archive of zip or tar,
 * sorted, and those of archives inside of it. Nothing is written to disk.
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
  const plain = isZip(bytes) ? bytes : await unpackFile(bytes, what, limit);
  const entries = entriesOf(plain, what, limit);
  return entries === undefined
    ? [{ what, bytes: plain }]
    : (await unpackEntries(what, entries, limit)).inputs;
}

/** The files in an archive; `undefined` if it is none. */
function entriesOf(bytes: Uint8Array<ArrayBuffer>, what: string, limit: number): Entry[] | undefined {
  if (isTar(bytes)) return tarEntries(bytes, what);
  if (!isZip(bytes)) return undefined;
  const archive = openZip(bytes, {
    entryBytes: limit,
    totalBytes: limit,
    zstandard: async (packed, size) => (await import("./zstandard.ts")).unpackZstandard(packed, size, what),
  });
  const names = archive.names.toSorted().filter((name) => !name.endsWith("/"));
  return names.map((name) => ({ name, read: () => archive.read(name) }));
}

/** A file in an archive, which is unpacked when it is its turn. */
interface Entry {
  readonly name: string;
  readonly read: () => Promise<Uint8Array<ArrayBuffer>>;
}

/** The files of an archive of tar by name; of two with one name the latter is the file, as tar unpacks them. */
function tarEntries(bytes: Uint8Array<ArrayBuffer>, what: string): Entry[] {
  const files = new Map(readTar(bytes, what).map(({ name, content }) => [name, content]));
  return [...files].map(([name, content]) => ({ name, read: () => Promise.resolve(content) })).toSorted((
    a,
    b,
  ) => a.name < b.name ? -1 : 1);
}

/** @returns the logs, and how many bytes they left of the limit */
async function unpackEntries(
  what: string,
  entries: readonly Entry[],
  limit: number,
  depth = 1,
): Promise<{ readonly inputs: HeldInput[]; readonly left: number }> {
  const inputs: HeldInput[] = [];
  let left = limit;
  for (const { name, read } of entries) {
    const entry = `${what}, entry "${name}"`;
    const content = await read();
    const unpacked = await unpackFile(content, entry, left);
    left -= unpacked.length;
    if (left < 0) throw tooLarge(what);
    const inner = depth < MAX_PACKED ? entriesOf(unpacked, entry, left) : undefined;
    if (inner === undefined) inputs.push({ what: entry, bytes: unpacked, found: true });
    else {
      const held = await unpackEntries(entry, inner, left, depth + 1);
      for (const one of held.inputs) inputs.push(one);
      left = held.left;
    }
  }
  return { inputs, left };
}

/** What a file holds that is packed by itself, or the file. */
async function unpackFile(
  bytes: Uint8Array<ArrayBuffer>,
  what: string,
  limit: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (isGzip(bytes)) return await gunzip(bytes, what, limit);
  if (!isZstandard(bytes)) return bytes;
  return (await import("./zstandard.ts")).unpackZstandard(bytes, limit, what);
}

/** Whether a file whose first 512 bytes are these is itself the log, not one that is packed. */
export function isUnpacked(start: Uint8Array): boolean {
  return !isGzip(start) && !isZip(start) && !isZstandard(start) && !isTar(start);
}

/** The magic number of a frame of Zstandard (RFC 8878, 3.1.1). */
const isZstandard = (bytes: Uint8Array) =>
  bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd;

const isGzip = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;

async function gunzip(
  bytes: Uint8Array<ArrayBuffer>,
  what: string,
  limit: number,
  depth = 1,
): Promise<Uint8Array<ArrayBuffer>> {
  const content = await decompress(bytes, "gzip", what, limit) ??
    (await import("./gzip_members.ts")).unpackMembers(bytes, limit);
  if (content === undefined) throw invalidInput(`Cannot read ${what}: it is no intact gzip file`);
  // A server may have packed a file that was packed already.
  return isGzip(content) && depth < MAX_PACKED ? await gunzip(content, what, limit, depth + 1) : content;
}

/** So often may a file be packed, and so deep may archives be in each other. */
const MAX_PACKED = 3;

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
