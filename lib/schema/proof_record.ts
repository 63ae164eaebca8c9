import * as v from "valibot";
import { isJsonObject, type JsonObject } from "../formats/json/mod.ts";
import { object, text, time } from "./fields.ts";

/*
 * One proof record of a pack (docs/spec/pack.md 1.5): a tool-neutral record that a file belongs to a pack. Records are
 * chained by their hashes. Members that nobody knows are allowed and enter no hash.
 */

/** Types of records in a chain. */
export const PROOF_RECORD_TYPES = [
  "tool_invocation",
  "dynamic_tool_discovery",
  "decision",
  "guardrail_activation",
  "permission_check",
  "human_oversight",
  "policy_enforcement",
  "scan_finding",
  "risk_assessment",
  "deployment",
  "model_change",
  "test_result",
  "incident",
  "data_pipeline_run",
  "replay_certification",
  "approval",
  "delegation",
  "compiled_action",
] as const;

/** A required object. */
const present = v.custom<JsonObject>(isJsonObject, "expected an object");

export const proofRecordSchema = object({
  record_id: text,
  record_version: text,
  timestamp: time,
  source: text,
  source_product: text,
  // May be absent, but not null.
  agent_id: v.optional(v.string(), ""),
  record_type: text,
  event: present,
  controls: present,
  metadata: v.optional(present),
  relationship: v.optional(present),
  relations: v.optional(present),
  integrity: object({
    record_hash: text,
    previous_record_hash: v.optional(v.string()),
    signing_key_id: text,
    signature: v.optional(v.string()),
  }),
});

export type ProofRecord = v.InferOutput<typeof proofRecordSchema>;
