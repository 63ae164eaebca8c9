import { trimChars } from "../formats/trim.ts";
import { trim } from "../formats/text.ts";
import type { Digest } from "../signing/mod.ts";

/** A run id as records write it; empty stays empty (docs/spec/mcp.md 2.3). */
export function normalizeRunId(given: string): string {
  const id = trimChars(trim(given).replace(/[^A-Za-z0-9_-]+/g, "_"), (unit) => unit === "_");
  return id === "" || id.startsWith("run_") ? id : `run_${id}`;
}

/** The run that a call belongs to: the one asked for, the one that it names, or one of its own. */
export function runIdOf(asked: string, inCall: string, rawIntent: Digest): string {
  return normalizeRunId(asked) || normalizeRunId(inCall) || `run_mcp_${rawIntent.slice(0, 12)}`;
}
