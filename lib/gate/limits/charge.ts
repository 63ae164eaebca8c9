import { GaitError } from "../../errors/mod.ts";
import type { Files, LockOptions } from "../../effects/types.ts";
import { folderOf, outputPath } from "../../formats/path.ts";
import { timeOfMillis } from "../../formats/time.ts";
import {
  budgetToolName,
  type Charge,
  type Count,
  count,
  type Counters,
  readCounters,
  writeCounters,
} from "./count.ts";
import type { Evaluation } from "../../evaluate/types.ts";
import { isDestructiveCall } from "../../intent/effects.ts";
import type { Intent } from "../../intent/types.ts";
import { blocked, type DecisionOutcome } from "../decision_outcome.ts";

/** Default path of the rate limit state (docs/spec/gate.md 4.1). */
export const DEFAULT_STATE_PATH = ".gait-out/gate_rate_limits.json";

/** Larger state files are refused: 64 MiB. */
const MAX_STATE_BYTES = 1 << 26;

/** Lock of the existing program: JSON with its time, stale after 15 s, tried for 3 s (docs/spec/gate.md 4.4). */
const LOCK: LockOptions = {
  wait: 3_000,
  retry: 15,
  content: (holder, pid, now) =>
    JSON.stringify({
      schema_id: "gait.gate.rate_limit_lock",
      schema_version: "1.0.0",
      pid,
      created_at: timeOfMillis(now),
      holder,
    }) + "\n",
  isLeftOver: (content, age, now) => age > STALE || now - createdAt(content, now) > STALE,
};
const STALE = 15_000;

/**
 * Count a call against its limits in the shared state file, under one lock: exact with any number of concurrent
 * processes, and durable before anything is allowed.
 *
 * @throws {GaitError} `invalid_input` when the state can't be read, `internal_failure` when another process holds the
 * lock for 3 s (docs/spec/gate.md 4.4; the code is that of the existing program)
 */
export async function chargeLimits(
  files: Files,
  path: string,
  charges: readonly Charge[],
  now: () => number,
): Promise<Count[]> {
  if (charges.length === 0) return [];
  const target = outputPath(path);
  await files.makeFolder(folderOf(target));
  try {
    return await files.withLock(target, LOCK, async () => {
      const before = await load(files, target);
      const moment = now();
      let counters = before;
      const counts: Count[] = [];
      for (const charge of charges) {
        const step = count(counters, charge, moment);
        counters = step.counters;
        counts.push(step.count);
      }
      if (counters !== before) await files.writeAtomic(target, writeCounters(counters));
      return counts;
    });
  } catch (error) {
    if (!(error instanceof GaitError) || error.code !== "state_contention") throw error;
    throw new GaitError("internal_failure", `Cannot count the call: rate limit state "${path}" is locked`, {
      hint: `Try again; if no other process runs, remove "${path}.lock"`,
      detail: "state_contention",
      cause: error,
    });
  }
}

async function load(files: Files, path: string): Promise<Counters> {
  if (await files.stat(path) === undefined) return new Map();
  return readCounters(await files.read(path, MAX_STATE_BYTES), `rate limit state "${path}"`);
}

/** The creation time in a lock file; the current time when it has none. */
function createdAt(content: string, now: number): number {
  const time = /"created_at"\s*:\s*"([^"]*)"/.exec(content)?.[1];
  const moment = time === undefined ? NaN : Date.parse(time);
  return Number.isNaN(moment) ? now : moment;
}

/**
 * The limits step: count the call against the rate limit and, if it is destructive, against the destructive budget,
 * and block it when one is exceeded (docs/spec/gate.md 4.4). A call counts whatever its verdict is.
 *
 * @throws {GaitError} as {@linkcode chargeLimits} does
 */
export async function applyLimits(
  outcome: DecisionOutcome,
  intent: Intent,
  { rateLimit, destructiveBudget }: Evaluation,
  { files, now, path }: { files: Files; now: () => number; path: string },
): Promise<DecisionOutcome> {
  const charge = (limit: Charge["limit"], toolName: string): Charge => ({
    limit,
    toolName,
    identity: intent.context.identity,
  });
  const rate = rateLimit && charge(rateLimit, intent.toolName);
  const budget = destructiveBudget && isDestructiveCall(intent)
    ? charge(destructiveBudget, budgetToolName(intent.toolName, intent.script !== undefined))
    : undefined;
  const counts = await chargeLimits(
    files,
    path,
    [rate, budget].filter((charge) => charge !== undefined),
    now,
  );

  let next = outcome;
  const rateCount = rate && counts.shift();
  const budgetCount = budget && counts.shift();
  if (rateCount) next = { ...next, rateLimit: rateCount };
  if (budgetCount) next = { ...next, destructiveBudget: budgetCount };
  if (rateCount?.refused) next = blocked(next, "rate_limit_exceeded", "rate_limit_exceeded");
  if (budgetCount?.refused) {
    next = blocked(next, "destructive_budget_exceeded", "destructive_budget_exceeded");
  }
  return next;
}
