/** Wrappers: run a command within bounds, and evaluate it by the gate traces that it names. */
export { wrapCommand, type WrapReport, type WrapRequest } from "./wrap.ts";
export type { WrapMode, WrapVerdict } from "./verdict.ts";
export { REPORTED } from "./traces.ts";
