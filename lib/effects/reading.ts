import { invalidInput } from "../errors/mod.ts";
import { compareBytewise } from "../formats/bytes.ts";
import { baseName, cleanPath, folderOf, joinPath } from "../formats/path.ts";
import { withSlashes } from "../formats/path_style.ts";
import { PATH_STYLE } from "./platform.ts";
import { openAndLook } from "./regular.ts";
import type { FileInfo, FolderEntry } from "./types.ts";

/*
 * Reading is synchronous: a command reads a few small files, and the round trips of asynchronous calls to the thread
 * pool took longer than the rest of a verification.
 */

/** INVARIANT: what was checked is what is used; a file that changes while it is read is refused. */
export function readOnce(path: string, limit: number): Uint8Array<ArrayBuffer> {
  const { file, info } = openAndLook(path);
  try {
    if (info.size > limit) throw invalidInput(`Cannot read "${path}": it is larger than ${limit} bytes`);
    // An inherited pipe has no size, so it is read until it ends or exceeds the limit.
    const content = new Uint8Array(info.isFile ? info.size + 1 : Math.min(limit + 1, 1 << 26));
    let length = 0;
    for (;;) {
      const read = length < content.length ? file.readSync(content.subarray(length)) : null;
      if (read === null) break;
      length += read;
      // There was room for another byte, so a regular file ends here.
      if (info.isFile && length === info.size) break;
    }
    if (length === content.length) {
      throw invalidInput(`Cannot read "${path}": it is too large or grew while it was read`);
    }
    return content.subarray(0, length);
  } finally {
    file.close();
  }
}

/** What exists at a path; links are not followed. */
export function lookAt(path: string): FileInfo | undefined {
  try {
    const info = Deno.lstatSync(path);
    const kind = info.isFile ? "file" : info.isDirectory ? "folder" : info.isSymlink ? "symlink" : "other";
    const modified = info.mtime?.getTime() ?? 0;
    const changed = info.ctime?.getTime();
    const version = [info.dev, info.ino, info.size, modified, changed].join(":");
    const mode = (info.mode ?? 0) & 0o777;
    return { kind, size: info.size, mode, modified, ...(changed === undefined ? {} : { changed }), version };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
}

/**
 * The absolute path of a file with links resolved. A file that does not exist keeps its name in the resolved folder.
 */
export function realPath(path: string): string {
  try {
    return withSlashes(Deno.realPathSync(path), PATH_STYLE);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) throw error;
    const cleaned = cleanPath(path, PATH_STYLE);
    const folder = folderOf(cleaned, PATH_STYLE);
    if (cleaned === folder) throw error;
    return joinPath(realPath(folder), baseName(cleaned, PATH_STYLE), PATH_STYLE);
  }
}

/** Names in a folder, sorted by bytes; none when it is missing. */
export function listFolder(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map((entry) => entry.name).sort(compareBytewise);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** What a folder holds, sorted by bytes. */
export function listEntries(folder: string): FolderEntry[] {
  return [...Deno.readDirSync(folder)].map(({ name, isFile, isDirectory, isSymlink }): FolderEntry => ({
    name,
    kind: isFile ? "file" : isDirectory ? "folder" : isSymlink ? "symlink" : "other",
  })).sort((a, b) => compareBytewise(a.name, b.name));
}

/**
 * Whether a path leads to a regular file; links are followed. Throws without permission, because the file may exist.
 */
export function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable) throw error;
    return false;
  }
}

/** Whether a file is missing, empty or ends with a newline: the next line must not be joined to a torn one. */
export function endsWhole(path: string): boolean {
  if (!isFile(path)) return true;
  const file = Deno.openSync(path);
  try {
    const { size } = file.statSync();
    if (size === 0) return true;
    const last = new Uint8Array(1);
    file.seekSync(size - 1, Deno.SeekMode.Start);
    return file.readSync(last) === 1 && last[0] === 0x0a;
  } finally {
    file.close();
  }
}
