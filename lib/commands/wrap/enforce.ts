import { wrapper } from "./wrapper.ts";

/** `gait enforce` (docs/spec/regress.md section 3). */
export default wrapper(
  "enforce",
  "Runs a command within bounds, then fails unless every gate trace that it names allows. By then its calls have happened; only the gate stops one.",
);
