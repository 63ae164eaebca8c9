import { GaitError, unsafeOperation } from "../errors/mod.ts";
import { decodeUtf8, utf8 } from "../formats/bytes.ts";
import { folderOf } from "../formats/path.ts";
import { type Disk, disk as realDisk, type DiskFile, writeAll } from "./disk.ts";
import { fileError, translate } from "./errors.ts";
import { type Extender, makeExtender } from "./extensions.ts";
import { PATH_STYLE } from "./platform.ts";
import { lookAt } from "./reading.ts";
import type { Extended, Journal, JournalPart, Journals, LeftJournal, NewFile, Placement } from "./types.ts";

const SKIPPED: Extended = { kind: "skipped" };

/** How many files are synced concurrently: the disk batches them, which is seven times faster than one by one. */
const AT_ONCE = 64;

/**
 * Create the journal effects on a disk; tests pass a disk that fails.
 *
 * @param crowd the disk where several files are extended: their fsyncs are waited for together
 */
export function makeJournals(disk: Disk = realDisk, crowd: Disk = disk): Journals {
  const extender = makeExtender(disk, crowd);
  return {
    create: (path) => translate("create journal", path, () => create(disk, path, extender)),
    takeOver: (path, limit) => translate("take over journal", path, () => takeOver(disk, path, limit)),
    isFree: makeIsFree(),
    place: (path, content) => place(disk, path, content),
    letGo: extender.letGo,
    sync: (paths) => translate("write", paths[0] ?? "", () => sync(disk, paths)),
  };
}

/** Names after which `node:fs` is loaded: 8 ms once, for 10 to 100 µs a name. */
const MANY = 500;

/** To find nothing by `Deno.lstatSync()` costs an exception, three times what `existsSync()` takes. */
function makeIsFree(): Journals["isFree"] {
  let asked = 0;
  let exists: ((path: string) => boolean) | undefined;
  return (path) => {
    // Where it can't be loaded, all stays as it is.
    if (++asked === MANY) import("node:fs").then(({ existsSync }) => exists = existsSync, () => {});
    if (exists) return !exists(path);
    try {
      return lookAt(path) === undefined;
    } catch (error) {
      throw fileError("look at", path, error);
    }
  };
}

function place(disk: Disk, path: string, content: Uint8Array): boolean {
  try {
    disk.place(path, content, 0o600);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    removePart(path);
    throw fileError("write", path, error);
  }
}

/** Remove a partial file; the error that interrupted the write is the one to report. */
function removePart(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // The file was not created.
  }
}

async function create(disk: Disk, path: string, { extendAll }: Extender): Promise<Journal> {
  const file = await disk.create(path, 0o600);
  const guard = lockedFile(path);
  const own = guard?.statSync();
  let open = true;
  const close = () => {
    if (!open) return;
    open = false;
    file.close();
    guard?.close();
  };
  try {
    if (!own) throw new GaitError("state_contention", `Cannot hold journal "${path}": it was taken`);
    await disk.syncFolder(folderOf(path, PATH_STYLE));
  } catch (error) {
    if (guard) removePart(path);
    close();
    throw error;
  }
  let broken = false;
  /** @param meanwhile called while the disk is waited for; it must not throw */
  const append = async (bytes: Uint8Array, sync: boolean, meanwhile?: () => void): Promise<void> => {
    // INVARIANT: nothing is appended after a line that may be torn.
    if (broken) throw new GaitError("io_failure", `Cannot append to "${path}": an earlier append failed`);
    broken = true;
    await appended(file, bytes, path, { sync, meanwhile });
    // A journal that was unlinked would vanish with the process, however often it was fsynced.
    if (!isAt(path, own)) {
      throw new GaitError("io_failure", `Cannot append to "${path}": it was removed`, {
        hint: "Leave the folder of journals alone while a gate uses it",
      });
    }
    broken = false;
  };
  return {
    path,
    append: (bytes, { sync = true } = {}) => append(bytes, sync),
    async appendAndPlace(line, files, { early, extensions = [] }) {
      const bytes = lineOf(line, files);
      let placed: readonly Placement[] | undefined;
      const placeAll = () => placed = files.map((file) => tryToPlace(disk, file.path, file.content));
      try {
        await append(bytes, true, early ? placeAll : undefined);
      } catch (error) {
        placed?.forEach((placement, at) => {
          if (placement === true) removePart(files[at]!.path);
        });
        throw error;
      }
      placed ??= placeAll();
      const isWhole = placed.every((placement) => placement === true);
      const extended = isWhole ? await extendAll(extensions) : extensions.map(() => SKIPPED);
      return { grown: bytes.length, placed, extended };
    },
    close,
    discard: () => translate("remove", path, () => discard(disk, path, close)),
  };
}

function lineOf(parts: readonly JournalPart[], files: readonly NewFile[]): Uint8Array {
  const texts = parts.map((part) =>
    typeof part === "string" ? part : JSON.stringify(decodeUtf8(files[part]!.content))
  );
  return utf8(texts.join(""));
}

function tryToPlace(disk: Disk, path: string, content: Uint8Array): Placement {
  try {
    return place(disk, path, content);
  } catch (error) {
    return { error };
  }
}

async function appended(
  file: DiskFile,
  bytes: Uint8Array,
  path: string,
  { sync, meanwhile }: { readonly sync: boolean; readonly meanwhile: (() => void) | undefined },
): Promise<void> {
  try {
    await writeAll(file, bytes);
    const synced = sync ? file.sync() : undefined;
    meanwhile?.();
    await synced;
  } catch (error) {
    throw fileError("append to", path, error);
  }
}

/** Removed while still locked, so that no other process can take it over in between. */
async function discard(disk: Disk, path: string, close: () => void): Promise<void> {
  try {
    await disk.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error; // somebody else removed it
  } finally {
    close();
  }
}

// deno-lint-ignore require-await -- an error must come as a rejection
async function takeOver(disk: Disk, path: string, limit: number): Promise<LeftJournal | undefined> {
  const there = lookAt(path);
  if (there && there.kind !== "file") {
    throw unsafeOperation(
      `Cannot take over journal "${path}": it is ${
        there.kind === "other" ? "no regular file" : `a ${there.kind}`
      }`,
      {
        hint: "Look at what it leads to and who placed it, then remove it",
      },
    );
  }
  const guard = lockedFile(path);
  if (!guard) return undefined;
  try {
    const { size } = guard.statSync();
    if (size > limit) {
      throw new GaitError("invalid_input", `Cannot read "${path}": larger than ${limit} bytes`);
    }
    const content = new Uint8Array(size);
    for (let at = 0; at < size;) {
      const read = guard.readSync(content.subarray(at));
      if (read === null) throw new GaitError("io_failure", `Cannot read "${path}": it became shorter`);
      at += read;
    }
    return {
      content,
      close: () => guard.close(),
      discard: () => translate("remove", path, () => discard(disk, path, () => guard.close())),
    };
  } catch (error) {
    guard.close();
    throw error;
  }
}

/** Lock a file; `undefined` if another process holds it, or if it was removed or replaced meanwhile. */
function lockedFile(path: string): Deno.FsFile | undefined {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path, { read: true, write: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  if (file.tryLockSync(true) && isAt(path, file.statSync())) return file;
  file.close();
  return undefined;
}

/** Whether a path still names this file. It is held open, so no other file can have its inode number. */
function isAt(path: string, own: Pick<Deno.FileInfo, "ino" | "dev">): boolean {
  try {
    const there = Deno.lstatSync(path);
    return there.isFile && there.ino === own.ino && there.dev === own.dev;
  } catch {
    return false;
  }
}

async function sync(disk: Disk, paths: readonly string[]): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < paths.length) {
      await disk.syncFile(paths[next++]!).catch((error) => {
        // A record that was moved away is no longer ours to sync.
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, paths.length) }, worker));
  for (const folder of new Set(paths.map((path) => folderOf(path, PATH_STYLE)))) {
    await disk.syncFolder(folder);
  }
}
