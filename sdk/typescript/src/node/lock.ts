import {
  closeSync,
  fstatSync,
  linkSync,
  lstatSync,
  openSync,
  readFileSync,
  type Stats,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { randomBytes } from "node:crypto";
import process from "node:process";
import type { LockOptions } from "../../../../lib/effects/types.ts";
import { invalidInput, unsafeOperation } from "../../../../lib/errors/mod.ts";
import { fileError } from "../../../../lib/effects/errors.ts";
import { acquireLock } from "../../../../lib/effects/lock_wait.ts";
import { holds, releases } from "./held_locks.ts";
import { isGone, OWNER, OWNER_FORM } from "./owner.ts";

/*
 * In the place of lib/effects/lock.ts in Node and Bun, which have no locks of the system: the same lock file, as another
 * implementation makes it (docs/spec/core.md 3.6). It lacks the executable's marker, so it is respected until it is stale
 * (held_locks.ts). What the executable left is never removed here, because nobody can see whether its owner lives.
 */

/** Run a step while holding the lock file `<path>.lock`. Throws as that of lib/effects does. */
export async function withLock<T>(
  path: string,
  step: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const lockPath = `${path}.lock`;
  let own: Lock;
  try {
    own = await acquireLock(lockPath, options, { create, removeIfDead });
  } catch (error) {
    throw fileError("lock", path, error);
  }
  holds(path, own.inode);
  try {
    return await step();
  } finally {
    releases(path);
    release(lockPath, own);
  }
}

/** A lock file of this process. It stays open, so that no other file gets its inode. */
interface Lock {
  readonly descriptor: number;
  readonly inode: number;
}

/** Written under another name first: the lock file is not there, or says who holds it. */
function create(path: string, { content }: Required<LockOptions>): Lock | undefined {
  if (at(path) !== undefined) return undefined;
  const own = `${path}.tmp-${randomBytes(8).toString("hex")}`;
  const descriptor = openSync(own, "wx", 0o600);
  try {
    writeFileSync(descriptor, content(`gait-node ${OWNER}`, process.pid, Date.now()));
    linkSync(own, path);
    return { descriptor, inode: fstatSync(descriptor).ino };
  } catch (error) {
    closeSync(descriptor);
    if ((error as { code?: unknown }).code === "EEXIST") return undefined;
    throw error;
  } finally {
    unlinkSync(own);
  }
}

function release(path: string, { descriptor, inode }: Lock): void {
  try {
    if (at(path)?.ino === inode) unlinkSync(path);
  } catch {
    // Another process removed it; the step has finished, so nothing is lost.
  }
  closeSync(descriptor);
}

/**
 * Remove the lock of a process of Node that is gone, or one that is stale. A second file, which only one can create, keeps
 * others from removing the next owner's lock meanwhile; when its owner dies too, the lock stays, and a person has to look.
 */
function removeIfDead(path: string, options: Required<LockOptions>): boolean {
  const there = at(path);
  if (there === undefined) return true;
  const hint = "Remove it: lock files are files";
  if (there.isSymbolicLink()) throw unsafeOperation(`Cannot lock "${path}": it is a symbolic link`, { hint });
  if (!there.isFile()) throw invalidInput(`Cannot lock "${path}": it is no regular file`, { hint });
  if (!isLeft(path, there, options)) return false;
  const guard = `${path}.taking-over`;
  try {
    writeFileSync(guard, "", { flag: "wx", mode: 0o600 });
  } catch {
    return false;
  }
  try {
    if (at(path)?.ino === there.ino && isLeft(path, there, options)) unlinkSync(path);
    return true;
  } finally {
    unlinkSync(guard);
  }
}

const LOCK_OF_NODE = new RegExp(`\\bgait-node (${OWNER_FORM})`);

function isLeft(path: string, { mtimeMs }: Stats, { isLeftOver }: Required<LockOptions>): boolean {
  try {
    const text = readFileSync(path, "utf8").slice(0, 1024);
    const owner = LOCK_OF_NODE.exec(text)?.[1];
    if (owner === undefined) return false;
    const now = Date.now();
    return isGone(owner) || isLeftOver(text, now - mtimeMs, now);
  } catch {
    return false; // it changed meanwhile
  }
}

function at(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}
