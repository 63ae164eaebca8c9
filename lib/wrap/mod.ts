/** Wrappers: run a command within limits, and evaluate it by the gate traces that it reports. */
export { wrapCommand, type WrapReport, type WrapRequest } from "./wrap.ts";
export type { WrapMode, WrapVerdict } from "./verdict.ts";
export { REPORTED } from "./traces.ts";
