import { type Effects, systemEffects } from "../effects/mod.ts";

/** The effects of the library: nothing in the library looks for runs at home, so it needs no leave to read the environment. */
export function libraryEffects(): Effects {
  return systemEffects({ home: undefined });
}
