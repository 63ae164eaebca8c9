import { lstatSync } from "node:fs";
import { resolve } from "node:path";
import { GaitError } from "../../../../lib/errors/mod.ts";

/*
 * The locks that this process holds. Without a lock of the system, a process that is stopped for long, or whose thread is
 * kept busy by the program around it, looks like one that is gone, and loses its lock to another one. INVARIANT: it
 * replaces nothing then, for it would write over what that one counted.
 */

/** The inodes of the lock files, by the paths that they protect. */
const held = new Map<string, number>();

export function holds(path: string, lockInode: number): void {
  held.set(resolve(path), lockInode);
}

export function releases(path: string): void {
  held.delete(resolve(path));
}

/** @throws {GaitError} `state_contention` when this process held the lock of a file and lost it */
export function demandHeld(path: string): void {
  const lockInode = held.get(resolve(path));
  if (lockInode === undefined) return;
  if (lstatSync(`${path}.lock`, { throwIfNoEntry: false })?.ino === lockInode) return;
  throw new GaitError("state_contention", `Cannot replace "${path}": another process took over its lock`, {
    hint: "Try again; this process was stopped or busy for too long",
  });
}
