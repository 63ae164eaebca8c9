import type { Files } from "../effects/mod.ts";

/** A file to write. */
export interface PendingFile {
  readonly path: string;
  readonly content: Uint8Array;
}

/**
 * Write files that only make sense together, each atomically, in order. When one can't be written, those before it
 * are brought back to what they were, so that no half of a fixture stays behind; the first error is thrown.
 */
export async function writeTogether(files: Files, pending: readonly PendingFile[]): Promise<void> {
  const before: { path: string; content: Uint8Array | undefined }[] = [];
  for (const { path } of pending) {
    before.push({ path, content: await files.isFile(path) ? await files.read(path) : undefined });
  }
  const written: string[] = [];
  try {
    for (const { path, content } of pending) {
      written.push(path);
      await files.writeAtomic(path, content);
    }
  } catch (error) {
    for (const { path, content } of before.filter(({ path }) => written.includes(path))) {
      const undo = content ? files.writeAtomic(path, content) : removeIfThere(files, path);
      await undo.catch(() => {}); // the first error is the one to report
    }
    throw error;
  }
}

async function removeIfThere(files: Files, path: string): Promise<void> {
  if (await files.stat(path)) await files.remove(path);
}
