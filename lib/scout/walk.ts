import type { Files } from "../effects/mod.ts";
import { GaitError } from "../errors/mod.ts";

/** Folders inside each other that are looked into. */
export const MAX_DEPTH = 64;
/** Files and folders that are looked at. */
export const MAX_ENTRIES = 200_000;

/** Folders that hold nothing of the repository itself. */
const SKIPPED: ReadonlySet<string> = new Set([".git", ".beads", "node_modules", "__pycache__"]);

/**
 * The regular files below a folder, by name. Links are not followed, and there is an end to depth and number, so
 * that no repository keeps it busy for ever; what is left out is told in `warnings`.
 */
export async function* walk(files: Files, folder: string, warnings: string[]): AsyncGenerator<string> {
  let entries = 0;

  async function* below(folder: string, depth: number): AsyncGenerator<string> {
    for (const name of await namesIn(files, folder, warnings)) {
      if (++entries > MAX_ENTRIES) return;
      const path = folder === "." ? name : `${folder}/${name}`;
      const kind = (await files.stat(path))?.kind;
      if (kind === "file") yield path;
      if (kind !== "folder" || SKIPPED.has(name)) continue;
      if (depth < MAX_DEPTH) yield* below(path, depth + 1);
      else warnings.push(`left out: "${path}" lies more than ${MAX_DEPTH} folders deep`);
    }
  }
  yield* below(folder, 1);
  if (entries > MAX_ENTRIES) warnings.push(`left out: all beyond ${MAX_ENTRIES} files and folders`);
}

async function namesIn(files: Files, folder: string, warnings: string[]): Promise<readonly string[]> {
  try {
    return await files.list(folder);
  } catch (error) {
    if (!(error instanceof GaitError) || error.code !== "invalid_input") throw error;
    warnings.push(`left out: ${error.message}`);
    return [];
  }
}
