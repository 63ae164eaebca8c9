import * as v from "valibot";
import { count, integersIn, listOf, object, strictObject, text, texts, time } from "./fields.ts";
import { isJsonObject, type JsonObject } from "../formats/json/mod.ts";

export const CONFIG_SCHEMA_ID = "gait.regress.config";

export const configEntrySchema = object({ name: text, run_id: text, runpack: text });

/** Which regressions to run: `gait.yaml`, which is JSON (docs/spec/regress.md 1.3). */
export const configSchema = object({
  schema_id: text,
  schema_version: text,
  fixture_set: text,
  fixtures: listOf(configEntrySchema),
});

export type ConfigEntry = v.InferOutput<typeof configEntrySchema>;
export type StoredConfig = v.InferOutput<typeof configSchema>;

/** A part of calls that need not be as recorded: ignored, matched by a pattern, or a number within a bound. */
export const toleranceSchema = strictObject({
  tool: text,
  path: v.string(),
  ignore: v.nullish(v.boolean()),
  pattern: v.nullish(v.string()),
  within: v.nullish(v.number()),
});

export type StoredTolerance = v.InferOutput<typeof toleranceSchema>;

export const FIXTURE_SCHEMA_ID = "gait.regress.fixture";

/**
 * What is expected of a run that became a regression (docs/spec/regress.md 1.3). The schema id is written but not
 * checked on reading.
 */
const fixtureObject = object({
  schema_id: text,
  schema_version: text,
  name: text,
  run_id: text,
  runpack: text,
  expected_replay_exit_code: count,
  expected_tool_sequence: texts,
  expected_verdict_sequence: texts,
  never_tools: texts,
  must_tools: texts,
  candidate_runpack: text,
  context_conformance: text,
  allow_context_runtime_drift: v.nullish(v.boolean(), false),
  expected_context_set_digest: text,
  diff_allow_changed_files: texts,
  also_compare: texts,
  tolerances: listOf(toleranceSchema),
  free_order: v.nullish(v.record(v.string(), v.array(v.string())), {}),
  session_chain: text,
  checkpoint_index: count,
});

export const fixtureSchema = v.pipe(
  integersIn("expected_replay_exit_code", "checkpoint_index"),
  fixtureObject,
);

/** The members of a fixture. */
export const FIXTURE_MEMBERS: readonly string[] = Object.keys(fixtureObject.entries);

export type StoredFixture = v.InferOutput<typeof fixtureSchema>;

export const RESULT_SCHEMA_ID = "gait.regress.result";

const status = v.picklist(["pass", "fail"]);

/** How the context of a candidate conforms to that of a fixture. */
export const contextConformanceSchema = v.picklist(["none", "runtime_only", "semantic", "missing"]);

/** The result of one grader for one fixture. */
export const graderSchema = object({
  name: v.string(),
  status,
  reason_codes: v.array(v.string()),
  context_conformance: v.optional(contextConformanceSchema),
  details: v.optional(v.custom<JsonObject>(isJsonObject, "expected an object")),
});

/** The result of a regression run (docs/spec/regress.md 1.5). */
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
