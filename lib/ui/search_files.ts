import type { Files, FolderEntry } from "../effects/types.ts";
import { GaitError } from "../errors/mod.ts";
import { cleanPath, joinPath } from "../formats/path.ts";

/** Most files of a kind that the page knows of. */
export const MAX_FOUND = 200_000;

/** Folders deeper than this are not searched. */
const MAX_DEPTH = 12;

/** Folders that hold no evidence, and may hold very many files. */
const SKIPPED = new Set([".git", "node_modules", ".journal", ".cache"]);

/** What a search found. */
export interface FoundFiles {
  readonly paths: readonly string[];
  /** How many names were looked at. */
  readonly seen: number;
  /** Whether there are more files than the limit allows. */
  readonly isCut: boolean;
  /** Folders that were passed over. */
  readonly skipped: readonly string[];
}

/**
 * Find the files below folders whose names match. Of the working folder itself only its own files are looked at: it may
 * hold anything. Links are not followed. A folder that is absent or can't be read holds nothing.
 */
export async function searchFiles(
  folders: readonly string[],
  name: RegExp,
  files: Pick<Files, "entries">,
  limit = MAX_FOUND,
): Promise<FoundFiles> {
  const found = new Set<string>();
  const skipped: string[] = [];
  let seen = 0;
  for (const given of folders) {
    const root = cleanPath(given);
    const open: { path: string; depth: number }[] = [{ path: root, depth: 0 }];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const entry of await entriesOf(at.path, files)) {
        seen++;
        const path = at.path === "." ? entry.name : joinPath(at.path, entry.name);
        if (entry.kind === "file" && name.test(entry.name)) {
          if (found.size >= limit && !found.has(path)) {
            return { paths: [...found], seen, isCut: true, skipped };
          }
          found.add(path);
        }
        if (entry.kind !== "folder") continue;
        if (SKIPPED.has(entry.name)) skipped.push(path);
        else if (root !== "." && at.depth < MAX_DEPTH) open.push({ path, depth: at.depth + 1 });
      }
    }
  }
  return { paths: [...found], seen, isCut: false, skipped };
}

/** Whether a path is in a folder that is not searched. */
export function isSkipped(path: string): boolean {
  let start = 0;
  for (let end = path.indexOf("/"); end >= 0; end = path.indexOf("/", start)) {
    if (SKIPPED.has(path.slice(start, end))) return true;
    start = end + 1;
  }
  return false;
}

async function entriesOf(folder: string, files: Pick<Files, "entries">): Promise<readonly FolderEntry[]> {
  try {
    return await files.entries(folder);
  } catch (error) {
    if (error instanceof GaitError) return [];
    throw error;
  }
}
