import { GaitError } from "../errors/mod.ts";
import type { LockOptions } from "./types.ts";

/** The defaults of docs/spec/core.md 3.6, in milliseconds. */
const DEFAULTS: Required<LockOptions> = {
  wait: 30_000,
  retry: 10,
  jitter: () => 0.5,
  content: (mark) => `${mark}\n`,
  isLeftOver: (_, age) => age >= 120_000,
};

/** How a runtime makes lock files. */
export interface LockMaker<T> {
  /** Create the file; nothing when there is one. */
  readonly create: (path: string, options: Required<LockOptions>) => T | undefined;
  /** Remove the file of an owner that is gone. */
  readonly removeIfDead: (path: string, options: Required<LockOptions>) => boolean;
}

/**
 * Create a lock file, waiting for its owner.
 *
 * @throws {GaitError} `state_contention` when it isn't free in time
 */
export async function acquireLock<T>(
  path: string,
  given: LockOptions,
  { create, removeIfDead }: LockMaker<T>,
): Promise<T> {
  const options = { ...DEFAULTS, ...given };
  for (let waited = 0;;) {
    const lock = create(path, options);
    if (lock !== undefined) return lock;
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
