import * as v from "valibot";
import type { JsonObject } from "../formats/json/mod.ts";
import { anyObject, integer, integersIn, listOf, object, omitEmpty, text, time } from "./fields.ts";
import { provenanceSchema } from "./intent.ts";
import { recordHead } from "./runpack_manifest.ts";
import { encodeRelationship, relationshipSchema } from "./relationship.ts";

/*
 * The records of a runpack (docs/spec/core.md 4.1). Each has a schema to read it, a type, and an encoder that gives
 * the form in which it is written and digested.
 */

/** Something that happened during a run. */
export const timelineEventSchema = object({
  event: text,
  ts: time,
  ref: text,
  relationship: v.nullish(relationshipSchema),
});

export const runSchema = object({
  ...recordHead,
  env: v.nullish(object({ os: text, arch: text, runtime: text }), {}),
  timeline: v.nullish(v.array(timelineEventSchema), null),
});

export const intentSchema = object({
  ...recordHead,
  intent_id: text,
  tool_name: text,
  args_digest: text,
  args: anyObject,
  arg_provenance: v.nullish(v.array(provenanceSchema)),
});

export const resultSchema = object({
  ...recordHead,
  intent_id: text,
  status: text,
  result_digest: text,
  result: anyObject,
});

/** The members of a context receipt, in a run and in a context envelope (docs/spec/core.md 5.1). */
export const receiptMembers = {
  ref_id: text,
  source_type: text,
  source_locator: text,
  query_digest: text,
  content_digest: text,
  retrieved_at: time,
  redaction_mode: text,
  immutability: text,
  freshness_sla_seconds: integer,
  sensitivity_label: text,
  retrieval_params: anyObject,
};

export const receiptSchema = v.pipe(
  integersIn("freshness_sla_seconds"),
  object(receiptMembers),
);

export const refsSchema = v.pipe(
  integersIn("context_ref_count"),
  object({
    ...recordHead,
    context_set_digest: text,
    context_evidence_mode: text,
    context_ref_count: integer,
    receipts: listOf(receiptSchema),
  }),
);

export type TimelineEvent = v.InferOutput<typeof timelineEventSchema>;
export type Run = v.InferOutput<typeof runSchema>;
export type Intent = v.InferOutput<typeof intentSchema>;
export type Result = v.InferOutput<typeof resultSchema>;
export type Receipt = v.InferOutput<typeof receiptSchema>;
export type Refs = v.InferOutput<typeof refsSchema>;

export function encodeRun(run: Run): JsonObject {
  const timeline =
    run.timeline?.map(({ relationship, ...event }) =>
      omitEmpty(relationship ? { ...event, relationship: encodeRelationship(relationship) } : event, "ref")
    ) ?? null;
  return { ...omitEmpty(run), timeline };
}

export function encodeIntent({ args, arg_provenance: origins, ...intent }: Intent): JsonObject {
  const json = omitEmpty(args ? { ...intent, args } : intent, "args");
  if (!origins || origins.length === 0) return json;
  return {
    ...json,
    arg_provenance: origins.map((origin) => omitEmpty(origin, "source_ref", "integrity_digest")),
  };
}

export function encodeResult({ result, ...record }: Result): JsonObject {
  return omitEmpty(result ? { ...record, result } : record, "result");
}

export function encodeReceipt({ retrieval_params, ...receipt }: Receipt): JsonObject {
  return omitEmpty(
    retrieval_params ? { ...receipt, retrieval_params } : receipt,
    "freshness_sla_seconds",
    "sensitivity_label",
    "retrieval_params",
  );
}

export function encodeRefs(refs: Refs): JsonObject {
  return omitEmpty(
    { ...refs, receipts: refs.receipts.map(encodeReceipt) },
    "context_set_digest",
    "context_evidence_mode",
    "context_ref_count",
  );
}

/** The input of `run record` (docs/spec/core.md 5.1). */
export const recordInputSchema = object({
  run: runSchema,
  intents: listOf(intentSchema),
  results: listOf(resultSchema),
  refs: v.nullish(refsSchema, {}),
  capture_mode: text,
  normalization: v.nullish(object({ intent_args: anyObject, result_payloads: anyObject }), {}),
});

export type RecordInput = v.InferOutput<typeof recordInputSchema>;
