import { BUDGET_REPORT_SCHEMA_ID, budgetReportSchema } from "../context_budget.ts";
import { contextEnvelopeSchema, contextRecordSchema } from "../context_envelope.ts";
import { RECEIPT } from "./optional.ts";
import type { Published } from "./published.ts";

/** Schemas of context evidence. */
export const PUBLISHED_CONTEXT: readonly Published[] = [
  {
    file: "context/envelope.schema.json",
    title: "gait.context.envelope 1.0.0",
    schema: contextEnvelopeSchema,
    side: "reads",
  },
  {
    file: "context/reference_record.schema.json",
    title: "Record of a gait.context.envelope 1.0.0",
    schema: contextRecordSchema,
    side: "writes",
    optional: RECEIPT,
  },
  {
    file: "context/budget_report.schema.json",
    title: "gait.context.budget_report 1.0.0",
    schemaId: BUDGET_REPORT_SCHEMA_ID,
    schema: budgetReportSchema,
    side: "writes",
    optional: ["drop_reasons"],
  },
];
