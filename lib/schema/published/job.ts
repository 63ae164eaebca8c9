import {
  JOB_EVENT_OPTIONAL,
  JOB_SCHEMA_ID,
  JOB_STATE_OPTIONAL,
  jobEventSchema,
  jobStateSchema,
} from "../job.ts";
import type { Published } from "./published.ts";

/** Schemas of the folder of a durable job. */
export const PUBLISHED_JOB: readonly Published[] = [
  {
    file: "job/runtime.schema.json",
    title: "gait.job.runtime 1.0.0",
    schemaId: JOB_SCHEMA_ID.state,
    schema: jobStateSchema,
    side: "writes",
    optional: [...JOB_STATE_OPTIONAL, "required_action", "actor", "checkpoint_id"],
  },
  {
    file: "job/event.schema.json",
    title: "gait.job.event 1.0.0",
    schemaId: JOB_SCHEMA_ID.event,
    schema: jobEventSchema,
    side: "writes",
    optional: JOB_EVENT_OPTIONAL,
  },
];
