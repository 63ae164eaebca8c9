import { wrapper } from "./wrapper.ts";

/** `gait test` (docs/spec/regress.md section 3). */
export default wrapper("test", "Runs a command within bounds and reports the gate traces that it names.");
