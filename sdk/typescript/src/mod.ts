/**
 * Gait for Node and Bun: a gate in this process, or one that is asked over `gait gate stream` or a Unix socket; a guard for
 * tools; recording and verifying evidence, sessions, keys, tokens, policies.
 *
 * @module
 */
import "./polyfills.ts";

// All that Deno programs have, but for the gate, which is opened here.
export * from "../../../mod.ts";
export { openGate } from "./gate.ts";
export type { ClientCallOptions, ClientGate, ClientGateOptions, GateAnswer } from "./types.ts";
