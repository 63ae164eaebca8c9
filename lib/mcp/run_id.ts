import { trimChars } from "../formats/trim.ts";
import { trim } from "../formats/text.ts";
import type { Digest } from "../signing/mod.ts";

/** Normalise a run id for records; empty stays empty (docs/spec/mcp.md 2.3). */
export function normalizeRunId(given: string): string {
  const id = trimChars(trim(given).replace(/[^A-Za-z0-9_-]+/g, "_"), (unit) => unit === "_");
  return id === "" || id.startsWith("run_") ? id : `run_${id}`;
}

/** The run id of a call: the one asked for, else the one that the call names, else one derived from its intent. */
export function runIdOf(asked: string, inCall: string, rawIntent: Digest): string {
  return normalizeRunId(asked) || normalizeRunId(inCall) || `run_mcp_${rawIntent.slice(0, 12)}`;
}
