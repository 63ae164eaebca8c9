import { invalidInput, unsafeOperation } from "../errors/mod.ts";
import { decodeUtf8, hex, utf8 } from "../formats/bytes.ts";
import { fileError } from "./errors.ts";
import { acquireLock } from "./lock_wait.ts";
import { specialKind } from "./regular.ts";
import type { LockOptions } from "./types.ts";

/** The marker of Gait's own lock files. Their owners also hold an OS lock, which is released when the process dies. */
export const LOCK_MARK = "gait-ts";

/**
 * Run a step while holding the lock file `<path>.lock` (docs/spec/core.md 3.6).
 *
 * The file is created exclusively, as other implementations do, and locked with an OS lock as well. A lock file with
 * the marker but without an OS lock belongs to a dead process and is taken over at once; one without the marker is
 * taken over when it is stale.
 *
 * @throws {GaitError} `state_contention` when the lock isn't free in time, `unsafe_operation` when a link, a pipe or
 * a folder stands in its place; what the step throws passes through
 */
export async function withLock<T>(
  path: string,
  step: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const lockPath = `${path}.lock`;
  const file = await acquireLock(lockPath, options, { create, removeIfDead }).catch((error) => {
    throw fileError("lock", path, error);
  });
  try {
    return await step();
  } finally {
    release(lockPath, file);
  }
}

/**
 * Removed while still locked, so that no process can mistake it for a stale one. If another implementation took over
 * an old lock, the file is not ours to remove.
 */
function release(path: string, file: Deno.FsFile): void {
  try {
    if (inodeAt(path) === file.statSync().ino) Deno.removeSync(path);
  } catch {
    // Another process removed the file; the step has finished, so nothing is lost.
  }
  file.close();
}

/*
 * INVARIANT: nothing is awaited between creating and locking, or between locking and removing, so two callers in one
 * process can never wait for each other's OS lock.
 */

/**
 * Written and locked under a temporary name and then hard-linked to its final name, which fails if the name is taken:
 * whenever the process dies, its lock file either doesn't exist or contains the marker.
 */
function create(path: string, { content }: Required<LockOptions>): Deno.FsFile | undefined {
  // Waiting processes only stat the path: creating and removing a file on every retry would slow down the owner.
  if (inodeAt(path) !== undefined) return undefined;
  const own = `${path}.tmp-${hex(crypto.getRandomValues(new Uint8Array(8)))}`;
  const file = Deno.openSync(own, { read: true, write: true, createNew: true, mode: 0o600 });
  try {
    file.lockSync(true);
    file.writeSync(utf8(content(LOCK_MARK, Deno.pid, Date.now())));
    Deno.linkSync(own, path);
    return file;
  } catch (error) {
    file.close();
    if (error instanceof Deno.errors.AlreadyExists) return undefined;
    throw error; // the first error is the one to report
  } finally {
    Deno.removeSync(own);
  }
}

/** Remove a lock file whose owner is dead. The OS lock ensures that only one process does so. */
function removeIfDead(path: string, { isLeftOver }: Required<LockOptions>): boolean {
  let file: Deno.FsFile;
  try {
    const there = Deno.lstatSync(path);
    const hint = "Remove it: lock files are files";
    if (there.isSymlink) throw unsafeOperation(`Cannot lock "${path}": it is a symbolic link`, { hint });
    const kind = specialKind(there);
    if (kind !== undefined) throw invalidInput(`Cannot lock "${path}": it is ${kind}`, { hint });
    file = Deno.openSync(path, { read: true, write: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return true;
    throw error;
  }
  try {
    if (!file.tryLockSync(true)) return false;
    const open = file.statSync();
    if (inodeAt(path) !== open.ino) return true; // another process removed it first
    const content = readText(file);
    const age = Date.now() - (open.mtime?.getTime() ?? Date.now());
    if (!content.includes(LOCK_MARK) && !isLeftOver(content, age, Date.now())) return false;
    Deno.removeSync(path);
    return true;
  } finally {
    file.close();
  }
}

function inodeAt(path: string): number | null | undefined {
  try {
    return Deno.lstatSync(path).ino;
  } catch {
    return undefined;
  }
}

/** The beginning of a lock file; a valid one is shorter. */
function readText(file: Deno.FsFile): string {
  const bytes = new Uint8Array(1024);
  return decodeUtf8(bytes.subarray(0, file.readSync(bytes) ?? 0));
}
