import { ADOPTION_REPORT_SCHEMA_ID, adoptionReportSchema } from "../adoption.ts";
import { DOCTOR_RESULT_SCHEMA_ID, doctorResultSchema } from "../doctor.ts";
import { ADOPTION_EVENT_SCHEMA_ID, adoptionEventSchema } from "../scout.ts";
import type { Published } from "./published.ts";

/** Schemas of the diagnosis and of the log of adoption. */
export const PUBLISHED_DOCTOR: readonly Published[] = [
  {
    file: "doctor/result.schema.json",
    title: "gait.doctor.result 1.0.0",
    schemaId: DOCTOR_RESULT_SCHEMA_ID,
    schema: doctorResultSchema,
    side: "writes",
    optional: [
      ...[
        "summary_mode",
        "non_fixable",
        "fix_commands",
        "binary_path",
        "binary_path_source",
        "path_binary_path",
      ],
      ...[
        "binary_version",
        "further_failed",
        "report_path",
        "repairs",
        "error",
        "fix_command",
        "fix_argv",
        "details",
      ],
    ],
  },
  {
    file: "scout/adoption_event.schema.json",
    title: "gait.scout.adoption_event 1.0.0",
    schemaId: ADOPTION_EVENT_SCHEMA_ID,
    schema: adoptionEventSchema,
    side: "writes",
    optional: ["workflow_id", "milestones"],
  },
  {
    file: "doctor/adoption_report.schema.json",
    title: "gait.doctor.adoption_report 1.0.0",
    schemaId: ADOPTION_REPORT_SCHEMA_ID,
    schema: adoptionReportSchema,
    side: "writes",
    optional: [
      ...["activation_timing_ms", "activation_medians_ms", "skill_workflows", "blockers"],
      ...["succeeded", "activation_succeeded", "contradictory_events", "skipped_lines"],
      ...[
        "A1",
        "A2",
        "A3",
        "A4",
        "m1_demo_elapsed_ms",
        "m2_regress_run_elapsed_ms",
        "most_common_failure_code",
      ],
    ],
  },
];
