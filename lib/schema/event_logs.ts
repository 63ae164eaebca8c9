import * as v from "valibot";
import { object, text, wholeNumber } from "./fields.ts";

/*
 * What the opt-in logs of operation hold (docs/spec/scout.md section 5); the adoption log is in scout.ts, for it is
 * read back.
 */

export const OPERATIONAL_EVENT_SCHEMA_ID = "gait.scout.operational_event";
export const TELEMETRY_HEALTH_SCHEMA_ID = "gait.scout.telemetry_health";

/** One line of the operational log: a command begins or ends. */
export const operationalEventSchema = object({
  schema_id: v.literal(OPERATIONAL_EVENT_SCHEMA_ID),
  schema_version: text,
  created_at: text,
  producer_version: v.string(),
  correlation_id: v.pipe(v.string(), v.regex(/^[0-9a-f]{24}$/)),
  command: v.string(),
  phase: v.picklist(["start", "end"]),
  exit_code: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255)),
  error_category: v.picklist([
    "none",
    "invalid_input",
    "verification_failed",
    "policy_blocked",
    "approval_required",
    "dependency_missing",
    "io_failure",
    "state_contention",
    "network_transient",
    "network_permanent",
    "internal_failure",
  ]),
  retryable: v.boolean(),
  elapsed_ms: wholeNumber,
  environment: object({ os: v.string(), arch: v.string() }),
});

const stream = object({ attempts: wholeNumber, success: wholeNumber, failed: wholeNumber });

/** How the writes to these logs went. */
export const telemetryHealthSchema = object({
  schema_id: v.literal(TELEMETRY_HEALTH_SCHEMA_ID),
  schema_version: text,
  created_at: text,
  producer_version: v.string(),
  streams: object({ operational_start: stream, adoption: stream, operational_end: stream }),
});
