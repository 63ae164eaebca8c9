import type { Files } from "../effects/types.ts";
import { compareBytewise } from "../formats/bytes.ts";
import { searchFiles } from "./search_files.ts";

/** Folders with fewer names are searched each time. */
const FEW = 2_000;

/** The files of some folders whose names match. */
export interface FileList {
  /** Sorted by bytes. */
  paths(): Promise<readonly string[]>;
  /** Files came or went: search again the next time. */
  forget(): void;
}

/**
 * List files. A search among very many files takes long, so what it found is kept until something is noticed in the
 * folders; where there are few, each question searches, and needs nobody who notices.
 */
export function fileList(folders: readonly string[], name: RegExp, files: Files, limit: number): FileList {
  let held: Promise<readonly string[]> | undefined;
  let round = 0;
  const search = async (): Promise<readonly string[]> => {
    const mine = round;
    const { paths, seen } = await searchFiles(folders, name, files, limit);
    if (seen < FEW || mine !== round) held = undefined;
    return [...paths].sort(compareBytewise);
  };
  return {
    paths: () =>
      held ??= search().catch((error) => {
        held = undefined;
        throw error;
      }),
    forget() {
      round++;
      held = undefined;
    },
  };
}
