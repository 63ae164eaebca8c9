import { compareBytewise } from "../formats/bytes.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { compareInstants, EPOCH_1980, type Rfc3339, unixNanos, ZERO_TIME } from "../formats/time.ts";
import { omitEmpty } from "../schema/fields.ts";
import type { AdoptionEvent } from "./adoption.ts";

/** Milestones in order; those that begin with A make an activation. */
const MILESTONES = ["A1", "A2", "A3", "A4", "E1", "E2", "E3"];

/** What to do for a milestone that was not reached. */
const BLOCKERS: Readonly<Record<string, string>> = {
  A1: "A1: record a first run with gait demo",
  A2: "A2: verify it with gait verify run_demo",
  A3: "A3: make a regression of it with gait regress init --from run_demo",
  A4: "A4: run the regressions with gait regress run",
};

/** Workflows of skills, with the commands that belong to each when an event names none. */
const WORKFLOWS: readonly (readonly [workflow: string, commands: readonly string[]])[] = [
  ["gait-capture-runpack", ["run record", "verify"]],
  ["gait-incident-to-regression", ["regress init", "regress run", "regress bootstrap"]],
  ["gait-policy-test-rollout", ["policy test", "policy simulate", "gate eval"]],
];

/** How far an installation got, from its adoption log (docs/spec/scout.md section 5). */
export function reportAdoption(
  events: readonly AdoptionEvent[],
  source: string,
  version: string,
): JsonObject {
  const byTime = [...events].sort((a, b) => compareInstants(a.at, b.at));
  const [first, last] = [byTime[0]?.at, byTime.at(-1)?.at];
  const succeeded = events.filter(({ success }) => success).length;
  const achieved = new Set(events.flatMap(({ milestones }) => milestones));
  const missing = Object.keys(BLOCKERS).filter((name) => !achieved.has(name));
  const workflows = WORKFLOWS.flatMap(([workflow]) => {
    const own = events.filter((event) => workflowOf(event) === workflow);
    return own.length === 0 ? [] : [encodeWorkflow(workflow, own)];
  });
  return omitEmpty(
    {
      schema_id: "gait.doctor.adoption_report",
      schema_version: "1.0.0",
      created_at: last ?? EPOCH_1980,
      producer_version: version,
      source,
      total_events: events.length,
      success_events: succeeded,
      failed_events: events.length - succeeded,
      first_event_at: first ?? ZERO_TIME,
      last_event_at: last ?? ZERO_TIME,
      commands: commandCounts(events),
      milestones: MILESTONES.map((name) => ({ name, achieved: achieved.has(name) })),
      activation_timing_ms: first === undefined ? {} : activationTimes(byTime, first),
      activation_medians_ms: omitEmpty(
        {
          m1_demo_elapsed_ms: median(elapsedOf(events, "A1")),
          m2_regress_run_elapsed_ms: median(elapsedOf(events, "A4")),
        },
        "m1_demo_elapsed_ms",
        "m2_regress_run_elapsed_ms",
      ),
      skill_workflows: workflows,
      activation_complete: missing.length === 0,
      blockers: missing.map((name) => BLOCKERS[name]!),
    },
    "activation_timing_ms",
    "activation_medians_ms",
    "skill_workflows",
    "blockers",
  );
}

function commandCounts(events: readonly AdoptionEvent[]): JsonObject[] {
  const counts = new Map<string, { total: number; success: number }>();
  for (const { command, success } of events) {
    const known = counts.get(command) ?? { total: 0, success: 0 };
    counts.set(command, { total: known.total + 1, success: known.success + (success ? 1 : 0) });
  }
  return [...counts].sort(([a], [b]) => compareBytewise(a, b)).map(([command, { total, success }]) => ({
    command,
    total,
    success,
    failure: total - success,
  }));
}

/** Milliseconds from the first event to the first success of each milestone of an activation. */
function activationTimes(byTime: readonly AdoptionEvent[], first: Rfc3339): JsonObject {
  const times: JsonObject = {};
  for (const name of Object.keys(BLOCKERS)) {
    const event = byTime.find(({ success, milestones }) => success && milestones.includes(name));
    if (event) times[name] = Number((unixNanos(event.at) - unixNanos(first)) / 1_000_000n);
  }
  return times;
}

function elapsedOf(events: readonly AdoptionEvent[], milestone: string): number[] {
  return events.filter(({ success, milestones }) => success && milestones.includes(milestone))
    .map(({ elapsed }) => elapsed);
}

/** Of an even number the whole mean of the two in the middle; 0 of nothing. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return 0;
  return sorted.length % 2 === 1 ? sorted[middle]! : Math.floor((sorted[middle - 1]! + sorted[middle]!) / 2);
}

function workflowOf({ workflow, command }: AdoptionEvent): string | undefined {
  return workflow !== "" ? workflow : WORKFLOWS.find(([, commands]) => commands.includes(command))?.[0];
}

function encodeWorkflow(workflow: string, events: readonly AdoptionEvent[]): JsonObject {
  const failures = events.filter(({ success }) => !success);
  const success = events.length - failures.length;
  return omitEmpty({
    workflow,
    total: events.length,
    success,
    failure: failures.length,
    success_rate: success / events.length,
    median_runtime_ms: median(events.map(({ elapsed }) => elapsed)),
    most_common_failure_code: mostCommon(failures.map(({ exitCode }) => exitCode)),
  }, "most_common_failure_code");
}

/** The most frequent number, the smallest of several; 0 of nothing. */
function mostCommon(codes: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
  const [best] = [...counts].sort(([a, n], [b, m]) => m - n || a - b);
  return best?.[0] ?? 0;
}
