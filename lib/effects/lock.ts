import { GaitError, invalidInput, unsafeOperation } from "../errors/mod.ts";
import { decodeUtf8, hex, utf8 } from "../formats/bytes.ts";
import { fileError } from "./errors.ts";
import { specialKind } from "./regular.ts";
import type { LockOptions } from "./types.ts";

/** Text in every lock file of ours: their owners also hold an OS lock, which dies with the process. */
export const LOCK_MARK = "gait-ts";

/** Locks as docs/spec/core.md 3.6 has them. Milliseconds. */
const DEFAULTS: Required<LockOptions> = {
  wait: 30_000,
  retry: 10,
  jitter: () => 0.5,
  content: (mark) => `${mark}\n`,
  isLeftOver: (_, age) => age >= 120_000,
};

/**
 * Run a step while holding the lock file `<path>.lock` (docs/spec/core.md 3.6).
 *
 * The file is created exclusively, as other implementations do, and locked by the system as well. A lock file
 * of ours that the system doesn't hold belongs to a dead process and is taken over at once; one without our
 * mark is taken over when it looks left behind.
 *
 * @throws {GaitError} `state_contention` when the lock isn't free in time, `unsafe_operation` when a link, a pipe or a
 * folder stands in its place; what the step throws passes through
 */
export async function withLock<T>(
  path: string,
  step: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const lockPath = `${path}.lock`;
  const file = await acquire(lockPath, { ...DEFAULTS, ...options }).catch((error) => {
    throw fileError("lock", path, error);
  });
  try {
    return await step();
  } finally {
    release(lockPath, file);
  }
}

/**
 * Removed while still locked, so nobody can take the file for a dead one. Another implementation may have taken an old
 * lock over: then the file is not ours to remove.
 */
function release(path: string, file: Deno.FsFile): void {
  try {
    if (inodeAt(path) === file.statSync().ino) Deno.removeSync(path);
  } catch {
    // Whoever removed it had a reason; the step is done.
  }
  file.close();
}

async function acquire(path: string, options: Required<LockOptions>): Promise<Deno.FsFile> {
  for (let waited = 0;;) {
    const file = create(path, options);
    if (file) return file;
    if (removeIfDead(path, options)) continue;
    if (waited >= options.wait) {
      throw new GaitError("state_contention", `Cannot lock "${path}": another process holds it`, {
        hint: "Wait for the other process; if there is none, remove the lock file",
      });
    }
    const pause = options.retry * (0.5 + options.jitter());
    await new Promise((resolve) => setTimeout(resolve, pause));
    waited += Math.max(pause, 1);
  }
}

/*
 * INVARIANT: nothing is awaited between creating and locking, or between locking and removing, so two callers in
 * one process can never wait for each other's system lock.
 */

/**
 * Made under another name, locked and written, and only then put in its place by a hard link, which fails when the name
 * is taken: whenever a process dies, its lock file either isn't there or bears the mark.
 */
function create(path: string, { content }: Required<LockOptions>): Deno.FsFile | undefined {
  // Whoever waits only looks: a file made and removed at every look would slow down the one that is waited for.
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

/** Remove a lock file whose owner is gone. Only one process can get past the OS lock to do so. */
function removeIfDead(path: string, { isLeftOver }: Required<LockOptions>): boolean {
  let file: Deno.FsFile;
  try {
    const there = Deno.lstatSync(path);
    if (there.isSymlink) throw unsafeOperation(`Cannot lock "${path}": it is a symbolic link`);
    const kind = specialKind(there);
    if (kind !== undefined) {
      throw invalidInput(`Cannot lock "${path}": it is ${kind}`, { hint: "Remove it: lock files are files" });
    }
    file = Deno.openSync(path, { read: true, write: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return true;
    throw error;
  }
  try {
    if (!file.tryLockSync(true)) return false;
    const open = file.statSync();
    if (inodeAt(path) !== open.ino) return true; // somebody else removed it first
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

/** The start of a lock file; whoever owns it wrote less than that. */
function readText(file: Deno.FsFile): string {
  const bytes = new Uint8Array(1024);
  return decodeUtf8(bytes.subarray(0, file.readSync(bytes) ?? 0));
}
