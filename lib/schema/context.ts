import * as v from "valibot";
import type { JsonObject } from "../formats/json/mod.ts";
import { artifactHead, count, integersIn, strictObject, text } from "./fields.ts";
import { encodeReceipt, receiptMembers } from "./runpack.ts";

/** Largest context envelope in bytes (docs/spec/core.md 5.1). */
export const MAX_ENVELOPE_BYTES = 1_048_576;

export const ENVELOPE_SCHEMA_ID = "gait.context.envelope";

/** One piece of context that an agent was given. Unknown fields are refused. */
export const contextRecordSchema = v.pipe(
  integersIn("freshness_sla_seconds"),
  strictObject(receiptMembers),
);

/** The context that an agent was given, as one document (docs/spec/core.md 5.1). */
export const contextEnvelopeSchema = strictObject({
  ...artifactHead,
  context_set_id: text,
  context_set_digest: text,
  evidence_mode: text,
  records: v.nullish(v.array(contextRecordSchema), []),
});

export type ContextRecord = v.InferOutput<typeof contextRecordSchema>;
export type ContextEnvelope = v.InferOutput<typeof contextEnvelopeSchema>;

/** The written form of an envelope. */
export function encodeEnvelope(envelope: ContextEnvelope): JsonObject {
  return { ...envelope, records: envelope.records.map(encodeReceipt) };
}

export const BUDGET_REPORT_SCHEMA_ID = "gait.context.budget_report";

/** How much context fitted into the budget of an agent (docs/spec/pack.md 8.8). */
export const budgetReportSchema = strictObject({
  ...artifactHead,
  context_set_digest: text,
  items_considered: count,
  items_included: count,
  items_dropped: count,
  drop_reasons: v.nullish(v.record(v.string(), v.pipe(v.number(), v.integer(), v.minValue(0)))),
});

export type BudgetReport = v.InferOutput<typeof budgetReportSchema>;
