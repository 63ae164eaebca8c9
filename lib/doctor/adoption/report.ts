import { compareBytewise } from "../../formats/bytes.ts";
import { compact, type JsonObject } from "../../formats/json/mod.ts";
import { compareInstants, EPOCH_1980, type Rfc3339, unixNanos, ZERO_TIME } from "../../formats/time.ts";
import { ADOPTION_REPORT_SCHEMA_ID } from "../../schema/adoption.ts";
import type { AdoptionEvent } from "./read.ts";
import { median } from "./median.ts";
import { workflows } from "./workflows.ts";

/** The milestones, in the order of the report. */
const MILESTONES = ["A1", "A2", "A3", "A4", "E1", "E2", "E3"];

/** The milestones of activation, with the command that reaches each. */
const ACTIVATION: Readonly<Record<string, string>> = {
  A1: "gait demo",
  A2: "gait verify <run_id>",
  A3: "gait regress init --from <run_id>",
  A4: "gait regress run",
};

/** Summarise the adoption progress in a log (docs/spec/doctor.md section 3). */
export function adoptionReport(
  events: readonly AdoptionEvent[],
  { source, version, skippedLines = [] }: {
    readonly source: string;
    readonly version: string;
    readonly skippedLines?: readonly number[];
  },
): JsonObject {
  const inTime = events.map(({ at }) => at).sort(compareInstants);
  const last = inTime.at(-1);
  const achieved = new Set(events.flatMap(({ milestones }) => milestones));
  const succeeded = new Set(events.filter((event) => event.success).flatMap(({ milestones }) => milestones));
  const contradictory = events.filter((event) => event.success !== (event.exitCode === 0)).length;
  const missing = Object.keys(ACTIVATION).filter((name) => !achieved.has(name));
  const success = events.filter((event) => event.success).length;
  const timing = activationTiming(events, inTime[0]);
  const medians = activationMedians(events);
  const skills = workflows(events);
  return {
    schema_id: ADOPTION_REPORT_SCHEMA_ID,
    schema_version: "1.0.0",
    created_at: last ?? EPOCH_1980,
    producer_version: version,
    source,
    total_events: events.length,
    success_events: success,
    failed_events: events.length - success,
    first_event_at: inTime[0] ?? ZERO_TIME,
    last_event_at: last ?? ZERO_TIME,
    commands: countCommands(events),
    milestones: MILESTONES.map((name) => ({
      name,
      achieved: achieved.has(name),
      succeeded: succeeded.has(name),
    })),
    ...(Object.keys(timing).length === 0 ? {} : { activation_timing_ms: timing }),
    ...(Object.keys(medians).length === 0 ? {} : { activation_medians_ms: medians }),
    ...(skills.length === 0 ? {} : { skill_workflows: skills }),
    activation_complete: missing.length === 0,
    activation_succeeded: Object.keys(ACTIVATION).every((name) => succeeded.has(name)),
    ...(contradictory === 0 ? {} : { contradictory_events: contradictory }),
    ...(skippedLines.length === 0 ? {} : { skipped_lines: skippedLines.length }),
    ...compact({ blockers: missing.map((name) => `missing ${name}: run \`${ACTIVATION[name]}\``) }),
  };
}

function countCommands(events: readonly AdoptionEvent[]): JsonObject[] {
  const counts = new Map<string, { total: number; success: number }>();
  for (const { command, success } of events) {
    const count = counts.get(command) ?? { total: 0, success: 0 };
    counts.set(command, { total: count.total + 1, success: count.success + Number(success) });
  }
  return [...counts].sort(([left], [right]) => compareBytewise(left, right))
    .map(([command, { total, success }]) => ({ command, total, success, failure: total - success }));
}

/** Milliseconds from the first event to the first success of each milestone. */
function activationTiming(events: readonly AdoptionEvent[], first: Rfc3339 | undefined): JsonObject {
  const timing: JsonObject = {};
  if (first === undefined) return timing;
  for (const name of Object.keys(ACTIVATION)) {
    const reached = events.filter((event) => event.success && event.milestones.includes(name))
      .map(({ at }) => at).sort(compareInstants)[0];
    if (reached !== undefined) timing[name] = Number((unixNanos(reached) - unixNanos(first)) / 1_000_000n);
  }
  return timing;
}

function activationMedians(events: readonly AdoptionEvent[]): JsonObject {
  const medians: JsonObject = {};
  for (const [member, name] of [["m1_demo_elapsed_ms", "A1"], ["m2_regress_run_elapsed_ms", "A4"]] as const) {
    const times = events.filter((event) => event.success && event.milestones.includes(name))
      .map(({ elapsed }) => elapsed);
    if (times.length > 0) medians[member] = median(times);
  }
  return medians;
}
