import * as v from "valibot";
import { isJsonObject, type JsonObject } from "../formats/json/mod.ts";
import { object, time } from "./fields.ts";

export const RESULT_SCHEMA_ID = "gait.regress.result";

const status = v.picklist(["pass", "fail"]);

/** How the context of a candidate conforms to that of a fixture. */
export const contextConformanceSchema = v.picklist(["none", "runtime_only", "semantic", "missing"]);

/** What one grader said of one fixture. */
export const graderSchema = object({
  name: v.string(),
  status,
  reason_codes: v.array(v.string()),
  context_conformance: v.optional(contextConformanceSchema),
  details: v.optional(v.custom<JsonObject>(isJsonObject, "expected an object")),
});

/** What running the regressions came to (docs/spec/regress.md 1.5). */
export const regressResultSchema = object({
  schema_id: v.literal(RESULT_SCHEMA_ID),
  schema_version: v.literal("1.0.0"),
  created_at: time,
  producer_version: v.string(),
  fixture_set: v.string(),
  status,
  graders: v.array(graderSchema),
});

export type ContextConformance = v.InferOutput<typeof contextConformanceSchema>;
export type GraderResult = v.InferOutput<typeof graderSchema>;
export type RegressResult = v.InferOutput<typeof regressResultSchema>;
