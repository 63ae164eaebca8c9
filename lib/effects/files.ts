import { utf8 } from "../formats/bytes.ts";
import { cleanPath, folderOf } from "../formats/path.ts";
import { PATH_STYLE } from "./platform.ts";
import { appendAt, openAppender, refuseLinkedLog, renameDurably, writeAtomic } from "./atomic_write.ts";
import { disk as realDisk, writeAll } from "./disk.ts";
import type { Disk } from "./disk.ts";
import { translate } from "./errors.ts";
import { withLock } from "./lock.ts";
import { checkOutput, writeOutput } from "./output.ts";
import { linesOf, readPart } from "./lines.ts";
import { endsWhole, isFile, listEntries, listFolder, lookAt, readOnce, realPath } from "./reading.ts";
import { refuseLink } from "./regular.ts";
import type { Files } from "./types.ts";

/** Larger files are not read into memory: 1 GiB. */
export const MAX_FILE_BYTES = 1 << 30;

/** Create the file effects on a disk; tests pass a disk that fails. */
export function makeFiles(disk: Disk = realDisk): Files {
  const files: Files = {
    read: (path, limit = MAX_FILE_BYTES) => translate("read", path, () => readOnce(path, limit)),
    stat: (path) => translate("look at", path, () => lookAt(path)),
    isFile: (path) => translate("look at", path, () => isFile(path)),
    realPath: (path) => translate("look at", path, () => realPath(path)),
    list: (folder) => translate("list", folder, () => listFolder(folder)),
    entries: (folder) => translate("list", folder, () => listEntries(folder)),
    writeAtomic: (path, content, options) =>
      translate("write", path, () => writeAtomic(disk, path, content, options)),
    writeAtomicParts: (path, parts, options) =>
      translate("write", path, () => writeAtomic(disk, path, parts, options)),
    async *readChunks(path, size) {
      yield* (await import("./chunks.ts")).chunksOf(path, size);
    },
    readPart: (path, offset, length) => translate("read", path, () => readPart(path, offset, length)),
    readLines: (path, limit) => linesOf(path, limit),
    appendAt: (path, size, content, sync = true) =>
      translate("append to", path, () => appendAt(disk, path, size, content, sync)),
    openAppender(path) {
      const { append, close } = openAppender(disk, path);
      return { append: (...given) => translate("append to", path, () => append(...given)), close };
    },
    truncate: (path, size) => translate("cut", path, () => truncate(disk, path, size)),
    makeFolder: (path) => translate("create folder", path, () => makeFolder(disk, path)),
    remove: (path) => translate("remove", path, () => disk.remove(path)),
    rename: (from, to) => translate("write", to, () => renameDurably(disk, from, to)),
    setMode: (path, mode) => translate("change", path, () => setMode(disk, path, mode)),
    appendLine: (path, line) => translate("append to", path, () => appendLine(disk, path, line)),
    withLock: (path, options, step) => withLock(path, step, options),
    writeOutput: (path, content, rules) => writeOutput(files, path, content, rules),
    checkOutput: (path, rules, content) => checkOutput(files, path, rules, content),
  };
  return files;
}

async function truncate(disk: Disk, path: string, size: number): Promise<void> {
  refuseLinkedLog("cut", path);
  await disk.truncate(path, size);
}

/** Synced like the files in it: a folder that is lost in a crash takes its files with it. */
async function makeFolder(disk: Disk, path: string): Promise<void> {
  const created: string[] = [];
  const folderAbove = (folder: string) => folderOf(folder, PATH_STYLE);
  for (
    let at = cleanPath(path, PATH_STYLE);
    lookAt(at) === undefined && at !== folderAbove(at);
    at = folderAbove(at)
  ) {
    created.push(at);
  }
  try {
    await Deno.mkdir(path, { recursive: true, mode: 0o750 });
  } catch (error) {
    // The system reports only that the path exists.
    if (error instanceof Deno.errors.AlreadyExists) throw new Deno.errors.NotADirectory();
    throw error;
  }
  for (const folder of created) await disk.syncFolder(folderAbove(folder));
}

async function setMode(disk: Disk, path: string, mode: number): Promise<void> {
  refuseLink("change", path, "Change the file that it leads to");
  await disk.chmod(path, mode);
}

async function appendLine(disk: Disk, path: string, line: string): Promise<void> {
  await Deno.mkdir(folderOf(path, PATH_STYLE), { recursive: true, mode: 0o750 });
  await withLock(path, async () => {
    const file = await disk.openAppend(path, 0o600);
    try {
      await writeAll(file, utf8((endsWhole(path) ? "" : "\n") + line + "\n"));
      await file.sync();
    } finally {
      file.close();
    }
  });
}
