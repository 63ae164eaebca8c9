import { JOB_SCHEMA_ID, jobEventSchema, jobStateSchema } from "../job.ts";
import type { Published } from "./published.ts";

/** Schemas of the folder of a durable job. */
export const PUBLISHED_JOB: readonly Published[] = [
  {
    file: "job/runtime.schema.json",
    title: "gait.job.runtime 1.0.0",
    schemaId: JOB_SCHEMA_ID.state,
    schema: jobStateSchema,
    side: "writes",
    optional: [
      "safety_invariant_version",
      "safety_invariant_hash",
      "safety_invariants",
      "policy_digest",
      "policy_ref",
      "identity",
      "approvals",
      "required_action",
      "actor",
      "checkpoint_id",
    ],
  },
  {
    file: "job/event.schema.json",
    title: "gait.job.event 1.0.0",
    schemaId: JOB_SCHEMA_ID.event,
    schema: jobEventSchema,
    side: "writes",
    optional: ["actor", "reason_code", "payload"],
  },
];
