import * as v from "valibot";
import { object, time } from "./fields.ts";

export const DOCTOR_RESULT_SCHEMA_ID = "gait.doctor.result";

const optionalText = v.optional(v.string());
const optionalTexts = v.optional(v.array(v.string()));
const status = v.picklist(["pass", "warn", "fail"]);

/** What a diagnosis prints (docs/spec/doctor.md 1.1). */
export const doctorResultSchema = object({
  ok: v.boolean(),
  summary_mode: v.optional(v.boolean()),
  schema_id: v.literal(DOCTOR_RESULT_SCHEMA_ID),
  schema_version: v.literal("1.0.0"),
  created_at: time,
  producer_version: v.string(),
  onboarding_mode: v.picklist(["installed_binary", "repo_checkout"]),
  status,
  non_fixable: v.optional(v.boolean()),
  summary: v.string(),
  fix_commands: optionalTexts,
  binary_path: optionalText,
  binary_path_source: v.optional(v.picklist(["invoked_executable", "path", "workdir"])),
  path_binary_path: optionalText,
  binary_version: optionalText,
  further_failed: optionalTexts,
  report_path: optionalText,
  repairs: v.optional(v.array(object({
    id: v.string(),
    action: v.string(),
    path: v.string(),
    done: v.boolean(),
    error: optionalText,
  }))),
  checks: v.array(object({
    name: v.string(),
    scope: v.picklist(["universal", "repo_checkout", "production_readiness"]),
    status,
    message: v.string(),
    fix_command: optionalText,
    fix_argv: optionalTexts,
    non_fixable: v.optional(v.boolean()),
    docs: v.string(),
    details: v.optional(v.record(v.string(), v.array(v.string()))),
  })),
  correlation_id: v.string(),
});
