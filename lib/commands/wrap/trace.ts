import { wrapper } from "./wrapper.ts";

/** `gait trace -- <command>` (docs/spec/regress.md section 3); `gait trace verify` stands beside it. */
export default wrapper(
  "trace",
  "Runs the command behind -- within bounds and reports the gate traces that it names.",
  { behindDashes: true },
);
