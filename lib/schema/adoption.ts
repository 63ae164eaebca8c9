import * as v from "valibot";
import { count, object, time } from "./fields.ts";

export const ADOPTION_REPORT_SCHEMA_ID = "gait.doctor.adoption_report";

const tally = { total: count, success: count, failure: count };
const optionalCount = v.optional(count);

/** How far the adoption of Gait got. */
export const adoptionReportSchema = object({
  schema_id: v.literal(ADOPTION_REPORT_SCHEMA_ID),
  schema_version: v.literal("1.0.0"),
  created_at: time,
  producer_version: v.string(),
  source: v.string(),
  total_events: count,
  success_events: count,
  failed_events: count,
  first_event_at: time,
  last_event_at: time,
  commands: v.array(object({ command: v.string(), ...tally })),
  milestones: v.array(
    object({ name: v.string(), achieved: v.boolean(), succeeded: v.optional(v.boolean()) }),
  ),
  activation_timing_ms: v.optional(
    object({ A1: optionalCount, A2: optionalCount, A3: optionalCount, A4: optionalCount }),
  ),
  activation_medians_ms: v.optional(object({
    m1_demo_elapsed_ms: optionalCount,
    m2_regress_run_elapsed_ms: optionalCount,
  })),
  skill_workflows: v.optional(v.array(object({
    workflow: v.string(),
    ...tally,
    success_rate: v.number(),
    median_runtime_ms: count,
    most_common_failure_code: optionalCount,
  }))),
  activation_complete: v.boolean(),
  activation_succeeded: v.optional(v.boolean()),
  contradictory_events: optionalCount,
  skipped_lines: optionalCount,
  blockers: v.optional(v.array(v.string())),
});
