import {
  baseName,
  cleanPath,
  demandWindowsName,
  folderOf,
  insideWorkingFolder,
  temporaryName,
} from "../formats/path.ts";
import { hex } from "../formats/bytes.ts";
import { type Disk, type DiskFile, writeAll } from "./disk.ts";
import { PATH_STYLE } from "./platform.ts";
import { lookAt } from "./reading.ts";
import { refuseLink, refuseSpecial } from "./regular.ts";
import type { Appender, WriteOptions } from "./types.ts";

/**
 * Write a file so that a reader, even after a crash, sees the old content or the new one, never a part: temporary
 * file in the same folder, write, fsync, chmod, rename, fsync of the folder (docs/spec/core.md 3.6). A link at the
 * target is replaced, not followed.
 */
export async function writeAtomic(
  disk: Disk,
  path: string,
  content: Uint8Array | AsyncIterable<Uint8Array>,
  { mode = 0o600, onlyNew = false, anywhere = false, sync = true }: WriteOptions = {},
): Promise<void> {
  const target = anywhere ? cleanPath(path, PATH_STYLE) : insideWorkingFolder(path, PATH_STYLE);
  if (PATH_STYLE === "windows") demandWindowsName(target);
  // A rename would replace a device, or a pipe that another process is waiting on.
  refuseDevice(target);
  const folder = folderOf(target, PATH_STYLE);
  const name = baseName(target, PATH_STYLE);
  const temporary = `${folder}/${temporaryName(name, hex(crypto.getRandomValues(new Uint8Array(8))))}`;
  const file = await disk.create(temporary, mode);
  try {
    try {
      if (content instanceof Uint8Array) await writeAll(file, content);
      else for await (const part of content) await writeAll(file, part);
      if (sync) await file.sync();
    } finally {
      file.close();
    }
    await disk.chmod(temporary, mode); // the umask may have taken bits away
    if (onlyNew) {
      // A hard link fails when the name is taken; a rename would silently replace it.
      if (await linked(disk, temporary, target)) await disk.remove(temporary);
      else await renameToFree(disk, temporary, target);
    } else {
      await (sync ? disk.rename : disk.renameUnsynced)(temporary, target);
    }
  } catch (error) {
    await disk.remove(temporary).catch(() => {}); // the first error is the one to report
    throw error;
  }
  if (sync === true) await disk.syncFolder(folder);
}

/** Move a file to another name in its folder; a link at that name is replaced, not followed. */
export async function renameDurably(disk: Disk, from: string, to: string): Promise<void> {
  refuseDevice(to);
  await disk.rename(from, to);
  await disk.syncFolder(folderOf(cleanPath(to, PATH_STYLE), PATH_STYLE));
}

/** Whether a hard link could be created. FAT and some network file systems don't support them. */
async function linked(disk: Disk, from: string, to: string): Promise<boolean> {
  try {
    await disk.link(from, to);
    return true;
  } catch (error) {
    if (
      error instanceof Deno.errors.NotSupported || codeOf(error) === "EPERM" || codeOf(error) === "ENOSYS"
    ) return false;
    throw error;
  }
}

/** Without hard links: check, then rename. A concurrent write in between is lost, as with any rename. */
async function renameToFree(disk: Disk, from: string, to: string): Promise<void> {
  if (lookAt(to) !== undefined) throw new Deno.errors.AlreadyExists("it exists already");
  await disk.rename(from, to);
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | null)?.code;
}

/** Folders are not checked: the rename refuses them, and it replaces a link to one. */
function refuseDevice(path: string): void {
  try {
    if (Deno.statSync(path).isDirectory) return;
  } catch {
    return; // nothing is there
  }
  refuseSpecial("write to", path);
}

/** Refuse to change what is no regular file of its own, before opening it for writing creates what a link names. */
export function refuseLinkedLog(action: string, path: string): void {
  refuseSpecial(action, path);
  refuseLink(action, path, "Move the link away, and put the file that it should be in its place");
}

/**
 * Append bytes to a file of known size. The caller holds the lock of the file, so another size means that a process
 * which ignores the lock changed it.
 *
 * INVARIANT: an error means that nothing was appended: the file is truncated to its previous size after a failed
 * write or fsync. If that fails too, or the process dies, a torn tail remains, which readers detect.
 */
export async function appendAt(
  disk: Disk,
  path: string,
  size: number,
  content: Uint8Array,
  sync: boolean,
): Promise<void> {
  const appender = openAppender(disk, path);
  try {
    await appender.append(size, content, sync);
  } finally {
    appender.close();
  }
}

/**
 * Append to a file several times, each time as {@linkcode appendAt} does, while its lock is held all along. The file
 * stays open from the first time on; one that was removed or replaced meanwhile is not appended to.
 */
export function openAppender(disk: Disk, path: string): Appender {
  let file: DiskFile | undefined;
  let own: string | undefined;
  const close = () => {
    file?.close();
    file = undefined;
    own = undefined;
  };
  return {
    async append(size, content, sync = true) {
      if (file === undefined) refuseLinkedLog("append to", path);
      file ??= await disk.openAppend(path, 0o600);
      try {
        const there = Deno.lstatSync(path);
        const identity = `${there.dev}:${there.ino}`;
        own ??= identity;
        if (there.size !== size || identity !== own) throw new Error("it changed while its lock was held");
        try {
          await writeAll(file, content);
          if (sync) await file.sync();
        } catch (error) {
          await disk.truncate(path, size).catch(() => {}); // the first error is the one to report
          throw error;
        }
      } catch (error) {
        close();
        throw error;
      }
      return versionAt(path);
    },
    close,
  };
}

/** INVARIANT: the bytes are durable, so nothing fails any more. */
function versionAt(path: string): string | undefined {
  try {
    return lookAt(path)?.version;
  } catch {
    return undefined;
  }
}
