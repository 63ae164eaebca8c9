import * as v from "valibot";
import { count, strictObject, text, time } from "./fields.ts";

export const BUDGET_REPORT_SCHEMA_ID = "gait.context.budget_report";

/** How much of the context fitted into what an agent was given (docs/spec/pack.md 8.8). */
export const budgetReportSchema = strictObject({
  schema_id: text,
  schema_version: text,
  created_at: time,
  producer_version: text,
  context_set_digest: text,
  items_considered: count,
  items_included: count,
  items_dropped: count,
  drop_reasons: v.nullish(v.record(v.string(), v.pipe(v.number(), v.integer(), v.minValue(0)))),
});

export type BudgetReport = v.InferOutput<typeof budgetReportSchema>;
