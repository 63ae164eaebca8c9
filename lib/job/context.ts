import type { Environment, Files } from "../effects/mod.ts";

/** Effects for reading and changing jobs. */
export interface JobEffects {
  readonly files: Files;
  readonly env: Environment;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}
