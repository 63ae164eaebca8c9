import { invalidInput, unsafeOperation } from "../errors/mod.ts";
import { fileError } from "./errors.ts";

/*
 * Only regular files are opened. Opening a named pipe without a writer blocks for ever, a terminal waits for input,
 * and a device never ends. Deno can't open files in non-blocking mode, so each path is checked first.
 */

/**
 * Paths of file descriptors that this process inherited, e.g. the pipe of `gait … <(command)`. Opening one does not
 * block, and reading it ends when its writer closes it.
 */
const HANDED_OVER = /^\/(?:dev\/stdin|dev\/fd\/[0-9]{1,9}|proc\/self\/fd\/[0-9]{1,9})$/;

/** Whether a path names an inherited file descriptor. */
export function isHandedOver(path: string): boolean {
  return HANDED_OVER.test(path);
}

/** The kind of a file that is not regular; `undefined` for a regular file. */
export function specialKind(info: Deno.FileInfo): string | undefined {
  if (info.isFile) return undefined;
  if (info.isDirectory) return "a folder";
  if (info.isFifo) return "a named pipe";
  if (info.isSocket) return "a socket";
  return info.isCharDevice || info.isBlockDevice ? "a device" : "no regular file";
}

/**
 * Refuse a path that leads to anything but a regular file. A path that can't be examined is left to the caller that
 * opens it.
 *
 * @throws {GaitError} `invalid_input`
 */
export function refuseSpecial(action: string, path: string): void {
  const kind = kindAt(path);
  if (kind === undefined) return;
  throw invalidInput(`Cannot ${action} "${path}": it is ${kind}`, {
    hint: "Give the path of a regular file",
  });
}

function kindAt(path: string): string | undefined {
  try {
    return specialKind(Deno.statSync(path));
  } catch {
    return undefined;
  }
}

/**
 * Refuse a symbolic link: changing it would change the file that it leads to (docs/threat_model.md 17).
 *
 * @throws {GaitError} `unsafe_operation`
 */
export function refuseLink(action: string, path: string, hint: string): void {
  try {
    if (!Deno.lstatSync(path).isSymlink) return;
  } catch {
    return; // nothing is there
  }
  throw unsafeOperation(`Cannot ${action} "${path}": it is a symbolic link`, { hint });
}

/**
 * Open a regular file, or an inherited file descriptor, for reading.
 *
 * @throws {GaitError} `invalid_input` for anything else; errors of the system pass through
 */
export function openToRead(path: string): Deno.FsFile {
  return openAndLook(path).file;
}

/** The same, with errors of the system told as those of the file. */
export function openFile(path: string): Deno.FsFile {
  try {
    return openToRead(path);
  } catch (error) {
    throw fileError("read", path, error);
  }
}

/** The same, with what is open: whoever needs its size needn't ask the system again. */
export function openAndLook(path: string): { readonly file: Deno.FsFile; readonly info: Deno.FileInfo } {
  if (!isHandedOver(path)) refuseSpecial("read", path);
  const file = Deno.openSync(path);
  // The file may have been replaced since the check.
  const info = file.statSync();
  const kind = specialKind(info);
  if (kind === undefined || isHandedOver(path) && kind !== "a folder") return { file, info };
  file.close();
  throw invalidInput(`Cannot read "${path}": it is ${kind}`, { hint: "Give the path of a regular file" });
}
