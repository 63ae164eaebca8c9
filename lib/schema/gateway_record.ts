import * as v from "valibot";
import { integer, object } from "./fields.ts";
import { VERDICTS } from "./verdict.ts";

const GATEWAYS = ["kong", "docker", "mintmcp"] as const;
const name = v.pipe(v.string(), v.minLength(1));
const prefixedDigest = v.pipe(v.string(), v.regex(/^sha256:[0-9a-f]{64}$/));
const utcTime = v.pipe(
  v.string(),
  v.regex(/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?Z$/),
);
const recordId = v.pipe(
  v.string(),
  v.regex(/^prf-[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z-[0-9a-f]{8}$/),
);

/** One decision of a gateway, as a signed record that names the one before (docs/spec/scout.md section 4). */
export const gatewayRecordSchema = object({
  record_id: recordId,
  record_version: v.literal("1.0"),
  timestamp: utcTime,
  source: v.picklist(GATEWAYS.map((gateway) => `gait.gateway.${gateway}` as const)),
  source_product: v.literal("gait"),
  agent_id: name,
  record_type: v.literal("policy_enforcement"),
  event: object({
    gateway_source: v.picklist(GATEWAYS),
    gateway_log_digest: prefixedDigest,
    gateway_request_id: v.string(),
    gateway_status_code: integer,
    path: v.string(),
    policy_digest: name,
    producer_version: name,
    reason_codes: v.array(v.string()),
    tool_name: name,
    verdict: v.picklist([...VERDICTS, "unknown"]),
  }),
  controls: object({ permissions_enforced: v.boolean() }),
  metadata: object({
    artifact_kind: v.literal("gait.gateway.policy_enforcement"),
    gateway_input_line: v.pipe(v.number(), v.integer(), v.minValue(1)),
    gateway_log_path: name,
    event_timestamp: utcTime,
  }),
  integrity: object({
    record_hash: prefixedDigest,
    previous_record_hash: prefixedDigest,
    signing_key_id: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
    signature: v.pipe(v.string(), v.regex(/^base64:[A-Za-z0-9+/]{86}==$/)),
  }),
});

export const GATEWAY_OUTPUT_SCHEMA_ID = "gait.gateway.output";

/** What `gait gateway ingest --json` prints after success (docs/spec/scout.md section 4). */
export const gatewayOutputSchema = object({
  ok: v.literal(true),
  correlation_id: v.string(),
  schema_id: v.literal(GATEWAY_OUTPUT_SCHEMA_ID),
  schema_version: v.literal("1.0.0"),
  operation: v.literal("ingest"),
  source: v.picklist(GATEWAYS),
  log_path: name,
  proof_records_out: name,
  input_events: integer,
  output_records: integer,
  unknown_verdicts: integer,
  skipped_lines: integer,
  first_skipped_lines: v.array(integer),
  public_key: v.string(),
  warnings: v.array(v.string()),
});
