import type { ZipArchive } from "../formats/zip/mod.ts";

/** Entries up to this size are kept, in bytes. */
const SMALL = 256 * 1024;

/** Bytes that are kept of one archive. */
const KEPT = 4 * 1024 * 1024;

/**
 * An archive that inflates each small entry once: what was hashed is what is read, and reading a runpack costs little
 * more than verifying it. Larger entries stay streams, so that memory does not grow with what an archive declares.
 */
export function keepingEntries(archive: ZipArchive): ZipArchive {
  const kept = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();
  let held = 0;
  const keep = (name: string): Promise<Uint8Array<ArrayBuffer>> | undefined => {
    const known = kept.get(name);
    const size = archive.sizeOf(name);
    if (known || size === undefined || size > SMALL || held + size > KEPT) return known;
    held += size;
    const content = archive.read(name);
    content.catch(() => {}); // whoever asked for it is told
    kept.set(name, content);
    return content;
  };
  return {
    names: archive.names,
    remarks: archive.remarks,
    has: (name) => archive.has(name),
    sizeOf: (name) => archive.sizeOf(name),
    modeOf: (name) => archive.modeOf(name),
    isCanonical: (name) => archive.isCanonical(name),
    read: async (name) => await (keep(name) ?? archive.read(name)),
    async *chunks(name) {
      const content = keep(name);
      if (content) yield await content;
      else yield* archive.chunks(name);
    },
  };
}
