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

/** Members of a receipt, and of the list of receipts, that a writer omits if they are empty. */
export const RECEIPT_OPTIONAL = ["freshness_sla_seconds", "sensitivity_label", "retrieval_params"] as const;
export const REFS_OPTIONAL = ["context_set_digest", "context_evidence_mode", "context_ref_count"] as const;

export function encodeRun(run: Run): JsonObject {
  const timeline =
    run.timeline?.map(({ relationship, ...event }) =>
      omitEmpty(relationship ? { ...event, relationship: encodeRelationship(relationship) } : event, "ref")
    ) ?? null;
  return { ...omitEmpty(run), timeline };
}

export function encodeIntent(intent: Intent): JsonObject {
  const { args, arg_provenance: origins } = intent;
  // Written out, because a run may have a hundred thousand of them.
  const json: JsonObject = {
    args_digest: intent.args_digest,
    created_at: intent.created_at,
    intent_id: intent.intent_id,
    producer_version: intent.producer_version,
    run_id: intent.run_id,
    schema_id: intent.schema_id,
    schema_version: intent.schema_version,
    tool_name: intent.tool_name,
  };
  if (args && !isEmptyObject(args)) json.args = args;
  if (origins && origins.length > 0) {
    json.arg_provenance = origins.map((origin) => omitEmpty(origin, "source_ref", "integrity_digest"));
  }
  return json;
}

export function encodeResult(record: Result): JsonObject {
  const { result } = record;
  const json: JsonObject = {
    created_at: record.created_at,
    intent_id: record.intent_id,
    producer_version: record.producer_version,
    result_digest: record.result_digest,
    run_id: record.run_id,
    schema_id: record.schema_id,
    schema_version: record.schema_version,
    status: record.status,
  };
  if (result && !isEmptyObject(result)) json.result = result;
  return json;
}

function isEmptyObject(value: JsonObject): boolean {
  for (const name in value) if (Object.hasOwn(value, name)) return false;
  return true;
}

export function encodeReceipt({ retrieval_params, ...receipt }: Receipt): JsonObject {
  return omitEmpty(
    retrieval_params ? { ...receipt, retrieval_params } : receipt,
    ...RECEIPT_OPTIONAL,
  );
}

export function encodeRefs(refs: Refs): JsonObject {
  return omitEmpty({ ...refs, receipts: refs.receipts.map(encodeReceipt) }, ...REFS_OPTIONAL);
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
