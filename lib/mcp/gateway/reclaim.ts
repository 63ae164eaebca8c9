import type { After } from "./relay/types.ts";

/** After so many decisions a pause is looked for, and after so many memory is reclaimed in any case: each makes a dozen hashes. */
const WANTED_AFTER = 250;
const FORCED_AFTER = 1_000;

/** So long nothing was decided, in milliseconds: the agent thinks, or a server works. */
const PAUSE = 50;

/** Reclaims memory that only a full collection frees. */
export interface Reclaimer {
  /** Another decision was made. */
  decided(): void;
  /** Look for no pause any more. */
  close(): void;
}

/**
 * Reclaim memory between calls: a full collection takes 15 to 30 ms, which the call that comes meanwhile would wait for.
 *
 * @param reclaim starts a full collection
 */
export function makeReclaimer(reclaim: () => void, after: After): Reclaimer {
  let decisions = 0;
  let callOff = () => {};
  const run = () => {
    callOff();
    decisions = 0;
    reclaim();
  };
  return {
    decided() {
      callOff();
      decisions++;
      if (decisions >= FORCED_AFTER) run();
      else if (decisions >= WANTED_AFTER) callOff = after(PAUSE, run);
    },
    close: () => callOff(),
  };
}
