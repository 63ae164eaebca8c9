/**
 * For which part of the time that a lock was held it stays free afterwards. Other processes look at the lock every few
 * hundredths of a second: on a slow disk, a short moment would never be noticed.
 */
const FREE_PART = 1 / 8;

/** What is owed at least, in milliseconds, also when the clock stands still or is set back. */
const LEAST_OWED = 1 / 8;

/** Longest time that a lock stays free on purpose, in milliseconds, even when the clock is set forward meanwhile. */
const MAX_GAP = 200;

/**
 * How long a busy holder leaves its lock free for others; parts of a millisecond, which no timer can wait, add up.
 *
 * @returns milliseconds for which the lock is to be free, given for how many it was held
 */
export function lockTurns(): (held: number) => number {
  let owed = 0;
  return (held) => {
    owed = Math.min(MAX_GAP, owed + Math.max(LEAST_OWED, held * FREE_PART));
    const gap = Math.floor(owed);
    owed -= gap;
    return gap;
  };
}
