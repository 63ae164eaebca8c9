import { timeOfMillis } from "../../formats/time.ts";
import type { Limit } from "../../policy/types.ts";
import type { Counters } from "./state.ts";

/** One call to be counted against one limit. */
export interface Charge {
  readonly limit: Limit;
  /** The tool as counted: that of the intent, with a prefix for destructive budgets. */
  readonly toolName: string;
  readonly identity: string;
}

/** What counting one call came to. */
export interface Count {
  readonly scope: Limit["scope"];
  /** What is counted together: a tool, an identity, or both. */
  readonly key: string;
  /** Calls in this window, with this one unless it was refused. */
  readonly used: number;
  readonly remaining: number;
  readonly refused: boolean;
}

/** The tool name under which destructive calls of a tool are counted; scripts keep theirs (docs/spec/gate.md 4.4). */
export function budgetToolName(toolName: string, isScript: boolean): string {
  return isScript ? toolName : `destructive_budget|${toolName}`;
}

/**
 * Count a call (docs/spec/gate.md 4.4).
 *
 * @returns the counters afterwards, the same object when the call was refused
 */
export function count(counters: Counters, charge: Charge, now: number): { counters: Counters; count: Count } {
  const { limit, toolName, identity } = charge;
  const { scope, requests, window } = limit;
  const key = scope === "tool" ? toolName : scope === "identity" ? identity : `${toolName}|${identity}`;
  const bucket = bucketOf(window, now);
  const counterKey = [window, scope, bucket, key].join("|");
  const before = counters.get(counterKey) ?? 0;
  if (before >= requests) {
    return { counters, count: { scope, key, used: before, remaining: 0, refused: true } };
  }
  const after = new Map([...counters].filter(([key]) => isCurrent(key, window, bucket)));
  after.set(counterKey, before + 1);
  return {
    counters: after,
    count: { scope, key, used: before + 1, remaining: requests - before - 1, refused: false },
  };
}

/** Counters of past windows of this kind and malformed ones are dropped, so the file stays small. */
function isCurrent(key: string, window: Limit["window"], bucket: string): boolean {
  const parts = key.split("|");
  return parts.length >= 4 && (parts[0] !== window || parts[2] === bucket);
}

/** Start of the window in UTC. */
function bucketOf(window: Limit["window"], now: number): string {
  const length = window === "minute" ? 60_000 : 3_600_000;
  return timeOfMillis(Math.floor(now / length) * length);
}
