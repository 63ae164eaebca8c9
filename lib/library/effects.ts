import { anchored } from "../effects/anchored.ts";
import { type Effects, systemEffects } from "../effects/mod.ts";

/**
 * The effects of the library. It never searches the home folder for runs, so it doesn't need permission to read the
 * environment.
 */
export function libraryEffects(): Effects {
  return systemEffects({ home: undefined });
}

/** The same for what stays open: relative paths count from the working folder as it is now. */
export function openedEffects(): Effects {
  return anchored(libraryEffects());
}
