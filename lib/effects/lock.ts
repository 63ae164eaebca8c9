import { GaitError, unsafeOperation } from "../errors/mod.ts";

/** Text in lock files of ours: their owners also hold an OS lock, which dies with the process. */
const MARK = "gait-ts\n";

/** How long to wait for a lock, how often to look, and when a foreign lock counts as left over. Milliseconds. */
export const LOCK_WAIT = 30_000;
const LOCK_RETRY = 10;
const FOREIGN_LOCK_AGE = 120_000;

/**
 * Run a step while holding the lock file `<path>.lock` (spec/core.md 3.6).
 *
 * The file is created exclusively, as other implementations do, and locked by the system as well. A lock file
 * of ours that the system doesn't hold belongs to a dead process and is taken over at once; one without our
 * mark is taken over when it is two minutes old.
 *
 * @throws {GaitError} `state_contention` when the lock isn't free in time, `unsafe_operation` when a link
 * stands in its place
 */
export async function withLock<T>(path: string, step: () => Promise<T>, wait = LOCK_WAIT): Promise<T> {
  const lockPath = `${path}.lock`;
  const file = await acquire(lockPath, wait);
  try {
    return await step();
  } finally {
    // Removed while still locked, so nobody can take this file for a dead one.
    await Deno.remove(lockPath).catch(() => {});
    file.close();
  }
}

async function acquire(path: string, wait: number): Promise<Deno.FsFile> {
  for (let waited = 0;; waited += LOCK_RETRY) {
    const file = await create(path);
    if (file) return file;
    if (await removeIfDead(path)) continue;
    if (waited >= wait) {
      throw new GaitError("state_contention", `Cannot lock "${path}": another process holds it`, {
        hint: "Wait for the other process; if there is none, remove the lock file",
      });
    }
    await new Promise((resolve) => setTimeout(resolve, LOCK_RETRY));
  }
}

async function create(path: string): Promise<Deno.FsFile | undefined> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path, { read: true, write: true, createNew: true, mode: 0o600 });
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return undefined;
    throw error;
  }
  try {
    await file.lock(true);
    await file.write(new TextEncoder().encode(MARK));
    return file;
  } catch (error) {
    await Deno.remove(path).catch(() => {}); // the first error is the one to report
    file.close();
    throw error;
  }
}

/** Remove a lock file whose owner is gone. Only one process can get past the OS lock to do so. */
async function removeIfDead(path: string): Promise<boolean> {
  let file: Deno.FsFile;
  try {
    if ((await Deno.lstat(path)).isSymlink) {
      throw unsafeOperation(`Cannot lock "${path}": it is a symbolic link`);
    }
    file = await Deno.open(path, { read: true, write: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return true;
    throw error;
  }
  try {
    if (!await file.tryLock(true)) return false;
    const [open, named] = [await file.stat(), await Deno.lstat(path).catch(() => undefined)];
    if (named === undefined || named.ino !== open.ino) return true; // somebody else removed it first
    const content = new Uint8Array(MARK.length);
    const ours = await file.read(content) === MARK.length && new TextDecoder().decode(content) === MARK;
    const age = Date.now() - (open.mtime?.getTime() ?? Date.now());
    if (!ours && age < FOREIGN_LOCK_AGE) return false;
    await Deno.remove(path);
    return true;
  } finally {
    file.close();
  }
}
