import * as v from "valibot";
import {
  anyObject,
  artifactHead,
  integer,
  integersIn,
  listOf,
  object,
  snapshotItem,
  text,
  texts,
} from "./fields.ts";

/** One tool or MCP server of a snapshot, as far as snapshots are compared (docs/spec/scout.md section 2). */
export const snapshotItemSchema = object(snapshotItem);

/** A snapshot as it is read back. */
export const storedSnapshotSchema = object({
  snapshot_id: text,
  workspace: text,
  items: listOf(snapshotItemSchema),
});

export type SnapshotItem = v.InferOutput<typeof snapshotItemSchema>;
export type StoredSnapshot = v.InferOutput<typeof storedSnapshotSchema>;

/** The members of a gate trace that signals are made of (docs/spec/scout.md section 3). */
export const signalTraceSchema = object({
  trace_id: text,
  correlation_id: text,
  verdict: text,
  violations: texts,
  relationship: v.nullish(object({ parent_ref: v.nullish(object({ kind: text, id: text })) })),
});

/** The members of a regress result that signals are made of; statuses of other programs are read as well. */
export const signalRegressSchema = object({
  graders: listOf(object({ name: text, status: text, reason_codes: texts, details: anyObject })),
});

export type SignalTrace = v.InferOutput<typeof signalTraceSchema>;
export type SignalRegress = v.InferOutput<typeof signalRegressSchema>;

export const ADOPTION_EVENT_SCHEMA_ID = "gait.scout.adoption_event";

/** One line of the adoption log (docs/spec/scout.md section 5). */
export const adoptionEventSchema = v.pipe(
  integersIn("exit_code", "elapsed_ms"),
  object({
    ...artifactHead,
    command: text,
    workflow_id: text,
    success: v.nullish(v.boolean(), false),
    exit_code: integer,
    elapsed_ms: integer,
    milestones: texts,
    environment: v.nullish(object({ os: text, arch: text })),
  }),
);
