import { invalidInput } from "../errors/mod.ts";
import { compareBytewise, utf8 } from "../formats/bytes.ts";
import { folderOf } from "../formats/path.ts";
import { writeAtomic } from "./atomic_write.ts";
import { disk as realDisk, writeAll } from "./disk.ts";
import type { Disk } from "./disk.ts";
import { fileError } from "./errors.ts";
import { withLock } from "./lock.ts";
import type { FileInfo, Files } from "./types.ts";

/** Larger files are not read into memory: 1 GiB. */
export const MAX_FILE_BYTES = 1 << 30;

/** Files over a disk; the real one unless a test brings another. */
export function makeFiles(disk: Disk = realDisk): Files {
  return {
    read: (path, limit = MAX_FILE_BYTES) => translate("read", path, () => readOnce(path, limit)),
    stat: (path) => translate("look at", path, () => stat(path)),
    isFile: async (path) => (await Deno.stat(path).catch(() => undefined))?.isFile === true,
    list: (folder) => translate("list", folder, () => list(folder)),
    writeAtomic: (path, content, options) =>
      translate("write", path, () => writeAtomic(disk, path, content, options)),
    makeFolder: (path) =>
      translate("create folder", path, () => Deno.mkdir(path, { recursive: true, mode: 0o750 })),
    remove: (path) => translate("remove", path, () => disk.remove(path)),
    appendLine: (path, line) => translate("append to", path, () => appendLine(disk, path, line)),
  };
}

async function translate<T>(action: string, path: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw fileError(action, path, error);
  }
}

/** INVARIANT: what was checked is what is used; a file that changes while it is read is refused. */
async function readOnce(path: string, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const file = await Deno.open(path);
  try {
    const before = await file.stat();
    if (before.isDirectory) throw invalidInput(`Cannot read "${path}": it is a folder`);
    if (before.size > limit) throw invalidInput(`Cannot read "${path}": it is larger than ${limit} bytes`);
    // A pipe tells no size, so it is read until it ends or goes over the limit.
    const content = new Uint8Array(before.isFile ? before.size + 1 : Math.min(limit + 1, 1 << 26));
    let length = 0;
    for (;;) {
      const read = length < content.length ? await file.read(content.subarray(length)) : null;
      if (read === null) break;
      length += read;
    }
    if (length === content.length) throw invalidInput(`Cannot read "${path}": it is too large or grew while it was read`);
    return content.subarray(0, length);
  } finally {
    file.close();
  }
}

async function stat(path: string): Promise<FileInfo | undefined> {
  try {
    const info = await Deno.lstat(path);
    const kind = info.isFile ? "file" : info.isDirectory ? "folder" : info.isSymlink ? "symlink" : "other";
    return { kind, size: info.size, mode: (info.mode ?? 0) & 0o777 };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
}

async function list(folder: string): Promise<string[]> {
  try {
    const names: string[] = [];
    for await (const entry of Deno.readDir(folder)) names.push(entry.name);
    return names.sort(compareBytewise);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

async function appendLine(disk: Disk, path: string, line: string): Promise<void> {
  await Deno.mkdir(folderOf(path), { recursive: true, mode: 0o750 });
  await withLock(path, async () => {
    const file = await disk.openAppend(path, 0o600);
    try {
      await writeAll(file, utf8(line + "\n"));
      await file.sync();
    } finally {
      file.close();
    }
  });
}
