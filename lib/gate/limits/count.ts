import { timeOfMillis } from "../../formats/time.ts";
import type { Limit } from "../../policy/types.ts";
import { invalidInput } from "../../errors/mod.ts";
import { compareBytewise } from "../../formats/bytes.ts";
import { isJsonObject, prettyJson, readJsonObject } from "../../formats/json/mod.ts";

/** One call to count against one limit. */
export interface Charge {
  readonly limit: Limit;
  /** The tool name of the counter: that of the intent, with a prefix for destructive budgets. */
  readonly toolName: string;
  readonly identity: string;
}

/** The result of counting one call. */
export interface Count {
  readonly scope: Limit["scope"];
  /** What the limit is shared by: a tool, an identity, or both. */
  readonly key: string;
  /** Calls in this window, including this one unless it was refused. */
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
  const bucket = bucketOf(counters, window, now);
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

/** Malformed counters and those of past windows of this kind are dropped, so that the file stays small. */
function isCurrent(key: string, window: Limit["window"], bucket: string): boolean {
  const parts = key.split("|");
  return parts.length >= 4 &&
    (parts[0] !== window || parts[2]! >= bucket && /^\d{4}-.{14}Z$/.test(parts[2]!));
}

/**
 * Start of the window in UTC. Once a call was counted in the next window, the earlier one is over: its counters are gone,
 * so a clock that was set back a little would give it all of its calls again (docs/threat_model.md 33). A clock that was
 * wrong by more is not waited for.
 */
function bucketOf(counters: Counters, window: Limit["window"], now: number): string {
  const length = window === "minute" ? 60_000 : 3_600_000;
  const start = Math.floor(now / length) * length;
  const next = timeOfMillis(start + length);
  for (const key of counters.keys()) {
    const parts = key.split("|");
    if (parts.length >= 4 && parts[0] === window && parts[2] === next) return next;
  }
  return timeOfMillis(start);
}

const SCHEMA_ID = "gait.gate.rate_limit_state";

/** Members that a state file without counters may have. */
const HEAD = ["schema_id", "schema_version"];

/** Calls counted so far, by counter key (docs/spec/gate.md 4.4). */
export type Counters = ReadonlyMap<string, number>;

/**
 * Read the rate limit state. Blank keys and counts below 1 are dropped. Of duplicate keys the higher count is kept,
 * so that an added counter can't raise a limit.
 *
 * A schema id of another program is accepted, but another kind of Gait document (a trace, an intent) is refused,
 * because it would be overwritten with counters.
 *
 * @throws {GaitError} `invalid_input` when the bytes are not a rate limit state: an unreadable limit must not count
 * as unused
 */
export function readCounters(bytes: Uint8Array, what: string): Counters {
  const document = readJsonObject(bytes, { what, duplicates: "refuse" });
  const { counters, schema_id } = document;
  const isOther = typeof schema_id === "string" && schema_id.startsWith("gait.") && schema_id !== SCHEMA_ID ||
    counters === undefined && Object.keys(document).some((member) => !HEAD.includes(member));
  if (isOther) {
    throw invalidInput(`Cannot read ${what}: it is not a rate limit state`, {
      hint: "Give the counters a file of their own",
    });
  }
  if (counters !== undefined && counters !== null && !Array.isArray(counters)) {
    throw invalidInput(`Cannot read ${what}: "counters" is not a list`);
  }
  const found = new Map<string, number>();
  for (const counter of counters ?? []) {
    if (!isJsonObject(counter)) throw invalidInput(`Cannot read ${what}: a counter is not an object`);
    const { key = "", count = 0 } = counter;
    if (typeof key !== "string" || !Number.isSafeInteger(count)) {
      throw invalidInput(`Cannot read ${what}: a counter needs a text "key" and a whole "count"`);
    }
    if (key.trim() !== "" && (count as number) > 0) {
      found.set(key, Math.max(found.get(key) ?? 0, count as number));
    }
  }
  return found;
}

/** The rate limit state file, sorted by key. */
export function writeCounters(counters: Counters): Uint8Array<ArrayBuffer> {
  return prettyJson({
    schema_id: SCHEMA_ID,
    schema_version: "1.0.0",
    counters: [...counters].sort(([a], [b]) => compareBytewise(a, b)).map(([key, count]) => ({ key, count })),
  });
}
