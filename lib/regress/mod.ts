/** Regressions: fixtures created from runs, graders, drift, and reports. */
export { initFixture, type InitReport, type InitRequest } from "./init.ts";
export { type NamedRerun, parseReruns } from "./rerun.ts";
export { RESULT_FILE, runRegressions, type RunReport, type RunRequest } from "./run.ts";
export type { RecordedBehaviour } from "./recorded.ts";
export { toolRules } from "./trajectory.ts";
export { CONFIG_FILE } from "./config.ts";
export { followReceipt } from "./source.ts";
