import type { ZipArchive } from "../formats/zip/mod.ts";

/** Entries are kept while they are not larger than this together. Bytes. */
const KEPT = 16 * 1024 * 1024;

/**
 * An archive that inflates entries once, as long as they are small together: most packs are. What is larger passes by
 * in pieces and is inflated anew where its content is asked for, so that no archive decides how much memory it takes;
 * the bytes it is inflated from are the same.
 */
export function keepContents(archive: ZipArchive): ZipArchive {
  const contents = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();
  let room = KEPT;
  const read = (name: string) => {
    const kept = contents.get(name);
    if (kept) return kept;
    const content = archive.read(name);
    const size = archive.sizeOf(name) ?? 0;
    if (size <= room) {
      room -= size;
      contents.set(name, content);
    }
    return content;
  };
  return {
    ...archive,
    read,
    async *chunks(name) {
      if (contents.has(name) || (archive.sizeOf(name) ?? 0) <= room) yield await read(name);
      else yield* archive.chunks(name);
    },
  };
}
