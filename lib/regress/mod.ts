/** Regressions: fixtures created from runs, graders, drift, and reports. */
export { initFixture, type InitOptions, type InitReport } from "./init.ts";
export { bootstrapFixture, type BootstrapReport } from "./bootstrap.ts";
export { RESULT_FILE, type RunOptions, runRegressions, type RunReport } from "./run.ts";
export type { RecordedBehaviour } from "./recorded.ts";
export { CONFIG_FILE } from "./config.ts";
export { ASPECTS } from "./aspects.ts";
export { captureSource } from "./capture.ts";
export { encodeReceipt, followReceipt, OLDER_RECEIPT, RECEIPT_HEAD } from "./receipt.ts";
export type { FixtureDrift } from "./drift.ts";
export type { DriftRow } from "./align.ts";
export { messageOfGrader, splitName } from "./sarif.ts";
