import type { ZipArchive } from "../../formats/zip/mod.ts";

/**
 * An archive that inflates each entry once: what was hashed is what is used, and nothing is read a second time.
 * Every entry of a pack is looked into, so this costs no memory that would not be needed anyway.
 */
export function keepContents(archive: ZipArchive): ZipArchive {
  const contents = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();
  const read = (name: string) => {
    const kept = contents.get(name) ?? archive.read(name);
    contents.set(name, kept);
    return kept;
  };
  return {
    ...archive,
    read,
    async *chunks(name) {
      yield await read(name);
    },
  };
}
