import { invalidInput } from "../errors/mod.ts";

/*
 * Only regular files are opened. Opening a named pipe that nobody writes to never returns, a terminal waits for keys, and
 * a device has no end; since no file can be opened without waiting here, each is looked at before.
 */

/**
 * Names of what the caller of this process opened for it already: `gait … <(command)` hands over such a pipe. Opening
 * it does not wait, and reading it ends when whoever holds the other end lets it go.
 */
const HANDED_OVER = /^\/(?:dev\/stdin|dev\/fd\/[0-9]{1,9}|proc\/self\/fd\/[0-9]{1,9})$/;

/** Whether a path names an open file of this process. */
export function isHandedOver(path: string): boolean {
  return HANDED_OVER.test(path);
}

/** What something is that can't be used as a file; nothing for a regular file. */
export function specialKind(info: Deno.FileInfo): string | undefined {
  if (info.isFile) return undefined;
  if (info.isDirectory) return "a folder";
  if (info.isFifo) return "a named pipe";
  if (info.isSocket) return "a socket";
  return info.isCharDevice || info.isBlockDevice ? "a device" : "no regular file";
}

/**
 * Refuse a path that leads to anything but a regular file. What is missing, or can't be looked at, is left to whoever
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
 * Open a regular file to read it, or what the caller of this process handed over.
 *
 * @throws {GaitError} `invalid_input` for anything else; errors of the system pass through
 */
export function openToRead(path: string): Deno.FsFile {
  if (!isHandedOver(path)) refuseSpecial("read", path);
  const file = Deno.openSync(path);
  // Something else may have been put there meanwhile.
  const kind = specialKind(file.statSync());
  if (kind === undefined || isHandedOver(path) && kind !== "a folder") return file;
  file.close();
  throw invalidInput(`Cannot read "${path}": it is ${kind}`, { hint: "Give the path of a regular file" });
}
