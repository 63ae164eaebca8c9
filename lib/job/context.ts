import type { Environment, Files } from "../effects/mod.ts";

/** The effects that reading and changing jobs needs. */
export interface JobEffects {
  readonly files: Files;
  readonly env: Environment;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}
