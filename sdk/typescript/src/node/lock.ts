import { linkSync, lstatSync, readFileSync, type Stats, unlinkSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import process from "node:process";
import type { LockOptions } from "../../../../lib/effects/types.ts";
import { GaitError, invalidInput, unsafeOperation } from "../../../../lib/errors/mod.ts";
import { fileError } from "../../../../lib/effects/errors.ts";
import { HOST, isGone } from "./owner.ts";

/*
 * In the place of lib/effects/lock.ts in Node and Bun, which have no locks of the system: the same lock file, as another
 * implementation makes it (docs/spec/core.md 3.6). It lacks the executable's marker, so the executable respects it until it
 * is stale. What the executable left is never removed here, because nobody can see whether its owner lives.
 */

const DEFAULTS: Required<Pick<LockOptions, "wait" | "retry" | "jitter" | "content">> = {
  wait: 30_000,
  retry: 10,
  jitter: () => 0.5,
  content: (mark) => `${mark}\n`,
};

/** Run a step while holding the lock file `<path>.lock`. Throws as that of lib/effects does. */
export async function withLock<T>(
  path: string,
  step: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const lockPath = `${path}.lock`;
  let own: number;
  try {
    own = await acquire(lockPath, { ...DEFAULTS, ...options });
  } catch (error) {
    throw fileError("lock", path, error);
  }
  try {
    return await step();
  } finally {
    release(lockPath, own);
  }
}

async function acquire(path: string, options: typeof DEFAULTS): Promise<number> {
  for (let waited = 0;;) {
    const own = create(path, options);
    if (own !== undefined) return own;
    if (removeIfDead(path)) continue;
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

/** Written under another name first: the lock file is not there, or says who holds it. Gives its inode. */
function create(path: string, { content }: typeof DEFAULTS): number | undefined {
  if (at(path) !== undefined) return undefined;
  const own = `${path}.tmp-${randomBytes(8).toString("hex")}`;
  writeFileSync(own, content(`gait-node ${process.pid} ${HOST}`, process.pid, Date.now()), {
    flag: "wx",
    mode: 0o600,
  });
  try {
    linkSync(own, path);
    return lstatSync(own).ino;
  } catch (error) {
    if ((error as { code?: unknown }).code === "EEXIST") return undefined;
    throw error;
  } finally {
    unlinkSync(own);
  }
}

function release(path: string, own: number): void {
  try {
    if (at(path)?.ino === own) unlinkSync(path);
  } catch {
    // Another process removed it; the step has finished, so nothing is lost.
  }
}

/**
 * Remove the lock of a process of this host that is gone. A second file, which only one can create, keeps others from
 * removing the next owner's lock meanwhile; when its owner dies too, the lock stays, and a person has to look.
 */
function removeIfDead(path: string): boolean {
  const there = at(path);
  if (there === undefined) return true;
  if (there.isSymbolicLink()) throw unsafeOperation(`Cannot lock "${path}": it is a symbolic link`);
  if (!there.isFile()) {
    throw invalidInput(`Cannot lock "${path}": it is no regular file`, {
      hint: "Remove it: lock files are files",
    });
  }
  if (!ownerIsGone(path)) return false;
  const guard = `${path}.taking-over`;
  try {
    writeFileSync(guard, "", { flag: "wx", mode: 0o600 });
  } catch {
    return false;
  }
  try {
    if (at(path)?.ino === there.ino && ownerIsGone(path)) unlinkSync(path);
    return true;
  } finally {
    unlinkSync(guard);
  }
}

function ownerIsGone(path: string): boolean {
  try {
    const text = readFileSync(path, "utf8").slice(0, 1024);
    const [, pid, host] = /\bgait-node ([1-9][0-9]{0,9}) ([\w.-]+)/.exec(text) ?? [];
    return pid !== undefined && host === HOST && isGone(Number(pid));
  } catch {
    return false; // it changed meanwhile
  }
}

function at(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}
